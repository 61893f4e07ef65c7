"""What a table of a CSV file may be: types, a key and enumerations, as a pandera model for a person to edit.

Nothing that is inferred holds by itself: the model says PROPOSED, and every run warns until someone has taken it out.
"""

from __future__ import annotations

import builtins
import csv
import io
import json
import keyword
import math
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from factpack.errors import ConfigurationError
from factpack.parse import number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A text that has so few values in so many rows may be an enumeration.
_MOST_VALUES, _LEAST_ROWS = 20, 20
_DECIMALS = 6
# How a spreadsheet writes numbers and dates in one country or another.
_GROUPED = r"\A-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?\z"
_COMMA = r"\A-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+),[0-9]+\z"
_DATE = r"\A(?:[0-9]{1,2}/[0-9]{1,2}/|[0-9]{1,2}\.[0-9]{1,2}\.|[0-9]{1,2}-[0-9]{1,2}-)[0-9]{4}\z"
# Keys of several columns are looked for among the first so many: of more, there are too many combinations.
_COLUMNS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A table as it was read, and what it may be; `doubts` says of columns why they stay text."""

    name: str
    rows: pl.DataFrame
    key: tuple[str, ...]
    types: dict[str, str]
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)


def propose(file: Path) -> Proposal:
    """Read a CSV file as text, and infer what it may be.

    Raises:
        ConfigurationError: the file is not UTF-8 or no CSV, has no rows, a header with empty or repeated names, or
            rows of different lengths; or no column, and no two or three, have different values in every row.
    """
    rows = _read(file)
    types = {name: _type(rows[name]) for name in rows.columns}
    key = next(_keys(rows), None)
    if key is None:
        raise ConfigurationError(
            f"{file}: no column, and no two or three of the first {_COLUMNS}, tell its rows apart, so it has no key; "
            "add a column that numbers the rows, or take out the rows that repeat."
        )
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", file.stem.lower()) if not unicodedata.combining(char)
    )
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "table"
    found = {column: _doubts(rows[column]) for column, kind in types.items() if kind == "str"}
    doubts = {column: told for column, told in found.items() if told}
    return Proposal(name=name if name[0].isalpha() else f"t_{name}", rows=rows, key=key, types=types, doubts=doubts)


def _keys(rows: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    """Find columns without empty cells, alone, by two and by three, that tell all rows apart."""
    values = {name: rows[name].n_unique() for name in rows.columns if not rows[name].null_count()}
    yield from ((name,) for name, count in values.items() if count == rows.height)
    for size in (2, 3):
        for key in combinations(list(values)[:_COLUMNS], size):
            # So few values cannot tell so many rows apart, however they are combined.
            enough = math.prod(values[name] for name in key) >= rows.height
            if enough and not rows.select(key).is_duplicated().any():
                yield key


def _read(file: Path) -> pl.DataFrame:
    content = file.read_bytes()
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig")).rstrip("\r\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{file}:{line}: the byte 0x{content[error.start]:02X} is not UTF-8; save the file as UTF-8 "
            "(of a spreadsheet: as 'CSV UTF-8')."
        ) from error
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        places, records = zip(*((lines.line_num, record) for record in lines), strict=True)
    except csv.Error as error:
        raise ConfigurationError(f"{file}:{lines.line_num}: {error}; a cell with quotes is quoted whole.") from error
    except ValueError:
        places, records = (), ()
    header = [name.strip() for name in records[0]] if records else []
    if len(records) < 2:
        raise ConfigurationError(f"{file}: there are no rows to infer from.")
    if not all(header) or len(set(header)) < len(header):
        raise ConfigurationError(
            f"{file}: the header {header} has an empty or a repeated name; name every column once."
        )
    for place, record in zip(places, records, strict=True):
        if len(record) != len(header):
            raise ConfigurationError(f"{file}:{place}: the row has {len(record)} cells, the header {len(header)}.")
    cells = [[cell.strip() or None for cell in record] for record in records[1:]]
    return pl.DataFrame(cells, schema=dict.fromkeys(header, pl.String), orient="row")


def _separator(text: str) -> str:
    """Choose the separator that parts the header into most cells."""
    first = text.partition("\n")[0]
    return max(",;\t|", key=first.count)


def _type(column: pl.Series) -> str:
    """Name the narrowest type that all values have."""
    filled = column.drop_nulls()
    if filled.is_empty():
        return "str"
    frame = pl.DataFrame({"text": filled})
    text = pl.col("text")
    digits = text.str.extract(r"\.([0-9]+)").str.len_bytes().fill_null(0)
    tests = {
        "bool": text.is_in(["true", "false"]),
        "int": number.is_integer(text) & text.cast(pl.Int64, strict=False).is_not_null(),
        "Annotated[pl.Decimal, 18, 6]": number.is_decimal(text) & (digits <= _DECIMALS) & (text.str.len_bytes() <= 13),
        "pl.Date": _is_date(text),
    }
    held = frame.select(**{kind: test.all() for kind, test in tests.items()}).row(0, named=True)
    return next((kind for kind in tests if held[kind]), "str")


def _is_date(text: pl.Expr) -> pl.Expr:
    written = text.str.contains(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z")
    return written & text.str.to_date("%Y-%m-%d", strict=False).is_not_null()


def _doubts(column: pl.Series) -> tuple[str, ...]:
    """Say of a column that stays text which of its values look like numbers or dates, and how those are written."""
    filled = column.drop_nulls()
    text = pl.col("text")
    other = pl.DataFrame({"text": filled}).filter(~(number.is_decimal(text) | _is_date(text)))["text"]
    looks = [*_numbers(other), *_dates(other)]
    # Among words, a number or a date may stand now and then.
    if 2 * sum(values.len() for values, _, _ in looks) < other.len():
        return ()
    return tuple(
        f"{values.len():,} of {filled.len():,} values look{'s' if values.len() == 1 else ''} like {what} "
        f'("{values[0]}"), write {written}: nothing is guessed, so it stays text'
        for values, what, written in looks
    )


def _numbers(values: pl.Series) -> Iterator[tuple[pl.Series, str, str]]:
    """Find the values that look like numbers: those, what they look like, and how the first is written."""
    grouped = values.filter(values.str.contains(_GROUPED))
    comma = values.filter(values.str.contains(_COMMA) & ~values.str.contains(_GROUPED))
    # One comma before three digits may be either.
    sure = grouped.filter(grouped.str.contains(r",.*[,.]"))
    if sure.is_empty() and comma.len():
        grouped, comma = sure, values.filter(values.str.contains(_COMMA))
    if grouped.len():
        first = (sure if sure.len() else grouped)[0]
        either = "" if sure.len() else " or with a comma before its decimals"
        written = first.replace(",", "") + (f" or {first.replace(',', '.')}" if either else "")
        yield _led(grouped, first), f"a number with grouped thousands{either}", written
    if comma.len():
        written = comma[0].replace(".", "").replace(",", ".")
        yield comma, "a number with a comma before its decimals", written


def _dates(values: pl.Series) -> Iterator[tuple[pl.Series, str, str]]:
    """Find the values that look like dates, as `_numbers` does; a number above twelve tells the day from the month."""
    text = values.filter(values.str.contains(_DATE))
    one, two = (text.str.extract_all("[0-9]+").list.get(at).cast(pl.Int64) for at in (0, 1))
    valid = one.is_between(1, 31) & two.is_between(1, 31) & ((one <= 12) | (two <= 12))
    days, months = text.filter(valid & (one > 12)), text.filter(valid & (two > 12))
    either = text.filter(valid & (one <= 12) & (two <= 12))
    # All of a column are of the order that some of them show.
    if days.is_empty() != months.is_empty():
        whole = text.filter(valid)
        days, months = (_led(whole, some[0]) if some.len() else some for some in (days, months))
        either = either.clear()
    if days.len():
        yield days, "a date in day/month/year order", _iso(days[0], 1)
    if months.len():
        yield months, "a date in month/day/year order", _iso(months[0], 0)
    if either.len():
        written = f"{_iso(either[0], 1)} or {_iso(either[0], 0)}"
        yield either, "a date whose day and month cannot be told apart", written


def _led(values: pl.Series, first: str) -> pl.Series:
    """Put the value that shows best what all look like before the others."""
    return pl.concat([values.filter(values == first), values.filter(values != first)])


def _iso(text: str, month: int) -> str:
    """Write a date as ISO 8601 does, of which the number at `month` is the month."""
    parts = [int(part) for part in re.findall("[0-9]+", text)]
    return f"{parts[2]:04}-{parts[month]:02}-{parts[1 - month]:02}"


def write_model(proposal: Proposal) -> str:
    """Write the pandera model that a person then edits; what may be an enumeration or a range stands in comments."""
    title = proposal.name.replace("_", " ").capitalize()
    fields = [line for position, name in enumerate(proposal.rows.columns) for line in _field(proposal, position, name)]
    typing = ["from typing import Annotated", ""] if any("Annotated" in one for one in proposal.types.values()) else []
    polars = ["import polars as pl", ""] if any("pl." in one for one in proposal.types.values()) else [""]
    lines = [
        f'"""The table of {title.lower()}, inferred from {proposal.rows.height:,} rows."""',
        "",
        "from __future__ import annotations",
        "",
        *typing,
        "import pandera.polars as pa",
        *polars,
        "# Read every line, correct what is wrong, then take this line out: until then every run warns (FP306).",
        "PROPOSED = True",
        "",
        "",
        f"class {''.join(word.capitalize() for word in proposal.name.split('_'))}(pa.DataFrameModel):",
        f'    """One row for each {" and ".join(proposal.key)}."""',
        "",
        *fields,
        "",
        "    class Config:",
        f"        title = {json.dumps(title)}",
        "        strict = True",
        f"        unique = {json.dumps(list(proposal.key), ensure_ascii=False)}",
    ]
    return "\n".join(lines) + "\n"


def _field(proposal: Proposal, position: int, name: str) -> list[str]:
    column, kind = proposal.rows[name], proposal.types[name]
    attribute = name if _attribute(name) else f"column_{position + 1}"
    given = {"alias": json.dumps(name, ensure_ascii=False)} if attribute != name else {}
    given |= {"nullable": "True"} if column.null_count() else {}
    given |= {"title": json.dumps(name.replace("_", " ").capitalize(), ensure_ascii=False)}
    arguments = ", ".join(f"{key}={value}" for key, value in given.items())
    lines = [f"    # {note}" for note in [*_notes(column, kind), *proposal.doubts.get(name, ())]]
    return [*lines, f"    {attribute}: {kind} = pa.Field({arguments})"]


def _attribute(name: str) -> bool:
    """Say whether a column can have its own name as an attribute of a pandera model, and hide none of the model's."""
    from pandera.polars import DataFrameModel

    plain = name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    used = hasattr(DataFrameModel, name) or hasattr(builtins, name) or name in {"pa", "pl", "Annotated"}
    return plain and not used


def _notes(column: pl.Series, kind: str) -> list[str]:
    """Say what else was seen, for a person to hold the column to or not."""
    filled = column.drop_nulls()
    empty = [f"{column.null_count():,} of {column.len():,} cells are empty"] if column.null_count() else []
    if kind == "str":
        values = filled.unique().sort().to_list()
        few = len(values) <= _MOST_VALUES and filled.len() >= _LEAST_ROWS and len(values) * 2 <= filled.len()
        return [*empty, f"isin={json.dumps(values, ensure_ascii=False)}"] if few and values else empty
    if kind in {"int", "Annotated[pl.Decimal, 18, 6]"}:
        numbers = filled.cast(pl.Float64 if kind != "int" else pl.Int64)
        return [*empty, f"from {numbers.min()!s} to {numbers.max()!s}: ge=, le="]
    if kind == "pl.Date":
        return [*empty, f"from {filled.min()!s} to {filled.max()!s}"]
    return empty


def write_suite(proposal: Proposal) -> str:
    """Write the expectation suite that a person then extends: some rows, and as many as keys."""
    rows = {
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": max(1, proposal.rows.height // 2)},
        "severity": "critical",
        "notes": "A file that has lost half of its rows was not delivered whole.",
    }
    return json.dumps({"table": proposal.name, "expectations": [rows]}, indent=2) + "\n"
