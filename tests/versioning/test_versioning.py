"""The version follows from what differs, by the Data Package recipe and the cases of its authors."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing.parametric import column, dataframes

from factpack import diff, versioning
from factpack.versioning import Level

ID = {"name": "id", "type": "integer"}
VALUE = {"name": "v", "type": "number", "constraints": {"minimum": 0}}
TEXT = {"name": "e", "type": "string", "constraints": {"enum": ["a", "b"]}}
ABOUT = {"title": "T", "description": "D", "licenses": [{"name": "CC-BY-4.0"}]}


def snapshot(fields=(ID, VALUE), rows=None, metadata=None, **schema):
    rows = {"id": [1, 2], "v": [1.0, 2.0]} if rows is None else rows
    names = [field["name"] for field in fields]
    described = {"fields": list(fields), "primaryKey": ["id"], **schema}
    table = pl.DataFrame(rows).select(names)
    return diff.Snapshot(version="1.0.0", tables={"t": table}, schemas={"t": described}, metadata=metadata or ABOUT)


def level(after, before=None, retracted=()):
    return versioning.bump(diff.compare(before or snapshot(), after), retracted).level


ROWS = {"id": [1, 2], "v": [1.0, 2.0], "e": ["a", "b"], "w": [1.0, 2.0]}
CASES = {
    "rows of a new month": (snapshot(rows={"id": [1, 2, 3], "v": [1.0, 2.0, 3.0]}), Level.MINOR),
    "a new column": (snapshot((ID, VALUE, TEXT), ROWS), Level.MAJOR),
    "a new column where more are allowed": (snapshot((ID, VALUE, TEXT), ROWS, fieldsMatch="superset"), Level.MINOR),
    "an error of data entry corrected": (snapshot(rows={"id": [1, 2], "v": [1.0, 2.5]}), Level.PATCH),
    "another title of a field": (snapshot((ID, {**VALUE, "title": "V"})), Level.PATCH),
    "a field renamed": (snapshot((ID, {**VALUE, "name": "w"}), ROWS), Level.MAJOR),
    "fields in another order": (snapshot((VALUE, ID)), Level.MAJOR),
    "another type": (snapshot((ID, {**VALUE, "type": "string"})), Level.MAJOR),
    "another unit": (snapshot((ID, {**VALUE, "unit": "percent"})), Level.MAJOR),
    "a tighter constraint": (snapshot((ID, {**VALUE, "constraints": {"minimum": 1}})), Level.MAJOR),
    "a new constraint": (snapshot((ID, {**VALUE, "constraints": {"minimum": 0, "maximum": 9}})), Level.MAJOR),
    "a looser constraint": (snapshot((ID, {**VALUE, "constraints": {"minimum": -1}})), Level.MINOR),
    "no constraint any more": (snapshot((ID, {**VALUE, "constraints": {}})), Level.MINOR),
    "a key gone": (snapshot(rows={"id": [1, 3, 4], "v": [1.0, 2.0, 2.0]}), Level.MAJOR),
    "another key": (snapshot(primaryKey=["v"]), Level.MAJOR),
    "another title of the package": (snapshot(metadata={**ABOUT, "title": "U"}), Level.PATCH),
    "another licence": (snapshot(metadata={**ABOUT, "licenses": [{"name": "ODbL-1.0"}]}), Level.MAJOR),
    "nothing": (snapshot(), Level.NONE),
    "the same rows in another order": (snapshot(rows={"id": [2, 1], "v": [2.0, 1.0]}), Level.NONE),
}


@pytest.mark.parametrize("case", CASES)
def test_the_cases_of_the_recipe(case):
    after, expected = CASES[case]
    assert level(after) is expected


def test_tables_that_come_and_go():
    two = snapshot()
    two = diff.Snapshot(
        version="2", tables={**two.tables, "x": two.tables["t"]}, schemas={**two.schemas, "x": two.schemas["t"]}
    )
    assert level(two) is Level.MINOR
    assert level(snapshot(), two) is Level.MAJOR


def test_enumerations_grow_and_shrink():
    wide = {**TEXT, "constraints": {"enum": ["a", "b", "c"]}}
    assert level(snapshot((ID, wide), ROWS), snapshot((ID, TEXT), ROWS)) is Level.MINOR
    assert level(snapshot((ID, TEXT), ROWS), snapshot((ID, wide), ROWS)) is Level.MAJOR


def facts(rows):
    fields = ({"name": "fact_id", "type": "string"}, {"name": "value", "type": "string"}, {"name": "fact_ids"})
    frame = pl.DataFrame(rows, schema=["fact_id", "value", "fact_ids"], orient="row")
    schema = {"fields": list(fields), "primaryKey": ["fact_id"]}
    derived = frame.select(question="value", fact_ids="fact_ids")
    other = {"fields": [{"name": "question"}, {"name": "fact_ids"}], "primaryKey": ["question"]}
    return diff.Snapshot(version="1", tables={"facts": frame, "c": derived}, schemas={"facts": schema, "c": other})


def test_a_row_may_vanish_with_its_retracted_fact_and_move_with_its_corrected_one():
    before = facts([("a", "1", ["a"]), ("b", "2", ["b"])])
    gone = facts([("a", "1", ["a"])])
    assert level(gone, before) is Level.MAJOR
    assert level(gone, before, {"b"}) is Level.MINOR
    moved = facts([("a", "1", ["a"]), ("b", "3", ["b"])])
    assert level(moved, before) is Level.MINOR


def test_every_reason_is_told_and_the_heaviest_is_first():
    after = snapshot((ID, {**VALUE, "unit": "percent"}), rows={"id": [1, 2, 3], "v": [1.0, 2.5, 3.0]})
    bump = versioning.bump(diff.compare(snapshot(), after))
    assert [str(one) for one, _ in bump.reasons] == ["major", "minor", "patch"]


@pytest.mark.parametrize(
    ("version", "bump", "expected"),
    [
        ("1.4.2", Level.MAJOR, "2.0.0"),
        ("1.4.2", Level.MINOR, "1.5.0"),
        ("1.4.2", Level.PATCH, "1.4.3"),
        ("0.4.2", Level.MAJOR, "0.5.0"),
        ("0.4.2", Level.PATCH, "0.4.3"),
        ("1.4.2", Level.NONE, "1.4.2"),
    ],
)
def test_versions_rise_by_semver(version, bump, expected):
    assert versioning.raised(version, bump) == expected


FRAMES = dataframes(
    [column("id", dtype=pl.Int64, unique=True, allow_null=False), column("v", dtype=pl.String, allow_null=True)],
    max_size=12,
)
FIELDS = ({"name": "id"}, {"name": "v"})


def applied(before, found):
    """Do to the rows of a version what a diff says."""
    table = found.tables[0]
    kept = before.join(table.removed, on="id", how="anti")
    changes = table.changed.filter(field="v").select("id", after="after")
    kept = kept.join(changes.with_columns(hit=True), on="id", how="left")
    kept = kept.select("id", v=pl.when("hit").then("after").otherwise("v"))
    return pl.concat([kept, table.added]).sort("id")


@given(FRAMES, FRAMES)
def test_a_diff_applied_to_the_version_before_gives_the_version_after(old, new):
    before, after = (snapshot(FIELDS, frame) for frame in (old, new))
    found = diff.compare(before, after)
    assert applied(old, found).equals(new.sort("id"))
    assert diff.compare(after, after).empty
    assert found.empty == old.sort("id").equals(new.sort("id"))


@given(FRAMES, FRAMES)
def test_the_delta_has_each_row_that_differs_once(old, new):
    delta = diff.delta(diff.compare(snapshot(FIELDS, old), snapshot(FIELDS, new)))
    were, are = (dict(frame.iter_rows()) for frame in (old, new))
    expected = {
        (op, str(key))
        for key in were.keys() | are.keys()
        for op in ["ADD" if key not in were else "DEL" if key not in are else "MOD"]
        if key not in were or key not in are or were[key] != are[key]
    }
    assert set(delta.select("op", "key").iter_rows()) == expected
    assert delta.height == len(expected)


@given(st.data())
def test_the_bump_never_falls_when_more_differs(data):
    """What differs in one table weighs the same beside what differs in another."""
    case = data.draw(st.sampled_from(sorted(CASES)))
    other = data.draw(st.sampled_from(sorted(CASES)))
    tables = [CASES[name][0] for name in (case, other)]
    joined = diff.Snapshot(
        version="2",
        tables={str(number): one.tables["t"] for number, one in enumerate(tables)},
        schemas={str(number): one.schemas["t"] for number, one in enumerate(tables)},
        metadata=ABOUT,
    )
    twice = snapshot()
    before = diff.Snapshot(
        version="1",
        tables={str(number): twice.tables["t"] for number in range(2)},
        schemas={str(number): twice.schemas["t"] for number in range(2)},
        metadata=ABOUT,
    )
    heaviest = max(level(diff.Snapshot(version="2", tables=one.tables, schemas=one.schemas)) for one in tables)
    assert level(joined, before) is heaviest
