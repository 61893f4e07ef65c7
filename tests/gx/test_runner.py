"""Suites run by Great Expectations in its own process: what is met, what is not, what was never judged."""

import json
import shutil
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from factpack.adapters import gx
from factpack.errors import ConfigurationError, InternalError
from factpack.models import Project
from factpack.report import Severity

pytest.importorskip("great_expectations")


def expectation(kind, severity="critical", **kwargs):
    return {"type": f"expect_{kind}", "kwargs": kwargs, "severity": severity, "notes": f"{kind} is expected."}


UNIT_IS_PERCENT = {"type": "comparison", "column": {"name": "unit"}, "operator": "==", "parameter": "percent"}
TABLES = {
    "plain": (
        pl.DataFrame({"id": ["a", "b", "b", None], "n": [1, 5, 9, None]}),
        [
            expectation("column_values_to_be_unique", column="id"),
            expectation("column_values_to_not_be_null", severity="warning", column="id"),
            expectation("column_values_to_be_between", severity="info", column="n", min_value=2, max_value=8),
            expectation("table_row_count_to_be_between", min_value=10),
            expectation("column_values_to_be_in_set", column="id", value_set=["a", "b"]),
        ],
    ),
    "typed": (
        pl.DataFrame(
            {
                "unit": ["percent", "states", "percent"],
                "value": [Decimal("41.41"), Decimal("190"), Decimal("100.000001")],
                "first": [date(2025, 1, 2), None, date(2025, 1, 2)],
                "last": [date(2025, 1, 1), date(2025, 1, 1), date(2025, 1, 2)],
            },
            schema_overrides={"value": pl.Decimal(18, 6)},
        ),
        [
            expectation("column_values_to_be_between", column="value", max_value=100, row_condition=UNIT_IS_PERCENT),
            expectation(
                "column_pair_values_a_to_be_greater_than_b",
                column_A="last",
                column_B="first",
                or_equal=True,
                ignore_row_if="either_value_is_missing",
            ),
        ],
    ),
    "unjudged": (
        pl.DataFrame({"nothing": [None, None], "something": [1, 2]}, schema_overrides={"nothing": pl.Int64}),
        [
            expectation("column_values_to_be_between", column="nothing", min_value=0),
            expectation("column_max_to_be_between", column="nothing", min_value=0),
            expectation("column_values_to_be_between", column="missing", min_value=0),
            expectation("column_values_to_be_agreeable", column="something"),
            expectation("column_values_to_be_between", column="something", minimum=0),
            expectation("column_values_to_be_between", column="something", min_value=0, row_condition=UNIT_IS_PERCENT),
            expectation("column_values_to_be_null", column="nothing"),
            expectation("table_row_count_to_equal_other_table", other_table_name="plain"),
        ],
    ),
    "counts": (
        pl.DataFrame(
            {
                "stated": [11, 10, 12, 9, None],
                "certain": [["m"] * 10] * 5,
                "contested": [["s"]] * 4 + [[]],
            }
        ),
        [
            expectation(
                "stated_count_to_equal_counted",
                column_list=["stated", "certain", "contested"],
                ignore_row_if="any_value_is_missing",
            )
        ],
    ),
    "percentages": (
        pl.DataFrame(
            {
                "unit": ["percent", "percent", "percent", "percent", "states"],
                "value": [Decimal(90), Decimal(190), Decimal(5), Decimal(5), Decimal(190)],
                "base": ["oil", "oil", None, "oil", None],
                "source": ["s", "s", "s", None, None],
            },
            schema_overrides={"value": pl.Decimal(18, 6)},
        ),
        [expectation("percent_to_be_sourced", column_list=["unit", "value", "base", "source"], ignore_row_if="never")],
    ),
    "dates": (
        pl.DataFrame(
            [
                ("2022-02-24", "in February 2022", False),
                ("2022-02", "in February 2022", True),
                ("2022-02-04", "Beijing, 4 February 2022", True),
                ("2025-06-26", "on Thursday, China hosted", True),
                ("2023-07-04", "Iran 2023-07-04", True),
                ("2024-05", "in 2024", False),
                ("2024", "Last year, it gained entry", True),
                ("2024", "some time ago", False),
                ("2025-06~", "In mid-June", True),
                ("2024-22", "by summer 2024", True),
                ("2025-01-01/2025-12-31", "from 1 January to 31 December 2025", True),
                (None, "whatever", True),
            ],
            schema=["date", "phrase", "good"],
            orient="row",
        ),
        [expectation("date_no_more_precise_than_source", column_A="date", column_B="phrase")],
    ),
}


@pytest.fixture(scope="module")
def outcome(repository, tmp_path_factory):
    """Run every suite once; importing Great Expectations takes seconds."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(repository / "checks" / "expectations", root / "checks" / "expectations")
    for name, (_, expectations) in TABLES.items():
        content = {"table": name, "expectations": expectations}
        (root / "checks" / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    with gx.start(project(root)) as runner:
        return runner.run({name: frame for name, (frame, _) in TABLES.items()})


def project(root):
    return Project(root=root, name="x", version="1.0.0", title="x", description="x", licence="x")


def rows(outcome, table):
    return [(one.row, one.field, one.value, one.severity) for one in outcome[0] if one.table == table]


def findings(outcome, table):
    return [(one.code, one.message) for one in outcome[1].findings if one.table == table]


def test_rows_that_fail_are_named_with_their_values_and_the_severity_of_the_suite(outcome):
    assert rows(outcome, "plain") == [
        (1, "id", "b", Severity.ERROR),
        (2, "id", "b", Severity.ERROR),
        (3, "id", None, Severity.WARNING),
        (0, "n", "1", Severity.INFO),
        (2, "n", "9", Severity.INFO),
    ]


def test_a_failure_that_lies_in_no_row_is_named_at_its_place_in_the_suite(outcome):
    (found,) = [one for one in outcome[1].findings if one.table == "plain"]
    assert (found.code, found.file) == ("FP501", "checks/plain.json")
    assert "found 4" in found.message
    assert found.line > 1


def test_decimals_dates_and_conditions_are_judged_exactly(outcome):
    assert rows(outcome, "typed") == [
        (2, "value", "100.000001", Severity.ERROR),
        (0, "last", "2025-01-01 and 2025-01-02", Severity.ERROR),
    ]


def test_what_judged_nothing_does_not_exist_or_raised_is_no_pass(outcome):
    found = findings(outcome, "unjudged")
    assert [code for code, _ in found] == ["FP504", "FP504", "FP504", "FP502", "FP502", "FP504", "FP504"]
    assert all("nothing to judge" in message for _, message in found[:2])
    assert "no such expectation" in found[3][1]
    assert "no argument 'minimum'; it takes" in found[4][1]
    assert "no table 'plain' beside" in found[6][1]


def test_a_stated_count_is_met_by_certain_and_contested_members_only(outcome):
    assert [row for row, *_ in rows(outcome, "counts")] == [2, 3]


def test_a_percentage_has_its_range_its_base_and_its_source(outcome):
    assert [row for row, *_ in rows(outcome, "percentages")] == [1, 2, 3]


def test_a_date_is_no_more_precise_than_its_words(outcome):
    good = TABLES["dates"][0]["good"]
    assert [row for row, *_ in rows(outcome, "dates")] == [row for row, right in enumerate(good) if not right]


def test_every_table_is_accounted_for(outcome):
    ran = {one.subject: (one.rules, one.rows) for one in outcome[1].ran}
    assert ran == {name: (len(expectations), frame.height) for name, (frame, expectations) in TABLES.items()}


def test_a_process_that_dies_is_an_internal_error_and_no_verdict(tmp_path):
    (tmp_path / "checks").mkdir()
    frame, expectations = TABLES["plain"]
    content = json.dumps({"table": "plain", "expectations": expectations})
    (tmp_path / "checks" / "plain.json").write_text(content, encoding="utf-8")
    with gx.start(project(tmp_path)) as runner:
        runner.process.kill()
        with pytest.raises(InternalError, match="ended without an answer"):
            runner.run({"plain": frame})
    assert runner.process.poll() is not None


def test_a_file_of_own_expectations_that_defines_none_is_an_error(tmp_path):
    (tmp_path / "checks" / "expectations").mkdir(parents=True)
    (tmp_path / "checks" / "expectations" / "empty.py").write_text("x = 1\n", encoding="utf-8")
    frame, expectations = TABLES["plain"]
    content = json.dumps({"table": "plain", "expectations": expectations})
    (tmp_path / "checks" / "plain.json").write_text(content, encoding="utf-8")
    with (
        gx.start(project(tmp_path)) as runner,
        pytest.raises(ConfigurationError, match=r"empty.py: defines no expectation"),
    ):
        runner.run({"plain": frame})
