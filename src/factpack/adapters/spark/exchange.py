"""One polars function on many machines: rows that belong together meet in one place, and it runs on each of them.

Each row goes to the bucket that its key leads to, by a hash that polars computes, so that a key leads to the same
bucket whatever table it stands in. Rows travel as Arrow batches of their own table, so their types stay as they are.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import buckets as bucketed
from factpack.adapters.spark import frames
from factpack.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pyarrow as pa
    from pyspark.sql import DataFrame

    from factpack.buckets import Keys

# As many rows of all inputs as a bucket should have: what one task holds in memory.
BUCKET_ROWS = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Rows that go to the bucket of each of their keys; without keys they may stand in any batch."""

    frame: DataFrame
    schema: pl.Schema
    keys: Keys = ()


def meet(
    inputs: Mapping[str, Input],
    function: Callable[[dict[str, pl.DataFrame]], pl.DataFrame],
    schema: pl.Schema,
    buckets: int,
) -> DataFrame:
    """Run a function on the rows of each bucket, and join what it gives.

    Args:
        inputs: frames with the keys that lead their rows. With one input and no keys it runs batch by batch.
        function: takes the rows of a bucket by input, empty where there are none; where there is no row at all, it is
            not called.
        schema: what it gives.
        buckets: how many there are.
    """
    if len(inputs) == 1 and not any(one.keys for one in inputs.values()):
        ((name, only),) = inputs.items()
        return _map(name, only, function, schema)
    blobs = reduce(lambda one, other: one.unionByName(other), (_cut(*item, buckets) for item in inputs.items()))
    kinds = {name: dict(one.schema) for name, one in inputs.items()}

    def gather(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        found: dict[int, dict[str, list[pl.DataFrame]]] = {}
        for batch in batches:
            for bucket, name, rows in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                found.setdefault(bucket, {}).setdefault(name, []).append(pl.read_ipc(io.BytesIO(rows)))
        for bucket in sorted(found):
            some = found.pop(bucket)
            given = {name: pl.concat([pl.DataFrame(schema=kinds[name]), *some.get(name, [])]) for name in kinds}
            yield from frames.write(checked(function(given), schema))

    placed = blobs.repartition(buckets, "bucket")
    return placed.mapInArrow(gather, frames.ddl(schema))


def _map(
    name: str, only: Input, function: Callable[[dict[str, pl.DataFrame]], pl.DataFrame], schema: pl.Schema
) -> DataFrame:
    kinds = dict(only.schema)

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from frames.write(checked(function({name: frames.read(batch, kinds)}), schema))

    return only.frame.mapInArrow(run, frames.ddl(schema))


def _cut(name: str, one: Input, buckets: int) -> DataFrame:
    """Cut the batches of an input into what goes to each bucket."""
    kinds, keys, version = dict(one.schema), one.keys, pl.__version__
    if not keys:
        raise ConfigurationError(f"{name} has no key that leads its rows to those of other inputs.")

    def cut(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if pl.__version__ != version:
            raise RuntimeError(f"this executor has polars {pl.__version__}, the driver {version}: hashes may differ")
        for batch in batches:
            parts = bucketed.cut(frames.read(batch, kinds), keys, buckets)
            yield from frames.write(
                pl.DataFrame(
                    {
                        "bucket": list(parts),
                        "input": [name] * len(parts),
                        "rows": [_bytes(part) for part in parts.values()],
                    },
                    schema={"bucket": pl.Int64, "input": pl.String, "rows": pl.Binary},
                )
            )

    return one.frame.mapInArrow(cut, "bucket bigint, input string, rows binary")


def _bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()


def checked(frame: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Make sure that a function gave what it was to give."""
    chosen = frame.select(list(schema))
    if dict(chosen.schema) != dict(schema):
        raise TypeError(f"a function gave {dict(chosen.schema)}, expected {dict(schema)}")
    return chosen


def buckets_for(rows: int, parallel: int) -> int:
    """Say into how many buckets to cut so many rows, for so many tasks at a time."""
    return max(min(parallel, rows // 10_000), rows // BUCKET_ROWS + 1, 1)
