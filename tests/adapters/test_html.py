"""An article is taken out of a saved page; a page without one is an error."""

import pytest

from factpack.adapters import html
from factpack.errors import FactpackError

PARAGRAPH = (
    "BRICS, an economic bloc founded in 2009, now has eleven member countries, its ministers told reporters there. "
)
ARTICLE = f"<article><h1>Bloc grows</h1><p>{PARAGRAPH * 4}</p><p>{PARAGRAPH * 3}</p></article>"
PAGE = f"<html><body><nav>Home | World</nav>{ARTICLE}</body></html>"


def test_the_text_of_a_page_is_its_article(tmp_path):
    pytest.importorskip("trafilatura")
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    text = html.text(page)
    assert "now has eleven member countries" in text
    assert "Home | World" not in text
    assert text.endswith("\n")


def test_a_page_without_an_article_is_an_error(tmp_path):
    pytest.importorskip("trafilatura")
    page = tmp_path / "page.html"
    page.write_text("<html><body></body></html>", encoding="utf-8")
    with pytest.raises(FactpackError, match="no article"):
        html.text(page)
