"""Facts that were published and are withdrawn, each with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def transform(raw_retractions: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the retractions as they were written."""
    return raw_retractions
