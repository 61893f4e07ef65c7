"""The table of articles and notes."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import SLUG, ForeignKey


class Sources(pa.DataFrameModel):
    """One row for each article or note."""

    source_id: str = pa.Field(str_matches=SLUG, title="Source")
    title: str = pa.Field(nullable=True, title="Title")
    publisher: str = pa.Field(title="Publisher")
    url: str = pa.Field(nullable=True, title="Address")
    published: pl.Date = pa.Field(nullable=True, title="Published")
    language: str = pa.Field(title="Language")
    licence: str = pa.Field(title="Licence")
    text_kind: str = pa.Field(isin=["article", "note"], title="Kind of text")
    text_sha256: str = pa.Field(title="SHA-256 of the text")
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(title="Facts")

    class Config:
        title = "Sources"
        strict = True
        unique = ["source_id"]


RELATIONS = (ForeignKey(field="fact_ids", table="facts", references="fact_id"),)
