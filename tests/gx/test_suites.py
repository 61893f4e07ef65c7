"""A suite file is refused, at its exact place, before Great Expectations sees it."""

import json

import pytest

from factpack.adapters.gx import suites
from factpack.models import Project

ONE = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "a"},
    "severity": "critical",
    "notes": "Without it nothing can be said.",
}
OTHER = ONE | {"kwargs": {"column": "b"}}


def read(root, text, tables=("facts",), name="facts"):
    (root / "checks").mkdir(exist_ok=True)
    (root / "checks" / f"{name}.json").write_text(text, encoding="utf-8")
    project = Project(root=root, name="x", version="1.0.0", title="x", description="x", licence="x")
    return suites.read(project, set(tables))


def suite(*expectations, **more):
    return json.dumps({"table": "facts", "expectations": list(expectations)} | more, indent=2)


def test_a_suite_of_the_closed_form_is_read_with_its_places(tmp_path):
    text = suite(ONE, OTHER | {"meta": {"fact": "x"}})
    read_suites, findings = read(tmp_path, text)
    assert findings == ()
    assert [one.content["kwargs"]["column"] for one in read_suites["facts"].expectations] == ["a", "b"]
    lines = text.splitlines()
    assert [lines[one.line - 1][one.column - 1] for one in read_suites["facts"].expectations] == ["{", "{"]
    assert [one.line for one in read_suites["facts"].expectations] == [4, 12]


CONDITION = {"column": "a", "row_condition": "__import__('os').system('true')"}


@pytest.mark.parametrize(
    ("text", "code", "at", "says"),
    [
        (suite(ONE, colour="red"), "FP502", '"colour"', "unknown key 'colour'"),
        (json.dumps({"table": "facts"}), "FP502", "{", "missing key 'expectations'"),
        (suite(ONE).replace('"facts"', '"fact"'), "FP502", '"table"', "expected 'facts'"),
        (suite(), "FP503", '"expectations"', "no expectations"),
        (suite(ONE | {"mostly": 0.5}), "FP502", '"mostly"', "unknown key 'mostly'"),
        (suite({k: v for k, v in ONE.items() if k != "notes"}), "FP502", '{\n      "type"', "missing key 'notes'"),
        (suite(ONE | {"notes": "  "}), "FP502", '"notes"', "say in a sentence why"),
        (suite(ONE | {"severity": "high"}), "FP502", '"severity"', "'high', expected one of critical"),
        (suite(ONE | {"kwargs": []}), "FP502", '"kwargs"', "kwargs is an object"),
        (suite(ONE | {"kwargs": CONDITION}), "FP502", '"row_condition"', "would be executed"),
        (suite(ONE | {"kwargs": {"condition_parser": "pandas"}}), "FP502", '"condition_parser"', "conditions that are"),
        (suite(ONE, ONE), "FP502", '{\n      "type"', "stands twice"),
        (
            '{"table": "facts", "table": "facts", "expectations": [1]}',
            "FP502",
            '"table": "facts", "exp',
            "stands twice",
        ),
        (suite("not an object"), "FP502", '"not an', "an expectation is an object"),
        ('{"table": "facts", "expectations": [NaN]}', "FP502", "{", "NaN is no JSON number"),
        ('{"table": "facts",\n "expectations": [}', "FP502", "}", "not JSON"),
        ("[]", "FP502", "[", "a suite is an object"),
        ("[" * 100_000, "FP502", "[", "not JSON"),
    ],
)
def test_whatever_is_not_of_the_closed_form_is_refused_at_its_place(tmp_path, text, code, at, says):
    read_suites, findings = read(tmp_path, text)
    assert "facts" not in read_suites
    found = next(one for one in findings if says in one.message)
    assert (found.code, found.file) == (code, "checks/facts.json")
    lines = text.splitlines(keepends=True)
    rest = lines[found.line - 1][found.column - 1 :] + "".join(lines[found.line :])
    assert rest.startswith(at)


def test_a_duplicate_expectation_is_named_at_the_second_place(tmp_path):
    _, (found,) = read(tmp_path, suite(ONE, OTHER, ONE))
    assert found.line == 20


def test_a_table_without_suite_and_a_suite_without_table_are_named(tmp_path):
    _, findings = read(tmp_path, suite(ONE), tables=("events",))
    assert {(one.code, one.file) for one in findings} == {
        ("FP502", "checks/facts.json"),
        ("FP503", "checks/events.json"),
    }


def test_a_suite_that_is_not_utf_8_is_named(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "facts.json").write_bytes(b'{"table": "\x93"}')
    project = Project(root=tmp_path, name="x", version="1.0.0", title="x", description="x", licence="x")
    assert [one.code for one in suites.read(project, {"facts"})[1]] == ["FP101"]
