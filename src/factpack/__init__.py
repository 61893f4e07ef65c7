"""Facts taken from articles become a dataset that others can rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from factpack.reader import Package, open  # noqa: A004 - factpack.open, as gzip.open

__all__ = ["Package", "open"]


def __getattr__(name: str) -> Any:
    """Load the consumer's side when it is asked for (PEP 562), so that importing factpack costs nothing."""
    if name in __all__:
        from factpack import reader

        return getattr(reader, name)
    raise AttributeError(f"module 'factpack' has no attribute {name!r}")
