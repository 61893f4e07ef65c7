"""The table of who belongs to what."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey, Order


class Memberships(pa.DataFrameModel):
    """One row for each role that a source says a country has, had or was refused in an organization."""

    organization: str = pa.Field(
        title="Organization", description="Entity id of the organization", metadata={"raw": "object"}
    )
    kind: str = pa.Field(
        isin=["group", "organization"],
        title="Kind",
        description="Whether the organization is a body or only a group",
        metadata={"raw": "object"},
    )
    member: str = pa.Field(title="Member", description="Entity id of the country", metadata={"raw": "subject"})
    role: str = pa.Field(
        isin=["approved", "chair", "dialogue_partner", "founder", "invited", "member", "observer"],
        title="Role",
        description="What the country is in the organization",
        metadata={"raw": "predicate"},
    )
    standing: str = pa.Field(
        isin=["asserted", "contested", "denied"],
        title="Standing",
        description="Whether the sources say that it is so, that it is not, or both",
        metadata={"raw": "polarity"},
    )
    since: str = pa.Field(
        nullable=True,
        title="Since",
        description="When the role began, in EDTF, where sources agree",
        metadata={"raw": "date"},
    )
    since_min: pl.Date = pa.Field(
        nullable=True,
        title="Since, first day",
        description="Earliest day on which the role began",
        metadata={"raw": "date"},
    )
    since_max: pl.Date = pa.Field(
        nullable=True,
        title="Since, last day",
        description="Latest day on which the role began",
        metadata={"raw": "date"},
    )
    since_status: str = pa.Field(
        isin=["contested", "corroborated", "refined", "single", "unknown"],
        title="Beginning",
        description="Whether the sources agree on when it began",
        metadata={"raw": "date"},
    )
    until_min: pl.Date = pa.Field(
        nullable=True,
        title="Until, first day",
        description="Earliest day on which a higher role, or the term's end, came",
    )
    until_max: pl.Date = pa.Field(
        nullable=True,
        title="Until, last day",
        description="Latest day on which a higher role, or the term's end, came",
    )
    sources: int = pa.Field(
        ge=1, title="Sources", description="Number of sources that speak of it", metadata={"unit": "sources"}
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Memberships"
        strict = True
        unique = ["organization", "member", "role"]

    @pa.dataframe_check(description="A role does not end before it begins")
    @classmethod
    def ends_after_beginning(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Compare the last possible end with the first possible beginning."""
        return data.lazyframe.select((pl.col("until_max") >= pl.col("since_min")).fill_null(value=True))


RELATIONS = (
    ForeignKey(field="organization", table="entities", references="entity_id"),
    ForeignKey(field="member", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
    Order(
        field="since_max",
        table="organizations",
        on={"organization": "organization"},
        not_before="founded_min",
    ),
)
