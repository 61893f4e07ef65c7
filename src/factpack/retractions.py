"""A published fact never just vanishes: it stays, or it is retracted with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.report import Finding, Ran, Report

if TYPE_CHECKING:
    import polars as pl


def check(facts: pl.LazyFrame, published: pl.DataFrame, retracted: pl.DataFrame | None) -> Report:
    """Compare the facts of the last published version with those in `raw/` and those retracted.

    Args:
        facts: the facts that were read.
        published: `fact_id` and `source_id` of every published fact.
        retracted: the rows of `raw/retractions`, where there is such a file.
    """
    gone = published.lazy().join(facts, on="fact_id", how="anti").sort("source_id", "fact_id").collect()
    again = facts.clear().collect()
    if retracted is not None:
        gone = gone.join(retracted, on="fact_id", how="anti")
        again = facts.join(retracted.lazy(), on="fact_id", how="semi").collect()
    files = dict(facts.select("source_id", "_file").unique().collect().iter_rows())
    vanished = [
        Finding(
            code="FP702",
            message=f"{fact_id} was published and is gone from the facts of {source_id}",
            file=files.get(source_id, f"raw/facts/{source_id}.csv"),
            line=1,
            column=1,
            table="facts",
            fact_id=fact_id,
        )
        for fact_id, source_id in gone.select("fact_id", "source_id").iter_rows()
    ]
    returned = [
        Finding(
            code="FP703",
            message=f"{row['fact_id']} is retracted, and stands among the facts again",
            file=row["_file"],
            line=row["_line"],
            table="facts",
            field="fact_id",
            fact_id=row["fact_id"],
            value=row["fact_id"],
        )
        for row in again.iter_rows(named=True)
    ]
    ran = Ran(stage="retractions", subject="facts", rules=2, rows=published.height)
    return Report(findings=(*vanished, *returned), ran=(ran,))
