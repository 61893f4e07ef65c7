"""Tables against models and relations: the verdict is pandera's, every row at fault is named, nothing is skipped."""

from typing import Annotated

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from factpack import lineage, validation
from factpack.errors import InternalError
from factpack.models import Raw
from factpack.report import Breach
from factpack.rules import ForeignKey
from factpack.schemas import TableModel


class Things(pa.DataFrameModel):
    """A small table with one check of each kind."""

    thing: str = pa.Field(str_matches=r"^(?:[a-z]+)$")
    kind: str = pa.Field(isin=["a", "b"])
    number: int = pa.Field(nullable=True, ge=0, metadata={"raw": "value", "predicate": "count"})
    fact_ids: Annotated[pl.List, pl.String] = pa.Field()

    class Config:
        strict = True
        unique = ["thing"]

    @pa.dataframe_check(description="A thing of kind b has a number")
    @classmethod
    def b_has_number(cls, data):
        return data.lazyframe.select((pl.col("kind") != "b").fill_null(value=True) | pl.col("number").is_not_null())


def model(cls=Things, name="things", relations=()):
    schema = cls.to_schema()
    return TableModel(name=name, schema=schema, key=tuple(schema.unique), relations=relations)


DTYPES = {"thing": pl.String, "kind": pl.String, "number": pl.Int64, "fact_ids": pl.List(pl.String)}


def table(*rows):
    return pl.DataFrame(rows, schema=DTYPES, orient="row")


def validate(frame):
    return validation.validate({"things": frame}, {"things": model()})


GOOD = ("x", "a", 1, ["f"])


def test_a_good_table_is_counted_and_has_no_breaches():
    breaches, report = validate(table(GOOD, ("y", "b", 2, ["f"])))
    assert breaches == ()
    assert [(one.stage, one.rows) for one in report.ran] == [("schema", 2), ("relations", 2)]
    assert report.ran[0].rules > 5


@pytest.mark.parametrize(
    ("row", "code", "field", "says"),
    [
        (("X", "a", 1, ["f"]), "FP303", "thing", "things.thing is 'X', expected text of the form"),
        ((None, "a", 1, ["f"]), "FP302", "thing", "things.thing is nothing, expected a value"),
        (("y", "c", 1, ["f"]), "FP303", "kind", "things.kind is 'c', expected one of a, b"),
        (("y", "a", -1, ["f"]), "FP303", "number", "things.number is '-1', expected 0 or more"),
        (("y", "b", None, ["f"]), "FP303", None, "A thing of kind b has a number"),
        (("y", "a", 1, []), "FP302", "fact_ids", "rests on no fact"),
    ],
)
def test_a_breach_names_its_row_its_field_and_what_was_expected(row, code, field, says):
    (found,), report = validate(table(GOOD, row))
    assert (found.code, found.row, found.field) == (code, 1, field)
    assert says in found.message
    assert report.skipped == ("relations: the tables do not follow their schemas",)


def test_both_rows_of_a_doubled_key_are_named():
    breaches, _ = validate(table(GOOD, ("y", "a", 1, ["f"]), GOOD))
    assert [(one.code, one.row) for one in breaches] == [("FP304", 0), ("FP304", 2)]
    assert "the key x twice" in breaches[0].message


def test_of_very_many_bad_rows_the_first_are_named_and_all_are_counted():
    rows = [(f"{'x' * (number + 1)}", "c", 1, ["f"]) for number in range(1_500)]
    breaches, _ = validate(table(*rows))
    named = [one for one in breaches if one.row is not None]
    (counted,) = [one for one in breaches if one.row is None]
    assert [one.row for one in named] == list(range(1_000))
    assert counted.message.startswith("things: 1,500 rows in all are not one of a, b")


def test_no_rule_is_hidden_by_the_many_rows_that_break_another():
    bad = [(f"x{number}", "c", 1, ["f"]) for number in range(1_200)]
    late = [("y", "a", -1, ["f"]), ("z", "a", 1, ["f"]), ("z", "a", 1, ["f"])]
    breaches, _ = validate(table(*bad, *late).with_columns(thing=pl.col("thing").str.replace_all(r"\d", "q")))
    messages = " ".join(one.message for one in breaches if one.row is None)
    assert "1 rows in all are not 0 or more" in messages
    assert "have a key (thing) that others have" in messages


def test_an_empty_table_is_no_pass():
    (found,), _ = validate(table())
    assert (found.code, found.message) == ("FP305", "things has no rows")


def test_missing_columns_and_other_types_are_named_and_nothing_else_is_judged():
    frame = table(GOOD).select("thing", "kind", pl.col("number").cast(pl.Float64))
    breaches, _ = validate(frame)
    assert [(one.code, one.field) for one in breaches] == [("FP301", "fact_ids"), ("FP301", "number")]


def test_a_check_that_raises_is_an_internal_error_and_no_verdict_on_the_data():
    class Broken(Things):
        @pa.dataframe_check
        @classmethod
        def raises(cls, data):
            return data.lazyframe.select(pl.col("no such column") > 0)

    with pytest.raises(InternalError, match="raises of things failed without naming a row"):
        validation.validate({"things": table(GOOD)}, {"things": model(Broken)})


VALUES = st.tuples(
    st.sampled_from(["x", "y", "z", "X", "", None]),
    st.sampled_from(["a", "b", "c", None]),
    st.none() | st.integers(-2, 2),
    st.just(["f"]),
)


@pytest.mark.conformance
@given(rows=st.lists(VALUES, min_size=1, max_size=6))
def test_the_rows_at_fault_are_those_of_pandera(rows):
    frame = table(*rows)
    try:
        Things.validate(frame, lazy=True)
        expected = set()
    except SchemaErrors as error:
        expected = set(error.failure_cases["index"].to_list())
    breaches, _ = validate(frame)
    assert {one.row for one in breaches} == expected


def test_relations_are_judged_once_the_tables_follow_their_schemas():
    relations = (ForeignKey(field="fact_ids", table="things", references="thing"),)
    breaches, report = validation.validate({"things": table(GOOD)}, {"things": model(relations=relations)})
    assert [(one.code, one.row, one.value) for one in breaches] == [("FP401", 0, "f")]
    assert report.skipped == ()


def facts(*rows):
    names = ["fact_id", "predicate", "_file", "_line"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(value=pl.lit("1"), phrase=pl.lit("words"))


def test_a_breach_leads_to_the_fact_its_field_is_made_from():
    nothing = pl.DataFrame()
    raw = Raw(
        facts=facts(("f1", "other", "raw/facts/a.csv", 2), ("f2", "count", "raw/facts/b.csv", 7), ("f3", "x", "c", 1)),
        sources=nothing,
        entities=nothing,
        predicates=nothing,
    )
    tables = {"things": table(("x", "a", 1, ["f1", "f2"]))}
    breach = Breach(code="FP303", table="things", row=0, field="number", message="wrong")
    (found,) = lineage.trace([breach], tables, {"things": model()}, raw)
    assert (found.file, found.line, found.field, found.fact_id) == ("raw/facts/b.csv", 7, "value", "f2")
    (found,) = lineage.trace(
        [Breach(code="FP303", table="things", row=0, message="m")], tables, {"things": model()}, raw
    )
    assert (found.fact_id, found.message) == ("f1", "m (rests on f2 too)")


def test_a_breach_of_a_table_that_is_raw_itself_leads_to_its_own_line():
    nothing = pl.DataFrame()
    entities = pl.DataFrame({"entity_id": ["x", "y"], "_file": ["raw/entities.csv"] * 2, "_line": [2, 3]})
    raw = Raw(facts=facts(("f", "p", "a", 1)), sources=nothing, entities=entities, predicates=nothing)

    class Entities(pa.DataFrameModel):
        entity_id: str = pa.Field()
        fact_ids: Annotated[pl.List, pl.String] = pa.Field()

        class Config:
            strict = True
            unique = ["entity_id"]

    tables = {"entities": pl.DataFrame({"entity_id": ["y"], "fact_ids": [["f"]]})}
    breach = Breach(code="FP303", table="entities", row=0, field="entity_id", message="wrong")
    (found,) = lineage.trace([breach], tables, {"entities": model(Entities, "entities")}, raw)
    assert (found.file, found.line, found.field) == ("raw/entities.csv", 3, "entity_id")
