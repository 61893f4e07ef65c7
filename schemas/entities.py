"""The table of whom and what the facts speak of."""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

from factpack.rules import SLUG, ForeignKey


class Entities(pa.DataFrameModel):
    """One row for each country, body, person, agreement, event, place, group and product."""

    entity_id: str = pa.Field(str_matches=SLUG, title="Entity", description="Stable id of the entity")
    name: str = pa.Field(title="Name", description="Name in English")
    aliases: Annotated[pl.List, pl.String] = pa.Field(
        title="Aliases", description="Other words by which sources name it or speak of it"
    )
    kind: str = pa.Field(
        isin=["agreement", "country", "event", "group", "organization", "person", "place", "product"],
        title="Kind",
        description="What the entity is",
    )
    wikidata: str = pa.Field(
        nullable=True,
        str_matches=r"^(?:Q[1-9][0-9]*)$",
        title="Wikidata",
        description="Wikidata item, where it is certain",
    )
    iso3166: str = pa.Field(
        nullable=True,
        str_matches=r"^(?:[A-Z]{2})$",
        title="ISO 3166",
        description="ISO 3166-1 alpha-2 code of a country",
    )
    fact_ids: Annotated[pl.List, pl.String] = pa.Field(
        title="Facts", description="Ids of the facts that name the entity"
    )

    class Config:
        title = "Entities"
        strict = True
        unique = ["entity_id"]

    @pa.dataframe_check(description="A country has its ISO 3166 code, and nothing else has one")
    @classmethod
    def country_has_code(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Compare the kind with the presence of a code."""
        return data.lazyframe.select((pl.col("kind") == "country") == pl.col("iso3166").is_not_null())


RELATIONS = (ForeignKey(field="fact_ids", table="facts", references="fact_id"),)
