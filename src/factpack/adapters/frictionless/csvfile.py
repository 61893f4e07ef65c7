"""A CSV file as blocks of text columns, with the cells that Python's csv module reads, which is what frictionless uses.

A block of whole lines without quotes is split by polars. Where there are quotes, the lines that have them are read by
the csv module, and once one record spans lines, all that follows is.
"""

from __future__ import annotations

import csv
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.adapters.frictionless.unsupported import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Whole lines are read in blocks of about so many bytes, records that span lines in blocks of so many records.
_BLOCK = 1 << 23
_RECORDS = 50_000


@dataclass(frozen=True, slots=True)
class Block:
    """Records of a file: those with a cell for each column as a frame, the others by the number of their row.

    The frame has the columns `c0`, `c1`, ... of text, and `row`, the number of the record in the file, from 1.
    """

    frame: pl.DataFrame
    others: tuple[tuple[int, list[str]], ...]

    def cells(self, rows: list[int]) -> Iterator[tuple[int, list[str]]]:
        """Give the cells of some rows, in the order of their numbers."""
        wanted = pl.Series(rows, dtype=pl.Int64)
        found = self.frame.filter(pl.col("row").is_in(wanted.implode())).select(pl.col("row"), pl.exclude("row"))
        chosen = set(rows)
        odd = [one for one in self.others if one[0] in chosen]
        yield from sorted(chain(((row[0], list(row[1:])) for row in found.iter_rows()), odd), key=lambda one: one[0])


@dataclass(slots=True)
class File:
    """A CSV file in UTF-8, of so many columns, whose first `skipped` records are no rows.

    Its size and hashes are known once it has been read to its end. `starts` has the place, length and first record of
    each block of whole lines, and `following` is the number of the record after the last of those.
    """

    path: Path
    dialect: Any
    width: int
    skipped: int
    size: int = 0
    md5: str = ""
    sha256: str = ""
    starts: list[tuple[int, int, int]] = field(default_factory=list)
    following: int = 1

    def read(self) -> Iterator[Block]:
        """Read the file, and remember where each block begins.

        Raises:
            Unsupported: the text is not UTF-8, or has a byte order mark.
        """
        md5, sha256, row, begins = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 1, 0
        self.starts, self.following = [], 1
        spanning = None
        with self.path.open("rb") as file, ThreadPoolExecutor(1) as beside:
            hashed = None
            for content in _blocks(file):
                # Hashing lets go of the interpreter's lock, and so costs a second core and no time.
                if hashed is not None:
                    hashed.result()
                hashed = beside.submit(_hash, content, md5, sha256)
                if spanning is None:
                    found = self._split(content, row)
                    if found is None:
                        spanning = (begins, row)
                    else:
                        self.starts.append((begins, len(content), row))
                        self.following = row = row + found.frame.height + len(found.others)
                        yield self._rows(found)
                begins += len(content)
            if hashed is not None:
                hashed.result()
        self.size, self.md5, self.sha256 = begins, md5.hexdigest(), sha256.hexdigest()
        if spanning is not None:
            yield from self._spanning(*spanning)

    def again(self, wanted: list[int]) -> Iterator[tuple[int, list[str]]]:
        """Read some rows once more: those blocks that they are in."""
        rows = iter(sorted(wanted))
        nearest = next(rows, None)
        with self.path.open("rb") as file:
            for number, (begins, length, first) in enumerate(self.starts):
                last = self.starts[number + 1][2] if number + 1 < len(self.starts) else self.following
                here = []
                while nearest is not None and nearest < last:
                    here.append(nearest)
                    nearest = next(rows, None)
                if here:
                    file.seek(begins)
                    block = self._split(file.read(length), first)
                    if block is not None:
                        yield from block.cells(here)
        if nearest is not None:
            rest = [nearest, *rows]
            begins = self.starts[-1][0] + self.starts[-1][1] if self.starts else 0
            for block in self._spanning(begins, self.following):
                yield from block.cells(rest)

    def _rows(self, block: Block) -> Block:
        """Leave the records out that come before the first row."""
        frame = block.frame.filter(pl.col("row") > self.skipped)
        return Block(frame, tuple(one for one in block.others if one[0] > self.skipped))

    def _split(self, content: bytes, first: int) -> Block | None:
        """Split whole lines into cells, or say that a record spans lines."""
        if content.startswith(b"\xef\xbb\xbf"):
            raise Unsupported("a byte order mark")
        if b"\r" in content and content.count(b"\r") == content.count(b"\r\n"):
            content = content.replace(b"\r\n", b"\n")
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unsupported("text that is not UTF-8") from error
        if b"\r" in content or b"\0" in content:
            return None
        quote = (self.dialect.quotechar or "").encode()
        plain = not (quote and quote in content) and b"\n\n" not in content and not content.startswith(b"\n")
        if plain:
            frame = self._cells(content)
            if frame is not None:
                numbers = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True).alias("row")
                return Block(frame.with_columns(numbers), ())
        return self._by_line(text, first)

    def _cells(self, content: bytes) -> pl.DataFrame | None:
        """Let polars split lines, all of which have a cell for each column and no quotes; None if some have not."""
        try:
            frame = pl.read_csv(
                content,
                has_header=False,
                schema={f"c{at}": pl.String for at in range(self.width)},
                separator=self.dialect.delimiter,
                quote_char=None,
                empty_string_is_null=False,
            )
        except pl.exceptions.PolarsError:
            return None
        # No line is longer, or it would have raised; so the sum of separators tells whether one is shorter.
        separators = content.count(self.dialect.delimiter.encode())
        return frame if separators == frame.height * (self.width - 1) else None

    def _by_line(self, text: str, first: int) -> Block | None:
        """Give the lines with quotes to the csv module, and the others to polars."""
        quote, delimiter = self.dialect.quotechar or "\0", self.dialect.delimiter
        numbered = list(enumerate(text.removesuffix("\n").split("\n"), start=first))
        quoted = self._quoted([one for one in numbered if quote in one[1]])
        if quoted is None:
            return None
        even, odd = [], [one for one in quoted if len(one[1]) != self.width]
        for number, line in numbered:
            if quote not in line:
                if line and line.count(delimiter) == self.width - 1:
                    even.append((number, line))
                else:
                    odd.append((number, line.split(delimiter) if line else []))
        frame = self._cells("\n".join([*(line for _, line in even), ""]).encode()) if even else _frame([], self.width)
        if frame is None:
            return None
        full = [one for one in quoted if len(one[1]) == self.width]
        frame = pl.concat(
            [
                frame.with_columns(pl.Series("row", [number for number, _ in even], dtype=pl.Int64)),
                _frame([cells for _, cells in full], self.width).with_columns(
                    pl.Series("row", [number for number, _ in full], dtype=pl.Int64)
                ),
            ]
        ).sort("row")
        return Block(frame, tuple(sorted(odd, key=lambda one: one[0])))

    def _quoted(self, lines: list[tuple[int, str]]) -> list[tuple[int, list[str]]] | None:
        """Read lines that each are a record, or say that one is not."""
        # One more line shows whether the last one ends its record.
        reader = csv.reader(chain((line + "\n" for _, line in lines), ["\n"]), dialect=self.dialect)
        records: list[tuple[int, list[str]]] = []
        for (number, _), cells in zip(lines, reader, strict=False):
            if reader.line_num != len(records) + 1:
                return None
            records.append((number, cells))
        return records if next(reader, None) == [] else None

    def _spanning(self, begins: int, first: int) -> Iterator[Block]:
        """Read all records from a place on with the csv module."""
        with self.path.open("rb") as file:
            file.seek(begins)
            try:
                records = enumerate(
                    csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""), dialect=self.dialect), start=first
                )
                while chunk := list(islice(records, _RECORDS)):
                    full = [one for one in chunk if len(one[1]) == self.width]
                    frame = _frame([cells for _, cells in full], self.width)
                    numbers = pl.Series("row", [number for number, _ in full], dtype=pl.Int64)
                    others = tuple(one for one in chunk if len(one[1]) != self.width)
                    yield self._rows(Block(frame.with_columns(numbers), others))
            except (UnicodeDecodeError, csv.Error) as error:
                raise Unsupported(str(error)) from error


def _hash(content: bytes, *hashes: Any) -> None:
    for one in hashes:
        one.update(content)


def _frame(records: list[list[str]], width: int) -> pl.DataFrame:
    columns = zip(*records, strict=True) if records else [()] * width
    return pl.DataFrame([pl.Series(f"c{at}", list(one), dtype=pl.String) for at, one in enumerate(columns)])


def _blocks(file: io.BufferedReader) -> Iterator[bytes]:
    """Read blocks that end with a line."""
    rest = b""
    while content := file.read(_BLOCK):
        end = content.rfind(b"\n") + 1
        if not end:
            rest += content
            continue
        yield rest + content[:end]
        rest = content[end:]
    if rest:
        yield rest
