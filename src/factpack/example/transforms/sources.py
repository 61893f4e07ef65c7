"""The sources, each with the facts that were taken from it."""

from __future__ import annotations

import polars as pl


def transform(raw_sources: pl.LazyFrame, facts: pl.LazyFrame) -> pl.LazyFrame:
    """Name the facts of each source."""
    taken = facts.group_by("source_id").agg(fact_ids=pl.col("fact_id").sort())
    return raw_sources.join(taken, on="source_id")
