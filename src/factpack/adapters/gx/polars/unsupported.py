"""What polars leaves to pandas."""

from __future__ import annotations


class Unsupported(Exception):  # noqa: N818 - it is no error: pandas judges instead
    """Polars has no expression with the meaning that the pandas engine gives a metric on such a column."""
