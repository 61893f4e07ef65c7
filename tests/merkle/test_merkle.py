"""The logical hash is the tree of RFC 9162 over the rows, and depends on the content alone."""

import hashlib
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack import merkle
from factpack.errors import IntegrityError

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))


def defined(hashes):
    """The root as section 2.1.1 defines it: split at the largest power of two below the number of leaves."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + defined(hashes[:split]) + defined(hashes[split:])).digest()


def leaves(count):
    return [hashlib.sha256(bytes([number % 256, number // 256])).digest() for number in range(count)]


@given(st.integers(0, 300))
def test_the_root_is_that_of_the_definition(count):
    assert merkle.root(leaves(count)) == defined(leaves(count))


def test_the_root_is_that_of_the_known_vectors():
    """The eight inputs of Certificate Transparency's own tests, hashed as its leaves are."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    hashes = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in inputs]
    expected = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root(hashes).hex() == expected


@given(st.integers(1, 200), st.data())
def test_a_proof_holds_for_its_leaf_and_for_no_other(count, data):
    hashes = leaves(count)
    index = data.draw(st.integers(0, count - 1))
    path = merkle.audit_path(hashes, index)
    root = merkle.root(hashes)
    assert merkle.verify(hashes[index], index, count, path, root)
    assert len(path) <= (count - 1).bit_length()
    assert not merkle.verify(leaves(256)[-1], index, count, path, root) or hashes[index] == leaves(256)[-1]
    if count > 1:
        assert not merkle.verify(hashes[index], (index + 1) % count, count, path, root)
        assert not merkle.verify(hashes[index], index, count, path[:-1], root)
        assert not merkle.verify(hashes[index], index, count, [*path, path[0]], root)
    assert not merkle.verify(hashes[index], index, count, path, hashlib.sha256(root).digest())
    assert not merkle.verify(hashes[index], -1, count, path, root)
    assert not merkle.verify(hashes[index], count, count, path, root)


@given(st.lists(st.integers(0, 70), max_size=6), st.randoms(use_true_random=False))
def test_spans_of_parts_join_to_the_root_of_the_whole_however_it_is_split(sizes, random):
    hashes, offset, spans = leaves(sum(sizes)), 0, []
    for size in sizes:
        part = merkle.spans(hashes[offset : offset + size], offset)
        assert len(part) <= 2 * max(size, 1).bit_length()
        assert all(one.start % one.size == 0 for one in part)
        offset += size
        spans += part
    random.shuffle(spans)
    assert merkle.join(spans) == defined(hashes)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_gap_and_an_overlap_are_refused(first, second, data):
    hashes = leaves(first + second)
    off = data.draw(st.integers(-first, 20).filter(bool))
    spans = merkle.spans(hashes[:first], 0) + merkle.spans(hashes[first:], first + off)
    with pytest.raises(IntegrityError, match="missing, or there twice"):
        merkle.join(spans)


def test_a_span_that_is_no_node_is_refused():
    for span in (merkle.Span(0, 3, bytes(32)), merkle.Span(0, 1, bytes(31)), merkle.Span(0, 0, bytes(32))):
        with pytest.raises(IntegrityError, match="no node of a tree"):
            merkle.join([span])


CELLS = st.fixed_dictionaries(
    {
        "text": st.none() | TEXT,
        "number": st.none() | st.decimals("-9999999", "9999999", places=4),
        "whole": st.none() | st.integers(-(2**40), 2**40),
        "day": st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
        "flag": st.none() | st.booleans(),
        "names": st.lists(TEXT.filter(bool), max_size=3),
    }
)
SCHEMA = {
    "id": pl.Int64,
    "text": pl.String,
    "number": pl.Decimal(20, 6),
    "whole": pl.Int64,
    "day": pl.Date,
    "flag": pl.Boolean,
    "names": pl.List(pl.String),
}


def frame(rows):
    return pl.DataFrame([{"id": number} | row for number, row in enumerate(rows)], schema=SCHEMA)


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_polars_hashes_a_row_as_the_specification_says(rows):
    table = frame(rows)
    for number, leaf in enumerate(merkle.leaves(table, ["id"])["leaf"]):
        assert merkle.leaf(merkle.cells(table.slice(number, 1))).hex() == leaf


@given(st.lists(CELLS, min_size=1, max_size=8), st.randoms())
def test_neither_the_order_of_rows_and_columns_nor_the_types_of_the_machine_matter(rows, random):
    table = frame(rows)
    columns = random.sample(table.columns, len(table.columns))
    other = table.select(columns).sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    other = other.cast({"number": pl.Decimal(38, 9)}).with_columns(pl.lit(None, pl.String).alias("new"))
    assert merkle.table_root(other, ["id"]) == merkle.table_root(table, ["id"])


@given(st.lists(CELLS, min_size=1, max_size=6), CELLS, st.data())
def test_another_cell_gives_another_root(rows, other, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(sorted(other)))
    changed = [row | {name: other[name]} if number == at else row for number, row in enumerate(rows)]
    same = frame(rows).equals(frame(changed))
    assert (merkle.table_root(frame(rows), ["id"]) == merkle.table_root(frame(changed), ["id"])) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "1", "b": None}, {"a": None, "b": "1"}),
        ({"a": "x1:by", "b": None}, {"a": "x", "b": "y"}),
        ({"a": "", "b": None}, {"a": None, "b": None}),
        ({"a": ["b", "c"], "b": None}, {"a": ["b;c"], "b": None}),
        ({"a": "1", "b": None}, {"a": 1, "b": None}),
        ({"a": Decimal("1.0"), "b": None}, {"a": "1", "b": None}),
    ],
)
def test_rows_that_look_alike_are_told_apart(one, other):
    roots = {merkle.table_root(pl.DataFrame([{"id": 1} | row]).drop(cs_null(row)), ["id"]) for row in (one, other)}
    assert len(roots) == 2


def cs_null(row):
    return [name for name, value in row.items() if value is None]
