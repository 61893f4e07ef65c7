"""Countries, bodies, people, agreements, events and places, each with the facts that name it."""

from __future__ import annotations

import polars as pl

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": ["subject", "object", "attributed_to"], "raw_entities": ["entity_id"]}


def transform(raw_entities: pl.LazyFrame, facts: pl.LazyFrame) -> pl.LazyFrame:
    """Name the facts in which an entity is the subject, the object or the one a claim is attributed to."""
    named = (
        facts.select("fact_id", entity_id=pl.concat_list("subject", "object", "attributed_to"))
        .explode("entity_id")
        .drop_nulls("entity_id")
        .group_by("entity_id")
        .agg(fact_ids=pl.col("fact_id").unique().sort())
    )
    # An entity that no fact names is told of as such, and has no place in the dataset.
    aliases = pl.col("aliases").str.split("|").fill_null([])
    return raw_entities.with_columns(aliases=aliases).join(named, on="entity_id")
