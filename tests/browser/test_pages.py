"""The pages in a real browser: links, accessibility, and no word with anyone else."""

from urllib.parse import parse_qs, unquote, urldefrag, urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.pages import packages

PAGES = {
    "catalogue": "index.html",
    "package": "axis-of-upheaval/index.html",
    "version": "axis-of-upheaval/2.0.0/index.html",
    "first version": "axis-of-upheaval/1.0.0/index.html",
    "fact": "axis-of-upheaval/2.0.0/index.html#fact=csm-brics-member-count",
}
FRAGMENTS = """() => {
  const data = self.FACTPACK;
  return {
    ids: [...document.querySelectorAll('[id]')].map((one) => one.id),
    facts: data ? data.plain.fact_id : [],
    sources: data ? data.coded.source_id.values : [],
    links: [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href')),
  };
}"""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1920])
def test_axe_finds_nothing(origins, opened, page, scheme, width):
    with opened(origins["http"] + PAGES[page], scheme=scheme, width=width) as shown:
        shown.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        found = Axe().run(shown)
        assert found.response["violations"] == [], found.generate_report()
        assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("origin", ["http", "file"])
def test_every_link_resolves(origins, opened, pages, origin):
    known = {}
    for path in dict.fromkeys(path.split("#")[0] for path in PAGES.values()):
        with opened(origins[origin] + path) as shown:
            known[origins[origin] + path] = shown.evaluate(FRAGMENTS)
    for page, told in known.items():
        for href in told["links"]:
            target, fragment = urldefrag(urljoin(page, href))
            if not target.startswith(origins[origin]):
                assert target.startswith(("https://", "http://"))
                continue
            assert (pages / unquote(target.removeprefix(origins[origin]))).is_file(), href
            if "=" in fragment:
                ((kind, (value,)),) = parse_qs(fragment).items()
                assert value in known[target][{"fact": "facts", "source_id": "sources"}[kind]]
            elif fragment:
                assert unquote(fragment) in known[target]["ids"]


@pytest.mark.parametrize("origin", ["http", "file"])
def test_a_page_is_whole_before_its_script(origins, opened, origin):
    with opened(origins[origin] + PAGES["version"], java_script_enabled=False) as shown:
        assert shown.get_by_text("sources disagree on Saudi Arabia").is_visible()
        assert shown.get_by_role("region", name="Facts", exact=True).get_by_role("row").count() > 20
        assert shown.get_by_role("link", name="all of them").is_visible()
        denied = shown.locator("#table tr", has=shown.get_by_role("link", name="ap-saudi-arabia-member-of-brics"))
        assert denied.locator("td").nth(1).inner_text() == "not member of"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_shows_what_is_folded_away(version, scheme):
    with version.open(scheme=scheme) as shown:
        shown.emulate_media(media="print")
        assert not shown.get_by_role("button", name="Copy").first.is_visible()
        assert not shown.locator("#filter").is_visible()
        for folded in shown.locator("details td").all()[::40]:
            assert folded.bounding_box()["height"] > 0
        assert shown.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
        shown.set_viewport_size({"width": 718, "height": 1000})
        assert shown.evaluate("Math.max(...[...document.querySelectorAll('svg')].map((one) => one.clientWidth))") <= 718
        assert shown.evaluate("document.querySelector('.scroll').scrollWidth <= document.body.scrollWidth")


@pytest.mark.parametrize("width", [320, 1280])
def test_hostile_texts_run_nothing_and_break_no_page(opened, build_changed, width):
    site = build_changed(packages.hostile())
    for path in ("index.html", "axis-of-upheaval/index.html", PAGES["version"]):
        with opened(f"{site.as_uri()}/{path}", width=width) as shown:
            scripts = shown.evaluate("[...document.scripts].map((one) => one.getAttribute('src'))")
            assert [one.rpartition("/")[2] for one in scripts] in (["factpack.js"], ["data.js", "factpack.js"])
            if "2.0.0" in path:
                for link in shown.locator("#table tbody a").all()[:40]:
                    link.click()
                    expect(shown.locator("#panel h2")).to_have_text(link.inner_text())
                    shown.keyboard.press("Escape")
                shown.locator("[name=q]").fill("<script>")
                expect(shown.locator("#count")).not_to_have_text("327 of 327 facts")
            assert shown.evaluate("self.ran") is None
            assert shown.evaluate("document.documentElement.scrollWidth") <= width
