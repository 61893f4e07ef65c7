"""The table of numbers, and what they must agree with."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey, StatedCount


class Measures(pa.DataFrameModel):
    """One row for each claim that states a number."""

    fact_id: str = pa.Field(title="Fact")
    subject: str = pa.Field(title="Subject")
    predicate: str = pa.Field(title="Measure")
    low: Annotated[pl.Decimal, 18, 6] = pa.Field(nullable=True, title="At least", metadata={"raw": "value"})
    high: Annotated[pl.Decimal, 18, 6] = pa.Field(nullable=True, title="At most", metadata={"raw": "value"})
    unit: str = pa.Field(title="Unit")
    as_of_max: pl.Date = pa.Field(nullable=True, title="As of, last day", metadata={"raw": "as_of"})
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts")

    class Config:
        title = "Measures"
        strict = True
        unique = ["fact_id"]


RELATIONS = (
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
    # The number of members that a source states is the number that the facts name.
    StatedCount(
        stated={"predicate": "member_count"},
        table="memberships",
        where={},
        on={"subject": "organization"},
        counted="member",
    ),
)
