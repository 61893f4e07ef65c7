"""The files of a table: CSV and Parquet, whole or in parts that are written apart, each read back at once.

A part is written where its rows are. What is known of it goes into a small record, from which the package is described
without reading the rows again.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import merkle
from factpack.errors import IntegrityError, InternalError
from factpack.reader import digests
from factpack.reader.tables import DELIMITER, read_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# Explicit, because polars' default follows the chunks in memory, and with them the bytes would change.
_ROW_GROUP = 122_880


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a package as it was written; `blocks` has the hash of each block, if it is worth reading in part."""

    path: str
    bytes: int
    sha256: str
    block: int = 0
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a table that lies in the folder of its package: its rows from `offset` on, its files, its hashes.

    `first` and `last` are the keys of its first and last row.
    """

    table: str
    number: int
    offset: int
    rows: int
    csv: File
    parquet: File
    spans: tuple[merkle.Span, ...]
    first: tuple[Any, ...]
    last: tuple[Any, ...]


def write_part(  # noqa: PLR0913, PLR0917 - a part is where it stands in its table
    frame: pl.DataFrame, folder: Path, table: str, number: int, offset: int, key: Sequence[str]
) -> Part:
    """Write a part of a table, sorted by its key (nulls last), into the folder of a package, and read it back.

    Written again, it is replaced at once; a run that is killed leaves nothing but hidden `.part` files.

    Args:
        frame: the rows, in the columns of the table.
        folder: that of the package.
        table: the name of the table.
        number: the number of the part in its table, from 0.
        offset: how many rows the parts before it have.
        key: the key of the table.

    Raises:
        InternalError: there are no rows, they are not sorted, or CSV cannot hold them.
        FileNotFoundError: the folder is gone.
        IntegrityError: what was written does not read back as what it was written from.
    """
    if frame.is_empty():
        raise InternalError(f"{table}: part {number} has no rows; leave it out, and number those after it.")
    keys = frame.select(key)
    if not keys.equals(keys.sort(key, nulls_last=True)):
        raise InternalError(f"{table}: part {number} is not sorted by {', '.join(key)}, nulls last.")
    for place in (folder / "data", folder / "data" / table):
        # The folder itself is not made again: where it is gone, nobody waits for the part any more.
        place.mkdir(exist_ok=True)
    path, frame = f"data/{table}/part-{number:05}", frame.rechunk()
    return Part(
        table=table,
        number=number,
        offset=offset,
        rows=frame.height,
        csv=_put(frame, folder, f"{path}.csv", table),
        parquet=_put(frame, folder, f"{path}.parquet", table),
        spans=merkle.table_spans(frame, key, offset),
        first=keys.row(0),
        last=keys.row(-1),
    )


def _put(frame: pl.DataFrame, folder: Path, path: str, table: str) -> File:
    """Write a file beside its place, read it back, and move it there once it is on the disk."""
    final = folder / path
    beside = final.with_name(f".{final.name}.{uuid.uuid4().hex}.part")
    try:
        _write_frame(frame, beside, table, final.suffix)
        _refuse_other(frame, beside, path, final.suffix)
        written = describe(beside, path)
        sync(beside)
        beside.replace(final)
        sync(final.parent)
    finally:
        beside.unlink(missing_ok=True)
    return written


def sync(path: Path) -> None:
    """Force a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def ordered(table: str, parts: Iterable[Part], key: Sequence[str]) -> tuple[Part, ...]:
    """Put the parts of a table in order, once they are found to be all of it.

    Raises:
        InternalError: there are none.
        IntegrityError: a part is missing or there twice, or the keys of two parts overlap.
    """
    found = tuple(sorted(parts, key=lambda part: part.number))
    if not found:
        raise InternalError(f"{table}: no parts were written; a table without rows is an empty frame.")
    rows = 0
    for number, part in enumerate(found):
        if (part.number, part.offset, part.table) != (number, rows, table):
            raise IntegrityError(
                f"{table}: {part.table} part {part.number} begins at row {part.offset}, expected part {number} at row "
                f"{rows}; a part is missing, there twice, or of another table."
            )
        rows += part.rows
    for one, other in pairwise(found):
        if not _rank(one.last) < _rank(other.first):
            raise IntegrityError(
                f"{table}: part {one.number} ends with {', '.join(key)} = {one.last}, and part {other.number} "
                f"begins with {other.first}; sort the whole table before it is cut."
            )
    return found


def _rank(key: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Make keys comparable as polars sorts them, nulls last."""
    return [(True,) if cell is None else (False, cell) for cell in key]


def write_table(frame: pl.DataFrame, folder: Path, name: str) -> None:
    """Write a table whole, and read it back.

    Raises:
        InternalError: CSV cannot hold it.
        IntegrityError: it does not read back as it was.
    """
    for suffix in (".csv", ".parquet"):
        path = f"data/{name}{suffix}"
        _write_frame(frame, folder / path, name, suffix)
        _refuse_other(frame, folder / path, path, suffix)


def _write_frame(frame: pl.DataFrame, path: Path, table: str, suffix: str) -> None:
    if suffix == ".csv":
        write_csv(frame, path, table)
    else:
        frame.write_parquet(path, compression="snappy", row_group_size=_ROW_GROUP)


def _refuse_other(frame: pl.DataFrame, file: Path, path: str, suffix: str) -> None:
    """Make sure that a file of a table says what it says."""
    found = read_csv(file, frame.schema) if suffix == ".csv" else pl.read_parquet(file)
    if not found.equals(frame):
        raise IntegrityError(f"{path} does not read back as the table it was written from.")


def describe(file: Path, path: str) -> File:
    """Say what a file is, and its blocks where it is worth reading in part over a network."""
    size = file.stat().st_size
    if path.endswith(".parquet") and size > digests.block_size(0):
        block = digests.block_size(size)
        with file.open("rb") as stream:
            return File(
                path=path, bytes=size, sha256=sha256(file), block=block, blocks=tuple(digests.blocks(stream, block))
            )
    return File(path=path, bytes=size, sha256=sha256(file))


def sha256(file: Path) -> str:
    """Hash a file."""
    with file.open("rb") as stream:
        return digests.digest(stream)


def write_csv(frame: pl.DataFrame, path: Path, name: str) -> None:
    """Write a table as CSV: LF, quotes where needed, nothing for null; `name` is that of the table, for errors.

    Raises:
        InternalError: a text is empty, or an item of a list is empty or holds the delimiter.
    """
    text = frame.select(_as_text(name, column, dtype, frame) for column, dtype in frame.schema.items())
    text.write_csv(path, line_terminator="\n", quote_style="necessary", null_value="")


def _as_text(name: str, column: str, dtype: pl.DataType, frame: pl.DataFrame) -> pl.Expr:
    """Write a column as CSV has it: plain decimals, ISO dates, lists joined."""
    cell = pl.col(column)
    if isinstance(dtype, pl.List):
        items = frame[column].explode().drop_nulls()
        if (items.str.contains(DELIMITER, literal=True) | (items == "")).any():
            raise InternalError(f"{name}.{column}: an item of a list is empty or holds {DELIMITER!r}.")
        return pl.when(cell.list.len() > 0).then(cell.list.join(DELIMITER)).alias(column)
    if isinstance(dtype, pl.Decimal):
        return cell.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    if dtype == pl.String and (frame[column] == "").any():
        raise InternalError(f"{name}.{column}: an empty text, which CSV cannot tell from no value. Use null.")
    return cell.cast(pl.String)
