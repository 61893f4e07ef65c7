"""A date is no more precise than the words it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from great_expectations.expectations.expectation import ColumnPairMapExpectation

from factpack.adapters.gx.polars import PAIR, Column, condition

if TYPE_CHECKING:
    import polars as pl

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
SEASONS = "spring|summer|autumn|fall|winter"
# What must be seen in the words for a date of each precision to be read from them. An ISO date shows all three.
DAY = r"\b(?:[0-2]?[0-9]|3[01])(?:st|nd|rd|th)?\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|tomorrow"
MONTH = rf"\b(?:{MONTHS}|{SEASONS})\b|-[01][0-9]\b|this month|last month|next month"
YEAR = r"\b[12][0-9]{3}\b|this year|last year|next year|years? ago"


@condition("column_pair_values.date_no_more_precise", PAIR)
def is_no_more_precise(date: Column, words: Column) -> pl.Expr:
    """Look in the words for what the precision of the date needs."""
    begins, said = date.values.str.split("/").list.first(), words.values.str.to_lowercase()
    day, month, year = (said.str.contains(pattern) for pattern in (DAY, MONTH, YEAR))
    has_day = begins.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[~?%]?$")
    has_month = begins.str.contains(r"^[0-9]{4}-[0-9]{2}[~?%]?$")
    # Words that give a finer date than was taken are no fault; a year may stand elsewhere in the text.
    return (has_day & day) | (has_month & (month | day)) | (~has_day & ~has_month & (year | month | day))


class ExpectDateNoMorePreciseThanSource(ColumnPairMapExpectation):
    """Expect the precision of an EDTF date to be visible in the words it was read from.

    A day needs a number of a day, a weekday or an ISO date; a month needs its name, a season or a day; a year needs
    four digits or words such as "last year".

    Args:
        column_A: the column of the EDTF date.
        column_B: the column of the words.
        ignore_row_if: which rows are not judged; by default those without a date or without words.
    """

    ignore_row_if: Literal["both_values_are_missing", "either_value_is_missing", "neither"] = "either_value_is_missing"

    map_metric = "column_pair_values.date_no_more_precise"
    success_keys = ("column_A", "column_B", "ignore_row_if", "mostly")
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production", "tags": ["facts"], "contributors": []}
