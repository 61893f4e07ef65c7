"""Tables made by transforms on a cluster: the same polars function, on the rows that belong together.

What belongs together, a transform file says in `SPLIT` (`factpack.transforms.Transform`). A transform that says nothing
runs in one task on all rows of its inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from factpack.adapters.spark import exchange, frames, tables
from factpack.errors import ConfigurationError
from factpack.plan import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

    from factpack.adapters.spark.tables import Table
    from factpack.transforms import Transform

# Inputs that are given whole are sent to every task.
_MOST_WHOLE = 5_000_000


def build(  # noqa: PLR0913 - all of it makes a table
    spark: SparkSession,
    transform: Transform,
    inputs: Mapping[str, Table | pl.DataFrame],
    *,
    columns: Sequence[str],
    key: Sequence[str],
    folder: Path,
    small: int,
) -> Table:
    """Build a table from its inputs: those that the transform splits, and the others whole.

    Args:
        spark: the session.
        transform: the transform.
        inputs: what its parameters name, in their order: tables, or frames of this process.
        columns: the columns of the table, of those that it makes.
        key: the order of the rows.
        folder: where its files are written.
        small: of inputs with no more rows than these, this process makes the table itself.

    Raises:
        ConfigurationError: an input that is not split has too many rows to be sent to every task.
    """
    # What it makes of nothing has the types of what it makes.
    made = transform.run({name: pl.LazyFrame(schema=one.schema) for name, one in inputs.items()}).collect_schema()
    schema = pl.Schema({name: made[name] for name in columns if name in made})
    order = [one for one in key if one in schema]
    rows = sum(one.height for one in inputs.values())
    if rows <= small or not transform.split:
        frame = transform.run({name: _lazy(one) for name, one in inputs.items()}).select(list(schema)).collect()
        return tables.keep(frames.checked(frame.sort(order, nulls_last=True), schema), folder)
    _ship(transform.function)
    split = {}
    for name, keys in transform.split.items():
        table = _table(inputs[name], folder / ".inputs" / name)
        split[name] = exchange.Input(table=table, columns=tuple(table.schema), keys=keys)
    whole = {name: _whole(name, one, transform) for name, one in inputs.items() if name not in split}

    def make(given: dict[str, pl.DataFrame]) -> pl.DataFrame:
        parts = {name: frame.drop(ROW) for name, frame in given.items()}
        return transform.run({name: frame.lazy() for name, frame in {**whole, **parts}.items()}).collect()

    buckets = exchange.buckets_for(rows, spark.sparkContext.defaultParallelism)
    return tables.store(exchange.meet(spark, split, make, schema, buckets), schema, order, folder)


def _ship(function: Callable[..., pl.LazyFrame]) -> None:
    """Send the code of a project's file with what is made of it: executors have no such file."""
    import sys

    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[function.__module__])


def _table(one: Table | pl.DataFrame, folder: Path) -> Table:
    return tables.keep(one, folder) if isinstance(one, pl.DataFrame) else one


def _whole(name: str, one: Table | pl.DataFrame, transform: Transform) -> pl.DataFrame:
    if not isinstance(one, pl.DataFrame) and one.height > _MOST_WHOLE:
        raise ConfigurationError(
            f"transforms/{transform.name}.py takes {name} whole, which has {one.height:,} rows, more than the "
            f"{_MOST_WHOLE:,} that are sent to every task: name in SPLIT by which columns its rows belong together."
        )
    return _lazy(one).collect()


def _lazy(one: Table | pl.DataFrame) -> pl.LazyFrame:
    return one.lazy() if isinstance(one, pl.DataFrame) else one.scan()
