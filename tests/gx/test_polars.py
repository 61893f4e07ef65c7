"""Great Expectations on polars gives the results that it gives on pandas: every expectation, type and result format.

Where the two differ on purpose, `told` levels it, and a test of its own says what polars gives.
"""

import datetime as dt
import itertools
import json
import math
import os
import random
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing.parametric import column, dataframes

pytestmark = [pytest.mark.conformance, pytest.mark.filterwarnings("ignore")]

N = 40
FRAME = pl.DataFrame(
    {
        "key": [f"id{at:03}" for at in range(N)],
        "whole": [at * 7 % 13 for at in range(N)],
        "gaps": [None if at % 9 == 0 else at * 5 % 11 for at in range(N)],
        "share": [at * 0.25 - 2 for at in range(N)],
        "odd": [None if at % 7 == 0 else math.nan if at % 11 == 0 else (at % 6) / 4 for at in range(N)],
        "text": [("a", "bb", "c c", "É1", "x\ny", "", "12", "1٣")[at % 8] for at in range(N)],
        "some": [None if at % 5 == 0 else f"v{at % 4}" for at in range(N)],
        "flag": [at % 3 == 0 for at in range(N)],
        "maybe": [None if at % 4 == 0 else at % 3 == 0 for at in range(N)],
        "day": [dt.date(2020, 1, 1) + dt.timedelta(days=at % 17) for at in range(N)],
        "time": [None if at % 6 == 0 else dt.datetime(2020, 1, 1, at % 24) for at in range(N)],
        "zoned": [dt.datetime(2020, 1, 1, at % 24, tzinfo=dt.UTC) for at in range(N)],
        "written": [("2020-01-01", "2020-13-01", "x", "2020-1-2")[at % 4] for at in range(N)],
        "small": pl.Series([at % 100 for at in range(N)], dtype=pl.Int8),
        "large": pl.Series([2**63 + at for at in range(N)], dtype=pl.UInt64),
        "money": pl.Series([Decimal(at) / 4 for at in range(N)], dtype=pl.Decimal(10, 2)),
        "json": ['{"a": 1}' if at % 3 else "{" for at in range(N)],
        "kind": pl.Series([("a", "b")[at % 2] for at in range(N)], dtype=pl.Categorical),
        "list": [[at % 3] for at in range(N)],
        "up": list(range(N)),
        "nothing": pl.Series([None] * N, dtype=pl.Int64),
    }
)
NUMBERS = "whole gaps share odd small money flag maybe large nothing up".split()
TEXTS = "text some key written json kind".split()
TIMES = "day time zoned".split()
FORMATS = [
    "BOOLEAN_ONLY",
    "BASIC",
    "SUMMARY",
    "COMPLETE",
    {"result_format": "COMPLETE", "unexpected_index_column_names": ["key"]},
    {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["key", "whole"],
        "exclude_unexpected_values": True,
    },
    {"result_format": "SUMMARY", "partial_unexpected_count": 3},
]


class Engines:
    """The same expectations on both."""

    def __init__(self):
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        import factpack.adapters.gx.polars  # noqa: F401

        self.gx = gx
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self.polars, self.pandas = self._definition("polars"), self._definition("pandas")

    def _definition(self, kind):
        source = getattr(self.context.data_sources, f"add_{kind}")(kind)
        return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")

    def on_polars(self, frame, *declared, form="COMPLETE"):
        return self._results(self.polars.get_batch({"dataframe": frame}), declared, form)

    def on_pandas(self, frame, *declared, form="COMPLETE"):
        return self._results(self.pandas.get_batch({"dataframe": frame.to_pandas()}), declared, form)

    def _results(self, batch, declared, form):
        built = [
            getattr(self.gx.expectations, f"Expect{name}")(**arguments, meta={"place": place})
            for place, (name, arguments) in enumerate(declared)
        ]
        results = batch.validate(self.gx.ExpectationSuite(name="all", expectations=built), result_format=form).results
        placed = {one.expectation_config.meta["place"]: one for one in results}
        return [json.loads(json.dumps(placed[place].to_json_dict(), default=str)) for place in range(len(built))]


@pytest.fixture(scope="module")
def engines():
    return Engines()


def raised(result):
    info = result["exception_info"] or {}
    return any(one.get("raised_exception") for one in [info, *info.values()] if isinstance(one, dict))


def told(value):
    """Level what differs on purpose."""
    if isinstance(value, dict):
        levelled = {key: told(one) for key, one in value.items()}
        # The one gives rows as polars' own code would select them, the other as pandas'.
        levelled.pop("unexpected_index_query", None)
        # Pandas counts each missing value as different from the others.
        if "partial_unexpected_counts" in levelled:
            counts = levelled["partial_unexpected_counts"]
            levelled["partial_unexpected_counts"] = [one for one in counts if "None" not in str(one["value"])]
        # Sets have no order.
        for key in ("partial_missing_list",):
            levelled[key] = sorted(map(str, levelled.get(key) or []))
        return levelled
    if isinstance(value, list):
        return [told(one) for one in value]
    if isinstance(value, str) and value[:2] == "20":
        # Pandas has no dates: they are moments of it, and written as such.
        day, _, time = value.replace(" ", "T").removesuffix("+00:00").partition("T")
        return f"{day}T{time.split('.')[0] or '00:00:00'}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return None if value == "NaT" else value


def same(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        # Sums of floats are not summed in one order.
        return (
            isinstance(one, int | float) and isinstance(other, int | float) and math.isclose(one, other, rel_tol=1e-12)
        )
    return one == other


def compare(engines, frame, declared, form):
    ours, theirs = engines.on_polars(frame, *declared, form=form), engines.on_pandas(frame, *declared, form=form)
    for (name, arguments), mine, other in zip(declared, ours, theirs, strict=True):
        # Where pandas has no verdict there is none to compare; where it has one, so have we.
        if not raised(other):
            assert not raised(mine), (name, arguments, mine["exception_info"])
            assert mine["success"] == other["success"], (name, arguments)
            assert same(told(mine["result"]), told(other["result"])), (name, arguments, mine["result"], other["result"])
    return ours


def drawn(declared, count):
    """Draw so many expectations, anew in each run; `nox -s conformance` takes them all."""
    declared = list(declared)
    return declared if os.environ.get("FACTPACK_CONFORMANCE") else random.sample(declared, min(count, len(declared)))


def of_any(name):
    yield from (
        (one, {"column": name})
        for one in ("ColumnValuesToNotBeNull", "ColumnValuesToBeNull", "ColumnValuesToBeUnique", "ColumnToExist")
    )
    yield "ColumnProportionOfUniqueValuesToBeBetween", {"column": name, "min_value": 0.5}
    yield "ColumnProportionOfNonNullValuesToBeBetween", {"column": name, "min_value": 0.95}
    yield "ColumnUniqueValueCountToBeBetween", {"column": name, "min_value": 3, "max_value": 10}
    yield "ColumnMostCommonValueToBeInSet", {"column": name, "value_set": [1, "a", True]}
    for wanted in ([1, 2, 3], [1.0, 0.5], ["a", "v1"], [None, 1]):
        for one in ("ColumnValuesToBeInSet", "ColumnValuesToNotBeInSet"):
            yield one, {"column": name, "value_set": wanted}
        for one in ("ToBeInSet", "ToContainSet", "ToEqualSet"):
            yield f"ColumnDistinctValues{one}", {"column": name, "value_set": wanted}
    for one, strictly in itertools.product(("Increasing", "Decreasing"), (True, False)):
        yield f"ColumnValuesToBe{one}", {"column": name, "strictly": strictly}
    for one in ("Max", "Min", "Mean", "Median", "Sum", "Stdev"):
        yield f"Column{one}ToBeBetween", {"column": name, "min_value": 1, "max_value": 6}
    for error in (False, "linear", "lower", "higher", "midpoint"):
        ranges = {"quantiles": [0, 0.1, 0.37, 0.5, 1], "value_ranges": [[0, 5]] * 5}
        yield (
            "ColumnQuantileValuesToBeBetween",
            {"column": name, "quantile_ranges": ranges, "allow_relative_error": error},
        )
    yield "ColumnValuesToBeDateutilParseable", {"column": name}
    yield "ColumnValuesToBeJsonParseable", {"column": name}


def of_numbers(name):
    for mostly in (1, 0.5):
        yield "ColumnValuesToBeBetween", {"column": name, "min_value": 1, "max_value": 6, "mostly": mostly}
    for bound in (0.5, 2, 2.25, math.inf, 2**63 + 7):
        for side, strict in itertools.product(("min", "max"), (True, False)):
            yield "ColumnValuesToBeBetween", {"column": name, f"{side}_value": bound, f"strict_{side}": strict}
    for double_sided in (True, False):
        yield "ColumnValueZScoresToBeLessThan", {"column": name, "threshold": 1, "double_sided": double_sided}
    for method in ("iqr", "std"):
        yield "ColumnValuesToNotBeOutliers", {"column": name, "method": method, "multiplier": 1.0}
    partition = {"bins": [0, 5, 10], "weights": [0.5, 0.5]}
    yield "ColumnKLDivergenceToBeLessThan", {"column": name, "threshold": 0.5, "partition_object": partition}


def of_texts(name):
    for regex in (r"^\d+$", "[a-c]", r"^\w+$", r"(?=a)a|v", r"\s", "^.$", r"(.)\1", "^$", "É", r"\bc", "(?i)V", "a|1"):
        yield "ColumnValuesToMatchRegex", {"column": name, "regex": regex}
        yield "ColumnValuesToNotMatchRegex", {"column": name, "regex": regex}
    for how in ("any", "all"):
        yield "ColumnValuesToMatchRegexList", {"column": name, "regex_list": ["a", r"\d"], "match_on": how}
    yield "ColumnValuesToNotMatchRegexList", {"column": name, "regex_list": ["a", r"\d"]}
    yield "ColumnValuesToMatchStrftimeFormat", {"column": name, "strftime_format": "%Y-%m-%d"}
    yield "ColumnValueLengthsToBeBetween", {"column": name, "min_value": 1, "max_value": 2}
    yield "ColumnValueLengthsToBeBetween", {"column": name, "min_value": 1, "strict_min": True}
    yield "ColumnValueLengthsToEqual", {"column": name, "value": 2}
    partition = {"values": ["a", "b"], "weights": [0.5, 0.5]}
    yield "ColumnKLDivergenceToBeLessThan", {"column": name, "threshold": 0.5, "partition_object": partition}


def of_several():
    pairs = "whole gaps,whole share,odd share,whole text,flag maybe,kind text,money share".split(",")
    for pair, ignored in itertools.product(pairs, ("both_values_are_missing", "either_value_is_missing", "neither")):
        names = dict(zip(("column_A", "column_B"), pair.split(), strict=True)) | {"ignore_row_if": ignored}
        for or_equal in (True, False):
            yield "ColumnPairValuesAToBeGreaterThanB", names | {"or_equal": or_equal}
        yield "ColumnPairValuesToBeEqual", names
        wanted = [(1, 1), ("a", "v1"), (None, None), (0, 0), ("a", None)]
        yield "ColumnPairValuesToBeInSet", names | {"value_pairs_set": wanted}
    lists = "whole gaps,whole gaps share,text some,whole text,flag maybe,odd share,day time,small whole".split(",")
    for chosen, ignored in itertools.product(lists, ("all_values_are_missing", "any_value_is_missing", "never")):
        names = {"column_list": chosen.split(), "ignore_row_if": ignored}
        yield "CompoundColumnsToBeUnique", names
        yield "SelectColumnValuesToBeUniqueWithinRecord", names
        yield "MulticolumnValuesToBeEqual", names
        yield "MulticolumnSumToEqual", names | {"sum_total": 10}


def of_tables():
    yield "TableColumnCountToEqual", {"value": 3}
    yield "TableColumnCountToBeBetween", {"min_value": 3}
    yield "TableRowCountToEqual", {"value": N}
    yield "TableRowCountToBeBetween", {"min_value": 50}
    yield "TableColumnsToMatchSet", {"column_set": ["whole"], "exact_match": False}
    yield "TableColumnsToMatchOrderedList", {"column_list": FRAME.columns}


def of_conditions():
    from great_expectations.expectations.row_conditions import Column

    chosen = [
        Column("whole") == 1,
        Column("text") == "a",
        Column("some") != "v1",
        Column("share") > 0,
        (Column("whole") > 3) & (Column("share") < 5),
        (Column("whole") > 9) | Column("some").is_null(),
        Column("odd").is_not_null(),
        Column("some").is_in(["v1", "v2"]),
        Column("some").is_not_in(["v1"]),
        Column("flag") == True,  # noqa: E712 - a condition of GX
        Column("whole") == 1000,
    ]
    for one in chosen:
        yield "ColumnValuesToBeInSet", {"column": "gaps", "value_set": [1, 2], "row_condition": one}
        yield "ColumnValuesToBeUnique", {"column": "some", "row_condition": one}
        yield "ColumnMaxToBeBetween", {"column": "share", "max_value": 1, "row_condition": one}
        yield "CompoundColumnsToBeUnique", {"column_list": ["text", "some"], "row_condition": one}
        yield "ColumnValuesToBeJsonParseable", {"column": "json", "row_condition": one}


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_every_expectation_gives_on_every_column_what_it_gives_on_pandas(engines, form):
    # One format is tried on everything; how the others show it does not depend on the expectation.
    names = FRAME.columns if form == "COMPLETE" else ["gaps", "some", "odd", "time"]
    for name in names:
        own = of_numbers(name) if name in NUMBERS else of_texts(name) if name in TEXTS else ()
        compare(engines, FRAME, drawn([*of_any(name), *own], 10), form)


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_pairs_lists_tables_and_row_conditions_are_judged_as_on_pandas(engines, form):
    compare(engines, FRAME, drawn([*of_several(), *of_tables(), *of_conditions()], 20), form)


@settings(max_examples=25)
@given(
    frame=dataframes(
        [
            column("n", dtype=pl.Int64, strategy=st.integers(-5, 5), allow_null=False),
            column("x", dtype=pl.Float64, strategy=st.floats(-4, 4, width=16), allow_null=True),
            column("t", dtype=pl.String, strategy=st.text("ab1 é\n", max_size=3), allow_null=True),
        ],
        min_size=1,
        max_size=12,
    ),
    low=st.integers(-5, 5),
    regex=st.sampled_from(["a", "^a", "b$", r"\w", r"\d", "^$", ".", "a|b", "[^a]", "(a)", r"\bb", r"a\b"]),
)
def test_random_frames_are_judged_as_on_pandas(engines, frame, low, regex):
    declared = [
        ("ColumnValuesToBeBetween", {"column": "n", "min_value": low}),
        ("ColumnValuesToBeBetween", {"column": "x", "max_value": low / 2, "strict_max": True}),
        ("ColumnValuesToBeInSet", {"column": "n", "value_set": [low, low + 0.5]}),
        ("ColumnValuesToMatchRegex", {"column": "t", "regex": regex}),
        ("ColumnValuesToBeUnique", {"column": "t"}),
        ("ColumnValuesToBeIncreasing", {"column": "n"}),
        ("ColumnValueLengthsToEqual", {"column": "t", "value": 2}),
        ("CompoundColumnsToBeUnique", {"column_list": ["n", "t"]}),
        ("ColumnMedianToBeBetween", {"column": "n", "min_value": low}),
        ("ColumnStdevToBeBetween", {"column": "n", "max_value": 1}),
        ("ColumnMostCommonValueToBeInSet", {"column": "n", "value_set": [low]}),
    ]
    compare(engines, frame, declared, "COMPLETE")


def test_what_pandas_cannot_keep_is_kept(engines):
    """Integers beside a missing one stay integers, dates stay dates, and float32 is not summed in float32."""
    frame = pl.DataFrame({"n": [2**53 + 1, None, 7], "d": [dt.date(2020, 1, 1), None, dt.date(2021, 1, 1)]})
    whole, form, day = engines.on_polars(
        frame,
        ("ColumnValuesToBeInSet", {"column": "n", "value_set": [2**53]}),
        ("ColumnValuesToMatchRegex", {"column": "n", "regex": "^[0-9]+$"}),
        ("ColumnValuesToBeBetween", {"column": "d", "min_value": "2020-06-01T00:00:00"}),
    )
    assert whole["result"]["unexpected_list"] == [2**53 + 1, 7]
    assert form["success"]
    assert day["result"]["unexpected_list"] == ["2020-01-01"]


@pytest.mark.parametrize(
    ("pattern", "escape", "text", "like"),
    [
        ("a%", None, "abc", True),
        ("a%", None, "ba", False),
        ("_b", None, "ab", True),
        ("_b", None, "b", False),
        ("%", None, "", True),
        ("a.c", None, "abc", False),
        ("50!%", "!", "50%", True),
        ("50!%", "!", "505", False),
        ("a%c", None, "a\nc", True),
        ("A%", None, "abc", False),
    ],
)
def test_like_is_sqls(engines, pattern, escape, text, like):
    import sqlite3

    arguments = {"column": "t", "like_pattern": pattern} | ({"escape": escape} if escape else {})
    frame = pl.DataFrame({"t": [text]})
    found, not_found, some, none = engines.on_polars(
        frame,
        ("ColumnValuesToMatchLikePattern", arguments),
        ("ColumnValuesToNotMatchLikePattern", arguments),
        ("ColumnValuesToMatchLikePatternList", {"column": "t", "like_pattern_list": [pattern, "zzz"]}),
        ("ColumnValuesToNotMatchLikePatternList", {"column": "t", "like_pattern_list": ["zzz"]}),
    )
    assert (found["success"], not_found["success"], none["success"]) == (like, not like, True)
    assert escape or some["success"] == like
    asked = sqlite3.connect(":memory:")
    asked.execute("PRAGMA case_sensitive_like = ON")
    clause = f"SELECT ? LIKE ?{' ESCAPE ?' if escape else ''}"
    assert asked.execute(clause, [text, pattern, *filter(None, [escape])]).fetchone() == (int(like),)


@pytest.mark.parametrize(
    ("name", "type_", "success"),
    [
        ("whole", "Int64", True),
        ("whole", "int", True),
        ("whole", "Int32", False),
        ("text", "String", True),
        ("text", "str", True),
        ("time", "Datetime", True),
        ("time", "Datetime(time_unit='us', time_zone=None)", True),
        ("zoned", "Datetime(time_unit='us', time_zone=None)", False),
        ("list", "List(Int64)", True),
        ("money", "Decimal(precision=10, scale=2)", True),
    ],
)
def test_types_are_called_as_polars_calls_them(engines, name, type_, success):
    of, listed, is_ = engines.on_polars(
        FRAME,
        ("ColumnValuesToBeOfType", {"column": name, "type_": type_}),
        ("ColumnValuesToBeInTypeList", {"column": name, "type_list": [type_, "Binary"]}),
        ("ColumnTypeToBe", {"column": name, "type_": type_}),
    )
    assert [one["success"] for one in (of, listed, is_)] == [success] * 3


def test_a_type_that_does_not_exist_is_no_failure_of_the_data(engines):
    (result,) = engines.on_polars(FRAME, ("ColumnValuesToBeOfType", {"column": "whole", "type_": "int65"}))
    assert raised(result)
    assert "no type is called 'int65'" in str(result["exception_info"])


def test_a_list_may_name_the_types_of_other_engines_too_if_one_is_polars(engines):
    lists = (["INTEGER", "IntegerType", "Int64"], ["INTEGER", "Int32"], ["INTEGER", "int65"])
    declared = [("ColumnValuesToBeInTypeList", {"column": "whole", "type_list": one}) for one in lists]
    met, broken, unknown = engines.on_polars(FRAME, *declared)
    assert (met["success"], broken["success"], raised(broken)) == (True, False, False)
    assert "no type is called 'INTEGER'" in str(unknown["exception_info"])


def test_whole_rows_that_are_unexpected_are_those_of_pandas_under_their_numbers(engines):
    from great_expectations.expectations.row_conditions import Column

    form = {"result_format": "BASIC", "include_unexpected_rows": True}
    frame = FRAME.select("whole", "share", "text")
    for asked in ({}, {"row_condition": Column("share") > 0}):
        expectation = engines.gx.expectations.ExpectColumnValuesToBeInSet(column="whole", value_set=[1, 2], **asked)
        ours, theirs = (
            definition.get_batch({"dataframe": given}).validate(expectation, result_format=form).result
            for definition, given in ((engines.polars, frame), (engines.pandas, frame.to_pandas()))
        )
        assert ours["unexpected_rows"].index.tolist() == theirs["unexpected_rows"].index.tolist()
        assert ours["unexpected_rows"].equals(theirs["unexpected_rows"])


def test_a_column_of_which_all_is_missing_has_no_quantiles(engines):
    ranges = {"quantiles": [0.5], "value_ranges": [[0, 9]]}
    declared = ("ColumnQuantileValuesToBeBetween", {"column": "n", "quantile_ranges": ranges})
    (result,) = engines.on_polars(pl.DataFrame({"n": [None, None]}), declared)
    assert str(result["success"]) == "False"
    assert result["result"]["observed_value"] == {"quantiles": [0.5], "values": [None]}


def test_types_are_still_numpys_on_pandas(engines):
    (result,) = engines.on_pandas(FRAME, ("ColumnValuesToBeOfType", {"column": "whole", "type_": "int64"}))
    assert result["success"]


def test_a_row_condition_that_is_text_is_refused_and_not_executed(engines):
    arguments = {"column": "whole", "row_condition": "whole == 1", "condition_parser": "pandas"}
    for name in ("ColumnValuesToBeUnique", "ColumnValuesToBeJsonParseable"):
        (result,) = engines.on_polars(FRAME, (name, arguments))
        assert raised(result)
        assert "is text, which pandas would execute" in str(result["exception_info"])


def engine_of(frame, **options):
    from factpack.adapters.gx.polars import PolarsExecutionEngine

    engine = PolarsExecutionEngine(**options)
    engine.load_batch_data("x", frame)
    return engine


def validate_on(engine, engines, *declared):
    from great_expectations.validator.validator import Validator

    built = [
        getattr(engines.gx.expectations, f"Expect{name}")(**arguments).configuration for name, arguments in declared
    ]
    return Validator(execution_engine=engine).graph_validate(built, runtime_configuration={"result_format": "COMPLETE"})


def test_a_suite_is_one_collect_and_a_second_one_where_something_is_unexpected(engines):
    met = [(name, arguments) for name, arguments in of_any("up") if name.startswith("ColumnValues")][:3]
    engine = engine_of(FRAME.lazy())
    results = validate_on(engine, engines, ("ColumnValuesToNotBeNull", {"column": "up"}), met[2], *of_tables())
    assert results[0].success
    assert results[1].success
    assert (engine.account.collects, engine.account.through_pandas) == (1, [])
    engine = engine_of(FRAME.lazy())
    validate_on(engine, engines, ("ColumnValuesToBeUnique", {"column": "whole"}), *met)
    assert engine.account.collects == 2


def test_what_goes_through_pandas_is_counted_and_can_be_refused(engines):
    asked = ("ColumnValuesToBeJsonParseable", {"column": "json"})
    engine = engine_of(FRAME)
    assert not validate_on(engine, engines, asked)[0].success
    assert "column_values.json_parseable.condition" in engine.account.through_pandas
    engine = engine_of(FRAME, pandas_fallback=False)
    refused, met = validate_on(engine, engines, asked, ("ColumnValuesToNotBeNull", {"column": "json"}))
    assert "pandas_fallback is off" in str(refused.exception_info)
    assert met.success


def test_one_expectation_that_cannot_be_evaluated_leaves_the_others_alone(engines):
    wrong, right = engines.on_polars(
        FRAME,
        ("ColumnValuesToBeBetween", {"column": "text", "min_value": 1}),
        ("ColumnValuesToNotBeNull", {"column": "text"}),
    )
    assert "cannot be compared with a column of type String" in str(wrong["exception_info"])
    assert right["success"]


def test_metrics_asked_for_one_by_one_come_as_values(engines):
    from great_expectations.validator.metric_configuration import MetricConfiguration

    engine = engine_of(FRAME)
    types = MetricConfiguration("table.column_types", {}, {"include_nested": True})
    names = MetricConfiguration("table.columns", {}, None)
    names.metric_dependencies = {"table.column_types": types}
    known = engine.resolve_metrics((types,))
    known |= engine.resolve_metrics((names,), metrics=known)
    largest = MetricConfiguration("column.max", {"column": "whole"}, None)
    largest.metric_dependencies = {"table.columns": names}
    assert engine.resolve_metrics((largest,), metrics=known)[largest.id] == 12


def test_a_condition_of_ones_own_is_a_polars_expression(engines):
    from great_expectations.expectations.expectation import ColumnMapExpectation

    from factpack.adapters.gx.polars import COLUMN, condition

    @condition("column_values.multiple_of", COLUMN)
    def is_multiple(column, *, base):
        return column.values % base == 0

    class ExpectColumnValuesToBeMultiplesOf(ColumnMapExpectation):
        base: int
        map_metric = "column_values.multiple_of"
        success_keys = ("base", "mostly")

    batch = engines.polars.get_batch({"dataframe": FRAME})
    result = batch.validate(ExpectColumnValuesToBeMultiplesOf(column="gaps", base=5), result_format="COMPLETE")
    values = FRAME["gaps"].drop_nulls()
    assert result.result["unexpected_list"] == [one for one in values if one % 5]
    assert result.result["missing_count"] == FRAME["gaps"].null_count()


def test_a_file_context_with_a_checkpoint_and_data_docs_works_and_can_be_loaded_again(engines, tmp_path):
    gx = engines.gx
    FRAME.select("key", "whole").write_parquet(tmp_path / "frame.parquet")
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    asset = context.data_sources.add_polars("files", streaming=True).add_scan_asset(
        "frame", path=str(tmp_path / "frame.parquet")
    )
    batch = asset.add_batch_definition_whole_table("all")
    suite = context.suites.add(gx.ExpectationSuite(name="keys"))
    suite.add_expectation(gx.expectations.ExpectColumnValuesToBeUnique(column="key"))
    suite.add_expectation(gx.expectations.ExpectColumnMaxToBeBetween(column="whole", max_value=5))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="keys", data=batch, suite=suite))
    docs = [gx.checkpoint.UpdateDataDocsAction(name="docs")]
    checkpoint = context.checkpoints.add(gx.Checkpoint(name="gate", validation_definitions=[definition], actions=docs))
    (result,) = checkpoint.run().run_results.values()
    assert [one.success for one in result.results] == [True, False]
    assert list(tmp_path.rglob("index.html"))
    again = gx.get_context(mode="file", project_root_dir=tmp_path).checkpoints.get("gate").run()
    assert not again.success


def test_a_scan_of_what_is_not_there_is_said_at_once(engines, tmp_path):
    source = engines.context.data_sources.add_polars("missing")
    with pytest.raises(Exception, match=r"nowhere\.parquet"):
        source.add_scan_asset("x", path=str(tmp_path / "nowhere.parquet"))
