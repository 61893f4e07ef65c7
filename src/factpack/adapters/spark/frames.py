"""Frames on both sides: the types of polars as Spark and Arrow name them, and batches on their way."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

_NAMES: Mapping[type[pl.DataType], str] = {
    pl.String: "string",
    pl.Binary: "binary",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Int8: "tinyint",
    pl.Int16: "smallint",
    pl.Int32: "int",
    pl.Int64: "bigint",
    pl.Float32: "float",
    pl.Float64: "double",
}


def ddl(schema: Mapping[str, pl.DataType]) -> str:
    """Write a schema as Spark reads it.

    Raises:
        ConfigurationError: a column has a type that Spark has not, and nothing is converted unasked.

    Example:
        >>> ddl({"id": pl.String(), "shares": pl.List(pl.Decimal(18, 6))})
        '`id` string, `shares` array<decimal(18,6)>'
    """
    return ", ".join(f"`{name.replace('`', '``')}` {_type(name, dtype)}" for name, dtype in schema.items())


def _type(column: str, dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return f"array<{_type(column, dtype.inner)}>"  # type: ignore[arg-type]
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "timestamp" if dtype.time_zone else "timestamp_ntz"
    name = _NAMES.get(dtype.base_type())
    if name is None:
        known = ", ".join(one.__name__ for one in _NAMES)
        raise ConfigurationError(
            f"{column} is of type {dtype}; on Spark there are {known}, Decimal, Datetime and List."
        )
    return name


def read(batch: pa.RecordBatch, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Take a batch from Spark: the columns of the schema, which must have its types already."""
    frame = pl.DataFrame(pl.from_arrow(batch)).select(list(schema))
    if dict(frame.schema) != dict(schema):
        raise TypeError(f"Spark gave {dict(frame.schema)}, expected {dict(schema)}")
    return frame


def checked(frame: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Make sure that a function gave what it was to give."""
    chosen = frame.select(list(schema))
    if dict(chosen.schema) != dict(schema):
        raise TypeError(f"a function gave {dict(chosen.schema)}, expected {dict(schema)}")
    return chosen


def write(frame: pl.DataFrame) -> Iterator[pa.RecordBatch]:
    """Give a frame to Spark."""
    import pyarrow as pa

    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    target = pa.schema([(name, _arrow(dtype)) for name, dtype in frame.schema.items()])
    yield from table.cast(target).to_batches(max_chunksize=250_000)


def packed(frame: pl.DataFrame) -> bytes:
    """Put a frame into a cell, so that it travels with its own types; Spark compresses what it shuffles."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


def unpacked(cell: bytes) -> pl.DataFrame:
    """Take a frame out of a cell."""
    return pl.read_ipc(io.BytesIO(cell))


def _arrow(dtype: pl.DataType) -> Any:
    """Give the type of Arrow that Spark takes: none of the large ones, and no views."""
    import pyarrow as pa

    if isinstance(dtype, pl.List):
        return pa.list_(_arrow(dtype.inner))  # type: ignore[arg-type]
    small = {pl.String: pa.string(), pl.Binary: pa.binary()}
    own = small.get(dtype.base_type())
    return pl.Series([], dtype=dtype).to_arrow().type if own is None else own
