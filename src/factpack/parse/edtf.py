"""Dates as precise as a source gives them: EDTF level 0 and a part of level 1, as polars expressions.

The Extended Date/Time Format (ISO 8601-2:2019; Library of Congress, EDTF Specification) is read as far as facts from
articles need it:

- `2025`, `2025-01`, `2025-01-17` (level 0);
- seasons `2025-21` to `2025-24`, and one of `~` `?` `%` behind any date: approximate, uncertain, both (level 1);
- digits that the source does not give: `201X`, `20XX`, `2004-XX`, `1985-04-XX`, `1985-XX-XX` (level 1);
- intervals `a/b` of dates and seasons, and intervals open at one end, `../b` and `a/..` (level 1).

Times of day, negative years, years of more than four digits, unknown ends (`a/`) and level 2 are refused.

**Seasons** are those of the northern hemisphere, in whole months: spring is March to May, summer June to August,
autumn September to November, and winter, `2024-24`, December 2024 to February 2025. ISO 8601-2 orders the codes 21 to
24 within their year, so winter cannot begin before autumn ends, and the winter that begins then ends in the next year.
A reading that ended it on 31 December would call a date of January 2025 a contradiction to "the winter of 2024".

**Years** are 0001 to 9999, which is what a date type holds; ISO 8601-1 leaves 0000 to agreement between partners.
"""

from __future__ import annotations

import polars as pl

_QUALIFIER = r"[~?%]?"
_DATE = rf"[0-9]{{4}}(?:-(?:(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?|2[1-4]))?{_QUALIFIER}"
_UNSPECIFIED = rf"(?:[0-9]{{3}}X|[0-9]{{2}}XX|[0-9]{{4}}-XX(?:-XX)?|[0-9]{{4}}-(?:0[1-9]|1[0-2])-XX){_QUALIFIER}"
_EDTF = rf"\A(?:{_DATE}|{_UNSPECIFIED}|{_DATE}/(?:{_DATE}|\.\.)|\.\./{_DATE})\z"


def is_edtf(text: pl.Expr) -> pl.Expr:
    """Say whether a text follows the grammar; the calendar is not looked at (see `is_possible`).

    >>> pl.select(is_edtf(pl.lit("2022-02-30"))).item()
    True
    >>> pl.select(is_edtf(pl.lit("2022-2-3"))).item()
    False
    """
    return text.str.contains(_EDTF)


def is_possible(text: pl.Expr) -> pl.Expr:
    """Say whether a text is EDTF, its days are in the calendar, and it can end on or after the day it begins.

    `2004-06/2004` is possible, since it may end in any month of 2004; `2004-06/2004-05` is not.
    """
    return _bounds(text).struct.field("possible")


def earliest(text: pl.Expr) -> pl.Expr:
    """Give the first day that a date can mean.

    Returns:
        An expression of type Date; null where the text is no EDTF, is impossible, or is open at its beginning.

    >>> pl.select(earliest(pl.lit("2024-24"))).item()
    datetime.date(2024, 12, 1)
    """
    return _bound(text, "first")


def latest(text: pl.Expr) -> pl.Expr:
    """Give the last day that a date can mean.

    Returns:
        An expression of type Date; null where the text is no EDTF, is impossible, or is open at its end.

    >>> pl.select(latest(pl.lit("2024-02~"))).item()
    datetime.date(2024, 2, 29)
    """
    return _bound(text, "last")


def precision(text: pl.Expr) -> pl.Expr:
    """Name how much of a date is given: day, month, season, year, decade or century; an interval is `interval`.

    Unspecified digits count as not given: `1985-04-XX` has the precision of a month. Null where the text is no EDTF.
    """
    month, day = text.str.slice(5, 2), text.str.slice(8, 2)
    return (
        pl.when(text.str.contains("/", literal=True))
        .then(pl.lit("interval"))
        .when(text.str.slice(2, 2) == "XX")
        .then(pl.lit("century"))
        .when(text.str.slice(3, 1) == "X")
        .then(pl.lit("decade"))
        .when(month.is_in(["", "XX"]))
        .then(pl.lit("year"))
        .when(month > "12")
        .then(pl.lit("season"))
        .when(~day.str.contains("[0-9]"))
        .then(pl.lit("month"))
        .otherwise(pl.lit("day"))
        .pipe(lambda name: pl.when(is_edtf(text)).then(name))
    )


def _bound(text: pl.Expr, which: str) -> pl.Expr:
    possible = pl.when(pl.field("possible")).then(pl.field(which))
    return _bounds(text).struct.with_fields(bound=possible).struct.field("bound")


def _bounds(text: pl.Expr) -> pl.Expr:
    """Give a struct of the first day, the last day, and whether the calendar and their order allow them.

    Each step is a field of the struct, so that polars works it out once, however often the next steps
    refer to it; `text` itself is referred to once, so it may be an expression of no fixed order, such as `unique()`.
    """
    solidus = pl.field("text").str.find("/", literal=True).cast(pl.Int32)
    open_start, open_end = pl.field("start") == "..", pl.field("end") == ".."
    first, last = pl.field("first"), pl.field("last")
    return (
        pl.struct(text=text)
        .struct.with_fields(
            text=pl.when(is_edtf(pl.field("text"))).then(pl.field("text")), given=pl.field("text").is_not_null()
        )
        .struct.with_fields(
            start=pl.field("text").str.head(solidus.fill_null(10)),
            end=pl.field("text").str.slice(solidus.fill_null(-1) + 1),
        )
        .struct.with_fields(
            first_year=_digits("start", 0, 4, unspecified="0"),
            first_month=_digits("start", 5, 2).fill_null(1),
            first_day=_digits("start", 8, 2).fill_null(1),
            last_year=_digits("end", 0, 4, unspecified="9"),
            last_month=_digits("end", 5, 2).fill_null(12),
            last_day=_digits("end", 8, 2),
        )
        .struct.with_fields(
            first=_month("first_year", _season("first_month", 3)),
            last=_month("last_year", _season("last_month", 5)),
        )
        .struct.with_fields(
            first=_day(first, pl.field("first_day")),
            last=pl.when(pl.field("last_day").is_null())
            .then(last.dt.month_end())
            .otherwise(_day(last, pl.field("last_day"))),
        )
        .struct.with_fields(
            possible=pl.when(pl.field("given")).then(
                pl.field("text").is_not_null()
                & (open_start | first.is_not_null()).fill_null(value=False)
                & (open_end | last.is_not_null()).fill_null(value=False)
                & (first <= last).fill_null(value=True)
            )
        )
    )


def _digits(date: str, offset: int, length: int, unspecified: str = "") -> pl.Expr:
    """Read a number at a place of a date; null where it has none, or `XX` in its stead."""
    text = pl.field(date).str.slice(offset, length)
    return (text.str.replace_all("X", unspecified, literal=True) if unspecified else text).cast(pl.Int32, strict=False)


def _season(month: str, spring: int) -> pl.Expr:
    """Turn a season into the month it begins or ends with, counted on beyond December."""
    number = pl.field(month)
    return pl.when(number > 20).then((number - 21) * 3 + spring).otherwise(number)


def _month(year: str, month: pl.Expr) -> pl.Expr:
    """Give the first day of a month, which may be the 13th or a later one; null outside of the years 1 to 9999."""
    counted = pl.field(year) + (month - 1) // 12
    return pl.date(pl.when(counted.is_between(1, 9999)).then(counted), (month - 1) % 12 + 1, 1)


def _day(month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Give a day of the month that begins at `month`; null where the month has not so many."""
    date = month + pl.duration(days=day - 1)
    return pl.when(date <= month.dt.month_end()).then(date)
