"""A change of `raw/` alone runs nothing, reads nothing from elsewhere, and cannot speak to the runner."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from factpack import pipeline, project

FACTS = "raw/facts/gazette-dunsby"
TAGS = "- !!python/object/apply:os.system ['touch witness']\n- fact_id: !!python/name:os.system x\n"
ROW = ["subject", "predicate", "object", "value", "unit", "date", "as_of", "modifier", "polarity", "attributed_to"]
CELLS = [
    "::error::stolen",
    "x%0A::set-output name=a::b",
    "##[add-path]/tmp",
    "$(touch witness)",
    "`touch witness`",
    "=cmd|' /C calc'!A0",
    "__import__('os').system('touch witness')",
    "{{ 7 * 7 }}",
    "<img src=x onerror=alert(1)>",
    "../../../../etc/passwd",
    "'; DROP TABLE facts; --",
]

NAMES = [
    "$(touch witness).csv",
    "`touch witness`.csv",
    "\n::error::x.csv",
    "\x1b[31m.csv",
    "-rf.csv",
    "%0A::error::.csv",
    "os.py",
    "conftest.py",
    "<b>.csv",
    "a;touch witness;.csv",
    "##[error].csv",
]


def gate(example):
    """Run the gate as a runner of GitHub does; give its exit code, and what it says outside of the marks."""
    command = [sys.executable, "-m", "factpack", "validate", "--no-suites", "--format", "github"]
    done = subprocess.run(command, cwd=example, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    opened = re.match(r"::stop-commands::(\w+)\n", done.stdout)
    shown, obeyed = done.stdout[opened.end() :].split(f"::{opened[1]}::\n")
    assert opened[1] not in shown
    return done.returncode, shown, obeyed


def clean(example, obeyed):
    assert not list(example.rglob("witness"))
    form = r"::(error|warning|notice) \w+=[^\n]*"
    assert all(re.fullmatch(form, line) for line in obeyed.splitlines())
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]|##\[", obeyed)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".yaml"])
def test_a_cell_is_only_shown(example, suffix):
    (example / f"{FACTS}.csv").unlink()
    rows = [dict.fromkeys(["fact_id", *ROW, "paragraph", "phrase", "note"], cell) for cell in CELLS]
    if suffix == ".csv":
        quoted = [",".join('"' + text.replace('"', '""') + '"' for text in row.values()) for row in rows]
        content = "\n".join([",".join(rows[0]), *quoted, ""])
    else:
        content = "".join(("- " if suffix == ".yaml" else "") + json.dumps(row) + "\n" for row in rows)
    (example / f"{FACTS}{suffix}").write_text(content, encoding="utf-8")
    code, _, obeyed = gate(example)
    assert code == 1
    clean(example, obeyed)


def test_a_tag_of_yaml_makes_no_object(example):
    (example / f"{FACTS}.csv").unlink()
    (example / f"{FACTS}.yaml").write_text(TAGS, encoding="utf-8")
    code, shown, obeyed = gate(example)
    assert (code, "a tag (tag:yaml.org" in shown) == (1, True)
    clean(example, obeyed)


def test_the_name_of_a_file_is_only_shown(example):
    for name in NAMES:
        shutil.copy(example / f"{FACTS}.csv", example / "raw" / "facts" / name)
    code, shown, obeyed = gate(example)
    assert (code, shown.count("FP114")) == (1, len(NAMES))
    clean(example, obeyed)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("raw/facts", "FP114"),
        ("raw/notes", "FP114"),
        ("raw/facts/gazette-dunsby.csv", "FP114"),
        ("raw/sources.csv", "FP114"),
        ("raw/entities.csv", "FP114"),
        ("raw/notes/gazette-dunsby.txt", "FP603"),
        ("raw/anchors.lock", "FP622"),
        ("raw/coverage.lock", "FP622"),
    ],
)
def test_nothing_is_read_through_a_link(example, tmp_path, name, code):
    """Even where what stands there is the very same: what a link leads to is not what was reviewed."""
    (example / name).rename(tmp_path / "elsewhere")
    (example / name).symlink_to(tmp_path / "elsewhere")
    report = pipeline.validate(project.load(example), suites=False).report
    assert code in {finding.code for finding in report.findings}
    assert not report.passed()


@pytest.mark.parametrize("name", ["retractions", "corrections", "waivers"])
@pytest.mark.parametrize("target", ["/dev/null", "nowhere"])
def test_a_ledger_that_leads_nowhere_is_not_one_that_is_missing(example, name, target):
    (example / "raw" / f"{name}.csv").symlink_to(target)
    report = pipeline.validate(project.load(example), suites=False).report
    assert ("FP114", f"raw/{name}.csv") in {(finding.code, finding.file) for finding in report.findings}
    assert not report.passed()
