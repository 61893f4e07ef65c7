"""The diff of a table is that of its buckets, however they are joined."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from factpack import changelog, diff, versioning
from factpack.errors import InternalError

SCHEMA = {
    "fields": [
        {"name": "a", "type": "string"},
        {"name": "b", "type": "integer"},
        {"name": "v", "type": "string"},
        {"name": "fact_ids", "type": "list"},
    ],
    "primaryKey": ["a", "b"],
}
TYPES = {"a": pl.String, "b": pl.Int64, "v": pl.String, "fact_ids": pl.List(pl.String)}
KEY = ("a", "b")
CELLS = st.tuples(st.none() | st.sampled_from("xyz"), st.lists(st.sampled_from("pqr"), max_size=2))
TABLES = st.dictionaries(st.tuples(st.sampled_from("klm"), st.none() | st.integers(0, 6)), CELLS, max_size=20)


def frame(rows):
    return pl.DataFrame([(*key, *cells) for key, cells in rows.items()], schema=TYPES, orient="row")


def snapshot(version, table):
    return diff.Snapshot(version=version, tables={"t": table} if table is not None else {}, schemas={"t": SCHEMA})


def cut(table, count):
    placed = table.with_columns(diff.bucket(KEY, count))
    return [placed.filter(bucket=number).drop("bucket") for number in range(count)]


def bucketed(old, new, count):
    pairs = zip(cut(old, count), cut(new, count), strict=True)
    return [diff.compare_bucket("t", one, other, SCHEMA, SCHEMA) for one, other in pairs]


def same(one, other):
    assert (one.key, one.key_before, one.fields, one.name) == (other.key, other.key_before, other.fields, other.name)
    for name in ("added", "removed", "changed"):
        assert_frame_equal(getattr(one, name), getattr(other, name), check_row_order=False)


@given(TABLES, TABLES, st.integers(1, 5), st.integers(0, 5))
def test_merged_buckets_are_the_whole_diff_and_merging_is_associative(before, after, count, at):
    old, new = frame(before), frame(after)
    whole = diff.compare(snapshot("1", old), snapshot("2", new))
    parts = bucketed(old, new, count)
    merged = diff.merge(parts)
    same(merged, whole.tables[0])
    left, right = parts[: at % count], parts[at % count :]
    again = diff.merge([*([diff.merge(left)] if left else []), diff.merge(right)])
    for name in ("added", "removed", "changed"):
        assert getattr(again, name).equals(getattr(merged, name), null_equal=True)


@given(TABLES, TABLES, st.integers(1, 5), st.sets(st.sampled_from("pqr")))
def test_version_changelog_and_delta_from_buckets_are_those_of_the_whole(before, after, count, retracted):
    old, new = frame(before), frame(after)
    whole = diff.compare(snapshot("1", old), snapshot("2", new))
    merged = diff.gather(snapshot("1", None), snapshot("2", None), [diff.merge(bucketed(old, new, count))])
    bump = versioning.bump(whole, retracted)
    assert versioning.bump(merged, retracted) == bump
    assert changelog.told(merged, bump) == changelog.told(whole, bump)
    day = datetime(2026, 1, 1, tzinfo=UTC).date()
    assert changelog.entry("2", day, merged, bump) == changelog.entry("2", day, whole, bump)
    pairs = zip(cut(old, count), cut(new, count), strict=True)
    deltas = pl.concat([diff.delta_bucket("t", one, other, KEY, KEY) for one, other in pairs])
    assert_frame_equal(deltas, diff.delta(whole), check_row_order=False)


def test_diffs_of_other_tables_or_none_are_refused():
    one = diff.compare_bucket("t", None, frame({}), {}, SCHEMA)
    other = diff.compare_bucket("u", None, frame({}), {}, SCHEMA)
    for wrong in ([], [one, other]):
        with pytest.raises(InternalError, match="expected diffs of one table"):
            diff.merge(wrong)
    for wrong in ([], [one, one], [one, other]):
        with pytest.raises(InternalError, match="expected the diffs of"):
            diff.gather(None, snapshot("1", None), wrong)
