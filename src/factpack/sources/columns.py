"""The columns of the raw tables, and the grammar of each type of cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from factpack.parse import edtf, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Type = Literal[
    "id",
    "predicate",
    "words",
    "text",
    "integer",
    "edtf",
    "date",
    "url",
    "flag",
    "sha256",
    "wikidata",
    "iso3166",
    "language",
    "boolean",
    "decimal",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a raw table: its name, the type of its cells, whether each must be filled, and with one of what.

    A file may leave out an optional column, which is then empty.
    """

    name: str
    type: Type = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the cells of a type look like, in words and as an expression, and the polars type they are read into.

    `possible` says whether what follows the grammar can be so: whether the calendar has the date.
    """

    expected: str
    follows: Callable[[pl.Expr], pl.Expr]
    possible: Callable[[pl.Expr], pl.Expr] | None = None
    cast: Callable[[pl.Expr], pl.Expr] | None = None
    dtype: type[pl.DataType] = pl.String


def _pattern(regex: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: text.str.contains(rf"\A(?:{regex})\z")


def _day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)


# `text` has no grammar; what any cell may hold is told in `cells`.
GRAMMARS: Mapping[Type, Grammar] = {
    "id": Grammar("an id of a-z, 0-9 and -, such as brics-member-count", _pattern("[a-z0-9][a-z0-9-]*")),
    "predicate": Grammar("a predicate of a-z, 0-9 and _, such as member_count", _pattern("[a-z][a-z0-9_]*")),
    "words": Grammar(
        "names with one space between them, such as country group", _pattern("[a-z][a-z0-9_-]*(?: [a-z][a-z0-9_-]*)*")
    ),
    "integer": Grammar(
        "an integer such as 11",
        lambda text: number.is_integer(text) & text.cast(pl.Int64, strict=False).is_not_null(),
        cast=lambda text: text.cast(pl.Int64, strict=False),
        dtype=pl.Int64,
    ),
    "edtf": Grammar("an EDTF date such as 2025-01-17, 2025-01 or 2025~", edtf.is_edtf, possible=edtf.is_possible),
    "date": Grammar(
        "a date such as 2025-01-17",
        _pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        # Of the years that four digits can write, 0000 is the one that a calendar year cannot be.
        possible=lambda text: _day(text).dt.year().is_between(1, 9999).fill_null(value=False),
        cast=_day,
        dtype=pl.Date,
    ),
    # RFC 3986 with the letters of RFC 3987 behind the host, and no user or password before it.
    "url": Grammar(
        "an address that begins with https:// or http://",
        _pattern(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#][^\s<>\x22{}|\\^`]*)?"),
    ),
    "flag": Grammar("yes or no", _pattern("yes|no"), cast=lambda text: text == "yes", dtype=pl.Boolean),
    "boolean": Grammar("true or false", _pattern("true|false"), cast=lambda text: text == "true", dtype=pl.Boolean),
    "decimal": Grammar("a number such as 41.41", number.is_decimal),
    "sha256": Grammar("64 digits of 0-9 and a-f", _pattern("[0-9a-f]{64}")),
    "wikidata": Grammar("a Wikidata item such as Q36704", _pattern("Q[1-9][0-9]*")),
    "iso3166": Grammar("an ISO 3166-1 code of two capitals, such as CN", _pattern("[A-Z]{2}")),
    # RFC 5646, the shape of a tag; the registry of subtags is not looked at.
    "language": Grammar("a language tag such as en or zh-Hant", _pattern("[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")),
}

FACTS = (
    Column("fact_id", "id", required=True),
    Column("subject", "id", required=True),
    Column("predicate", "predicate", required=True),
    Column("object", "id"),
    Column("value"),
    Column("unit"),
    Column("date", "edtf"),
    Column("as_of", "edtf"),
    Column("modifier", choices=("approximate", "at_least", "at_most", "less_than", "more_than")),
    Column("polarity", choices=("negated",)),
    Column("attributed_to", "id"),
    Column("paragraph", "integer"),
    Column("phrase", required=True),
    Column("note"),
)

SOURCES = (
    Column("source_id", "id", required=True),
    Column("title"),
    Column("publisher", required=True),
    Column("author"),
    Column("url", "url"),
    Column("published", "date"),
    Column("dateline", "edtf", optional=True),
    Column("language", "language", required=True),
    Column("licence", required=True),
    Column("text_kind", required=True, choices=("article", "note")),
    Column("text_sha256", "sha256", required=True),
    Column("about", "words", optional=True),
    Column("note"),
)

ENTITIES = (
    Column("entity_id", "id", required=True),
    Column("name", required=True),
    Column("aliases", optional=True),
    Column("kind", "id", required=True),
    Column("wikidata", "wikidata"),
    Column("iso3166", "iso3166"),
)

VALUE_TYPES = ("date", "duration", "entity", "integer", "money", "ordinal", "percent", "quotation", "text")

PREDICATES = (
    Column("predicate", "predicate", required=True),
    Column("title", required=True),
    Column("subject_kind", "words", required=True),
    Column("value_type", required=True, choices=VALUE_TYPES),
    Column("unit"),
    Column("object_kind", "words"),
    Column("multiple", "flag", required=True),
    Column("requires", "words"),
    Column("future", "flag", required=True),
    Column("names", "words", optional=True),
    Column("acts", choices=("subject", "object"), optional=True),
    Column("denies", "flag", optional=True),
    Column("bounds", choices=("after", "before"), optional=True),
    Column("base"),
    Column("description", required=True),
)

WAIVERS = (
    Column("source_id", "id", required=True),
    Column("paragraph", "integer", required=True),
    Column("words", required=True),
    Column("reason", required=True),
)

# What a correction may change of a fact: never who says what of whom.
CORRECTED = ("value", "unit", "date", "as_of", "modifier", "polarity", "paragraph", "phrase")
CORRECTIONS = (
    Column("correction_id", "id", required=True),
    Column("fact_id", "id", required=True),
    Column("field", required=True, choices=CORRECTED),
    Column("expect"),
    Column("value"),
    Column("corrected", "date", required=True),
    Column("reason", required=True),
)

RETRACTIONS = (
    Column("fact_id", "id", required=True),
    Column("retracted", "date", required=True),
    Column("reason", required=True),
)
