"""The bodies and groups: when they were founded, how many members they are said to have, and who is counted."""

from __future__ import annotations

import polars as pl

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {
    "facts": ["subject", "object"],
    "memberships": ["organization"],
    "consensus": ["subject"],
    "raw_entities": ["entity_id"],
}


def transform(
    facts: pl.LazyFrame, memberships: pl.LazyFrame, consensus: pl.LazyFrame, raw_entities: pl.LazyFrame
) -> pl.LazyFrame:
    """Set what is stated of each organization beside the members that the claims name."""
    bodies = raw_entities.filter(pl.col("kind").is_in(["organization", "group"])).select(
        "name", "kind", organization="entity_id"
    )
    named = facts.select("fact_id", organization=pl.concat_list("subject", "object")).explode("organization")
    rests_on = named.group_by("organization").agg(fact_ids=pl.col("fact_id").unique().sort())
    stated = (
        facts.filter(pl.col("predicate") == "member_count")
        .group_by(organization="subject")
        .agg(
            stated_members_min=pl.col("number").min().cast(pl.Int64),
            stated_members_max=pl.col("number").max().cast(pl.Int64),
        )
    )
    member = pl.col("role") == "member"
    counted = memberships.group_by("organization").agg(
        certain_members=pl.col("member").filter(member & (pl.col("standing") == "asserted")).sort(),
        contested_members=pl.col("member").filter(member & (pl.col("standing") == "contested")).sort(),
    )
    # A body that is only quoted, or where a speaker works, is an entity but has no row here.
    described = pl.any_horizontal(pl.col("certain_members", "founded_status", "members_status").is_not_null())
    return (
        bodies.join(counted, on="organization", how="left")
        .join(stated, on="organization", how="left")
        .join(_answer(consensus, "founded", "founded"), on="organization", how="left")
        .join(_answer(consensus, "member_count", "members"), on="organization", how="left")
        .filter(described)
        .join(rests_on, on="organization", how="left")
        .with_columns(pl.col("certain_members", "contested_members").fill_null([]))
    )


def _answer(consensus: pl.LazyFrame, predicate: str, name: str) -> pl.LazyFrame:
    return consensus.filter(pl.col("predicate") == predicate).select(
        pl.col("subject").alias("organization"),
        pl.col("value").alias(name),
        pl.col("date_min").alias(f"{name}_min"),
        pl.col("date_max").alias(f"{name}_max"),
        pl.col("status").alias(f"{name}_status"),
    )
