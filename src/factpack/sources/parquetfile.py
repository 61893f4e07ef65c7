"""Parquet with the table's columns, each of text or of the type that the table has for it.

A row has no line; its number, from 1, stands for it, and the position of a column for the character column.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

from factpack.models import Place
from factpack.report import Finding
from factpack.sources import header
from factpack.sources.cells import Rows
from factpack.sources.columns import GRAMMARS
from factpack.sources.files import MAX_COLUMNS, MAX_ROWS
from factpack.sources.spans import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from factpack.sources.columns import Column
    from factpack.sources.spans import Finder


def read(content: bytes, columns: Sequence[Column], file: str) -> Rows:
    """Read the bytes of a Parquet file as text; the order of the columns is free."""
    try:
        findings = _refusals(content, columns, file)
        frame = pl.DataFrame() if findings else pl.read_parquet(BytesIO(content))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        findings = [_finding("FP108", f"not a Parquet file: {why}", Place(file, 1), "Parquet")]
    if findings:
        return Rows(frame=pl.DataFrame(schema={"_line": pl.Int64}), findings=findings)
    text = [_text(column, frame.schema[column.name]) for column in columns if column.name in frame.schema]
    return Rows(frame=frame.select(*text, _line=pl.int_range(1, pl.len() + 1)))


def finder(content: bytes) -> Finder:
    """Find cells by their row and their column's position."""
    names = list(pl.read_parquet_schema(BytesIO(content)))
    return lambda line, name: Span(line, names.index(name) + 1 if name in names else 1)


def _refusals(content: bytes, columns: Sequence[Column], file: str) -> list[Finding]:
    """Compare the columns, their types and the number of rows with what may be read, before reading them."""
    schema = pl.read_parquet_schema(BytesIO(content))
    if len(schema) > MAX_COLUMNS:
        message = f"the file has {len(schema):,} columns"
        return [_finding("FP109", message, Place(file, 1), f"at most {MAX_COLUMNS:,}")]
    names = list(schema)
    places = [Place(file, 1, position) for position in range(1, len(names) + 2)]
    findings = header.check(names, places[:-1], places[-1], columns)
    findings += _types(schema, places, columns)
    rows = pl.scan_parquet(BytesIO(content)).select(pl.len()).collect().item()
    if rows > MAX_ROWS:
        findings.append(_finding("FP109", f"the file has {rows:,} rows", Place(file, 1), f"at most {MAX_ROWS:,}"))
    return findings


def _types(schema: Mapping[str, pl.DataType], places: Sequence[Place], columns: Sequence[Column]) -> list[Finding]:
    findings = []
    types = {column.name: GRAMMARS[column.type].dtype if column.type in GRAMMARS else pl.String for column in columns}
    for place, (name, dtype) in zip(places, schema.items(), strict=False):
        own = types.get(name, dtype)
        if dtype not in {pl.String, own}:
            expected = "String" if own == pl.String else f"{own} or String"
            message = f"the column {name!r} is of type {dtype}, expected {expected}"
            findings.append(_finding("FP103", message, place, expected))
    return findings


def _text(column: Column, dtype: pl.DataType) -> pl.Expr:
    """Write a typed cell as the text that the type's grammar has for it, so that all formats are checked alike."""
    cell = pl.col(column.name)
    if dtype == pl.Boolean:
        cell = pl.when(cell).then(pl.lit("yes")).when(~cell).then(pl.lit("no"))
    return cell.cast(pl.String).alias(column.name)


def _finding(code: str, message: str, place: Place, expected: str) -> Finding:
    return Finding(code=code, message=message, file=place.file, line=place.line, column=place.column, expected=expected)
