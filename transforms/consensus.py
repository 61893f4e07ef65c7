"""What the sources say together: one row a question, with its answers and whether they agree.

A question is a subject, a predicate and a qualifier. Where a predicate has one value (founded, member_count), the
qualifier is the object and the answers are the values. Where it may have several (member_of, said), each value is a
question of its own, and the answers are yes and no.

- `single`: one source answers. `corroborated`: several sources give the same answer.
- `refined`: the answers differ, but one lies within all the others: 2025-01 and 2025-01-17, more than 80 and 90.
- `contested`: none does.
"""

from __future__ import annotations

import polars as pl

QUESTION = ["subject", "predicate", "qualifier"]

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": [("subject", "predicate")]}


def transform(facts: pl.LazyFrame, predicates: pl.LazyFrame) -> pl.LazyFrame:
    """Compare the answers of all sources to each question."""
    claims = facts.join(predicates.select("predicate", "value_type", "multiple"), on="predicate", how="left")
    return (
        _answers(claims)
        .group_by(QUESTION)
        .agg(
            values=pl.col("answer").unique().sort(),
            narrowest=pl.col("answer").filter(_within_all()).sort().first(),
            differing=pl.col("answer").n_unique(),
            intervals=pl.struct("low", "high", "date_min", "date_max").n_unique(),
            comparable=(
                pl.col("low").is_not_null() | pl.col("high").is_not_null() | pl.col("date_min").is_not_null()
            ).all(),
            polarities=pl.col("negated").n_unique(),
            since_max=pl.col("date_min").max(),
            until_min=pl.col("date_max").min(),
            date_first=pl.col("date_min").min(),
            date_last=pl.col("date_max").max(),
            sources=pl.col("source_id").n_unique().cast(pl.Int64),
            facts=pl.len().cast(pl.Int64),
            fact_ids=pl.col("fact_id").sort(),
        )
        .with_columns(status=_status(), question=pl.concat_str(QUESTION, separator=" ", ignore_nulls=True))
        .with_columns(
            value=pl.when(pl.col("status") != "contested").then(pl.col("narrowest")),
            date_min=_unless_contested("since_max", "date_first"),
            date_max=_unless_contested("until_min", "date_last"),
        )
    )


def _answers(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Say of each claim which question it answers, and with what."""
    multiple = pl.col("multiple")
    dated = pl.col("value_type") == "date"
    yes_or_no = pl.when(pl.col("polarity") == "negated").then(pl.lit("no")).otherwise(pl.lit("yes"))
    return claims.select(
        "subject",
        "predicate",
        "fact_id",
        "source_id",
        qualifier=pl.when(multiple)
        .then(pl.concat_str("object", "value", separator=" ", ignore_nulls=True))
        .otherwise(pl.col("object")),
        answer=pl.when(multiple)
        .then(yes_or_no)
        .when(dated)
        .then(pl.col("date"))
        .otherwise(pl.concat_str("modifier", "value", separator=" ", ignore_nulls=True)),
        negated=pl.col("polarity").is_not_null(),
        # Only what is compared may carry an interval: the date of a quotation does not answer what was said.
        low=pl.when(~multiple).then(pl.col("low")),
        high=pl.when(~multiple).then(pl.col("high")),
        date_min=pl.when(dated & ~multiple).then(pl.col("date_min")),
        date_max=pl.when(dated & ~multiple).then(pl.col("date_max")),
    )


def _within_all() -> pl.Expr:
    """Say whether an answer lies within all the answers of its question; a missing bound is no bound."""
    return pl.all_horizontal(
        pl.col("low").eq_missing(pl.col("low").max()),
        pl.col("high").eq_missing(pl.col("high").min()),
        pl.col("date_min").eq_missing(pl.col("date_min").max()),
        pl.col("date_max").eq_missing(pl.col("date_max").min()),
    )


def _status() -> pl.Expr:
    contested = (
        (pl.col("polarities") > 1) | pl.col("narrowest").is_null() | (~pl.col("comparable") & (pl.col("differing") > 1))
    )
    return (
        pl.when(contested)
        .then(pl.lit("contested"))
        .when(pl.col("sources") == 1)
        .then(pl.lit("single"))
        .when(pl.col("comparable") & (pl.col("intervals") > 1))
        .then(pl.lit("refined"))
        .otherwise(pl.lit("corroborated"))
    )


def _unless_contested(agreed: str, hull: str) -> pl.Expr:
    return pl.when(pl.col("status") == "contested").then(pl.col(hull)).otherwise(pl.col(agreed))
