"""Regular expressions, SQL patterns and date formats, with the meaning that Python gives them.

Rust's regular expressions read most patterns as Python's do, on plain text: printable ASCII. A pattern that they may
read otherwise, and text that is not plain, are left to Python, once for each different value.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

# Set operations and nested classes, word boundaries of other kinds, verbose patterns: the two read these differently.
_OTHER_MEANING = re.compile(r"\[\[|\[\^\[|&&|--|~~|\\<|\\>|\\[bB]\{|\(\?[a-zA-Z]*[xu]|\[:")
_PLAIN = r"\A[ -~]*\z"


def contains(text: pl.Expr, pattern: str) -> pl.Expr:
    r"""Say where a regular expression is found, as `re.search` finds it.

    Raises:
        re.error: the pattern is none.

    Example:
        >>> frame = pl.DataFrame({"text": ["12", "١٢", "12\n"]})
        >>> frame.select(contains(pl.col("text"), r"^[0-9]+$"))["text"].to_list()
        [True, False, True]
    """
    compiled = re.compile(pattern)

    def found(values: pl.Series) -> pl.Series:
        return _by_value(values, lambda one: compiled.search(one) is not None)

    if _OTHER_MEANING.search(pattern) or not pattern.isascii() or not _is_rust(pattern):
        return text.map_batches(found, return_dtype=pl.Boolean, is_elementwise=True)

    def found_fast(values: pl.Series) -> pl.Series:
        hits = values.str.contains(pattern)
        plain = values.str.contains(_PLAIN).fill_null(value=True)
        return hits if plain.all() else hits.zip_with(plain, found(values.set(plain, None)))

    return text.map_batches(found_fast, return_dtype=pl.Boolean, is_elementwise=True)


def similar(text: pl.Expr, pattern: str) -> pl.Expr:
    """Say where a text is wholly of a pattern that `like` made."""
    return text.str.contains(pattern)


def like(pattern: str, escape: str | None = None) -> str:
    """Translate a pattern of SQL's LIKE, in which `%` is any text and `_` any character.

    Raises:
        ValueError: the escape is not one character, or stands before nothing.

    Example:
        >>> pl.Series(["50%", "500"]).str.contains(like("50!%", escape="!")).to_list()
        [True, False]
    """
    if escape is not None and len(escape) != 1:
        raise ValueError(f"escape is {escape!r}, expected one character")
    parts, characters = [], iter(pattern)
    for character in characters:
        if character == escape:
            escaped = next(characters, None)
            if escaped is None:
                raise ValueError(f"the pattern {pattern!r} ends in its escape character")
            parts.append(re.escape(escaped))
        else:
            parts.append({"%": ".*", "_": "."}.get(character, re.escape(character)))
    return rf"(?s)\A{''.join(parts)}\z"


def parses_as(text: pl.Expr, form: str) -> pl.Expr:
    """Say where a text is a date or time of a `strptime` format."""

    def parses(one: str) -> bool:
        try:
            datetime.strptime(one, form)  # noqa: DTZ007 - whether it parses is all that is asked
        except ValueError:
            return False
        return True

    return text.map_batches(lambda values: _by_value(values, parses), return_dtype=pl.Boolean, is_elementwise=True)


def _is_rust(pattern: str) -> bool:
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.ComputeError:
        return False
    return True


def _by_value(values: pl.Series, judge: Callable[[str], bool]) -> pl.Series:
    """Judge each different value once; a missing one stays missing."""
    different = values.drop_nulls().unique()
    verdicts = pl.Series([judge(one) for one in different], dtype=pl.Boolean)
    return values.replace_strict(different, verdicts, default=None, return_dtype=pl.Boolean)
