"""The logical hash of a table: the root of a Merkle tree over its rows, whatever file format or library holds them.

Each row is written as its columns in alphabetical order, each as name, type and value with their lengths, so that no
two rows are written alike; nulls are left out, so a new empty column changes nothing. The tree is that of RFC 9162,
section 2.1: leaves are hashed with a zero byte before them and nodes with a one, and a proof for one row has as many
hashes as the tree has levels.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars_hash import CryptographicHashingNameSpace

from factpack.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LEAF, _NODE = "\x00", b"\x01"
_DIGEST = 32
_KINDS = {pl.String: "s", pl.Date: "t", pl.Boolean: "b"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A node of the tree: the hash over `size` rows from `start` on, `size` a power of two that divides `start`."""

    start: int
    size: int
    hash: bytes


def leaves(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Hash each row.

    Returns:
        The key columns and `leaf`, 64 hexadecimal digits, sorted by the key.
    """
    cells = [_cell(name, dtype) for name, dtype in sorted(frame.schema.items())]
    row = pl.concat_str([pl.lit(_LEAF), *cells])
    hashed = frame.select(*key, leaf=CryptographicHashingNameSpace(row).sha2_256())
    return hashed.sort(key, nulls_last=True)


def cells(row: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Give the cells of one row as they are hashed: name, letter of the type, and text, without the nulls."""
    written = row.select(_value(pl.col(name), dtype)[1].alias(name) for name, dtype in row.schema.items()).row(0)
    kinds = {name: _value(pl.col(name), dtype)[0] for name, dtype in row.schema.items()}
    texts = dict(zip(row.columns, written, strict=True))
    return [(name, kinds[name], texts[name]) for name in sorted(texts) if texts[name] is not None]


def leaf(row: Sequence[tuple[str, str, str]]) -> bytes:
    r"""Hash a row from its cells: a zero byte, then for each cell its name, type and text, names and texts with sizes.

    >>> leaf([("id", "s", "brics"), ("members", "n", "11")]) == hashlib.sha256(
    ...     b"\x00" + b"2:id" + b"s" + b"5:brics" + b"7:members" + b"n" + b"2:11"
    ... ).digest()
    True
    """
    written = "".join(f"{_size(name)}{kind}{_size(text)}" for name, kind, text in row)
    return hashlib.sha256(f"{_LEAF}{written}".encode()).digest()


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    """Write a cell as its name, type and value; a null as nothing."""
    kind, text = _value(pl.col(name), dtype)
    written = pl.format("{}{}{}", pl.lit(_size(name)), pl.lit(kind), _sized(text))
    return pl.when(text.is_null()).then(pl.lit("")).otherwise(written)


def _value(cell: pl.Expr, dtype: pl.DataType) -> tuple[str, pl.Expr]:
    """Give the letter of a type, and a cell as text: decimals without trailing zeros, an empty list as a null."""
    if isinstance(dtype, pl.List):
        return "l", pl.when(cell.list.len() > 0).then(cell.list.eval(_sized(pl.element())).list.join(""))
    if isinstance(dtype, pl.Decimal) and dtype.scale:
        return "n", cell.cast(pl.String).str.replace(r"\.?0+\z", "")
    if isinstance(dtype, pl.Decimal) or dtype.is_integer():
        return "n", cell.cast(pl.String)
    return _KINDS[dtype.base_type()], cell.cast(pl.String)


def _sized(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.len_bytes().cast(pl.String), pl.lit(":"), text)


def _size(text: str) -> str:
    return f"{len(text.encode())}:{text}"


def table_root(frame: pl.DataFrame, key: Sequence[str]) -> str:
    """Give the logical hash of a table, as 64 hexadecimal digits."""
    return root([bytes.fromhex(leaf) for leaf in leaves(frame, key)["leaf"]]).hex()


def package_root(roots: Mapping[str, str]) -> str:
    """Give the logical hash of a package: the root over its tables' names and roots, in alphabetical order."""
    return root([table_leaf(name, one) for name, one in sorted(roots.items())]).hex()


def table_leaf(name: str, table: str) -> bytes:
    """Hash the name and the root of a table, as a leaf of the tree of its package."""
    return hashlib.sha256(f"{_LEAF}{name}:{table}".encode()).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes (RFC 9162, 2.1.1); of none, the hash of nothing.

    >>> root([]).hex()[:8]
    'e3b0c442'
    """
    return join(spans(hashes, 0))


def table_spans(frame: pl.DataFrame, key: Sequence[str], offset: int) -> tuple[Span, ...]:
    """Hash a part of a table, whose first row is row `offset` of the table, to be joined with those of the others."""
    return spans([bytes.fromhex(leaf) for leaf in leaves(frame, key)["leaf"]], offset)


def spans(hashes: Sequence[bytes], offset: int) -> tuple[Span, ...]:
    """Hash neighbouring leaves up to the largest nodes that hold nothing else: at most two for each level of the tree.

    Args:
        hashes: of the leaves, 32 bytes each.
        offset: the position of the first one in the whole tree, whose size need not be known.

    >>> [(one.start, one.size) for one in spans([bytes(32)] * 7, 3)]
    [(3, 1), (4, 4), (8, 2)]
    """
    level, start, size = b"".join(hashes), offset, 1
    left, right = [], []
    while level:
        # A node whose neighbour stands in another part cannot be joined here.
        if start // size % 2:
            left.append(Span(start, size, level[:_DIGEST]))
            level, start = level[_DIGEST:], start + size
        if len(level) // _DIGEST % 2:
            last = start + (len(level) // _DIGEST - 1) * size
            right.append(Span(last, size, level[-_DIGEST:]))
            level = level[:-_DIGEST]
        level, size = _above(level), size * 2
    return (*left, *reversed(right))


def _above(level: bytes) -> bytes:
    """Join the neighbours of an even level."""
    sha256, pair = hashlib.sha256, 2 * _DIGEST
    return b"".join([sha256(_NODE + level[at : at + pair]).digest() for at in range(0, len(level), pair)])


def join(parts: Iterable[Span]) -> bytes:
    """Give the root of a tree from the spans of its parts, in any order: that of all its leaves.

    Raises:
        IntegrityError: rows are missing between two parts, or are in two of them, or a span is none of the tree.
    """
    stack: list[Span] = []
    end = 0
    for one in sorted(parts):
        if one.start != end:
            raise IntegrityError(f"rows from {one.start} on follow on rows to {end}: rows are missing, or there twice.")
        if one.size < 1 or one.size & (one.size - 1) or one.start % one.size or len(one.hash) != _DIGEST:
            raise IntegrityError(f"{one.size} rows from {one.start} on are no node of a tree.")
        end = one.start + one.size
        stack.append(one)
        while len(stack) > 1 and stack[-2].size == stack[-1].size and not stack[-2].start // stack[-2].size % 2:
            last, first = stack.pop(), stack.pop()
            stack.append(Span(first.start, first.size * 2, _join(first.hash, last.hash)))
    if not stack:
        return hashlib.sha256(b"").digest()
    # What is left has fewer rows from node to node: the tree splits at the largest power of two.
    found = stack.pop().hash
    while stack:
        found = _join(stack.pop().hash, found)
    return found


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def audit_path(hashes: Sequence[bytes], index: int, offset: int = 0, others: Sequence[Span] = ()) -> list[bytes]:
    """Give the audit path of a leaf: the neighbours that are joined with it on the way up (RFC 9162, 2.1.3.1).

    Args:
        hashes: of the leaves of the part that holds it.
        index: its position in the whole tree.
        offset: the position of the part's first leaf.
        others: the spans of the other parts.
    """
    low, high = 0, max([offset + len(hashes), *(one.start + one.size for one in others)])
    path = []
    while high - low > 1:
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        beside = (middle, high) if index < middle else (low, middle)
        path.append(_between(hashes, offset, others, *beside))
        low, high = (low, middle) if index < middle else (middle, high)
    return path[::-1]


def _between(hashes: Sequence[bytes], offset: int, others: Sequence[Span], low: int, high: int) -> bytes:
    """Give the root over some rows, whose first is the first of a tree of its own."""
    first, last = max(low, offset), min(high, offset + len(hashes))
    own = spans(hashes[first - offset : last - offset], first) if first < last else ()
    inside = [*own, *(one for one in others if low <= one.start < high)]
    return join(Span(one.start - low, one.size, one.hash) for one in inside)


def verify(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Say whether an audit path leads from a leaf to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    found, last, rest = leaf, size - 1, list(path)
    while last > 0:
        if index % 2 == 1 or index < last:
            if not rest:
                return False
            neighbour = rest.pop(0)
            found = _join(neighbour, found) if index % 2 == 1 else _join(found, neighbour)
        index, last = index // 2, last // 2
    return not rest and found == expected
