"""Rows that belong together, in one bucket: where a table is too large for one place, keys lead its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

_BUCKET, _ROW = "\x1fbucket", "\x1fled"

Keys = tuple[tuple[str, ...], ...]


def cut(frame: pl.DataFrame, keys: Iterable[tuple[str, ...]], buckets: int) -> dict[int, pl.DataFrame]:
    """Cut a frame into the rows that go to each bucket.

    A key leads to the same bucket whatever table it stands in, as long as the version of polars is the same. A row with
    several keys goes to the bucket of each, once; a key that is null altogether leads nowhere, if there are others.

    Example:
        >>> parts = cut(pl.DataFrame({"subject": ["iran", "sco"], "object": ["sco", None]}), (("subject",),), 1)
        >>> {bucket: part.height for bucket, part in parts.items()}
        {0: 2}
    """
    some = tuple(keys)
    led = pl.concat([_led(frame, key, buckets, always=len(some) == 1) for key in some]).unique().sort(_ROW)
    rows = frame[led[_ROW]].with_columns(led[_BUCKET])
    parts = rows.partition_by(_BUCKET, as_dict=True, include_key=False)
    return {int(bucket): part for (bucket,), part in parts.items()}


def _led(frame: pl.DataFrame, key: tuple[str, ...], buckets: int, *, always: bool) -> pl.DataFrame:
    cells = [pl.col(name).cast(pl.String).fill_null("\x1e") for name in key]
    bucket = (pl.concat_str(cells, separator="\x1f").hash() % buckets).cast(pl.Int64).alias(_BUCKET)
    leads = pl.lit(value=True) if always else pl.any_horizontal(pl.col(name).is_not_null() for name in key)
    return frame.lazy().with_row_index(_ROW).filter(leads).select(_ROW, bucket).collect()
