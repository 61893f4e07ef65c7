"""The conditions of Great Expectations' core expectations, as its pandas engine judges them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.adapters.gx.polars.metrics import COLUMN, MULTICOLUMN, PAIR, Column, condition, leave
from factpack.adapters.gx.polars.unsupported import Unsupported
from factpack.adapters.gx.polars.values import inside, members
from factpack.patterns import contains, like, parses_as, similar

if TYPE_CHECKING:
    from collections.abc import Sequence


@condition("column_values.nonnull", COLUMN, nulls=True)
def is_there(column: Column) -> pl.Expr:
    """A value is there."""
    return column.values.is_not_null()


@condition("column_values.null", COLUMN, nulls=True)
def is_missing(column: Column) -> pl.Expr:
    """A value is missing."""
    return column.values.is_null()


def _repeated(*columns: Column, considered: pl.Expr) -> pl.Expr:
    """Count the rows less the different hashes among them: none is left only if all differ."""
    key = columns[0].values if len(columns) == 1 else pl.struct(column.name for column in columns)
    hashes = key.hash().filter(considered)
    return hashes.len() - hashes.n_unique()


def _unrepeated(key: pl.Expr) -> pl.Expr:
    """Say which keys are there once; only those whose hash is there twice are compared themselves."""

    def compare(given: Sequence[pl.Series]) -> pl.Series:
        keys, suspected = given
        suspects = suspected.arg_true()
        return (~suspected).scatter(suspects, keys.gather(suspects).is_unique())

    return pl.map_batches([key, key.hash().is_duplicated()], compare, return_dtype=pl.Boolean)


@condition("column_values.unique", COLUMN, screen=_repeated)
def is_unique(column: Column) -> pl.Expr:
    """No other row has the value."""
    return _unrepeated(column.values)


@condition("compound_columns.unique", MULTICOLUMN, screen=_repeated)
def are_unique(*columns: Column) -> pl.Expr:
    """No other row has the same values, where missing ones are the same."""
    return _unrepeated(pl.struct(column.name for column in columns))


@condition("column_values.between", COLUMN)
def is_between(
    column: Column, *, min_value: Any = None, max_value: Any = None, strict_min: Any = None, strict_max: Any = None
) -> pl.Expr:
    """The value lies between two bounds."""
    opened = {"open_min": bool(strict_min), "open_max": bool(strict_max)}
    return inside(column.values, column.dtype, min_value, max_value, **opened)


@condition("column_values.in_set", COLUMN)
def is_in_set(column: Column, *, value_set: Sequence[Any] | None = None) -> pl.Expr:
    """The value is one of a set; without a set all are."""
    return pl.lit(value=True) if value_set is None else members(column.values, column.dtype, value_set)


@condition("column_values.not_in_set", COLUMN)
def is_not_in_set(column: Column, *, value_set: Sequence[Any] | None = None) -> pl.Expr:
    """The value is none of a set."""
    return pl.lit(value=True) if value_set is None else ~members(column.values, column.dtype, value_set)


def as_text(column: Column) -> pl.Expr:
    """Give the values as text; of other values than text and integers, only pandas knows how it writes them.

    Raises:
        Unsupported: the column is of such another type.
    """
    if isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum) or column.dtype.is_integer():
        return column.values.cast(pl.String)
    raise Unsupported(f"the text of values of type {column.dtype}")


@condition("column_values.match_regex", COLUMN)
def matches(column: Column, *, regex: str) -> pl.Expr:
    """A regular expression of Python's is found in the text."""
    return contains(as_text(column), regex)


@condition("column_values.not_match_regex", COLUMN)
def matches_not(column: Column, *, regex: str) -> pl.Expr:
    """A regular expression is not found in the text."""
    return ~contains(as_text(column), regex)


@condition("column_values.match_regex_list", COLUMN)
def matches_some(column: Column, *, regex_list: Sequence[str], match_on: str | None = None) -> pl.Expr:
    """Any, or all, of several regular expressions are found in the text."""
    return _some_or_all([contains(as_text(column), regex) for regex in regex_list], match_on)


@condition("column_values.not_match_regex_list", COLUMN)
def matches_none(column: Column, *, regex_list: Sequence[str]) -> pl.Expr:
    """None of several regular expressions is found in the text."""
    return ~pl.any_horizontal(contains(as_text(column), regex) for regex in regex_list)


@condition("column_values.match_like_pattern", COLUMN)
def is_like(column: Column, *, like_pattern: str, escape: str | None = None) -> pl.Expr:
    """The text is like an SQL pattern."""
    return similar(as_text(column), like(like_pattern, escape))


@condition("column_values.not_match_like_pattern", COLUMN)
def is_not_like(column: Column, *, like_pattern: str, escape: str | None = None) -> pl.Expr:
    """The text is not like an SQL pattern."""
    return ~similar(as_text(column), like(like_pattern, escape))


@condition("column_values.match_like_pattern_list", COLUMN)
def is_like_some(
    column: Column, *, like_pattern_list: Sequence[str], match_on: str | None = None, escape: str | None = None
) -> pl.Expr:
    """The text is like any, or all, of several SQL patterns."""
    return _some_or_all([similar(as_text(column), like(one, escape)) for one in like_pattern_list], match_on)


@condition("column_values.not_match_like_pattern_list", COLUMN)
def is_like_none(column: Column, *, like_pattern_list: Sequence[str], escape: str | None = None) -> pl.Expr:
    """The text is like none of several SQL patterns."""
    return ~pl.any_horizontal(similar(as_text(column), like(one, escape)) for one in like_pattern_list)


def _some_or_all(found: list[pl.Expr], match_on: str | None) -> pl.Expr:
    if match_on not in {None, "any", "all"}:
        raise ValueError("match_on must be either 'any' or 'all'")
    return pl.all_horizontal(found) if match_on == "all" else pl.any_horizontal(found)


@condition("column_values.match_strftime_format", COLUMN)
def is_of_format(column: Column, *, strftime_format: str) -> pl.Expr:
    """The text is a date or time of a format of Python's."""
    if not isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum):
        raise TypeError(
            "Values passed to expect_column_values_to_match_strftime_format must be of type string.\n"
            "If you want to validate a column of dates or timestamps, please call the expectation before converting "
            "from string format."
        )
    return parses_as(as_text(column), strftime_format)


@condition("column_values.value_length.between", COLUMN)
def is_length_between(
    column: Column, *, min_value: Any = None, max_value: Any = None, strict_min: Any = None, strict_max: Any = None
) -> pl.Expr:
    """The text has a number of characters between two bounds."""
    lengths = as_text(column).str.len_chars().cast(pl.Int64)
    return inside(lengths, pl.Int64(), min_value, max_value, open_min=bool(strict_min), open_max=bool(strict_max))


@condition("column_values.value_length.equals", COLUMN)
def is_length(column: Column, *, value: float) -> pl.Expr:
    """The text has a number of characters."""
    return members(as_text(column).str.len_chars().cast(pl.Int64), pl.Int64(), [value])


@condition("column_values.increasing", COLUMN)
def is_increasing(column: Column, *, strictly: bool | None = None) -> pl.Expr:
    """The value is not below the one before it that is there."""
    before = _before(column)
    return (column.values > before if strictly else column.values >= before) | _starts(column, before)


@condition("column_values.decreasing", COLUMN)
def is_decreasing(column: Column, *, strictly: bool | None = None) -> pl.Expr:
    """The value is not above the one before it that is there."""
    before = _before(column)
    return (column.values < before if strictly else column.values <= before) | _starts(column, before)


def _before(column: Column) -> pl.Expr:
    if not (column.dtype.is_numeric() or isinstance(column.dtype, pl.Date | pl.Datetime | pl.Duration)):
        raise Unsupported(f"differences of values of type {column.dtype}")
    return column.values.forward_fill().shift(1)


def _starts(column: Column, before: pl.Expr) -> pl.Expr:
    """Say where there is no difference to judge: at the first value, and between infinities of one sign."""
    infinite = (
        column.values.is_infinite() & (column.values == before) if column.dtype.is_float() else pl.lit(value=False)
    )
    return before.is_null() | infinite


@condition("column_values.z_score.under_threshold", COLUMN)
def is_under_threshold(column: Column, *, threshold: float, double_sided: bool | None = None) -> pl.Expr:
    """The value is less than so many standard deviations from the mean; where there are none, it is."""
    if not column.dtype.is_numeric() or isinstance(column.dtype, pl.Decimal):
        raise Unsupported(f"a standard deviation of values of type {column.dtype}")
    spread = column.values.std()
    score = pl.when(spread != 0).then((column.values - column.values.mean()) / spread).fill_nan(None)
    under = score.abs() < abs(threshold) if double_sided else score < threshold
    return under | score.is_null()


@condition("column_pair_values.a_greater_than_b", PAIR)
def is_greater(a: Column, b: Column, *, or_equal: bool | None = None) -> pl.Expr:
    """The first value is greater than the second."""
    _comparable(a, b)
    return a.values >= b.values if or_equal else a.values > b.values


@condition("column_pair_values.equal", PAIR)
def is_equal(a: Column, b: Column) -> pl.Expr:
    """The two values are equal."""
    _comparable(a, b)
    return a.values == b.values


@condition("column_pair_values.in_set", PAIR)
def is_pair_in_set(a: Column, b: Column, *, value_pairs_set: Sequence[tuple[Any, Any]] | None = None) -> pl.Expr:
    """The two values are one of a set of pairs, in which None is a missing value."""
    if value_pairs_set is None:
        return pl.lit(value=True)
    pairs = [_is(a, first) & _is(b, second) for first, second in value_pairs_set]
    return pl.any_horizontal(pairs) if pairs else pl.lit(value=False)


def _is(column: Column, wanted: Any) -> pl.Expr:
    if wanted is None:
        return column.values.is_null()
    return members(column.values, column.dtype, [wanted]).fill_null(value=False)


@condition("multicolumn_sum.equal", MULTICOLUMN)
def is_sum(*columns: Column, sum_total: float) -> pl.Expr:
    """The values add up to a total; where one is missing they do not."""
    if not all(column.dtype.is_integer() or column.dtype.is_float() for column in columns):
        raise Unsupported("a sum of other values than integers and floats")
    exact = all(column.dtype.is_integer() and column.dtype != pl.UInt64 for column in columns)
    dtype = pl.Int64() if exact else pl.Float64()
    total = pl.sum_horizontal([column.values.cast(dtype) for column in columns], ignore_nulls=False)
    return members(total, dtype, [sum_total])


@condition("multicolumn_values.equal", MULTICOLUMN)
def are_equal(*columns: Column) -> pl.Expr:
    """All values are equal, where missing ones are."""
    first, *others = columns
    _comparable(*columns)
    return pl.all_horizontal([first.values.eq_missing(other.values) for other in others] or [pl.lit(value=True)])


@condition("select_column_values.unique.within_record", MULTICOLUMN)
def are_different(*columns: Column) -> pl.Expr:
    """No two values of a row are equal, where missing ones are."""
    _comparable(*columns)
    different = [a.values.ne_missing(b.values) for a, b in combinations(columns, 2)]
    return pl.all_horizontal(different) if different else pl.lit(value=True)


def _comparable(*columns: Column) -> None:
    """Leave the comparison of a text with a number to pandas: it has an answer, or an error, of its own."""
    kinds = {
        "number" if column.dtype.is_numeric() and not isinstance(column.dtype, pl.Decimal) else str(column.dtype)
        for column in columns
    }
    if len(kinds) > 1 or not all(_is_plain(column.dtype) for column in columns):
        raise Unsupported(f"a comparison of values of the types {', '.join(str(one.dtype) for one in columns)}")


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype.is_temporal() or dtype in {pl.String, pl.Boolean}


# What these conditions need of a map, the conditions above have in them; pandas' own may still ask for it.
leave("column_values.value_length.map")
leave("column_values.z_score.map")
