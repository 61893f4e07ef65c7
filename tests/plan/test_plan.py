"""The plan's verdict is pandera's own, row for row and check for check, on models and data drawn at random."""

import subprocess
import sys
from datetime import date

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pandera.api.checks import Check
from pandera.errors import SchemaErrors
from polars.testing import assert_frame_equal

from factpack import plan, rules, schemas
from factpack import project as projects

INTEGERS = st.integers(-3, 3)
FLOATS = st.sampled_from([-1.5, 0.0, 1.0, 2.5, float("nan"), float("inf")])
TEXTS = st.sampled_from(["", "a", "ab", "abc", "b", "a\n", "É", "é", "1", "a b", "ab\nab"])
DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 6))
VALUES = {"i": INTEGERS, "f": FLOATS, "s": TEXTS, "d": DAYS}
TYPES = {"i": pl.Int64, "f": pl.Float64, "s": pl.String, "d": pl.Date}
PATTERNS = st.sampled_from(["a", "^a", "a$", "^(?:a|b)$", "a|b", "[a-z]+", "", r"\d", "(?i)É", "."])


@st.composite
def checks(draw, kind):  # noqa: PLR0911 - one for each kind of check
    """Draw one of pandera's built-in checks that the type of a column allows."""
    value = VALUES[kind] if kind != "f" else st.sampled_from([-1.5, 0.0, 1.0])
    ignore = {"ignore_na": draw(st.booleans())}
    compare = [Check.eq, Check.ne, Check.gt, Check.ge, Check.lt, Check.le]
    names = ["compare", "between", "isin", "notin", "values", *(["matches", "length"] if kind == "s" else [])]
    match draw(st.sampled_from(names)):
        case "compare":
            return draw(st.sampled_from(compare))(draw(value), **ignore)
        case "between":
            low, high = sorted((draw(value), draw(value)))
            inclusive = {"include_min": draw(st.booleans()), "include_max": draw(st.booleans())}
            if low == high:
                inclusive = {"include_min": True, "include_max": True}
            return Check.in_range(low, high, **inclusive, **ignore)
        case "isin":
            return Check.isin(draw(st.lists(value, min_size=1, max_size=3)), **ignore)
        case "notin":
            return Check.notin(draw(st.lists(value, min_size=1, max_size=3)), **ignore)
        case "values":
            # It judges the column as a whole, so there is no expression for a row.
            return Check.unique_values_eq(draw(st.lists(value, min_size=1, max_size=3, unique=True)))
        case "matches":
            made = draw(st.sampled_from([Check.str_matches, Check.str_contains]))
            edge = draw(st.sampled_from([Check.str_startswith, Check.str_endswith]))
            return draw(st.sampled_from([made(draw(PATTERNS), **ignore), edge(draw(TEXTS), **ignore)]))
        case _:
            low, high = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3))))
            bounds = draw(st.sampled_from([(low, None), (None, high), (low, high)]))
            return Check.str_length(*bounds, **ignore)


@st.composite
def columns(draw, kind):
    return pa.Column(
        TYPES[kind], draw(st.lists(checks(kind), max_size=3)), nullable=draw(st.booleans()), unique=draw(st.booleans())
    )


SCHEMAS = st.builds(
    lambda described, unique: pa.DataFrameSchema(described, unique=unique, strict=True),
    st.fixed_dictionaries({kind: columns(kind) for kind in VALUES}),
    st.sampled_from([None, ["i"], ["i", "s"], ["f", "d"], ["s", "d", "i"]]),
)
ROWS = st.lists(st.fixed_dictionaries({kind: st.none() | values for kind, values in VALUES.items()}), max_size=8)


def of_pandera(schema, frame):
    """Give the failing rows of each check that names rows, as pandera finds them; and what else it finds."""
    rows, whole = {}, set()
    try:
        schema.validate(frame, lazy=True)
    except pl.exceptions.SchemaError:
        # pandera cannot put the failure of a whole column beside the failures of rows.
        reject()
    except SchemaErrors as error:
        for case in error.failure_cases.iter_rows(named=True):
            column = case["column"] if case["schema_context"] == "Column" else None
            what = case["check"] if case["check_number"] is None else case["check_number"]
            if case["index"] is None:
                whole.add((column, what))
            else:
                rows.setdefault((column, what), set()).add(case["index"])
    return rows, whole


def of_plan(schema, frame):
    compiled = plan.compile_schema(schema)
    verdict = plan.run({"t": frame.lazy()}, {"t": compiled}, 1000)[0]["t"]
    rows = {}
    for number in verdict.broken:
        rule = compiled.rows[number]
        checks = schema.columns[rule.column].checks if rule.column else schema.checks
        what = "not_nullable" if rule.check is None else next(i for i, one in enumerate(checks) if one is rule.check)
        failing = verdict.failing.filter(pl.col(plan.mark(number)))[plan.ROW].to_list()
        rows[rule.column, what] = set(failing)
    counted = {id(rule): count for rule, count in zip(compiled.rows, verdict.counts, strict=True)}
    for number in verdict.broken:
        assert counted[id(compiled.rows[number])] == verdict.failing[plan.mark(number)].sum()
    for rule, found in verdict.repeated.items():
        whole = tuple(schema.unique or ()) == rule.columns
        key = (None, "multiple_fields_uniqueness") if whole else (rule.columns[0], "field_uniqueness")
        rows[key] = set(found[plan.ROW].to_list())
    return compiled, rows


@pytest.mark.conformance
@settings(max_examples=300)
@given(schema=SCHEMAS, rows=ROWS)
def test_every_check_fails_on_the_rows_on_which_pandera_lets_it_fail(schema, rows):
    frame = pl.DataFrame(rows, schema=TYPES)
    expected, whole = of_pandera(schema, frame)
    compiled, found = of_plan(schema, frame)
    # Where a column is the key too, pandera tells of it under both names, and the plan once.
    for name, column in schema.columns.items():
        if column.unique and schema.unique == [name]:
            expected.pop((name, "field_uniqueness"), None)
    assert found == {key: failing for key, failing in expected.items() if key not in compiled.eager}
    # What judges a column as a whole is pandera's to run, and the plan says so.
    assert whole <= set(compiled.eager)


@pytest.mark.conformance
@given(schema=SCHEMAS)
def test_every_built_in_check_of_rows_has_an_expression(schema):
    compiled = plan.compile_schema(schema)
    told = {
        (name, number)
        for name, column in schema.columns.items()
        for number, check in enumerate(column.checks)
        if check.name == "unique_values_eq"
    }
    assert set(compiled.eager) == told
    rules = sum(len(column.checks) + (not column.nullable) for column in schema.columns.values())
    assert len(compiled.rows) + len(compiled.eager) == rules


def schema_of(*checks, column_checks=()):
    return pa.DataFrameSchema({"i": pa.Column(pl.Int64, list(column_checks), nullable=True)}, list(checks))


CUSTOM = {
    "an expression": (Check(lambda data: data.lazyframe.select(pl.col("i") > 0)), True),
    "several columns": (Check(lambda data: data.lazyframe.select(pl.all() > 0)), True),
    "a named column": (Check(lambda data: data.lazyframe.select(ok=pl.col("i") > 0)), True),
    "over groups": (Check(lambda data: data.lazyframe.select(pl.len().over("i") == 1)), True),
    "an aggregate": (Check(lambda data: data.lazyframe.select(pl.col("i").sum() > 0)), False),
    "it collects": (Check(lambda data: bool(data.lazyframe.collect().height)), False),
    "no boolean": (Check(lambda data: data.lazyframe.select(pl.col("i") + 1)), False),
    "each value in Python": (Check(lambda value: value > 0, element_wise=True), False),
    "an error": (Check(lambda data: data.lazyframe.select(pl.col("nothing") > 0)), False),
}


@pytest.mark.parametrize("case", CUSTOM)
def test_a_custom_check_is_compiled_if_it_selects_a_truth_for_each_row(case):
    check, compiles = CUSTOM[case]
    compiled = plan.compile_schema(schema_of(check))
    assert (len(compiled.rows), compiled.eager) == ((1, ()) if compiles else (0, ((None, 0),)))


@given(
    rows=st.lists(st.none() | INTEGERS, min_size=1, max_size=6),
    case=st.sampled_from(["an expression", "several columns", "over groups"]),
)
def test_custom_checks_fail_on_the_rows_on_which_pandera_lets_them_fail(rows, case):
    schema = schema_of(CUSTOM[case][0])
    frame = pl.DataFrame({"i": rows}, schema={"i": pl.Int64})
    expected, _ = of_pandera(schema, frame)
    _, found = of_plan(schema, frame)
    assert found == expected


def test_keys_that_share_a_hash_are_compared_themselves(monkeypatch):
    """Were all hashes one, the plan would still find the true repetitions, and only those."""
    monkeypatch.setattr(plan, "key_hash", lambda rule: pl.col(rule.columns[0]).is_null().hash())
    frame = pl.DataFrame({"i": [1, 2, 2, 3, 4]})
    compiled = plan.compile_schema(pa.DataFrameSchema({"i": pa.Column(pl.Int64, unique=True)}))
    (found,) = plan.run({"t": frame.lazy()}, {"t": compiled}, 10)[0]["t"].repeated.values()
    assert found[plan.ROW].to_list() == [1, 2]


def test_of_many_failing_rows_the_first_are_given_and_all_are_counted():
    frame = pl.DataFrame({"i": [-1] * 5000})
    compiled = plan.compile_schema(schema_of(column_checks=[Check.ge(0)]))
    verdict = plan.run({"t": frame.lazy()}, {"t": compiled}, 10)[0]["t"]
    assert (verdict.counts, verdict.failing[plan.ROW].to_list()) == ((5000,), list(range(10)))


def fallen(query):
    """List the nodes of the physical plan that the streaming engine leaves to the one that holds all in memory."""
    graph = query.show_graph(plan_stage="physical", engine="streaming", raw_output=True, show=False)
    return [line for line in graph.splitlines() if 'fillcolor="0.0 0.3 1.0"' in line]


def test_no_check_of_the_dataset_falls_back_to_memory(repository):
    assert fallen(pl.LazyFrame({"a": [1, 1]}).select(pl.col("a").is_duplicated())), "else this test sees nothing"
    for model in schemas.load(projects.load(repository)).values():
        compiled = plan.compile_schema(model.schema)
        assert compiled.eager == ()
        frame = pl.LazyFrame(schema={name: column.dtype.type for name, column in model.schema.columns.items()})
        assert fallen(frame.select(plan._counting(compiled))) == []
        assert fallen(plan._failing(frame, compiled, [1] * len(compiled.rows), 10)) == []
        for rule in compiled.unique:
            hashes = pl.DataFrame({plan._HASH: [1]}, schema={plan._HASH: pl.UInt64})
            assert fallen(plan._again(frame, rule)) + fallen(plan._suspects(frame, rule, hashes)) == []


def test_no_relation_of_the_dataset_falls_back_to_memory(repository):
    models = schemas.load(projects.load(repository))
    frames = {
        name: pl.LazyFrame(schema={column: one.dtype.type for column, one in model.schema.columns.items()})
        for name, model in models.items()
    }
    kinds = set()
    for name, model in models.items():
        for relation in model.relations:
            assert fallen(rules.breaking(relation, name, frames).select(pl.len())) == []
            kinds.add(type(relation))
    assert kinds == set(rules.Relation.__args__)


def test_the_first_compilation_of_a_process_knows_the_built_in_checks():
    """pandera registers them for polars when it first validates, and nothing has been validated here."""
    code = (
        "import pandera.polars as pa; from factpack import plan; "
        "print(plan.compile_schema(pa.DataFrameSchema({'i': pa.Column(int, pa.Check.ge(0))})).eager)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "()"


@given(schema=SCHEMAS, rows=ROWS, data=st.data())
def test_batches_in_any_order_and_grouping_say_what_the_whole_table_says(schema, rows, data):
    frame = pl.DataFrame(rows, schema=TYPES)
    compiled, limit = plan.compile_schema(schema), data.draw(st.integers(1, 5))
    whole = plan.run({"t": frame.lazy()}, {"t": compiled}, limit)[0]["t"]
    numbered = frame.with_row_index("at").select(*TYPES, pl.col("at").alias(plan.ROW))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    batches = [numbered[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    parts = [plan.check_batch(batch, compiled, limit) for batch in data.draw(st.permutations(batches))]
    while len(parts) > 1:
        one = parts.pop(data.draw(st.integers(0, len(parts) - 1)))
        at = data.draw(st.integers(0, len(parts) - 1))
        parts[at] = plan.merge(parts[at], one, limit) if data.draw(st.booleans()) else plan.merge(one, parts[at], limit)
    (merged,) = parts
    assert (merged.rows, merged.counts) == (whole.rows, whole.counts)
    found, expected = (one.failing.select(sorted(one.failing.columns)) for one in (merged, whole))
    assert_frame_equal(found, expected, check_dtypes=True)
