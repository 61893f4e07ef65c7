"""The table of treaties, partnerships and joint statements."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey

STATUS = ["contested", "corroborated", "refined", "single"]


class Agreements(pa.DataFrameModel):
    """One row for each agreement that a source says something of."""

    agreement: str = pa.Field(title="Agreement", description="Entity id of the agreement")
    name: str = pa.Field(title="Name", description="Name in English")
    parties: Annotated[pl.List, pl.String] = pa.Field(
        title="Parties", description="Entity ids of who concluded it", metadata={"raw": "object"}
    )
    signed: str = pa.Field(
        nullable=True,
        title="Signed",
        description="When it was signed, in EDTF, where sources agree",
        metadata={"raw": "date", "predicate": "signed"},
    )
    signed_min: pl.Date = pa.Field(
        nullable=True,
        title="Signed, first day",
        description="First day of the signature",
        metadata={"raw": "date", "predicate": "signed"},
    )
    signed_max: pl.Date = pa.Field(
        nullable=True,
        title="Signed, last day",
        description="Last day of the signature",
        metadata={"raw": "date", "predicate": "signed"},
    )
    signed_status: str = pa.Field(
        nullable=True,
        isin=STATUS,
        title="Signature",
        description="Whether the sources agree on it",
        metadata={"raw": "date", "predicate": "signed"},
    )
    in_force: str = pa.Field(
        nullable=True,
        title="In force",
        description="When it entered into force, in EDTF",
        metadata={"raw": "date", "predicate": "entered_into_force"},
    )
    in_force_min: pl.Date = pa.Field(
        nullable=True,
        title="In force, first day",
        description="First day of the entry into force",
        metadata={"raw": "date", "predicate": "entered_into_force"},
    )
    in_force_max: pl.Date = pa.Field(
        nullable=True,
        title="In force, last day",
        description="Last day of the entry into force",
        metadata={"raw": "date", "predicate": "entered_into_force"},
    )
    term: str = pa.Field(
        nullable=True,
        str_matches=r"^(?:P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?)$",
        title="Term",
        description="How long it runs (ISO 8601 duration)",
        metadata={"raw": "value", "predicate": "term"},
    )
    term_status: str = pa.Field(
        nullable=True,
        isin=STATUS,
        title="Term",
        description="Whether the sources agree on it",
        metadata={"raw": "value", "predicate": "term"},
    )
    ratified_by: Annotated[pl.List, pl.String] = pa.Field(
        title="Ratified by",
        description="Entity ids of the parties and chambers that ratified it",
        metadata={"raw": "object"},
    )
    clauses: Annotated[pl.List, pl.String] = pa.Field(
        title="Clauses", description="Clauses that a source says it contains", metadata={"raw": "value"}
    )
    clauses_absent: Annotated[pl.List, pl.String] = pa.Field(
        title="Clauses absent",
        description="Clauses that a source says it does not contain",
        metadata={"raw": "value"},
    )
    sources: int = pa.Field(
        ge=1, title="Sources", description="Number of sources that speak of it", metadata={"unit": "sources"}
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Agreements"
        strict = True
        unique = ["agreement"]

    @pa.dataframe_check(description="An agreement is in force no earlier than it was signed")
    @classmethod
    def in_force_after_signature(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Compare the last possible entry into force with the first possible signature."""
        return data.lazyframe.select((pl.col("in_force_max") >= pl.col("signed_min")).fill_null(value=True))


RELATIONS = (
    ForeignKey(field="agreement", table="entities", references="entity_id"),
    ForeignKey(field="parties", table="entities", references="entity_id"),
    ForeignKey(field="ratified_by", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
