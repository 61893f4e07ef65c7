"""Suites on Spark say what they say on one machine: every breach, at its row, in the same words and the same order."""

import importlib.util
import json
import os
from datetime import date
from decimal import Decimal
from functools import reduce

import polars as pl
import pytest

if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("great_expectations") is None:
    pytest.skip("PySpark or Great Expectations is not installed", allow_module_level=True)

from spark.conftest import spark  # noqa: F401 - the one session of this run

from factpack import project as projects
from factpack.adapters import gx
from factpack.adapters.gx import spark as on_spark
from factpack.adapters.spark import tables
from factpack.models import Project
from factpack.plan import ROW


def expectation(kind, **kwargs):
    return {"type": f"expect_{kind}", "kwargs": kwargs, "severity": "critical", "notes": f"{kind} is expected."}


def comparison(column, operator, parameter):
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


@pytest.fixture(scope="module")
def spread(spark, tmp_path_factory):  # noqa: F811
    """Write a frame as three Parquet files, and read them as numbered rows of Spark."""

    def store(name, frame):
        folder = tmp_path_factory.mktemp(name)
        size = max(1, -(-frame.height // 3))
        for number, at in enumerate(range(0, max(1, frame.height), size)):
            frame[at : at + size].write_parquet(folder / f"part-{number}.parquet")
        return tables.numbered(spark, tables.find(spark, folder.as_uri()))

    return store


@pytest.fixture(scope="module")
def both(spread):
    """Run suites here and there: on polars in a process of its own, and on Spark in this one."""

    def run(project, frames):
        with gx.start(project) as runner:
            here = runner.run(frames)
        return here, on_spark.run(project, {name: spread(name, frame) for name, frame in frames.items()})

    return run


def write(root, *expectations, table="facts"):
    (root / "checks").mkdir(exist_ok=True)
    content = {"table": table, "expectations": expectations}
    (root / "checks" / f"{table}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return Project(root=root, name="x", version="1.0.0", title="x", description="x", licence="x")


@pytest.fixture(scope="module")
def published(repository):
    folder = repository / "published" / "axis-of-upheaval" / "v2.0.0" / "data"
    return {file.stem: pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def at(number, value, column):
    """Put a value into a row."""
    return pl.when(pl.int_range(pl.len()) == number).then(value).otherwise(column).alias(column)


def test_the_dataset_is_met_and_every_kind_of_damage_named_at_the_same_rows_in_the_same_words(
    both, repository, published
):
    none = pl.lit(None)
    damage = {
        "facts": [
            at(3, none, "phrase"),
            at(5, pl.lit("x " * 70), "phrase"),
            at(7, pl.lit("١٢\n"), "phrase"),
            at(9, pl.lit(date(1889, 1, 1)), "date_min"),
            at(9, pl.lit(date(1888, 1, 1)), "date_max"),
            at(11, pl.lit("2022-02-24"), "date"),
            at(12, pl.lit("maybe"), "polarity"),
            at(13, pl.col("fact_id").first(), "fact_id"),
            at(14, pl.lit("0" * 63 + "G"), "quote_sha256"),
        ],
        "measures": [
            at(0, pl.lit(Decimal("-1.000001"), pl.Decimal(18, 6)), "value"),
            at(1, none, "unit"),
            at(2, pl.lit("percent"), "unit"),
            at(2, none, "base"),
            at(4, pl.lit("percent"), "unit"),
            at(4, pl.lit(Decimal("100.000001"), pl.Decimal(18, 6)), "value"),
        ],
        "memberships": [at(2, pl.lit(0), "sources"), at(4, none, "standing")],
        "consensus": [at(1, none, "value"), at(2, none, "status"), at(3, pl.lit("single"), "status")],
        "organizations": [pl.col("stated_members_max") + 90],
    }
    bad = {name: reduce(pl.DataFrame.with_columns, damage.get(name, []), one) for name, one in published.items()}
    bad = {name: one.cast(dict(published[name].schema)) for name, one in bad.items()}
    # A key that is there twice lies in files of their own, and rows are missing from a table.
    bad["memberships"] = pl.concat([bad["memberships"], bad["memberships"][[0]]])
    bad["statements"] = bad["statements"].head(1)
    here, there = both(projects.load(repository), bad)
    assert here == there
    kinds = {one.message.split(": ")[1].split(" is not met")[0] for one in there[0]}
    assert kinds >= {
        "expect_column_value_lengths_to_be_between",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_unique",
        "expect_compound_columns_to_be_unique",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_date_no_more_precise_than_source",
        "expect_percent_to_be_sourced",
        "expect_stated_count_to_equal_counted",
    }
    assert [one.table for one in there[1].findings] == ["statements"]
    assert {one.table for one in there[0]} == damage.keys()
    assert {one.subject: one.rows for one in there[1].ran} == {name: one.height for name, one in bad.items()}


ROWS = pl.DataFrame(
    {
        "n": [1, 5, None, 5, -3, 8, 7, 2],
        "m": [1, 4, 9, None, -3, 9, 7, 2],
        "f": [1.5, float("nan"), None, 0.0, -0.0, 1e300, 0.1, 0.3],
        "g": [1.5, 1.5, 1.5, 0.0, 0.0, 1e300, 0.1, 0.1 + 0.2],
        "s": ["a", "b", "b", None, "", "ÜNÏ", "a\n", "١٢"],
        "kind": ["x", "x", None, "y", "y", "x", None, "z"],
        "d": [date(2024, 1, 2), None, date(1989, 5, 5), date(2024, 1, 2), *[date(2030, 12, 31)] * 4],
        "dec": [None if one is None else Decimal(one) for one in ("0.1", "100.000001", None, "0", "-1", "5", "6", "7")],
        "l": [["a"], ["a"], [], None, ["a", "b"], ["b", "a"], [None], ["x"]],
    },
    schema_overrides={"dec": pl.Decimal(18, 6)},
)
ALIKE = [
    expectation("column_values_to_be_unique", column="f"),
    expectation("column_values_to_be_unique", column="l"),
    expectation("column_values_to_not_be_null", column="f"),
    expectation("column_values_to_be_null", column="l"),
    expectation("column_values_to_be_between", column="d", min_value="1990-01-01", max_value="2024-12-31"),
    expectation("column_values_to_be_between", column="dec", min_value=0.1, max_value=100),
    expectation("column_values_to_be_in_set", column="n", value_set=["1", 5.0, 8]),
    expectation("column_values_to_not_be_in_set", column="s", value_set=["b", 5]),
    expectation("column_values_to_be_in_set", column="d", value_set=["2024-01-02", "nothing"]),
    expectation("column_values_to_match_regex", column="s", regex=r"^\w$"),
    expectation("column_values_to_not_match_regex", column="s", regex=r"^\d\d(?<!x)$"),
    expectation("column_values_to_match_like_pattern", column="s", like_pattern="a%"),
    expectation("column_value_lengths_to_be_between", column="s", min_value=1, max_value=1),
    expectation("column_values_to_be_increasing", column="n"),
    expectation("column_values_to_be_decreasing", column="d", strictly=True),
    expectation("column_values_to_be_of_type", column="l", type_="List(String)"),
    expectation("column_values_to_be_of_type", column="n", type_="String"),
    expectation("column_values_to_be_in_type_list", column="dec", type_list=["Decimal(precision=18, scale=6)", "int"]),
    expectation("column_values_to_be_of_type", column="s", type_="StringType"),
    expectation("table_columns_to_match_ordered_list", column_list=["n", "m"]),
    expectation("table_columns_to_match_set", column_set=ROWS.columns),
    expectation("table_column_count_to_equal", value=len(ROWS.columns)),
    expectation("column_to_exist", column=ROW),
    expectation("column_values_to_not_be_null", column="n", row_condition=comparison("kind", "!=", "y")),
    expectation("column_values_to_not_be_null", column="n", row_condition=comparison("kind", "IN", ["nobody"])),
    expectation("column_values_to_be_between", column="n", min_value=100, mostly=0.5),
    expectation("column_values_to_be_between", column="missing", min_value=100),
    expectation("column_values_to_be_agreeable", column="n"),
    expectation("column_values_to_be_between", column="n", minimum=0),
    *(
        expectation(
            "column_pair_values_a_to_be_greater_than_b", column_A=a, column_B=b, or_equal=True, ignore_row_if=ignored
        )
        for a, b in (("n", "m"), ("f", "g"))
        for ignored in ("both_values_are_missing", "either_value_is_missing", "neither")
    ),
    *(
        expectation("compound_columns_to_be_unique", column_list=["kind", "d"], ignore_row_if=ignored)
        for ignored in ("all_values_are_missing", "any_value_is_missing", "never")
    ),
    expectation("multicolumn_sum_to_equal", column_list=["n", "m"], sum_total=2),
    expectation("column_max_to_be_between", column="dec", max_value=100),
    expectation("column_min_to_be_between", column="d", min_value="1990-01-01"),
    expectation("column_sum_to_be_between", column="n", max_value=1),
    expectation("column_mean_to_be_between", column="dec", max_value=1),
    expectation("column_median_to_be_between", column="n", max_value=1),
    expectation("column_unique_value_count_to_be_between", column="s", max_value=1),
]


def test_missing_values_types_patterns_and_conditions_mean_the_same(both, tmp_path):
    here, there = both(write(tmp_path, *ALIKE), {"facts": ROWS})
    assert here == there
    assert len({one.hint for one in there[0]}) + len(there[1].findings) > 30, "else little was found to compare"


def test_a_condition_that_needs_other_rows_is_not_judged_by_batches(spread, tmp_path):
    (tmp_path / "checks" / "expectations").mkdir(parents=True)
    (tmp_path / "checks" / "expectations" / "rank.py").write_text(
        "from great_expectations.expectations.expectation import ColumnMapExpectation\n"
        "from factpack.adapters.gx.polars import COLUMN, condition\n"
        "@condition('column_values.above_mean', COLUMN)\n"
        "def is_above(column):\n    return column.values > column.values.mean()\n"
        "class ExpectColumnValuesToBeAboveMean(ColumnMapExpectation):\n"
        "    map_metric = 'column_values.above_mean'\n",
        encoding="utf-8",
    )
    project = write(
        tmp_path,
        expectation("column_values_to_be_above_mean", column="n"),
        expectation("column_values_to_not_be_null", column="s"),
    )
    breaches, report = on_spark.run(project, {"facts": spread("facts", ROWS)})
    (found,) = report.findings
    assert (found.code, found.line) == ("FP504", 4)
    assert "expect_column_values_to_be_above_mean: raised its condition needs other rows" in found.message
    assert [one.row for one in breaches] == [3], "what stands beside it is judged"


def test_executors_need_no_folder_of_the_project(spread, tmp_path):
    """A condition whose expression calls a function of its own module, and nothing that it imports is there."""
    (tmp_path / "checks" / "expectations").mkdir(parents=True)
    file = tmp_path / "checks" / "expectations" / "own.py"
    file.write_text(
        "import polars as pl\n"
        "from great_expectations.expectations.expectation import ColumnMapExpectation\n"
        "from factpack.adapters.gx.polars import COLUMN, condition\n"
        "WANTED = 'b'\n"
        "def look(values):\n    return values == WANTED\n"
        "@condition('column_values.own', COLUMN)\n"
        "def is_own(column):\n"
        "    return column.values.map_batches(look, return_dtype=pl.Boolean, is_elementwise=True)\n"
        "class ExpectColumnValuesToBeOwn(ColumnMapExpectation):\n    map_metric = 'column_values.own'\n",
        encoding="utf-8",
    )
    project = write(tmp_path, expectation("column_values_to_be_own", column="s"))
    breaches, report = on_spark.run(project, {"facts": spread("facts", ROWS)})
    assert report.findings == ()
    assert [one.row for one in breaches] == [0, 4, 5, 6, 7]
    # A second project in the same process says something else by the same name.
    file.write_text(file.read_text(encoding="utf-8").replace("'b'", "'a'"), encoding="utf-8")
    breaches, _ = on_spark.run(project, {"facts": spread("facts", ROWS)})
    assert [one.row for one in breaches] == [1, 2, 4, 5, 6, 7]


def test_what_spark_answers_otherwise_is_not_judged(spread, tmp_path):
    ranges = {"quantiles": [0.5], "value_ranges": [[0, 10]]}
    project = write(
        tmp_path,
        expectation("column_quantile_values_to_be_between", column="n", quantile_ranges=ranges),
        expectation("column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="s"),
        expectation("table_row_count_to_equal_other_table", other_table_name="events"),
        expectation("column_values_to_be_json_parseable", column="s"),
        expectation("column_value_z_scores_to_be_less_than", column="n", threshold=3, double_sided=True),
        expectation("column_distinct_values_to_be_in_set", column="n", value_set=[1]),
        expectation("column_distinct_values_to_contain_set", column="n", value_set=[1]),
        expectation("column_distinct_values_to_equal_set", column="n", value_set=[1]),
    )
    breaches, report = on_spark.run(project, {"facts": spread("facts", ROWS)})
    assert (breaches, [one.code for one in report.findings]) == ((), ["FP504"] * 8)


def test_many_rows_are_named_by_the_first_thousand_and_their_number(spread, tmp_path):
    rows = pl.DataFrame({"n": pl.int_range(5_000, eager=True)})
    project = write(tmp_path, expectation("column_values_to_be_between", column="n", max_value=9))
    breaches, _ = on_spark.run(project, {"facts": spread("facts", rows)})
    assert [one.row for one in breaches] == list(range(10, 1_010))
    assert breaches[0].message.endswith("(4990 rows in all)")


def test_an_empty_table_and_a_table_without_a_suite_are_no_pass(spread, tmp_path):
    project = write(tmp_path, expectation("column_values_to_be_between", column="n", max_value=9))
    empty = spread("facts", ROWS.clear())
    _, report = on_spark.run(project, {"facts": empty})
    assert [(one.code, "nothing to judge" in one.message) for one in report.findings] == [("FP504", True)]
    breaches, report = on_spark.run(project, {"facts": empty, "events": empty})
    assert (breaches, [one.code for one in report.findings], report.ran) == ((), ["FP503"], ())


def test_the_environment_of_a_cloud_account_is_set_aside_and_comes_back(spread, tmp_path, monkeypatch):
    monkeypatch.setenv("GX_CLOUD_ORGANIZATION_ID", "someone")
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "true")
    project = write(tmp_path, expectation("column_values_to_be_between", column="n", max_value=9))
    assert on_spark.run(project, {"facts": spread("facts", ROWS)})[1].findings == ()
    assert os.environ["GX_CLOUD_ORGANIZATION_ID"] == "someone"
    assert os.environ["GX_ANALYTICS_ENABLED"] == "true"
