"""What has thinned out or shifted since the last published version, while every single row is well-formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from factpack.report import Breach, Ran, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from factpack.schemas import TableModel

# Of fewer rows than these, a share says nothing.
_ROWS, _VALUES = 20, 100
# How much of a distribution may be elsewhere: half the sum of the differences of its shares (total variation).
_SHIFT = 0.25
_BINS = 10


def compare(
    old: Mapping[str, pl.LazyFrame],
    new: Mapping[str, pl.LazyFrame],
    models: Mapping[str, TableModel],
    allowed: float,
    retracted: int = 0,
) -> tuple[tuple[Breach, ...], Report]:
    """Hold tables against those of the version before.

    Args:
        old: the tables of that version.
        new: the tables now.
        models: their models.
        allowed: the share of rows, and of filled cells of a column, that may be gone (0 to 1).
        retracted: how many facts say themselves why they are gone; their rows are not missed.

    Returns:
        What is less than it was (FP731, FP732) or otherwise (FP733, a warning), and what was compared.
    """
    shared = [name for name in models if name in old and name in new]
    heights = {name: tuple(one[name].select(pl.len()).collect().item() for one in (old, new)) for name in shared}
    breaches = [
        breach for name in shared for breach in _table(name, old[name], new[name], heights[name], allowed, retracted)
    ]
    ran = tuple(
        Ran(stage="drift", subject=name, rules=1 + len(old[name].collect_schema()), rows=heights[name][0])
        for name in shared
    )
    return tuple(breaches), Report(ran=ran)


def _table(  # noqa: PLR0913, PLR0917 - two tables and what is allowed
    name: str, old: pl.LazyFrame, new: pl.LazyFrame, heights: tuple[int, int], allowed: float, retracted: int
) -> Iterator[Breach]:
    had, has = heights
    if had < _ROWS:
        return
    lost = had - has - retracted
    if lost > allowed * had:
        yield Breach(
            code="FP731",
            table=name,
            message=f"{name} has {has:,} rows, {lost / had:.0%} fewer than the {had:,} it had",
            expected=f"at most {allowed:.0%} fewer",
        )
    schemas = old.collect_schema(), new.collect_schema()
    for column, dtype in schemas[0].items():
        if has and schemas[1].get(column) == dtype:
            # A column at a time: of a table that does not fit in memory, each of its columns still may.
            before, now = (one.select(column).collect().to_series() for one in (old, new))
            yield from _column(name, before, now, allowed)


def _column(table: str, old: pl.Series, new: pl.Series, allowed: float) -> Iterator[Breach]:
    before, now = (1 - one.null_count() / one.len() for one in (old, new))
    if before - now > allowed:
        yield Breach(
            code="FP732",
            table=table,
            field=old.name,
            message=f"{table}.{old.name} is filled in {now:.0%} of the rows, in {before:.0%} of the last version",
            expected=f"at most {allowed:.0%} less",
        )
    shift = _shift(old.drop_nulls(), new.drop_nulls())
    if shift > _SHIFT:
        yield Breach(
            code="FP733",
            severity=Severity.WARNING,
            table=table,
            field=old.name,
            message=f"{shift:.0%} of the values of {table}.{old.name} lie elsewhere than in the last version",
            expected=f"at most {_SHIFT:.0%}",
        )


def _shift(old: pl.Series, new: pl.Series) -> float:
    """Measure how far two samples lie apart, by the shares of their values or of the deciles of the first."""
    if min(old.len(), new.len()) < _VALUES:
        return 0.0
    if old.dtype.is_numeric():
        numbers = [one.cast(pl.Float64) for one in (old, new)]
        edges = {float(numbers[0].quantile(step / _BINS) or 0) for step in range(1, _BINS)}
        above = pl.sum_horizontal(pl.col("value") >= edge for edge in sorted(edges))
        old, new = (pl.DataFrame({"value": one}).select(above.alias(old.name)).to_series() for one in numbers)
    elif old.dtype != pl.String or old.n_unique() > old.len() // _BINS:
        # Of names and texts, each is another: nothing can shift.
        return 0.0
    shares = [one.value_counts(normalize=True, name="share").rename({one.name: "value"}) for one in (old, new)]
    both = shares[0].join(shares[1], on="value", how="full", coalesce=True).fill_null(0.0)
    return float(both.select((pl.col("share") - pl.col("share_right")).abs().sum() / 2).item())
