"""Every format is read back by what reads it, whatever stands in the cells; each says where each finding is."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from factpack.adapters import terminal
from factpack.cli import options
from factpack.formats import FORMATS, gitlab, sarif
from factpack.report import Finding, Ran, Report, Severity
from factpack.rulebook import RULES

HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "::error::stop",
            "x\n::set-output name=a::b",
            "##[error]x",
            "\x1b[31mred\x1b]8;;http://x\x07",
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[link](javascript:alert(1))",
            "![image](http://x/y.png)",
            "@everyone #1 | `code` | **bold**",
            "]]>",
            "\u202egnp.exe",
            "%0A::error::x",
            "\ud800",
            "\x00\ufffe",
        ]
    ),
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(sorted(RULES)),
        message=HOSTILE,
        severity=st.sampled_from(list(Severity)),
        file=st.one_of(st.none(), st.sampled_from(["raw/facts/a b.csv", "raw/ä,:%.yaml"]), HOSTILE.filter(bool)),
        line=st.one_of(st.none(), st.integers(1, 10**6)),
        column=st.one_of(st.none(), st.integers(1, 10**4)),
        table=st.none() | HOSTILE,
        field=st.none() | HOSTILE,
        fact_id=st.none() | HOSTILE,
        value=st.none() | HOSTILE,
        phrase=st.none() | HOSTILE,
        hint=st.none() | HOSTILE,
        accepted=st.sampled_from([None, None, "baseline", "waived: <b>because</b>"]),
    ),
    max_size=30,
)


def report_of(findings):
    return Report(findings=tuple(findings), ran=(Ran(stage="reading", subject="a", rules=1, rows=1),), skipped=("<b>",))


def test_the_command_line_offers_the_formats_there_are():
    assert set(options.FORMATS) == {"text", "concise", *FORMATS}


@given(FINDINGS)
def test_a_workflow_command_says_what_was_found_and_nothing_else_is_obeyed(findings):
    report = report_of(findings)
    lines = FORMATS["github"](report).splitlines()
    form = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:\r\n]*)(?:,\w+=[^,:\r\n]*)*)::([^\r\n]*)")
    commands = [form.fullmatch(line) for line in lines]
    assert all(commands)
    for kind in ("error", "warning", "notice"):
        assert sum(command[1] == kind for command in commands) <= 10
    shown = [command for command in commands if "title=factpack," not in command[2] + ","]
    left = len(report.counted()) - len(shown)
    assert bool(left) == (len(shown) < len(commands))
    assert not left or lines[-1].split("::")[2].startswith(f"{left} more findings")


@given(FINDINGS)
@example([Finding(code="FP101", message="m", file=name, line=1, column=1) for name in ("\ud800", "\x00", "a" * 5000)])
def test_a_log_of_text_holds_no_command_and_no_escape(findings):
    folder = Path()
    for finding in findings:
        text = terminal.render(finding, folder) + "\n" + terminal.concise(finding)
        shown = re.sub(r"\x1b\[\d+m", "", text)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
        assert "##[" not in shown
        assert not any(line.lstrip().startswith("::") for line in terminal.render(finding, folder).splitlines())


@given(FINDINGS)
def test_junit_is_read_by_its_own_library(findings):
    report = report_of(findings)
    text = FORMATS["junit"](report)
    (suite,) = JUnitXml.fromstring(text.encode())
    assert suite.failures == report.count(Severity.ERROR) == text.count("<failure ")
    assert suite.tests == len(list(suite)) == 1 + len(findings) + 1


@given(FINDINGS)
def test_markdown_shows_cells_as_they_stand(findings):
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(FORMATS["markdown"](report_of(findings)))
    inline = [child.type for token in tokens for child in token.children or ()]
    assert set(inline) <= {"text", "text_special", "softbreak"}
    assert not {token.type for token in tokens} & {"html_block", "code_block", "fence"}
    rows = sum(token.type == "tr_open" for token in tokens)
    counted = report_of(findings).counted()
    assert rows == (len(counted) + 1 if counted else 0)


@given(FINDINGS)
def test_sarif_has_a_place_a_rule_and_a_fingerprint_for_each_finding(findings):
    log = json.loads(FORMATS["sarif"](report_of(findings)).encode(errors="surrogatepass"))
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", place["artifactLocation"]["uri"])
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["factpack/v1"]
    accepted = sum(finding.accepted is not None and finding.accepted != "baseline" for finding in findings)
    assert sum("suppressions" in result for result in run["results"]) == accepted


@given(FINDINGS)
def test_the_fingerprints_of_gitlab_are_there_once(findings):
    violations = json.loads(gitlab.write(report_of(findings)))
    assert len({violation["fingerprint"] for violation in violations}) == len(violations)
    assert len(violations) == len(report_of(findings).counted())


def many(number):
    severities = [Severity.WARNING, Severity.ERROR]
    return tuple(
        Finding(code="FP605", message="m" * 200, severity=severities[one % 2], file="raw/facts/a.csv", line=one + 1,
                column=1, fact_id=f"fact-{one}", phrase="p" * 80)
        for one in range(number)
    )  # fmt: skip


def test_of_very_many_findings_each_platform_gets_the_worst_and_is_told_of_the_rest():
    report = report_of(many(12_000))
    log = json.loads(sarif.write(report))["runs"][0]
    assert len(log["results"]) == sarif.MOST_RESULTS
    assert {result["level"] for result in log["results"]} == {"error"}
    notes = [note["message"]["text"] for note in log["invocations"][0]["toolExecutionNotifications"]]
    assert "7,000 more findings are left out." in notes
    assert len(FORMATS["markdown"](report).encode()) < 2**20
    assert "11,900 more:" in FORMATS["markdown"](report)
    assert "11980 more findings" in FORMATS["github"](report)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_each_format_names_file_line_column_and_fact(form):
    finding = Finding(
        code="FP402", message="12, counted 11", file="raw/facts/a.csv", line=60, column=44, fact_id="brics", value="12"
    )
    text = FORMATS[form](report_of([finding])).replace("\\", "")
    assert "raw/facts/a.csv" in text
    assert "FP402" in text
    assert "brics" in text
    assert re.search(r"\b60\b", text)
    assert form == "gitlab" or re.search(r"\b44\b", text)
