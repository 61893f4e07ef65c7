"""The table of words: quotations, descriptions, names, offices and clauses."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey


class Statements(pa.DataFrameModel):
    """One row for each claim whose value is text."""

    fact_id: str = pa.Field(title="Fact", description="Id of the claim")
    source_id: str = pa.Field(title="Source", description="Source that makes the claim")
    subject: str = pa.Field(title="Subject", description="Entity that speaks or is spoken of")
    predicate: str = pa.Field(title="Predicate", description="Whether it is said by, or said of, the subject")
    object: str = pa.Field(nullable=True, title="Object", description="Entity that the claim relates the subject to")
    text: str = pa.Field(
        str_length={"min_value": 1, "max_value": 200},
        title="Text",
        description="The few words",
        metadata={"raw": "value"},
    )
    polarity: str = pa.Field(
        nullable=True,
        isin=["negated"],
        title="Polarity",
        description="negated where the source says that it is not so",
    )
    date: str = pa.Field(nullable=True, title="Date", description="When it was said, in EDTF")
    date_min: pl.Date = pa.Field(
        nullable=True, title="First day", description="First day of the date", metadata={"raw": "date"}
    )
    date_max: pl.Date = pa.Field(
        nullable=True, title="Last day", description="Last day of the date", metadata={"raw": "date"}
    )
    attributed_to: str = pa.Field(
        nullable=True, title="Attributed to", description="Entity whom the source cites for it"
    )
    phrase: str = pa.Field(title="Phrase", description="The few words of the text that carry the claim")
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Statements"
        strict = True
        unique = ["fact_id"]


RELATIONS = (
    ForeignKey(field="fact_id", table="facts", references="fact_id"),
    ForeignKey(field="source_id", table="sources", references="source_id"),
    ForeignKey(field="subject", table="entities", references="entity_id"),
    ForeignKey(field="object", table="entities", references="entity_id"),
    ForeignKey(field="attributed_to", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
