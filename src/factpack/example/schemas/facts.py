"""The table of claims: who says what of whom, in which words."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import SLUG, ForeignKey


class Facts(pa.DataFrameModel):
    """One row for each claim that one source makes."""

    fact_id: str = pa.Field(str_matches=SLUG, title="Fact")
    source_id: str = pa.Field(title="Source")
    subject: str = pa.Field(title="Subject")
    predicate: str = pa.Field(title="Predicate")
    object: str = pa.Field(nullable=True, title="Object")
    value: Annotated[pl.Decimal, 18, 6] = pa.Field(nullable=True, title="Value")
    unit: str = pa.Field(nullable=True, title="Unit")
    date: str = pa.Field(nullable=True, title="Date", description="When it happened, in EDTF")
    as_of: str = pa.Field(nullable=True, title="As of", description="When it was so, in EDTF")
    phrase: str = pa.Field(title="Phrase", description="The words that carry the claim")
    paragraph: int = pa.Field(nullable=True, ge=1, title="Paragraph")
    verdict: str = pa.Field(title="Verdict", description="What reading the words again gave")
    anchor_start: int = pa.Field(ge=0, title="Anchor, start")
    anchor_end: int = pa.Field(ge=1, title="Anchor, end")
    quote_sha256: str = pa.Field(title="SHA-256 of the words")
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts")

    class Config:
        title = "Facts"
        strict = True
        unique = ["fact_id"]

    @pa.dataframe_check(description="A percentage lies in 0 to 100")
    @classmethod
    def percentage_in_range(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Look at the rows whose unit is percent."""
        share = pl.col("value").is_between(0, 100)
        return data.lazyframe.select((pl.col("unit") != "percent").fill_null(value=True) | share)


RELATIONS = (
    ForeignKey(field="source_id", table="sources", references="source_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
