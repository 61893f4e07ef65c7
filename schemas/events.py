"""The table of meetings, visits, calls and strikes."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey


class Events(pa.DataFrameModel):
    """One row for each event that a source says something of."""

    event: str = pa.Field(title="Event", description="Entity id of the event")
    name: str = pa.Field(title="Name", description="Name in English")
    dated_by: str = pa.Field(
        nullable=True,
        isin=["announced", "began", "occurred", "scheduled_for"],
        title="Dated by",
        description="The claim that gives the date: when it took place, was to take place, or was made known",
        metadata={"raw": "predicate"},
    )
    date: str = pa.Field(nullable=True, title="Date", description="The date on which the sources agree, in EDTF")
    date_min: pl.Date = pa.Field(
        nullable=True, title="First day", description="First day of the date", metadata={"raw": "date"}
    )
    date_max: pl.Date = pa.Field(
        nullable=True, title="Last day", description="Last day of the date", metadata={"raw": "date"}
    )
    date_status: str = pa.Field(
        nullable=True,
        isin=["contested", "corroborated", "refined", "single"],
        title="Dating",
        description="Whether the sources agree on the date",
        metadata={"raw": "date"},
    )
    locations: Annotated[pl.List, pl.String] = pa.Field(
        title="Places", description="Entity ids of where it took place", metadata={"raw": "object"}
    )
    participants: Annotated[pl.List, pl.String] = pa.Field(
        title="Participants", description="Entity ids of who took part", metadata={"raw": "object"}
    )
    targets: Annotated[pl.List, pl.String] = pa.Field(
        title="Targets", description="Entity ids of what was struck", metadata={"raw": "object"}
    )
    sources: int = pa.Field(
        ge=1, title="Sources", description="Number of sources that speak of it", metadata={"unit": "sources"}
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Events"
        strict = True
        unique = ["event"]


RELATIONS = (
    ForeignKey(field="event", table="entities", references="entity_id"),
    ForeignKey(field="locations", table="entities", references="entity_id"),
    ForeignKey(field="participants", table="entities", references="entity_id"),
    ForeignKey(field="targets", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
