"""The CSV files of a package, read back into the types that its Parquet files have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

# Between the items of a list in a CSV cell. Ids have none, and spreadsheets take a comma for a column.
DELIMITER = ";"


def read_csv(source: Path | BinaryIO, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Read a CSV table of a package into its types.

    Raises:
        polars.exceptions.PolarsError: a column is missing, or a cell is none of its type.
    """
    text = pl.read_csv(source, infer_schema=False)
    return text.select(_cell(name, dtype) for name, dtype in schema.items())


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    cell = pl.col(name)
    if isinstance(dtype, pl.List):
        return pl.when(cell.is_null()).then(pl.lit([], dtype=dtype)).otherwise(cell.str.split(DELIMITER)).alias(name)
    if dtype == pl.Boolean:
        return cell == "true"
    return cell.str.to_date("%Y-%m-%d") if dtype == pl.Date else cell.cast(dtype)
