"""The table of bodies and groups with members."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey

STATUS = ["contested", "corroborated", "refined", "single"]


class Organizations(pa.DataFrameModel):
    """One row for each organization or group that a source dates, counts, or names a member of."""

    organization: str = pa.Field(title="Organization", description="Entity id of the organization or group")
    name: str = pa.Field(title="Name", description="Name in English")
    kind: str = pa.Field(
        isin=["group", "organization"], title="Kind", description="Whether it is a body or only a group"
    )
    founded: str = pa.Field(
        nullable=True,
        title="Founded",
        description="The date on which the sources agree, in EDTF",
        metadata={"raw": "date", "predicate": "founded"},
    )
    founded_min: pl.Date = pa.Field(
        nullable=True,
        title="Founded, first day",
        description="Earliest day of any or of the agreed date",
        metadata={"raw": "date", "predicate": "founded"},
    )
    founded_max: pl.Date = pa.Field(
        nullable=True,
        title="Founded, last day",
        description="Latest day of any or of the agreed date",
        metadata={"raw": "date", "predicate": "founded"},
    )
    founded_status: str = pa.Field(
        nullable=True, isin=STATUS, title="Founding", description="Whether the sources agree on it"
    )
    stated_members_min: int = pa.Field(
        nullable=True,
        ge=0,
        title="Members stated, least",
        description="Smallest number of members that a source states",
        metadata={"unit": "states", "raw": "value", "predicate": "member_count"},
    )
    stated_members_max: int = pa.Field(
        nullable=True,
        ge=0,
        title="Members stated, most",
        description="Largest number of members that a source states",
        metadata={"unit": "states", "raw": "value", "predicate": "member_count"},
    )
    members_status: str = pa.Field(
        nullable=True, isin=STATUS, title="Number of members", description="Whether the sources agree on it"
    )
    certain_members: Annotated[pl.List, pl.String] = pa.Field(
        title="Certain members",
        description="Members that sources name and none denies",
        metadata={"raw": "subject"},
    )
    contested_members: Annotated[pl.List, pl.String] = pa.Field(
        title="Contested members",
        description="Members that some sources name and others deny",
        metadata={"raw": "subject"},
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Organizations"
        strict = True
        unique = ["organization"]


RELATIONS = (
    ForeignKey(field="organization", table="entities", references="entity_id"),
    ForeignKey(field="certain_members", table="entities", references="entity_id"),
    ForeignKey(field="contested_members", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
