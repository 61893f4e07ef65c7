"""The numbers: counts, shares, volumes, ranks and prices, each with its unit, its base and its bounds."""

from __future__ import annotations

import polars as pl

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": []}


def transform(facts: pl.LazyFrame, predicates: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the claims that state a number, with what a share is a share of."""
    return (
        facts.filter(pl.col("number").is_not_null())
        .join(predicates.select("predicate", "base"), on="predicate", how="left")
        .drop("value")
        .rename({"number": "value"})
    )
