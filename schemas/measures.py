"""The table of numbers, and the counts and sums that they must agree with."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey, PartOfWhole, StatedCount, Sum


class Measures(pa.DataFrameModel):
    """One row for each claim that states a number."""

    fact_id: str = pa.Field(title="Fact", description="Id of the claim")
    source_id: str = pa.Field(title="Source", description="Source that makes the claim")
    subject: str = pa.Field(title="Subject", description="Entity that is measured")
    predicate: str = pa.Field(title="Measure", description="What is measured, from schemas/predicates.csv")
    object: str = pa.Field(nullable=True, title="Object", description="Entity that the measure relates the subject to")
    value: Annotated[pl.Decimal, 18, 6] = pa.Field(
        ge=0, title="Value", description="The number, in the unit of the row"
    )
    low: Annotated[pl.Decimal, 18, 6] = pa.Field(
        nullable=True,
        title="At least",
        description="Smallest number the claim allows",
        metadata={"raw": "value"},
    )
    high: Annotated[pl.Decimal, 18, 6] = pa.Field(
        nullable=True,
        title="At most",
        description="Largest number the claim allows",
        metadata={"raw": "value"},
    )
    unit: str = pa.Field(title="Unit", description="Unit of the value")
    base: str = pa.Field(
        nullable=True, title="Base", description="What a share is a share of", metadata={"raw": "predicate"}
    )
    modifier: str = pa.Field(
        nullable=True,
        isin=["approximate", "at_least", "at_most", "less_than", "more_than"],
        title="Modifier",
        description="How the source qualifies the value",
    )
    as_of: str = pa.Field(nullable=True, title="As of", description="When it was so, in EDTF")
    as_of_min: pl.Date = pa.Field(
        nullable=True, title="As of, first day", description="First day of as_of", metadata={"raw": "as_of"}
    )
    as_of_max: pl.Date = pa.Field(
        nullable=True, title="As of, last day", description="Last day of as_of", metadata={"raw": "as_of"}
    )
    attributed_to: str = pa.Field(
        nullable=True, title="Attributed to", description="Entity whom the source cites for it"
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Measures"
        strict = True
        unique = ["fact_id"]

    @pa.dataframe_check(description="A percentage lies in 0 to 100 and says of what it is a part")
    @classmethod
    def percentage_has_base(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Look at the rows whose unit is percent."""
        share = pl.col("value").is_between(0, 100) & pl.col("base").is_not_null()
        return data.lazyframe.select((pl.col("unit") != "percent") | share)

    @pa.dataframe_check(description="A count or a rank is a whole number")
    @classmethod
    def count_is_whole(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Look at the rows that count things or rank them."""
        counted = pl.col("predicate").str.ends_with("_count") | pl.col("unit").is_in(["rank", "edition", "drones"])
        return data.lazyframe.select(~counted | (pl.col("value") % 1 == 0))


MEMBERS = {
    "table": "memberships",
    "on": {"subject": "organization"},
    "counted": "member",
    "standing": "standing",
}
DATED = {"since": "since", "until": "until"}

RELATIONS = (
    ForeignKey(field="fact_id", table="facts", references="fact_id"),
    ForeignKey(field="source_id", table="sources", references="source_id"),
    ForeignKey(field="subject", table="entities", references="entity_id"),
    ForeignKey(field="object", table="entities", references="entity_id"),
    ForeignKey(field="attributed_to", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
    StatedCount(stated={"predicate": "member_count"}, where={"role": "member"}, **MEMBERS, **DATED),
    # The sources name some of the founders, observers, partners and invited, not all: never more than they state.
    StatedCount(stated={"predicate": "founder_count"}, where={"role": "founder"}, **MEMBERS, exhaustive=False),
    StatedCount(
        stated={"predicate": "observer_count"},
        where={"role": "observer"},
        **MEMBERS,
        **DATED,
        exhaustive=False,
    ),
    StatedCount(
        stated={"predicate": "dialogue_partner_count"},
        where={"role": "dialogue_partner"},
        **MEMBERS,
        **DATED,
        exhaustive=False,
    ),
    StatedCount(
        stated={"predicate": "organization_count"},
        table="memberships",
        where={"role": "member", "kind": "organization"},
        on={"subject": "member"},
        counted="organization",
        standing="standing",
        **DATED,
        exhaustive=False,
    ),
    StatedCount(
        stated={"predicate": "target_count"},
        table="facts",
        where={"predicate": "target"},
        on={"subject": "subject"},
        counted="object",
    ),
    Sum(
        whole={"predicate": "member_and_partner_count"},
        parts=({"predicate": "member_count"}, {"predicate": "partner_count"}),
        on=("subject", "source_id"),
    ),
    PartOfWhole(
        part={"predicate": "crude_supplied"},
        whole={"predicate": "crude_imports"},
        on={"object": "subject", "source_id": "source_id"},
    ),
    PartOfWhole(
        part={"predicate": "drones_destroyed"},
        whole={"predicate": "drones_in_batch"},
        on={"subject": "subject", "source_id": "source_id"},
    ),
)
