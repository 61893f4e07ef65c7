"""Tables read where they are judged: executors read their own slices of the files, with polars.

Spark hands out slices and moves what functions make of them. Rows never pass through its JVM: from there to Arrow and
to Python they would take longer than all checks together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from factpack.adapters.spark import frames
from factpack.adapters.spark.session import BATCH_ROWS
from factpack.adapters.spark.tables import path
from factpack.errors import ConfigurationError, IntegrityError
from factpack.plan import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from factpack.adapters.spark.tables import Table

# What one task reads, where there are tasks enough for everyone.
_TASK_ROWS = 8 * BATCH_ROWS
# Executors of other versions, or of processors on which polars hashes otherwise, would lead the same keys elsewhere.
_PROBE = pl.DataFrame(
    {"text": ["", "BRICS", "Казань", None], "number": [0, 1, -1, None], "real": [0.0, 0.5, 1e9, None]}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """So many rows of a file of a table, from `start` on; the first has the number `offset` in the table."""

    file: str
    start: int
    rows: int
    offset: int

    def read(self, columns: Sequence[str]) -> pl.DataFrame:
        """Read some columns, and last `ROW`, the number of each row in the table."""
        rows = pl.scan_parquet(path(self.file), glob=False).slice(self.start, self.rows).select(columns).collect()
        if rows.height != self.rows:
            raise IntegrityError(
                f"{self.file} has changed while it was read: {rows.height} rows from {self.start} on, not {self.rows}."
            )
        return rows.with_columns(pl.int_range(self.offset, self.offset + self.rows, dtype=pl.Int64).alias(ROW))


def over(
    spark: SparkSession,
    table: Table,
    columns: Sequence[str],
    function: Callable[[int, Iterator[pl.DataFrame]], Iterator[pl.DataFrame]],
    schema: pl.Schema,
) -> DataFrame:
    """Run a function on the rows of a table, some batches a task.

    Args:
        spark: the session.
        table: the table.
        columns: those that are read; each batch has `ROW` too.
        function: takes the number of a task, from 0, and its batches in order; gives frames as `schema` says.
        schema: the columns of what it gives, and their types.
    """
    slices = _slices(table)
    tasks = min(len(slices), max(2 * spark.sparkContext.defaultParallelism, table.height // _TASK_ROWS + 1))
    version, probe = pl.__version__, _probe()

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        if (pl.__version__, _probe()) != (version, probe):
            raise ConfigurationError(
                f"polars {pl.__version__} of an executor hashes otherwise than {version} of the driver, so that the "
                "same keys would not meet: give all of them the same version, and processors of one kind."
            )
        context = TaskContext.get()
        numbers = (number for batch in batches for number in batch.column(0).to_pylist())
        read = (slices[number].read(columns) for number in numbers)
        for made in function(context.partitionId() if context else 0, read):
            yield from frames.write(frames.checked(made, schema))

    return spark.range(0, len(slices), 1, tasks).mapInArrow(run, frames.ddl(schema))


def _slices(table: Table) -> list[Slice]:
    """Cut the files into slices of about the same size, none larger than a batch."""
    slices = []
    for file, rows, offset in zip(table.files, table.rows, table.offsets, strict=True):
        pieces = math.ceil(rows / BATCH_ROWS)
        cuts = [rows * piece // pieces for piece in range(pieces + 1)] if pieces else []
        slices += [
            Slice(file=file, start=start, rows=stop - start, offset=offset + start) for start, stop in pairwise(cuts)
        ]
    return slices


def _probe() -> tuple[int, ...]:
    return tuple(_PROBE.select(pl.all().hash(), row=pl.struct(pl.all()).hash()).hash_rows())
