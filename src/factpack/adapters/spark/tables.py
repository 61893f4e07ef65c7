"""Tables in Parquet files: found, numbered, and written by the executors in the order of a key."""

from __future__ import annotations

import os
import re
import string
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

import polars as pl

from factpack.adapters.spark import frames
from factpack.errors import ConfigurationError
from factpack.plan import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Item = TypeVar("Item")
Result = TypeVar("Result")
# What a path in a URI has as it is (java.net.URI).
_UNQUOTED, _ASCII = string.ascii_letters + string.digits + "_-!.~'()*,;:$&+=/@", 127
_FILE, _INDEX = "\x1ffile", "\x1findex"


# What concerns no more rows than these, the driver does itself: to hand it out takes longer than to do it.
SMALL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in Parquet files, as Spark names them, in order; its rows are numbered through all of them."""

    schema: pl.Schema
    files: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def height(self) -> int:
        """The number of rows."""
        return sum(self.rows)

    @property
    def offsets(self) -> tuple[int, ...]:
        """The number of the first row of each file."""
        return tuple(accumulate(self.rows, initial=0))[:-1]

    def scan(self) -> pl.LazyFrame:
        """Scan the files with polars."""
        if not self.files:
            return pl.LazyFrame(schema=self.schema)
        return pl.scan_parquet([path(file) for file in self.files], glob=False)

    def placed(self) -> pl.LazyFrame:
        """Scan the files, and name beside each row its `_file`, and its number in it from 1 as `_line`."""
        scans = [
            pl.scan_parquet(path(file), glob=False)
            .with_row_index("_line", offset=1)
            .with_columns(_file=pl.lit(path(file)))
            for file in self.files
        ]
        return pl.concat(scans) if scans else pl.LazyFrame(schema=self.schema)


def find(spark: SparkSession, place: str) -> Table:
    """Find the Parquet files of a table: one, or all of a folder or a pattern, here or wherever Spark reads from.

    Raises:
        ConfigurationError: there are none, or not all have the same columns.
    """
    from pyspark.errors import PySparkException

    try:
        # Spark names a local file in one way here, and in another beside its rows.
        files = tuple(sorted(file.replace("file:///", "file:/", 1) for file in spark.read.parquet(place).inputFiles()))
    except PySparkException as error:
        raise ConfigurationError(f"{place}: {str(error).splitlines()[0]}") from error
    if not files:
        raise ConfigurationError(f"{place}: no Parquet files there.")
    tasks = min(len(files), spark.sparkContext.defaultParallelism)
    known = spread(spark, [path(file) for file in files], _footer, tasks)
    # Spark reads a column that a file lacks as nulls, and says nothing.
    schema = known[0][0]
    for file, (other, _) in zip(files, known, strict=True):
        if dict(other) != dict(schema):
            raise ConfigurationError(f"{file} has the columns {other}, expected those of {files[0]}: {schema}.")
    return Table(schema=pl.Schema(schema), files=files, rows=tuple(rows for _, rows in known))


def _footer(file: str) -> tuple[pl.Schema, int]:
    """Read what a file says of itself: its columns, and how many rows it has."""
    scan = pl.scan_parquet(file, glob=False)
    return scan.collect_schema(), scan.select(pl.len()).collect().item()


def numbered(spark: SparkSession, table: Table, columns: Sequence[str] | None = None) -> DataFrame:
    """Read some columns of a table, and last `ROW`, the number of each row in it."""
    from pyspark.sql import functions as F  # noqa: N812

    chosen = list(table.schema if columns is None else dict.fromkeys(columns))
    if not table.files:
        return spark.createDataFrame([], frames.ddl({**{one: table.schema[one] for one in chosen}, ROW: pl.Int64()}))
    places = spark.createDataFrame(list(zip(table.files, table.offsets, strict=True)), f"`{_FILE}` string, at bigint")
    read = spark.read.schema(frames.ddl(table.schema)).parquet(*map(_hadoop, table.files))
    placed = read.select(
        *map(quoted, chosen),
        F.col("_metadata.file_path").alias(_FILE),
        F.col("_metadata.row_index").alias(_INDEX),
    )
    # A file under another name than it was found by must end the run: its rows would have no numbers.
    unknown = F.raise_error(F.concat(F.lit("no such file of the table: "), F.col(_FILE))).cast("bigint")
    number = (F.col(_INDEX) + F.coalesce(F.col("at"), unknown)).alias(ROW)
    return placed.join(F.broadcast(places), _FILE, "left").select(*map(quoted, chosen), number)


def quoted(name: str) -> Any:
    """Name a column, whatever characters its name has."""
    from pyspark.sql import functions as F  # noqa: N812

    return F.col(f"`{name.replace('`', '``')}`")


def store(frame: DataFrame, schema: pl.Schema, key: Sequence[str], folder: Path) -> Table:
    """Write the rows of a frame, in the order of a key, as Parquet files of a folder that every executor reaches.

    Files have stable names, and appear whole or not: a task that is run again writes the same file again.
    """
    ordered = frame.orderBy(*(quoted(one).asc_nulls_last() for one in key)) if key else frame
    kinds = dict(schema)
    folder.mkdir(parents=True, exist_ok=True)

    def save(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        some = [frames.read(batch, kinds) for batch in batches]
        rows = pl.concat(some) if some else pl.DataFrame(schema=kinds)
        context = TaskContext.get()
        number = context.partitionId() if context else 0
        if rows.height:
            write_parquet(rows, folder / f"part-{number:05d}.parquet")
        yield from frames.write(pl.DataFrame({"number": [number], "rows": [rows.height]}))

    written = ordered.mapInArrow(save, "number bigint, rows bigint").collect()
    parts = sorted((number, rows) for number, rows in written if rows)
    files = tuple(uri(folder / f"part-{number:05d}.parquet") for number, _ in parts)
    return Table(schema=schema, files=files, rows=tuple(rows for _, rows in parts))


def keep(frame: pl.DataFrame, folder: Path) -> Table:
    """Write a frame of this process as a table, its rows in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = list(frame.iter_slices(SMALL)) if frame.height else []
    files = [folder / f"part-{number:05d}.parquet" for number in range(len(parts))]
    for file, part in zip(files, parts, strict=True):
        write_parquet(part, file)
    return Table(schema=frame.schema, files=tuple(map(uri, files)), rows=tuple(part.height for part in parts))


def write_parquet(frame: pl.DataFrame, file: Path) -> None:
    """Write a file in one step, in place of what another try of the same task left."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        frame.write_parquet(part, compression="snappy", row_group_size=122_880)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def spread(
    spark: SparkSession, items: Sequence[Item], function: Callable[[Item], Result], tasks: int | None = None
) -> list[Result]:
    """Call a function on each item, in so many tasks or each in one of its own; give the results in their order."""
    if not items:
        return []
    results: list[Result] = spark.sparkContext.parallelize(items, tasks or len(items)).map(function).collect()
    return results


def uri(file: Path) -> str:
    """Name a local file as Spark does, which quotes no letters of other alphabets.

    Example:
        >>> from pathlib import Path
        >>> uri(Path("/data/Казань 50%.parquet"))
        'file:/data/Казань%2050%25.parquet'
    """
    return "file:" + "".join(
        one if one in _UNQUOTED or (ord(one) > _ASCII and one.isprintable()) else quote(one)
        for one in str(file.absolute())
    )


def _hadoop(file: str) -> str:
    """Name a file as Spark wants it to read it: not quoted, and no pattern."""
    return re.sub(r"([\\*?{}\[\]])", r"\\\1", unquote(file))


def path(file: str) -> str:
    """Name a file as polars does: Spark writes local files as URIs, and S3 as s3a.

    Example:
        >>> path("file:///data/a%20b/part-0.parquet"), path("s3a://bucket/part-0.parquet")
        ('/data/a b/part-0.parquet', 's3://bucket/part-0.parquet')
    """
    parts = urlsplit(file)
    if parts.scheme == "file":
        return unquote(parts.path)
    return file.replace("s3a://", "s3://", 1) if parts.scheme == "s3a" else file
