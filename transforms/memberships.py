"""Who belongs to what, in which role and since when, with those that sources deny or dispute."""

from __future__ import annotations

import polars as pl

# The role that a claim speaks of. A founder is a member too, so `founder_of` stands for both.
ROLES = {
    "joined": ["member"],
    "member_of": ["member"],
    "accession_formalised": ["member"],
    "founder_of": ["founder", "member"],
    "observer_of": ["observer"],
    "observer_since": ["observer"],
    "dialogue_partner_of": ["dialogue_partner"],
    "dialogue_partner_since": ["dialogue_partner"],
    "invited_to": ["invited"],
    "accession_planned": ["invited"],
    "accession_approved": ["approved"],
    "chairs": ["chair"],
}
# The claims that date the beginning of a role.
SINCE = {
    "joined": "member",
    "observer_since": "observer",
    "dialogue_partner_since": "dialogue_partner",
    "accession_approved": "approved",
    "chairs": "chair",
}
# A country leaves a lower of these roles when it takes a higher one.
RANKS = {"dialogue_partner": 1, "observer": 2, "member": 3}

ROLE = ["organization", "member", "role"]

# Rows of the inputs that share a key stand together wherever the table is made in parts.
SPLIT = {"facts": ["subject"], "consensus": ["subject"]}


def transform(facts: pl.LazyFrame, consensus: pl.LazyFrame, raw_entities: pl.LazyFrame) -> pl.LazyFrame:
    """Gather the claims about each role of each member, and date it by what the sources agree on."""
    roles = pl.LazyFrame(
        {"predicate": list(ROLES), "role": list(ROLES.values())},
        schema={"predicate": pl.String, "role": pl.List(pl.String)},
    ).explode("role")
    claims = (
        facts.join(roles, on="predicate")
        .rename({"subject": "member", "object": "organization"})
        .group_by(ROLE)
        .agg(
            asserted=pl.col("polarity").is_null().any(),
            denied=pl.col("polarity").is_not_null().any(),
            sources=pl.col("source_id").n_unique().cast(pl.Int64),
            fact_ids=pl.col("fact_id").unique().sort(),
        )
        .with_columns(standing=_standing())
        .join(raw_entities.select("kind", organization="entity_id"), on="organization", how="left")
    )
    dated = claims.join(_beginnings(consensus), on=ROLE, how="left").with_columns(
        pl.col("since_status").fill_null("unknown")
    )
    return dated.join(_successions(dated), on=ROLE, how="left").with_columns(
        until_min=pl.coalesce("term_end", "next_min"), until_max=pl.coalesce("term_end", "next_max")
    )


def _standing() -> pl.Expr:
    return (
        pl.when(pl.col("asserted") & pl.col("denied"))
        .then(pl.lit("contested"))
        .when(pl.col("denied"))
        .then(pl.lit("denied"))
        .otherwise(pl.lit("asserted"))
    )


def _beginnings(consensus: pl.LazyFrame) -> pl.LazyFrame:
    # A chair's date is the whole term, so it ends where its interval does.
    term = pl.col("predicate") == "chairs"
    return consensus.filter(pl.col("predicate").is_in(list(SINCE))).select(
        organization="qualifier",
        member="subject",
        role=pl.col("predicate").replace_strict(SINCE),
        since=pl.col("value"),
        since_min=pl.col("date_min"),
        since_max=pl.when(term).then(pl.col("date_min")).otherwise(pl.col("date_max")),
        since_status=pl.col("status"),
        term_end=pl.when(term).then(pl.col("date_max")),
    )


def _successions(dated: pl.LazyFrame) -> pl.LazyFrame:
    """End a role when the same country's next higher one begins."""
    ladder = dated.select(
        *ROLE, "standing", "since_min", "since_max", rank=pl.col("role").replace_strict(RANKS, default=None)
    )
    higher = ladder.filter(pl.col("standing") == "asserted").drop_nulls("since_min")
    return (
        ladder.join(higher, on=["organization", "member"], suffix="_next")
        .filter(pl.col("rank_next") > pl.col("rank"))
        .group_by(ROLE)
        .agg(next_min=pl.col("since_min_next").min(), next_max=pl.col("since_max_next").min())
    )
