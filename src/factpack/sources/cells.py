"""Whether each cell is what its column takes, for whole columns at a time."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from factpack.parse.characters import FORBIDDEN, UNSUSPICIOUS, describe, first_forbidden
from factpack.report import Finding
from factpack.sources.columns import GRAMMARS
from factpack.sources.files import MAX_CELL_BYTES, MAX_FAULTS, MAX_FINDINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from factpack.sources.columns import Column


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a format read from a file: the rows that can be trusted, as text, and what is wrong with the others.

    `frame` holds the columns of the table that the file has, and `_line`; an empty cell is null or "". `told` names, by
    record line and field, cells that are null because a finding has refused them already.
    """

    frame: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)
    told: frozenset[tuple[int, str]] = frozenset()


# A record of a format that has names beside its cells: its line, and its cells that are not empty. None is a cell that
# a finding has refused.
Record = tuple[int, dict[str, str | None]]


def gather(items: Iterable[Record | Finding], columns: Sequence[Column], file: str) -> Rows:
    """Put the records of a file into columns, beside the findings on the others."""
    records, findings = part(items, file)
    text = {
        column.name: pl.Series([cells.get(column.name) for _, cells in records], dtype=pl.String) for column in columns
    }
    told = frozenset((line, name) for line, cells in records for name, cell in cells.items() if cell is None)
    return Rows(
        frame=pl.DataFrame({**text, "_line": pl.Series([line for line, _ in records], dtype=pl.Int64)}),
        findings=findings,
        told=told,
    )


def part(items: Iterable[T | Finding], file: str) -> tuple[list[T], list[Finding]]:
    """Part what was read from what is wrong; of each rule, list `MAX_FINDINGS` breaches at most and count the rest."""
    counts: Counter[str] = Counter()
    read: list[T] = []
    findings: list[Finding] = []
    for item in items:
        if not isinstance(item, Finding):
            read.append(item)
            continue
        counts[item.code] += 1
        if counts.total() > MAX_FAULTS:
            message = f"more than {MAX_FAULTS:,} places are at fault; the rest of the file is not read"
            findings.append(replace(item, code="FP109", message=message, field=None, fact_id=None, hint=None))
            break
        if counts[item.code] <= MAX_FINDINGS:
            findings.append(item)
    for code, count in counts.items():
        if count > MAX_FINDINGS:
            message = f"{count - MAX_FINDINGS:,} more places of the file break this rule"
            findings.append(Finding(code=code, message=message, file=file))
    return read, findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A cell at fault, not yet led to its place: `line` is where its record starts.

    `value` is the whole value. `offset` is its character at fault, counted from 0; None is the cell as a whole.
    """

    code: str
    message: str
    file: str
    line: int
    field: str
    value: str | None = None
    expected: str | None = None
    offset: int | None = None
    fact_id: str | None = None
    phrase: str | None = None
    hint: str | None = None


def check(
    frame: pl.DataFrame, columns: Sequence[Column], told: Collection[tuple[str, int, str]] = ()
) -> tuple[pl.DataFrame, list[Flaw]]:
    """Check the cells of a frame of text by the types of their columns, and read them into those types.

    Args:
        frame: text columns, null or "" where a cell is empty, with `_file` and `_line`. Columns that it lacks are
            not missed here: its reader has told of them.
        columns: what the columns should be.
        told: file, line and field of cells that are known to be at fault, and so are not said to be empty.

    Returns:
        The frame with all `columns` in their order and types, `_file` and `_line`, and the cells at fault. A cell that
        has no value of its type is null.
    """
    present = [column for column in columns if column.name in frame.columns]
    cells = {column.name: pl.col(column.name) for column in present}
    frame = frame.with_columns(**{name: pl.when(cell != "").then(cell) for name, cell in cells.items()})
    flaws = [flaw for column in _suspects(frame, present) for flaw in _flaws(frame, column, told)]
    return frame.select(*[_typed(column, frame) for column in columns], "_file", "_line"), flaws


def _suspects(frame: pl.DataFrame, columns: Sequence[Column]) -> list[Column]:
    """Choose the columns that may hold a cell at fault, by tests that are cheap and never miss one."""
    if frame.is_empty():
        return []
    tests = {column.name: _suspicion(column).any(ignore_nulls=True) for column in columns}
    suspicious = frame.select(**tests).row(0, named=True)
    return [column for column in columns if suspicious[column.name]]


def _suspicion(column: Column) -> pl.Expr:
    text = pl.col(column.name)
    suspect = text.str.len_bytes() > MAX_CELL_BYTES
    if _is_free(column):
        suspect |= ~text.str.contains(UNSUSPICIOUS)
    if not _is_text(column):
        suspect |= ~_follows(column)
    grammar = GRAMMARS.get(column.type)
    if grammar is not None and grammar.possible is not None:
        # Dates repeat: the calendar is asked once for each.
        suspect |= (~grammar.possible(text.unique())).any(ignore_nulls=True)
    return suspect | text.is_null() if column.required else suspect


def _flaws(frame: pl.DataFrame, column: Column, told: Collection[tuple[str, int, str]]) -> Iterator[Flaw]:
    text = pl.col(column.name)
    grammar = GRAMMARS.get(column.type)
    fault = text.str.len_bytes() > MAX_CELL_BYTES
    if _is_free(column):
        unnormal = text.str.normalize("NFC") != text
        fault |= text.str.contains(FORBIDDEN) | (text.str.strip_chars() != text) | unnormal
    if not _is_text(column):
        fault |= ~_follows(column)
    if grammar is not None and grammar.possible is not None:
        fault |= ~grammar.possible(text)
    fault = fault.fill_null(value=True) if column.required else fault & text.is_not_null()
    shown = [name for name in ("fact_id", "phrase") if name in frame.columns]
    failing = frame.filter(fault).select("_file", "_line", *shown, _value=text)
    for index, row in enumerate(failing.head(MAX_FINDINGS + 1).iter_rows(named=True)):
        file, line, value = row["_file"], row["_line"], row["_value"]
        if value is None and (file, line, column.name) in told:
            continue
        why = _explain(column, value)
        more = failing.height - index - 1 if index == MAX_FINDINGS else 0
        yield Flaw(
            code=why.code,
            message=f"{why.message}; {more:,} more cells of the column are at fault" if more else why.message,
            file=file,
            line=line,
            field=column.name,
            value=value,
            expected=why.expected,
            offset=why.offset,
            fact_id=row.get("fact_id"),
            phrase=row.get("phrase"),
            hint=why.hint,
        )


def _is_text(column: Column) -> bool:
    return column.type == "text" and not column.choices


def _is_free(column: Column) -> bool:
    """Say whether the cells may hold letters of every script, so that no grammar shuts out those that do not show."""
    return _is_text(column) or column.type == "url"


def _follows(column: Column) -> pl.Expr:
    text = pl.col(column.name)
    return text.is_in(list(column.choices)) if column.choices else GRAMMARS[column.type].follows(text)


def _typed(column: Column, frame: pl.DataFrame) -> pl.Expr:
    grammar = GRAMMARS.get(column.type)
    if column.name not in frame.columns:
        return pl.lit(None, dtype=grammar.dtype if grammar else pl.String).alias(column.name)
    text = pl.col(column.name)
    if grammar is None or grammar.cast is None:
        return text
    return pl.when(grammar.follows(text)).then(grammar.cast(text)).alias(column.name)


@dataclass(frozen=True, slots=True)
class _Reason:
    """What is wrong with a cell: a rule, the words, the character at fault, what was expected and a hint."""

    code: str
    message: str
    expected: str
    offset: int | None = None
    hint: str | None = None


def _explain(column: Column, value: str | None) -> _Reason:
    """Say of one cell what is wrong with it."""
    name = column.name
    if value is None:
        return _Reason("FP111", f"{name} is empty", _expected(column))
    size, forbidden, normal = len(value.encode()), first_forbidden(value), unicodedata.normalize("NFC", value)
    if size > MAX_CELL_BYTES:
        return _Reason("FP109", f"{name} holds {size:,} bytes", f"at most {MAX_CELL_BYTES:,} bytes")
    if forbidden is not None:
        message = f"{name} holds {describe(value[forbidden])} as its character {forbidden + 1}"
        return _Reason("FP102", message, "characters that show", forbidden)
    if value != value.strip():
        at = 0 if value[0].isspace() else len(value.rstrip())
        message = f"{name} {'ends' if at else 'begins'} with {describe(value[at])}"
        return _Reason("FP106", message, "no white space around the value", at)
    if value != normal and _is_free(column):
        at = next((at for at, (one, other) in enumerate(zip(value, normal, strict=False)) if one != other), len(normal))
        message = f"{name} is not in Unicode normal form C at its character {at + 1}"
        return _Reason("FP106", message, "letters composed with their accents", at)
    return _ungrammatical(column, value)


def _ungrammatical(column: Column, value: str) -> _Reason:
    shown, expected = shorten(value), _expected(column)
    grammar = GRAMMARS.get(column.type)
    if grammar is not None and grammar.possible is not None and pl.select(grammar.follows(pl.lit(value))).item():
        return _Reason("FP113", f"{column.name} is {shown!r}, which cannot be", expected)
    near = get_close_matches(shown, column.choices, n=1)
    foreign = None
    if not _is_free(column):
        foreign = next((at for at, character in enumerate(value) if not character.isascii()), None)
    because = "" if foreign is None else f"; its character {foreign + 1} is {describe(value[foreign])}"
    message = f"{column.name} is {shown!r}{because}; expected {expected}"
    return _Reason("FP106", message, expected, foreign, f"Did you mean {near[0]!r}?" if near else None)


def _expected(column: Column) -> str:
    if column.choices:
        return f"one of {', '.join(column.choices)}" if len(column.choices) > 1 else column.choices[0]
    return GRAMMARS[column.type].expected if column.type in GRAMMARS else "text"


def shorten(value: str) -> str:
    """Cut what is shown of a long value."""
    return value if len(value) <= 200 else f"{value[:200]}…"
