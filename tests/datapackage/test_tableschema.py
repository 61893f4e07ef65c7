"""The Table Schema says what the pandera model says: frictionless and pandera give the same verdicts."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import frictionless
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from factpack import datapackage, parts, tableschema
from factpack.errors import ConfigurationError
from factpack.rules import ForeignKey
from factpack.schemas import TableModel


class Model(pa.DataFrameModel):
    """A column of every published type, with every check that Table Schema knows."""

    key: str = pa.Field(str_matches=r"^(?:[a-z]|[a-z]-[0-9])$", title="Key", description="The key")
    kind: str = pa.Field(isin=["a", "b"], nullable=True)
    short: str = pa.Field(str_length={"min_value": 2, "max_value": 4}, nullable=True)
    count: int = pa.Field(ge=1, le=9, metadata={"unit": "states"})
    amount: Annotated[pl.Decimal, 18, 6] = pa.Field(gt=0, lt=100, nullable=True)
    share: Annotated[pl.Decimal, 18, 6] = pa.Field(in_range={"min_value": 0, "max_value": 1}, nullable=True)
    day: pl.Date = pa.Field(ge=date(2020, 1, 1), nullable=True)
    flag: bool = pa.Field(nullable=True)
    items: Annotated[pl.List, pl.String] = pa.Field()

    class Config:
        strict = True
        unique = ["key"]

    @pa.dataframe_check(description="Counts are odd")
    @classmethod
    def odd(cls, data):
        return data.lazyframe.select(pl.col("count") % 2 == 1)


SCHEMA = Model.to_schema()
TABLE = TableModel(name="things", schema=SCHEMA, key=("key",), relations=())
DTYPES = {name: column.dtype.type for name, column in SCHEMA.columns.items()}
GOOD = {
    "key": "a",
    "kind": "a",
    "short": "abc",
    "count": 3,
    "amount": Decimal("1.5"),
    "share": Decimal("0.5"),
    "day": date(2025, 1, 1),
    "flag": True,
    "items": ["x", "y"],
}


def by_pandera(frame):
    try:
        SCHEMA.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.filter(pl.col("schema_context") == "Column")
        return {(index, column) for index, column in cases.select("index", "column").iter_rows()}
    return set()


def by_frictionless(frame, folder):
    path = folder / "things.csv"
    parts.write_csv(frame, path, "things")
    descriptor = tableschema.describe(TABLE)
    # The key is compared apart: frictionless tells of it once a duplicate, pandera once a row.
    descriptor = {key: value for key, value in descriptor.items() if key not in {"primaryKey", "foreignKeys"}}
    descriptor["fields"][0]["constraints"].pop("unique")
    resource = {"name": "things", "type": "table", "path": path.name, "schema": descriptor}
    content = {"$schema": datapackage.PROFILE, "resources": [resource]}
    report = frictionless.Package.from_descriptor(content, basepath=str(folder)).validate(limit_errors=100_000)
    found = report.flatten(["rowNumber", "fieldName", "message"])
    assert all(row for row, *_ in found), found
    return {(row - 2, name) for row, name, _ in found}


def test_the_descriptor_is_accepted_by_frictionless_and_names_everything():
    descriptor = tableschema.describe(TABLE)
    schema = frictionless.Schema.from_descriptor(descriptor)
    assert [(field.name, field.type) for field in schema.fields] == [
        ("key", "string"),
        ("kind", "string"),
        ("short", "string"),
        ("count", "integer"),
        ("amount", "number"),
        ("share", "number"),
        ("day", "date"),
        ("flag", "boolean"),
        ("items", "list"),
    ]
    fields = {field["name"]: field for field in descriptor["fields"]}
    assert fields["key"]["constraints"] == {"required": True, "unique": True, "pattern": "(?:[a-z]|[a-z]-[0-9])"}
    assert fields["key"]["title"] == "Key"
    assert fields["count"]["unit"] == "states"
    assert fields["count"]["constraints"] == {"required": True, "minimum": 1, "maximum": 9}
    assert fields["amount"]["constraints"] == {"exclusiveMinimum": 0, "exclusiveMaximum": 100}
    assert fields["day"]["constraints"] == {"minimum": "2020-01-01"}
    assert (descriptor["primaryKey"], descriptor["factpack:checks"]) == (["key"], ["Counts are odd"])


VALUES = {
    "key": st.sampled_from(["a", "b-1", "ab", "b-11", "", "A"]).map(lambda text: text or None),
    "kind": st.sampled_from(["a", "b", "c", None]),
    "short": st.none() | st.text("xyz", min_size=1, max_size=6),
    "count": st.none() | st.integers(-1, 11),
    "amount": st.none() | st.decimals(-1, 101, places=2),
    "share": st.none() | st.decimals(-1, 2, places=1),
    "day": st.none() | st.dates(date(2019, 12, 1), date(2020, 2, 1)),
    "flag": st.none() | st.booleans(),
    "items": st.lists(st.text("xyz", min_size=1, max_size=3), max_size=3),
}


@pytest.mark.conformance
@given(rows=st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=6))
def test_pandera_and_frictionless_find_the_same_cells(tmp_path_factory, rows):
    # A row without any value is a rule of its own to frictionless, and it judges no cell of it.
    assume(all(any(value not in (None, []) for value in row.values()) for row in rows))
    frame = pl.DataFrame(rows, schema=DTYPES)
    assert by_frictionless(frame, tmp_path_factory.mktemp("csv")) == by_pandera(frame)


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "A"), ("kind", "c"), ("short", "x"), ("count", 0), ("count", 11), ("amount", Decimal(100))],
)
def test_both_find_a_cell_that_breaks_a_constraint(tmp_path, field, value):
    frame = pl.DataFrame([GOOD, GOOD | {field: value}], schema=DTYPES)
    assert by_frictionless(frame, tmp_path) == by_pandera(frame) == {(1, field)}


@pytest.mark.parametrize("pattern", ["[a-z]+", "^[a-z]+$", "a|b", "(?:a)"])
def test_a_pattern_that_is_not_anchored_as_a_whole_is_refused(pattern):
    schema = pa.DataFrameSchema({"a": pa.Column(str, pa.Check.str_matches(pattern))}, unique=["a"], strict=True)
    with pytest.raises(ConfigurationError, match=r"the pattern of a is .*write '\^\(\?:\.\.\.\)\$'"):
        tableschema.describe(TableModel(name="x", schema=schema, key=("a",), relations=()))


def test_foreign_keys_of_lists_are_told_apart():
    relations = (
        ForeignKey(field="kind", table="kinds", references="kind"),
        ForeignKey(field="short", table="things", references="key"),
        ForeignKey(field="items", table="items", references="id"),
    )
    descriptor = tableschema.describe(TableModel(name="things", schema=SCHEMA, key=("key",), relations=relations))
    assert descriptor["foreignKeys"] == [
        {"fields": ["kind"], "reference": {"resource": "kinds", "fields": ["kind"]}},
        {"fields": ["short"], "reference": {"resource": "", "fields": ["key"]}},
    ]
    items = next(field for field in descriptor["fields"] if field["name"] == "items")
    assert items["factpack:references"] == [{"resource": "items", "field": "id"}]


def test_a_type_that_is_not_published_is_refused():
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Duration)}, unique=["a"], strict=True)
    with pytest.raises(ConfigurationError, match="a has the type Duration"):
        tableschema.describe(TableModel(name="x", schema=schema, key=("a",), relations=()))
