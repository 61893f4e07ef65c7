"""Which findings count: severities, waivers, a baseline, thresholds."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack import gate, policy, project
from factpack.errors import ConfigurationError
from factpack.models import Project, Threshold, Waiver
from factpack.report import Finding, Ran, Report, Severity

TODAY = date(2026, 11, 23)
PROJECT = Project(root=Path(), name="p", title="P", description="P", licence="CC0-1.0")


def finding(code="FP605", fact="a", line=1, **more):
    return Finding(code=code, message="m", file="raw/facts/s.csv", line=line, fact_id=fact, field="value", **more)


def report_of(*findings, rows=100):
    return Report(findings=findings, ran=(Ran(stage="reading", subject="s", rules=1, rows=rows),))


def judge(report, baseline=None, **policy):
    return gate.judge(report, replace(PROJECT, **policy), TODAY, baseline)


findings = st.lists(
    st.builds(
        finding,
        code=st.sampled_from(["FP605", "FP402", "FP301"]),
        fact=st.sampled_from(["a", "b", None]),
        line=st.integers(1, 50),
        value=st.sampled_from([None, "1", "2"]),
    ),
    max_size=12,
)


@given(found=findings, moved=st.integers(0, 5))
def test_what_a_baseline_holds_does_not_count_wherever_it_has_moved(tmp_path_factory, found, moved):
    file = tmp_path_factory.getbasetemp() / "baseline.json"
    file.write_text(gate.write_baseline(report_of(*found)), encoding="utf-8")
    baseline = gate.read_baseline(file)
    judged = judge(report_of(*(replace(one, line=one.line + moved) for one in reversed(found))), baseline)
    assert judged.counted() == ()
    assert judged.passed()
    assert gate.vanished(judged, baseline) == 0
    assert gate.vanished(report_of(), baseline) == len(found)


@given(findings, findings)
def test_what_is_new_counts_and_so_does_the_second_of_what_was_there_once(old, new):
    baseline = {}
    for one in old:
        baseline[one.fingerprint] = baseline.get(one.fingerprint, 0) + 1
    judged = judge(report_of(*old, *new), baseline)
    assert len(judged.counted()) == len(new)


@pytest.mark.parametrize("code", ["FP102", "FP106", "FP202", "FP205", "FP208"])
def test_rows_that_no_table_can_be_made_of_always_count(code):
    broken = finding(code=code)
    assert json.loads(gate.write_baseline(report_of(broken)))["findings"] == []
    assert judge(report_of(broken), {broken.fingerprint: 1}).counted() == (broken,)
    with pytest.raises(ConfigurationError, match=f"{code} .* always counts"):
        policy.threshold(Path("pyproject.toml"), code, {"severity": "warning"})
    with pytest.raises(ConfigurationError, match=f"{code} .* always counts"):
        policy.waiver(Path("pyproject.toml"), {"rule": code, "reason": "r", "until": TODAY, "fact": "a"})


def test_a_finding_of_another_rule_file_fact_or_field_is_another():
    one = finding()
    others = [
        finding(code="FP402"), finding(fact="b"), replace(one, file="raw/facts/t.csv"), replace(one, field="date")
    ]  # fmt: skip
    assert one.fingerprint not in {other.fingerprint for other in others}
    assert one.fingerprint == replace(one, line=9, column=4, message="other", value="x").fingerprint


@pytest.mark.parametrize("content", ["", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [{}]}'])
def test_what_is_no_baseline_is_refused(tmp_path, content):
    file = tmp_path / "baseline.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"baseline\.json"):
        gate.read_baseline(file)


def test_a_waiver_accepts_its_fact_until_its_day():
    waiver = Waiver(rule="FP605", reason="the source was put right", until=TODAY, fact="a")
    judged = judge(report_of(finding(), finding(fact="b")), waivers=(waiver,))
    assert [one.accepted for one in judged.findings] == ["waived: the source was put right", None]
    assert not judged.passed()
    past = replace(waiver, until=date(2026, 11, 22))
    judged = judge(report_of(finding()), waivers=(past,))
    assert [one.code for one in judged.counted()] == ["FP605", "FP801"]


def test_a_waiver_of_files_and_one_that_waives_nothing():
    files = Waiver(rule="FP605", reason="r", until=TODAY, file="raw/facts/*.csv")
    idle = Waiver(rule="FP402", reason="r", until=TODAY, fact="z")
    judged = judge(report_of(finding()), waivers=(files, idle))
    assert [(one.code, one.severity) for one in judged.counted()] == [("FP802", Severity.WARNING)]
    assert judged.passed()
    assert not judged.passed(Severity.WARNING)


@pytest.mark.parametrize(
    ("threshold", "count", "passes"),
    [
        (Threshold(most=2), 2, True),
        (Threshold(most=2), 3, False),
        (Threshold(share=0.03), 3, True),
        (Threshold(share=0.03), 4, False),
        (Threshold(most=0), 1, False),
        (Threshold(severity="warning"), 50, True),
        (Threshold(severity="error", most=1), 1, True),
    ],
)
def test_thresholds_let_so_many_pass(threshold, count, passes):
    judged = judge(report_of(*(finding(fact=f"f{one}") for one in range(count))), rules={"FP605": threshold})
    assert judged.passed() == passes
    assert len(judged.findings) == count


def test_nothing_checked_is_no_pass_whatever_is_accepted():
    assert not judge(Report(findings=(finding(),)), rules={"FP605": Threshold(most=5)}).passed()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.factpack.rules.FP999]\nmost = 1", "no rule 'FP999'"),
        ("[tool.factpack.rules.FP605]\nmany = 1", "no key 'many'"),
        ("[tool.factpack.rules.FP605]\nmost = -1", "most is -1"),
        ("[tool.factpack.rules.FP605]\nshare = 2.0", "share is 2.0"),
        ('[tool.factpack.rules.FP605]\nseverity = "fatal"', "severity is 'fatal'"),
        ('[[tool.factpack.waivers]]\nrule = "FP605"\nfact = "a"\nuntil = 2027-01-01', "reason is missing"),
        ('[[tool.factpack.waivers]]\nrule = "FP605"\nreason = "r"\nfact = "a"', "until is missing"),
        ('[[tool.factpack.waivers]]\nrule = "FP605"\nreason = "r"\nuntil = 2027-01-01', "names a file or a fact"),
        ('[[tool.factpack.waivers]]\nrule = "FP605"\nreason = "r"\nfact = "a"\nuntil = "2027-01-01"', "unquoted"),
        ("drift = 2.0", "drift is a share"),
    ],
)  # fmt: skip
def test_a_policy_that_means_nothing_is_refused(tmp_path, text, says):
    head = '[tool.factpack]\nname = "p"\ntitle = "P"\ndescription = "P"\nlicence = "CC0-1.0"\n'
    (tmp_path / "pyproject.toml").write_text(head + text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        project.load(tmp_path)
