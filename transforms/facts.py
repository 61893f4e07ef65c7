"""Every claim as it was taken, with its dates as intervals, its value as a number with bounds, and its anchor."""

from __future__ import annotations

import polars as pl

from factpack.parse import edtf

NUMBER = pl.Decimal(18, 6)
# The smallest step of NUMBER: "more than 80" begins one step above 80.
STEP = pl.lit("0.000001").cast(NUMBER)

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"raw_facts": []}


def transform(raw_facts: pl.LazyFrame, predicates: pl.LazyFrame) -> pl.LazyFrame:
    """Give each raw fact its `number` with `low` and `high`, and the first and last day of its dates."""
    numeric = pl.col("value_type").is_in(["integer", "ordinal", "percent", "money"])
    return (
        raw_facts.join(predicates.select("predicate", "value_type"), on="predicate", how="left")
        .with_columns(
            number=pl.when(numeric).then(pl.col("value")).cast(NUMBER),
            date_min=edtf.earliest(pl.col("date")),
            date_max=edtf.latest(pl.col("date")),
            as_of_min=edtf.earliest(pl.col("as_of")),
            as_of_max=edtf.latest(pl.col("as_of")),
            fact_ids=pl.concat_list("fact_id"),
        )
        .with_columns(low=_low(), high=_high())
    )


def _low() -> pl.Expr:
    number, modifier = pl.col("number"), pl.col("modifier").fill_null("")
    return (
        pl.when(modifier.is_in(["at_most", "less_than"]))
        .then(None)
        .when(modifier == "more_than")
        .then((number + STEP).cast(NUMBER))
        .otherwise(number)
    )


def _high() -> pl.Expr:
    number, modifier = pl.col("number"), pl.col("modifier").fill_null("")
    return (
        pl.when(modifier.is_in(["at_least", "more_than"]))
        .then(None)
        .when(modifier == "less_than")
        .then((number - STEP).cast(NUMBER))
        .otherwise(number)
    )
