"""The words: quotations, descriptions, names, offices and clauses."""

from __future__ import annotations

import polars as pl

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": []}


def transform(facts: pl.LazyFrame, predicates: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the claims whose value is text."""
    texts = predicates.filter(pl.col("value_type").is_in(["quotation", "text"])).select("predicate")
    return facts.join(texts, on="predicate", how="semi").rename({"value": "text"})
