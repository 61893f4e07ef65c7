"""The table of articles and notes."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import SLUG, ForeignKey


class Sources(pa.DataFrameModel):
    """One row for each article, and each note of ours on an article."""

    source_id: str = pa.Field(str_matches=SLUG, title="Source", description="Stable id of the source")
    title: str = pa.Field(nullable=True, title="Title", description="Title of the article, where it is known")
    publisher: str = pa.Field(title="Publisher", description="Who published the article")
    author: str = pa.Field(nullable=True, title="Author", description="Who wrote the article, where it is named")
    url: str = pa.Field(
        nullable=True,
        str_matches=r"^(?:https?://[^\s]+)$",
        title="Address",
        description="Where the article stands",
    )
    published: pl.Date = pa.Field(nullable=True, title="Published", description="Day of publication, where it is known")
    dateline: str = pa.Field(
        nullable=True,
        title="Dateline",
        description="Where the day of publication is not known: the date that the text is read against, in EDTF",
    )
    language: str = pa.Field(
        str_matches=r"^(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$",
        title="Language",
        description="Language tag (BCP 47)",
    )
    licence: str = pa.Field(title="Licence", description="Terms under which the text itself stands")
    text_kind: str = pa.Field(
        isin=["article", "note"],
        title="Kind of text",
        description="article: the publisher's words; note: our own words about the article",
    )
    text_sha256: str = pa.Field(
        str_matches=r"^(?:[0-9a-f]{64})$",
        title="SHA-256 of the text",
        description="Hash of the text that was read",
    )
    about: Annotated[pl.List, pl.String] = pa.Field(
        title="About", description="Entities that the source is about without naming them in its text"
    )
    note: str = pa.Field(nullable=True, title="Note", description="How title, date and address are known")
    fact_count: int = pa.Field(
        ge=1, title="Facts", description="Number of facts taken from the source", metadata={"unit": "facts"}
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(
        title="Facts", description="Ids of the facts taken from the source"
    )

    class Config:
        title = "Sources"
        strict = True
        unique = ["source_id"]


RELATIONS = (
    ForeignKey(field="fact_ids", table="facts", references="fact_id"),
    ForeignKey(field="about", table="entities", references="entity_id"),
)
