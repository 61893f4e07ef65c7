"""The articles and notes, each with the facts that were taken from it."""

from __future__ import annotations

import polars as pl

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"raw_sources": ["source_id"], "facts": ["source_id"]}


def transform(raw_sources: pl.LazyFrame, facts: pl.LazyFrame) -> pl.LazyFrame:
    """Count the facts of each source and name them."""
    taken = facts.group_by("source_id").agg(fact_count=pl.len().cast(pl.Int64), fact_ids=pl.col("fact_id").sort())
    about = pl.col("about").str.split(" ").fill_null([])
    return raw_sources.with_columns(about=about).join(taken, on="source_id")
