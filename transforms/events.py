"""Meetings, visits, calls and strikes: when, where and who took part."""

from __future__ import annotations

import polars as pl

# The claims that can date an event, the best first.
DATED_BY = ["occurred", "began", "scheduled_for", "announced"]

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": ["subject"], "consensus": ["subject"], "raw_entities": ["entity_id"]}


def transform(facts: pl.LazyFrame, consensus: pl.LazyFrame, raw_entities: pl.LazyFrame) -> pl.LazyFrame:
    """Gather the claims about each event under one row."""
    events = raw_entities.filter(pl.col("kind") == "event").select("name", event="entity_id")
    about = facts.join(events.select(subject="event"), on="subject", how="semi")
    gathered = about.group_by(event="subject").agg(
        locations=_objects("location"),
        participants=_objects("participant"),
        targets=_objects("target"),
        sources=pl.col("source_id").n_unique().cast(pl.Int64),
        fact_ids=pl.col("fact_id").sort(),
    )
    rank = pl.col("predicate").replace_strict(DATED_BY, list(range(len(DATED_BY))), default=None)
    dates = (
        consensus.filter(pl.col("predicate").is_in(DATED_BY))
        .sort(rank)
        .group_by(event="subject")
        .agg(
            dated_by=pl.col("predicate").first(),
            date=pl.col("value").first(),
            date_min=pl.col("date_min").first(),
            date_max=pl.col("date_max").first(),
            date_status=pl.col("status").first(),
        )
    )
    # An event that is only the object of facts (a round of enlargement, a summit) has no claims of its own.
    return gathered.join(events, on="event").join(dates, on="event", how="left")


def _objects(predicate: str) -> pl.Expr:
    return pl.col("object").filter(pl.col("predicate") == predicate).unique().sort()
