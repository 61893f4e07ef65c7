"""What a table of a CSV file may be: types, a key and enumerations, as a pandera model for a person to edit.

Nothing that is inferred holds by itself: the model says PROPOSED, and every run warns until someone has taken it out.
"""

from __future__ import annotations

import builtins
import csv
import json
import keyword
import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A table as it was read, and what it may be."""

    name: str
    rows: pl.DataFrame
    key: tuple[str, ...]
    types: dict[str, str]


def propose(file: Path) -> Proposal:
    """Read a CSV file as text, and infer what it may be.

    Raises:
        ConfigurationError: the file is not UTF-8, has no rows, a header with empty or repeated names, or rows of
            different lengths; or no column and no two have different values in every row.
    """
    rows = _read(file)
    types = {name: _type(rows[name]) for name in rows.columns}
    filled = [name for name in rows.columns if not rows[name].null_count()]
    keys: Iterator[tuple[str, ...]] = (key for size in (1, 2, 3) for key in combinations(filled, size))
    key = next((key for key in keys if not rows.select(key).is_duplicated().any()), None)
    if key is None:
        raise ConfigurationError(
            f"{file}: no columns tell its rows apart, so it has no key; add one, or take out the rows that repeat."
        )
    name = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_") or "table"
    return Proposal(name=name if name[0].isalpha() else f"t_{name}", rows=rows, key=key, types=types)


def _read(file: Path) -> pl.DataFrame:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: byte {error.start} is not UTF-8; save it as UTF-8.") from error
    separator = _separator(text)
    records = list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    header = [name.strip() for name in records[0]] if records else []
    if len(records) < 2:
        raise ConfigurationError(f"{file}: there are no rows to infer from.")
    if not all(header) or len(set(header)) < len(header):
        raise ConfigurationError(
            f"{file}: the header {header} has an empty or a repeated name; name every column once."
        )
    for position, record in enumerate(records[1:], 2):
        if len(record) != len(header):
            raise ConfigurationError(f"{file}: record {position} has {len(record)} cells, the header {len(header)}.")
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
        "pl.Date": text.str.contains(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z")
        & text.str.to_date("%Y-%m-%d", strict=False).is_not_null(),
    }
    held = frame.select(**{kind: test.all() for kind, test in tests.items()}).row(0, named=True)
    return next((kind for kind in tests if held[kind]), "str")


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
    lines = [f"    # {note}" for note in _notes(column, kind)]
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
