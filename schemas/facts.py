"""The table of claims: who says what of whom, in which words."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import SLUG, ForeignKey


class Facts(pa.DataFrameModel):
    """One row for each claim that one source makes."""

    fact_id: str = pa.Field(str_matches=SLUG, title="Fact", description="Stable id of the claim; never reused")
    source_id: str = pa.Field(title="Source", description="Source that makes the claim")
    subject: str = pa.Field(title="Subject", description="Entity that the claim is about")
    predicate: str = pa.Field(
        str_matches=r"^(?:[a-z][a-z0-9_]*)$",
        title="Predicate",
        description="What is said, from schemas/predicates.csv",
    )
    object: str = pa.Field(nullable=True, title="Object", description="Entity that the claim relates the subject to")
    value: str = pa.Field(nullable=True, title="Value", description="The value as text: 11, 90, P20Y, words")
    number: Annotated[pl.Decimal, 18, 6] = pa.Field(
        nullable=True,
        title="Number",
        description="The value as a number, in the unit of the row",
        metadata={"raw": "value"},
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
    unit: str = pa.Field(nullable=True, title="Unit", description="Unit of the value")
    date: str = pa.Field(
        nullable=True, title="Date", description="When it happened, in EDTF, as precisely as the source says"
    )
    date_min: pl.Date = pa.Field(
        nullable=True, title="First day", description="First day of the date", metadata={"raw": "date"}
    )
    date_max: pl.Date = pa.Field(
        nullable=True, title="Last day", description="Last day of the date", metadata={"raw": "date"}
    )
    as_of: str = pa.Field(nullable=True, title="As of", description="When the state was true, in EDTF")
    as_of_min: pl.Date = pa.Field(
        nullable=True, title="As of, first day", description="First day of as_of", metadata={"raw": "as_of"}
    )
    as_of_max: pl.Date = pa.Field(
        nullable=True, title="As of, last day", description="Last day of as_of", metadata={"raw": "as_of"}
    )
    modifier: str = pa.Field(
        nullable=True,
        isin=["approximate", "at_least", "at_most", "less_than", "more_than"],
        title="Modifier",
        description="How the source qualifies the value",
    )
    polarity: str = pa.Field(
        nullable=True,
        isin=["negated"],
        title="Polarity",
        description="negated where the source says that it is not so",
    )
    attributed_to: str = pa.Field(
        nullable=True, title="Attributed to", description="Entity whom the source cites for the claim"
    )
    paragraph: int = pa.Field(nullable=True, ge=1, title="Paragraph", description="Non-empty line of the text, from 1")
    phrase: str = pa.Field(
        str_length={"min_value": 1, "max_value": 200},
        title="Phrase",
        description="The few words of the text that carry the claim; of a note, our own words",
    )
    verdict: str = pa.Field(
        isin=["grounded", "bound_only", "event_relative"],
        title="Verdict",
        description="What reading the words again gave: grounded; bound_only where they give an open bound; "
        "event_relative where they count from an event",
    )
    anchor_start: int = pa.Field(
        ge=0, title="Anchor, start", description="Where the phrase begins in the text, in code points from 0"
    )
    anchor_end: int = pa.Field(ge=1, title="Anchor, end", description="Where the phrase ends, exclusive")
    quote_sha256: str = pa.Field(
        str_matches=r"^(?:[0-9a-f]{64})$",
        title="SHA-256 of the words",
        description="Hash of the words as they stand in the text, in UTF-8",
    )
    note: str = pa.Field(nullable=True, title="Note", description="What a reader should know about the claim")
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts", description="The id of the claim itself")

    class Config:
        title = "Facts"
        strict = True
        unique = ["fact_id"]

    @pa.dataframe_check(description="A date's first day is not after its last")
    @classmethod
    def date_in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Compare the two ends of the date and of as_of."""
        return data.lazyframe.select(
            pl.all_horizontal(
                (pl.col("date_min") <= pl.col("date_max")).fill_null(value=True),
                (pl.col("as_of_min") <= pl.col("as_of_max")).fill_null(value=True),
            )
        )

    @pa.dataframe_check(description="An anchor ends behind its beginning")
    @classmethod
    def anchor_in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Compare the two ends of the anchor."""
        return data.lazyframe.select(pl.col("anchor_start") < pl.col("anchor_end"))

    @pa.dataframe_check(description="A percentage lies in 0 to 100")
    @classmethod
    def percentage_in_range(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Look at the rows whose unit is percent."""
        return data.lazyframe.select(
            (pl.col("unit") != "percent").fill_null(value=True) | pl.col("number").is_between(0, 100)
        )


RELATIONS = (
    ForeignKey(field="source_id", table="sources", references="source_id"),
    ForeignKey(field="subject", table="entities", references="entity_id"),
    ForeignKey(field="object", table="entities", references="entity_id"),
    ForeignKey(field="attributed_to", table="entities", references="entity_id"),
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
)
