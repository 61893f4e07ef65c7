"""The one table of the packages that are published under stress."""

import polars as pl
from pandera.polars import DataFrameModel, Field

from factpack.schemas import TableModel


class Sources(DataFrameModel):
    source_id: str = Field()
    title: str = Field()
    publisher: str = Field()
    url: str = Field()
    published: pl.Date = Field(nullable=True)


MODELS = {"sources": TableModel(name="sources", schema=Sources.to_schema(), key=("source_id",), relations=())}
