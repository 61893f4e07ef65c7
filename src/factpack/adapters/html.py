"""The article of a web page as text: trafilatura's extraction, without navigation, advertising and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.errors import ConfigurationError, FactpackError

if TYPE_CHECKING:
    from pathlib import Path


def text(page: Path) -> str:
    """Take the article out of a saved page; a line of the result is a paragraph.

    Raises:
        ConfigurationError: trafilatura (extra `html`) is not installed.
        FactpackError: the page has no article.
    """
    try:
        import trafilatura
    except ImportError:
        raise ConfigurationError("trafilatura is not installed: pip install 'factpack[html]'.") from None
    found: str | None = trafilatura.extract(page.read_bytes(), include_comments=False, output_format="txt")
    if not found or not found.strip():
        raise FactpackError(f"{page}: no article was found in this page. Save the text by hand as a .txt file.")
    return found.rstrip("\n") + "\n"
