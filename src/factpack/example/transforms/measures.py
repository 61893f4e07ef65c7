"""The numbers that sources state."""

from __future__ import annotations

import polars as pl

from factpack.parse import edtf


def transform(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Choose the claims with a number, and give each its bounds."""
    return facts.drop_nulls("value").with_columns(
        low=pl.col("value"), high=pl.col("value"), as_of_max=edtf.latest(pl.col("as_of"))
    )
