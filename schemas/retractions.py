"""The table of facts that were withdrawn: a published fact never just vanishes."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from factpack.rules import SLUG


class Retractions(pa.DataFrameModel):
    """One row for each fact that was published once and is no longer."""

    fact_id: str = pa.Field(
        str_matches=SLUG, title="Fact", description="Id of the fact that is withdrawn; never reused"
    )
    retracted: pl.Date = pa.Field(title="Retracted", description="Day on which it was withdrawn")
    reason: str = pa.Field(title="Reason", description="Why it was wrong, and what stands in its place")

    class Config:
        title = "Retractions"
        strict = True
        unique = ["fact_id"]
