"""One polars function on many machines: rows that belong together meet in one place, and it runs on each of them.

Each row goes to the bucket that its key leads to, by a hash that polars computes, so that a key leads to the same
bucket whatever table it stands in. Rows travel as Arrow batches of their own table, so their types stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING

import polars as pl

from factpack import buckets as bucketed
from factpack.adapters.spark import frames, scan
from factpack.errors import ConfigurationError
from factpack.plan import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from factpack.adapters.spark.tables import Table
    from factpack.buckets import Keys

# As many rows of all inputs as a bucket should have: what one task holds in memory.
BUCKET_ROWS = 500_000
_SENT = pl.Schema({"bucket": pl.Int32(), "input": pl.String(), "rows": pl.Binary()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Some columns of a table whose rows go to the bucket of each of their keys; without keys they stand anywhere."""

    table: Table
    columns: tuple[str, ...]
    keys: Keys = ()


def meet(
    spark: SparkSession,
    inputs: Mapping[str, Input],
    function: Callable[[dict[str, pl.DataFrame]], pl.DataFrame],
    schema: pl.Schema,
    buckets: int,
) -> DataFrame:
    """Run a function on the rows of each bucket, and join what it gives.

    Args:
        spark: the session.
        inputs: tables with the keys that lead their rows. With one input and no keys it runs batch by batch.
        function: takes the rows of a bucket by input, `ROW` among their columns, empty where there are none; where
            there is no row at all, it is not called.
        schema: what it gives.
        buckets: how many there are.
    """
    if len(inputs) == 1 and not any(one.keys for one in inputs.values()):
        ((name, only),) = inputs.items()
        each = partial(_each, name=name, function=function)
        return scan.over(spark, only.table, only.columns, each, schema)
    kinds = {
        name: pl.Schema({**{column: one.table.schema[column] for column in one.columns}, ROW: pl.Int64()})
        for name, one in inputs.items()
    }

    def gather(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        found = {name: [pl.DataFrame(schema=kind)] for name, kind in kinds.items()}
        for batch in batches:
            for _, name, rows in pl.DataFrame(pl.from_arrow(batch)).iter_rows():
                found[name].append(frames.unpacked(rows))
        if any(len(some) > 1 for some in found.values()):
            made = function({name: pl.concat(some) for name, some in found.items()})
            yield from frames.write(frames.checked(made, schema))

    sent = reduce(lambda one, other: one.unionByName(other), (_cut(spark, *item, buckets) for item in inputs.items()))
    return sent.repartitionById(buckets, "bucket").mapInArrow(gather, frames.ddl(schema))


def _each(
    _: int, batches: Iterator[pl.DataFrame], name: str, function: Callable[[dict[str, pl.DataFrame]], pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    return (function({name: batch}) for batch in batches)


def _cut(spark: SparkSession, name: str, one: Input, buckets: int) -> DataFrame:
    """Cut the batches of an input into what goes to each bucket."""
    if not one.keys:
        raise ConfigurationError(f"{name} has no key that leads its rows to those of other inputs.")
    send = partial(_send, name=name, keys=one.keys, buckets=buckets)
    return scan.over(spark, one.table, one.columns, send, _SENT)


def _send(_: int, batches: Iterator[pl.DataFrame], name: str, keys: Keys, buckets: int) -> Iterator[pl.DataFrame]:
    for batch in batches:
        parts = bucketed.cut(batch, keys, buckets)
        sent = [(bucket, name, frames.packed(part)) for bucket, part in parts.items()]
        yield pl.DataFrame(sent, schema=_SENT, orient="row")


def buckets_for(rows: int, parallel: int) -> int:
    """Say into how many buckets to cut so many rows, for so many tasks at a time."""
    return max(min(parallel, rows // 10_000), rows // BUCKET_ROWS + 1, 1)
