"""The strict grammars of numbers, amounts and durations, as polars expressions.

Nothing is guessed and nothing coerced: no thousands separators, no leading zeros, no `+`, no exponents, no NaN, no
digits of other scripts. All expressions are null where the text is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# `[0-9]` and not `\d`, which takes the digits of every script; `\z` and not `$`, which takes a last line feed.
_NATURAL = "(?:0|[1-9][0-9]*)"
_INTEGER = rf"\A-?{_NATURAL}\z"
_DECIMAL = rf"\A-?{_NATURAL}(?:\.[0-9]+)?\z"
_PERCENT = r"\A(?:100(?:\.0+)?|[1-9]?[0-9](?:\.[0-9]+)?)\z"
_MONEY = rf"\A{_NATURAL}(?:\.[0-9]{{1,6}})?\z"
# ISO 8601-1:2019, 5.5.2.2 (complete representations) and 5.5.2.3 (weeks), and XML Schema 1.1, 3.3.6: some component
# must follow P, and some must follow T; only seconds have a fraction. Rust's regex engine has no lookahead, so what
# may follow is spelt out for each component that can come first.
_TIME = (
    rf"T(?:{_NATURAL}H(?:{_NATURAL}M)?(?:{_NATURAL}(?:\.[0-9]+)?S)?"
    rf"|{_NATURAL}M(?:{_NATURAL}(?:\.[0-9]+)?S)?|{_NATURAL}(?:\.[0-9]+)?S)"
)
_CALENDAR = rf"(?:{_NATURAL}Y(?:{_NATURAL}M)?(?:{_NATURAL}D)?|{_NATURAL}M(?:{_NATURAL}D)?|{_NATURAL}D)"
_DURATION = rf"\AP(?:{_NATURAL}W|{_CALENDAR}(?:{_TIME})?|{_TIME})\z"


def is_integer(text: pl.Expr) -> pl.Expr:
    """Say whether a text is an integer: `-?(0|[1-9][0-9]*)`, of any size."""
    return text.str.contains(_INTEGER)


def is_decimal(text: pl.Expr) -> pl.Expr:
    """Say whether a text is a finite decimal number with a point, such as `-0.5`."""
    return text.str.contains(_DECIMAL)


def is_percent(text: pl.Expr) -> pl.Expr:
    """Say whether a text is a decimal number from 0 to 100, such as `41.41`; the sign % is not part of it."""
    return text.str.contains(_PERCENT)


def is_money(text: pl.Expr) -> pl.Expr:
    """Say whether a text is an amount: a decimal number from 0 with at most six decimals, such as `12.50`.

    The currency stands in the unit. Six decimals are what the tables keep; no currency has more than four (ISO 4217).
    """
    return text.str.contains(_MONEY)


def is_duration(text: pl.Expr) -> pl.Expr:
    """Say whether a text is a duration of ISO 8601-1, 5.5.2: `P20Y`, `P1Y6M`, `P2W`, `PT36H`, `PT0.5S`.

    Not in decreasing order, without any component, or with weeks beside others, it is none.

    >>> import polars as pl
    >>> pl.select(is_duration(pl.lit("P20Y")), no=is_duration(pl.lit("P"))).row(0)
    (True, False)
    """
    return text.str.contains(_DURATION)
