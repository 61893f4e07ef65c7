"""A CSV table: its rows in blocks, which of them are not proven good, and which have a key that another has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from frictionless.formats import CsvControl

from factpack.adapters.frictionless.csvfile import File
from factpack.adapters.frictionless.proof import Column
from factpack.adapters.frictionless.replay import references
from factpack.adapters.frictionless.unsupported import Unsupported

if TYPE_CHECKING:
    from frictionless import Field
    from frictionless.resources import TableResource

    from factpack.adapters.frictionless.csvfile import Block


class Table:
    """The cells of an open CSV resource, and what its fields say of them."""

    def __init__(self, resource: TableResource, fields: list[Field], file: File) -> None:
        self.resource, self.fields, self.file = resource, fields, file
        try:
            self.columns = {field.name: Column.of(field, f"c{at}") for at, field in enumerate(fields)}
        except Exception as error:
            raise Unsupported(f"a constraint that cannot be read: {error}") from error
        primary = list(resource.schema.primary_key)
        self.keys = [[field.name] for field in fields if field.constraints.get("unique")]
        self.primary = primary if primary and set(primary) <= set(self.columns) else []
        if self.primary and not resource.dialect.header_case:
            raise Unsupported("a primary key whose names may be of another case")
        self.rows = 0

    @classmethod
    def of(cls, resource: TableResource) -> Table:
        """Find out how the file is to be read.

        Raises:
            Unsupported: it is not the plain CSV that can be read here.
        """
        dialect, fields = resource.dialect, resource.header.get_expected_fields()
        if (resource.encoding or "").lower() not in {"utf-8", "utf8", "ascii"}:
            raise Unsupported(f"the encoding is {resource.encoding}")
        if dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows or not fields:
            raise Unsupported("comments, blank rows to skip, or no fields")
        if len({field.name for field in fields}) != len(fields):
            raise Unsupported("two fields of one name")
        python = CsvControl.from_dialect(dialect).to_python()
        plain = (python.escapechar, python.doublequote, python.skipinitialspace, python.quoting)
        if plain != (None, True, False, 0) or not python.delimiter.isascii() or python.delimiter in "\n\r":
            raise Unsupported("the dialect is not plain CSV")
        path = Path(str(resource.normpath))
        if resource.format == "tsv" and b"\r" in path.read_bytes():
            raise Unsupported("line ends that text mode would translate")
        skipped = dialect.create_first_content_row() - 1
        return cls(resource, fields, File(path=path, dialect=python, width=len(fields), skipped=skipped))

    def suspects(self, limit: int) -> list[int]:
        """Number the rows that are not proven good.

        Raises:
            Unsupported: a cell is of a kind that frictionless' own reader raises on.
        """
        bad: list[int] = []
        hashes: dict[int, list[pl.DataFrame]] = {}
        keys = [*self.keys, *([self.primary] if self.primary else [])]
        try:
            for block in self.file.read():
                self.rows += block.frame.height + len(block.others)
                texts, suspect = self._judge(block)
                bad += block.frame["row"].filter(suspect).to_list()
                bad += [number for number, _ in block.others]
                for at, key in enumerate(keys):
                    hashes.setdefault(at, []).append(_hashed(block.frame["row"], texts, key))
                    if block.others:
                        hashes[at].append(self._hashed_others(block, key))
                # Each of these has an error, so frictionless would not read any further.
                if limit and len(bad) >= limit:
                    break
        except (TypeError, ValueError, ArithmeticError) as error:
            raise Unsupported(f"a cell that its own reader raises on: {error}") from error
        return sorted({*bad, *(row for parts in hashes.values() for row in _repeated(parts))})

    def _judge(self, block: Block) -> tuple[dict[str, pl.Series], pl.Series]:
        """Give the key texts of a block's rows, and say which of the rows are not good."""
        frame = block.frame
        proven = frame.select(column.rule for column in self.columns.values())
        suspect = pl.repeat(value=False, n=frame.height, eager=True, dtype=pl.Boolean)
        for column in self.columns.values():
            suspect |= ~column.good(frame[column.name], proven[column.name])
        blank = [pl.col(column.name).is_in(column.missing) for column in self.columns.values()]
        suspect |= frame.select(pl.all_horizontal(blank)).to_series()
        texts = {name: self.columns[name].typed(frame[self.columns[name].name]) for name in self._key_names()}
        if self.primary:
            suspect |= pl.select(pl.all_horizontal(texts[name].is_null() for name in self.primary)).to_series()
        for own, _, _, known in references(self.resource, set(self.columns)):
            suspect |= self._unknown(frame, own, known)
        return texts, suspect

    def _key_names(self) -> set[str]:
        return {*self.primary, *(name for key in self.keys for name in key)}

    def _unknown(self, frame: pl.DataFrame, own: tuple[str, ...], known: set[Any]) -> pl.Series:
        """Say which rows have a foreign key that is not known, by frictionless' own reading of each different one."""
        columns = [self.columns[name] for name in own]
        names = [column.name for column in columns]
        different = frame.select(names).unique()
        if len(own) == 1 and columns[0].field.type == "string":
            there = pl.Series([key[0] for key in known if isinstance(key[0], str)], dtype=pl.String)
            different = different.filter(~pl.col(names[0]).is_in(there.implode()))
        lost = []
        for cells in different.iter_rows():
            key = tuple(column.read(cell)[0] for column, cell in zip(columns, cells, strict=True))
            if set(key) != {None} and key not in known:
                lost.append(cells)
        wanted = pl.DataFrame(lost, schema=different.schema, orient="row").with_columns(lost=pl.lit(value=True))
        found = frame.select(names).join(wanted, on=names, how="left", maintain_order="left")
        return found["lost"].fill_null(value=False)

    def _hashed_others(self, block: Block, key: list[str]) -> pl.DataFrame:
        """Hash the keys of the rows that have too many cells, or too few."""
        rows = pl.Series("row", [number for number, _ in block.others], dtype=pl.Int64)
        places = {name: list(self.columns).index(name) for name in key}
        cells = {
            name: pl.Series(
                name, [cells[at] if at < len(cells) else None for _, cells in block.others], dtype=pl.String
            )
            for name, at in places.items()
        }
        return _hashed(rows, {name: self.columns[name].typed(one) for name, one in cells.items()}, key)


def _hashed(rows: pl.Series, texts: dict[str, pl.Series], key: list[str]) -> pl.DataFrame:
    """Hash the keys of rows; a key of which nothing is there is like no other."""
    parts = pl.DataFrame([texts[name].alias(str(at)) for at, name in enumerate(key)])
    hashes = parts.select(hash=pl.struct(pl.all()).hash(), there=~pl.all_horizontal(pl.all().is_null()))
    return hashes.with_columns(rows).filter("there").drop("there")


def _repeated(parts: list[pl.DataFrame]) -> list[int]:
    """Number the rows whose hash another row has."""
    hashed = pl.concat(parts)
    again = hashed["hash"].sort()
    again = again.filter(again == again.shift(1)).unique()
    rows: list[int] = hashed.filter(pl.col("hash").is_in(again.implode()))["row"].to_list() if len(again) else []
    return rows
