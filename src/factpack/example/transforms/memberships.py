"""Who belongs to what: who founded it, and who joined."""

from __future__ import annotations

import polars as pl


def transform(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Gather the claims of each membership."""
    return (
        facts.filter(pl.col("predicate").is_in(["founder_of", "joined"]))
        .group_by(organization="object", member="subject")
        .agg(fact_ids=pl.col("fact_id").sort())
    )
