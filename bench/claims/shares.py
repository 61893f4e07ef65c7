"""Shares of wholes: rows of which many break each relation, and as many do not, in files of any size."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from factpack.rules import ForeignKey, Order, PartOfWhole, StatedCount, Sum

if TYPE_CHECKING:
    from pandera.polars import DataFrameSchema

NUMBER = pl.Decimal(18, 6)
RELATIONS = (
    PartOfWhole(part={"what": "part"}, whole={"what": "whole"}, on={"group": "group"}),
    Sum(whole={"what": "whole"}, parts=({"what": "part"}, {"what": "rest"}), on=("group",)),
    Order(field="since_min", table="shares", on={"group": "id"}, not_before="since_max"),
    StatedCount(
        stated={"what": "count"},
        table="shares",
        where={"what": "part"},
        on={"group": "group"},
        counted="id",
        since="since",
    ),
    StatedCount(
        stated={"what": "count"},
        table="shares",
        where={"what": "rest"},
        on={"group": "group"},
        counted="id",
        standing="what",
    ),
    ForeignKey(field="group", table="shares", references="what"),
    ForeignKey(field="fact_ids", table="shares", references="fact_id"),
)


def schema() -> DataFrameSchema:
    """Give the rules of rows as a pandera schema; all rows keep them."""
    import pandera.polars as pa

    return pa.DataFrameSchema(
        {
            "id": pa.Column(str),
            "fact_id": pa.Column(str),
            "what": pa.Column(str),
            "group": pa.Column(str, nullable=True),
            **{name: pa.Column(NUMBER, nullable=True) for name in ("low", "high", "value")},
            **{name: pa.Column(pl.Date, nullable=True) for name in ("as_of_max", "since_min", "since_max")},
            "fact_ids": pa.Column(pl.List(pl.String)),
        },
        unique=["id"],
        strict=True,
    )


def rows(first: int, count: int, total: int, groups: int = 40) -> pl.LazyFrame:
    """Give some rows of so many in all, from one on; a group has `total / groups` of them."""
    at, last = pl.col("at"), total + 9
    day = pl.lit(date(2020, 1, 1)) + pl.duration(days=at.hash(5) % 900)
    number = (at.hash(3) % 40).cast(NUMBER)
    return (
        pl.LazyFrame()
        .select(at=pl.int_range(first, first + count, dtype=pl.Int64))
        .select(
            id=pl.format("s{}", at),
            fact_id=pl.format("f{}", at),
            what=pl.lit(pl.Series(["whole", "part", "rest", "count"])).gather(at.hash(1) % 4),
            group=pl.when(at % 11 > 0).then(pl.format("s{}", at.hash(2) % groups)),
            low=pl.when(at % 7 > 0).then(number),
            high=pl.when(at % 5 > 0).then(number + pl.lit(Decimal(3), NUMBER)).cast(NUMBER),
            value=number,
            as_of_max=pl.when(at % 4 > 0).then(day),
            since_min=pl.when(at % 3 > 0).then(day),
            since_max=pl.when(at % 3 > 0).then(day + pl.duration(days=30)),
            fact_ids=pl.concat_list(pl.format("f{}", at), pl.format("f{}", at.hash(4) % last)),
        )
    )


def make(folder: Path, count: int, files: int) -> None:
    """Write so many rows in so many files, in a process of its own: what it holds is nobody else's memory."""
    subprocess.run([sys.executable, __file__, str(folder), str(count), str(files)], check=True)


if __name__ == "__main__":
    target, total, number = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    target.mkdir()
    size = total // number
    for part in range(number):
        rows(part * size, size, total, total // 10).sink_parquet(target / f"part-{part:02d}.parquet")
