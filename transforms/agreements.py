"""Treaties, partnerships and statements: who concluded them, when, for how long and with which clauses."""

from __future__ import annotations

import polars as pl

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": ["subject"], "consensus": ["subject"], "raw_entities": ["entity_id"]}


def transform(facts: pl.LazyFrame, consensus: pl.LazyFrame, raw_entities: pl.LazyFrame) -> pl.LazyFrame:
    """Gather the claims about each agreement under one row."""
    agreements = raw_entities.filter(pl.col("kind") == "agreement").select("name", agreement="entity_id")
    about = facts.join(agreements.select(subject="agreement"), on="subject", how="semi")
    clause, negated = pl.col("predicate") == "contains_clause", pl.col("polarity").is_not_null()
    gathered = about.group_by(agreement="subject").agg(
        parties=pl.col("object").filter(pl.col("predicate") == "party").unique().sort(),
        ratified_by=pl.col("object").filter(pl.col("predicate") == "ratified").unique().sort(),
        clauses=pl.col("value").filter(clause & ~negated).unique().sort(),
        clauses_absent=pl.col("value").filter(clause & negated).unique().sort(),
        sources=pl.col("source_id").n_unique().cast(pl.Int64),
        fact_ids=pl.col("fact_id").sort(),
    )
    return (
        gathered.join(agreements, on="agreement")
        .join(_answer(consensus, "signed", "signed"), on="agreement", how="left")
        .join(_answer(consensus, "entered_into_force", "in_force"), on="agreement", how="left")
        .join(_answer(consensus, "term", "term"), on="agreement", how="left")
    )


def _answer(consensus: pl.LazyFrame, predicate: str, name: str) -> pl.LazyFrame:
    return consensus.filter(pl.col("predicate") == predicate).select(
        pl.col("subject").alias("agreement"),
        pl.col("value").alias(name),
        pl.col("date_min").alias(f"{name}_min"),
        pl.col("date_max").alias(f"{name}_max"),
        pl.col("status").alias(f"{name}_status"),
    )
