"""Whether each id is given to one row only, and none looks like another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.parse.characters import id_skeleton, skeleton
from factpack.sources.cells import Flaw
from factpack.sources.files import MAX_FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = r"\A[a-z0-9_-]+\z"


def check(frame: pl.DataFrame, key: str) -> list[Flaw]:
    """Find rows whose id another row has (FP115), and ids that look like another (FP112).

    Args:
        frame: the rows of a table, of all its files, with `_file` and `_line`; the first row with an id owns it.
        key: the column of the ids.
    """
    ids = frame.select("_file", "_line", id=pl.col(key)).drop_nulls("id").with_columns(skeleton=skeletons(frame[key]))
    # Equal hashes of different skeletons would only send the frame on to the exact test.
    if ids["skeleton"].hash().n_unique() == ids.height:
        return []
    ids = ids.with_row_index("row").filter(pl.len().over("skeleton") > 1)
    own = pl.col("row") == pl.col("row").min().over("id")
    doubled = ids.with_columns(other=pl.struct("id", "_file", "_line").first().over("id", order_by="row")).filter(~own)
    # Of ids that look alike, the first that is well-formed is the one that others are taken for.
    rank = [~pl.col("id").str.contains(_PLAIN), pl.col("row")]
    alike = (
        ids.filter(own)
        .with_columns(other=pl.struct("id", "_file", "_line").first().over("skeleton", order_by=rank))
        .filter(pl.col("other").struct.field("id") != pl.col("id"))
    )
    return [*_flaws(doubled, key, "FP115"), *_flaws(alike, key, "FP112")]


def skeletons(ids: pl.Series) -> pl.Series:
    """Reduce the ids to what the eye sees.

    Those that are not well-formed are looked at one by one; they are at fault already, so only as many as are listed.
    """
    ids = ids.drop_nulls()
    odd = ids.filter(~ids.str.contains(_PLAIN)).unique(maintain_order=True).head(MAX_FINDINGS)
    plain = ids.to_frame("id").select(id_skeleton(pl.col("id"))).to_series()
    if odd.is_empty():
        return plain
    seen = ids.replace(odd.to_list(), [skeleton(name) for name in odd])
    return plain.to_frame("plain").select(pl.when(ids.str.contains(_PLAIN)).then("plain").otherwise(seen)).to_series()


def _flaws(rows: pl.DataFrame, key: str, code: str) -> Iterator[Flaw]:
    for index, row in enumerate(rows.sort("row").head(MAX_FINDINGS + 1).iter_rows(named=True)):
        more = f"; {rows.height - index - 1:,} more rows" if index == MAX_FINDINGS and rows.height > index + 1 else ""
        yield _flaw(row, key, code, more)


def _flaw(row: dict[str, Any], key: str, code: str, more: str) -> Flaw:
    other = row["other"]
    where = f"{other['_file']}, line {other['_line']}"
    name = row["id"]
    message = (
        f"{key} {name!r} is given to a row already: {where}"
        if code == "FP115"
        else f"{key} {name!r} looks like {other['id']!r}: {where}"
    )
    return Flaw(
        code=code,
        message=message + more,
        file=row["_file"],
        line=row["_line"],
        field=key,
        value=name,
        expected="an id of its own",
        fact_id=name if key == "fact_id" else None,
    )
