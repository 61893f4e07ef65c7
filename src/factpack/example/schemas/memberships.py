"""The table of who belongs to what."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import ForeignKey


class Memberships(pa.DataFrameModel):
    """One row for each town that is a member of a league."""

    organization: str = pa.Field(title="League", metadata={"raw": "object"})
    member: str = pa.Field(title="Town", metadata={"raw": "subject"})
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts")

    class Config:
        title = "Memberships"
        strict = True
        unique = ["organization", "member"]


RELATIONS = (ForeignKey(field="fact_ids", table="facts", references="fact_id"),)
