"""The numbers of a column, and of the table, that Great Expectations' core expectations ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.constants import MAX_DISTINCT_VALUES
from great_expectations.expectations.metrics.column_aggregate_metrics.column_distinct_values import (
    _coerce_value_set_to_column_type as coerce,
)

from factpack.adapters.gx.polars.dtypes import PolarsType
from factpack.adapters.gx.polars.engine import Deferred, PolarsExecutionEngine
from factpack.adapters.gx.polars.metrics import Column, aggregate, value
from factpack.adapters.gx.polars.unsupported import Unsupported
from factpack.adapters.gx.polars.values import inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


@value("table.column_types")
def column_types(engine: PolarsExecutionEngine, where: Any, _arguments: Any, _needed: Any) -> list[dict[str, Any]]:
    """Name the columns with their polars types."""
    return [{"name": name, "type": PolarsType(dtype)} for name, dtype in engine.domain(where).schema.items()]


@value("table.columns")
def columns(_engine: Any, _where: Any, _arguments: Any, needed: Mapping[str, Any]) -> list[str]:
    """Name the columns."""
    return [column["name"] for column in needed["table.column_types"]]


@value("table.column_count")
def column_count(_engine: Any, _where: Any, _arguments: Any, needed: Mapping[str, Any]) -> int:
    """Count the columns."""
    return len(needed["table.columns"])


@value("table.row_count")
def row_count(engine: PolarsExecutionEngine, where: Any, _arguments: Any, _needed: Any) -> Deferred:
    """Count the rows."""
    return Deferred(engine.domain(where), (pl.len(),))


@value("table.head")
def head(engine: PolarsExecutionEngine, where: Any, arguments: Mapping[str, Any], _needed: Any) -> pd.DataFrame:
    """Show the first rows, as the pandas frame that GX renders."""
    rows, wanted = engine.domain(where).frame, arguments.get("n_rows")
    wanted = 5 if wanted is None else wanted
    if arguments.get("fetch_all"):
        return rows.collect().to_pandas()
    # As in pandas, a negative number leaves so many of the last rows out.
    return (rows.head(wanted).collect() if wanted >= 0 else rows.collect().head(wanted)).to_pandas()


def _numbers(column: Column) -> pl.Expr:
    if not (column.dtype.is_numeric() or column.dtype in {pl.Boolean, pl.Null}):
        raise Unsupported(f"arithmetic on values of type {column.dtype}")
    return column.values.cast(pl.Float64) if isinstance(column.dtype, pl.Decimal | pl.Null) else column.values


def _ordered(column: Column) -> pl.Expr:
    plain = {pl.String, pl.Boolean, pl.Null}
    if not (column.dtype.is_numeric() or column.dtype.is_temporal() or column.dtype in plain):
        raise Unsupported(f"an order of values of type {column.dtype}")
    return column.values


def _listed(found: pl.Series) -> list[Any]:
    values: list[Any] = found.item().to_list()
    return values


@aggregate("column.max")
def largest(column: Column) -> pl.Expr:
    """The largest value."""
    return _ordered(column).max()


@aggregate("column.min")
def smallest(column: Column) -> pl.Expr:
    """The smallest value."""
    return _ordered(column).min()


@aggregate("column.mean")
def mean(column: Column) -> pl.Expr:
    """The mean."""
    return _numbers(column).mean()


@aggregate("column.sum")
def total(column: Column) -> pl.Expr:
    """The sum."""
    return _numbers(column).sum()


@aggregate("column.median")
def median(column: Column) -> pl.Expr:
    """The median; between two values, their mean."""
    return _numbers(column).median()


@aggregate("column.standard_deviation")
def standard_deviation(column: Column) -> pl.Expr:
    """The standard deviation of a sample."""
    return _numbers(column).std()


@aggregate("column.quantile_values", lambda *found: [one.item() for one in found])
def quantiles(
    column: Column, *, quantiles: Sequence[float] = (), allow_relative_error: Any = None
) -> tuple[pl.Expr, ...]:
    """The values at quantiles; halfway between two, that of even rank, as numpy chooses."""
    if allow_relative_error not in {None, False, "nearest", "lower", "higher"}:
        raise Unsupported(f"quantiles by {allow_relative_error!r}")
    ranked = _numbers(column).drop_nulls().sort()
    last = column.values.count().cast(pl.Float64) - 1
    rounded = {"lower": pl.Expr.floor, "higher": pl.Expr.ceil}.get(allow_relative_error or "", pl.Expr.round)
    return tuple(ranked.get(rounded(last * one).cast(pl.Int64), null_on_oob=True) for one in quantiles)


@aggregate("column.non_null_count")
def count(column: Column) -> pl.Expr:
    """How many values are there."""
    return column.values.count()


@aggregate("column.distinct_values.count")
def distinct_count(column: Column) -> pl.Expr:
    """How many different values are there."""
    return column.values.drop_nulls().n_unique()


@aggregate("column.distinct_values.count.under_threshold", lambda found, *, threshold: found.item() < threshold)
def is_distinct_count_under(column: Column, *, threshold: int) -> pl.Expr:  # noqa: ARG001 - `finish` compares
    """Whether fewer different values are there."""
    return column.values.drop_nulls().n_unique()


@aggregate("column.distinct_values", lambda found: set(_listed(found)))
def distinct(column: Column) -> pl.Expr:
    """The different values."""
    return _different(column)


def _different(column: Column) -> pl.Expr:
    if column.dtype.is_nested():
        raise Unsupported(f"a set of values of type {column.dtype}")
    return column.values.drop_nulls().unique().implode()


def _unwanted(found: pl.Series, value_set: Sequence[Any] | None) -> set[Any]:
    different = set(_listed(found))
    return different - coerce(different, list(value_set or ()))


def _lacking(found: pl.Series, value_set: Sequence[Any] | None) -> set[Any]:
    different = set(_listed(found))
    return set(coerce(different, list(value_set or ()))) - different


def _first(values: set[Any], limit: int | None) -> list[Any]:
    try:
        listed = sorted(values)
    except TypeError:
        listed = list(values)
    return listed[: limit or MAX_DISTINCT_VALUES]


@aggregate(
    "column.distinct_values.not_in_set",
    lambda found, *, value_set=None, limit=None: _first(_unwanted(found, value_set), limit),
)
def distinct_not_in_set(column: Column, *, value_set: Any = None, limit: Any = None) -> pl.Expr:  # noqa: ARG001
    """The different values that are not in a set."""
    return _different(column)


@aggregate("column.distinct_values.not_in_set.count", lambda found, *, value_set=None: len(_unwanted(found, value_set)))
def distinct_not_in_set_count(column: Column, *, value_set: Any = None) -> pl.Expr:  # noqa: ARG001
    """How many different values are not in a set."""
    return _different(column)


@aggregate(
    "column.distinct_values.missing_from_column",
    lambda found, *, value_set=None, limit=None: _first(_lacking(found, value_set), limit),
)
def missing_from_column(column: Column, *, value_set: Any = None, limit: Any = None) -> pl.Expr:  # noqa: ARG001
    """The values of a set that the column has not."""
    return _different(column)


@aggregate(
    "column.distinct_values.missing_from_column.count",
    lambda found, *, value_set=None: len(_lacking(found, value_set)),
)
def missing_from_column_count(column: Column, *, value_set: Any = None) -> pl.Expr:  # noqa: ARG001
    """How many values of a set the column has not."""
    return _different(column)


@aggregate("column.unique_proportion")
def unique_proportion(column: Column) -> pl.Expr:
    """The share of different values among those that are there."""
    there = column.values.count()
    return pl.when(there > 0).then(column.values.drop_nulls().n_unique() / there).otherwise(0)


@aggregate("column.non_null_proportion")
def non_null_proportion(column: Column) -> pl.Expr:
    """The share of rows in which a value is there."""
    return pl.when(pl.len() > 0).then(column.values.count() / pl.len()).otherwise(0)


@aggregate("column.most_common_value", _listed)
def most_common(column: Column) -> pl.Expr:
    """The most common values, in their order."""
    return _ordered(column).drop_nulls().mode().sort().implode()


@aggregate("column_values.length.max")
def longest(column: Column) -> pl.Expr:
    """The length of the longest text."""
    return _text(column).str.len_chars().max()


@aggregate("column_values.length.min")
def shortest(column: Column) -> pl.Expr:
    """The length of the shortest text."""
    return _text(column).str.len_chars().min()


def _text(column: Column) -> pl.Expr:
    if column.dtype != pl.String:
        raise Unsupported(f"the text of values of type {column.dtype}")
    return column.values


def _counts(found: pl.Series, *, sort: str | None = None, collate: str | None = None) -> pd.Series:
    import pandas as pd

    if sort not in {None, "value", "count", "none"}:
        raise ValueError("sort must be either 'value', 'count', or 'none'")
    if collate is not None:
        raise ValueError("collate parameter is not supported in PandasDataset")
    pairs = found.item().struct.unnest()
    counts = pd.Series(pairs["count"].to_numpy(), index=pairs["value"].to_pandas(), name="count", dtype="int64")
    counts.index.name = "value"
    return counts.sort_index() if sort in {None, "value"} else counts


@aggregate("column.value_counts", _counts)
def value_counts(column: Column, *, sort: Any = None, collate: Any = None) -> pl.Expr:  # noqa: ARG001
    """How often each value is there."""
    return _ordered(column).drop_nulls().alias("value").value_counts(sort=True, name="count").implode()


# A share of no values is NaN to numpy's numbers, and an error to Python's.
@aggregate("column_values.between.count", lambda found: found.to_numpy()[0])
def between_count(
    column: Column, *, min_value: Any = None, max_value: Any = None, strict_min: Any = None, strict_max: Any = None
) -> pl.Expr:
    """How many values lie between two bounds."""
    opened = {"open_min": bool(strict_min), "open_max": bool(strict_max)}
    return inside(column.values, column.dtype, min_value, max_value, **opened).sum()


# Counts that other metrics already give, under a second name.
for _name, _of in {
    "column_values.null.count": "column_values.nonnull",
    "column_values.nonnull.count": "column_values.null",
    "column_values.match_regex.count": "column_values.not_match_regex",
    "column_values.not_match_regex.count": "column_values.match_regex",
}.items():

    @value(_name)
    def _same(_engine: Any, _where: Any, _arguments: Any, needed: Any, *, of: str = f"{_of}.unexpected_count") -> Any:
        return needed[of]
