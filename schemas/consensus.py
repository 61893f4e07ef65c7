"""The table of questions, and whether the sources agree on the answer."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey


class Consensus(pa.DataFrameModel):
    """One row for each subject, predicate and qualifier that a source speaks of."""

    question: str = pa.Field(
        title="Question", description="Subject, predicate and qualifier in one", metadata={"raw": "predicate"}
    )
    subject: str = pa.Field(title="Subject", description="Entity that the question is about")
    predicate: str = pa.Field(title="Predicate", description="What is asked, from schemas/predicates.csv")
    qualifier: str = pa.Field(
        nullable=True,
        title="Qualifier",
        description="What else belongs to the question: the object, or the value of a predicate that may have several",
        metadata={"raw": "object"},
    )
    status: str = pa.Field(
        isin=["contested", "corroborated", "refined", "single"],
        title="Status",
        description="One source, the same answer from several, one answer that satisfies all, or none that does",
        metadata={"raw": "value"},
    )
    value: str = pa.Field(nullable=True, title="Answer", description="The narrowest answer, unless it is contested")
    values: Annotated[pl.List, pl.String] = pa.Field(
        title="Answers", description="Every different answer that a source gives", metadata={"raw": "value"}
    )
    date_min: pl.Date = pa.Field(
        nullable=True,
        title="First day",
        description="First day of the agreed, or of any, date",
        metadata={"raw": "date"},
    )
    date_max: pl.Date = pa.Field(
        nullable=True,
        title="Last day",
        description="Last day of the agreed, or of any, date",
        metadata={"raw": "date"},
    )
    sources: int = pa.Field(
        ge=1, title="Sources", description="Number of sources that answer", metadata={"unit": "sources"}
    )
    facts: int = pa.Field(ge=1, title="Facts", description="Number of claims that answer", metadata={"unit": "facts"})
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="Ids of the facts the row rests on")

    class Config:
        title = "Consensus"
        strict = True
        unique = ["question"]

    @pa.dataframe_check(description="A contested question has no answer, and every other has one")
    @classmethod
    def answer_unless_contested(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Compare the status with the presence of an answer."""
        return data.lazyframe.select((pl.col("status") == "contested") == pl.col("value").is_null())


RELATIONS = (
    ForeignKey(field="subject", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
