"""Whatever stands in a package, its pages keep their shape: it is text, and nothing of it is obeyed."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pages import packages, structure

PAGES = ("index.html", "axis-of-upheaval/index.html", "axis-of-upheaval/2.0.0/index.html", "review.html")
TEXTS = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(packages.HOSTILE), min_size=1, max_size=20
)


@pytest.fixture(scope="module")
def harmless(build_changed):
    site = build_changed(lambda text: "x")
    return {page: structure.read(site / page).shape for page in PAGES}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_no_text_changes_the_shape_of_a_page(build_changed, harmless, texts):
    site = build_changed(packages.hostile(texts))
    for page in PAGES:
        read = structure.read(site / page)
        assert read.shape == harmless[page]
        assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
        for address in read.values("href", "src"):
            assert re.match(r"https?://|#|(?:\.\./)*[\w.-]|data:,$", address)
    told = (site / "axis-of-upheaval/2.0.0/data.js").read_text(encoding="utf-8")
    assert not re.search(r"[<>&\u2028\u2029\u202a-\u202e\u2066-\u2069]", told)
    assert json.loads(told.removeprefix("self.FACTPACK = ").removesuffix(";\n"))["version"] == "2.0.0"


@pytest.mark.parametrize("text", packages.HOSTILE, ids=range(len(packages.HOSTILE)))
def test_a_hostile_text_is_shown_as_it_stands(build_changed, text):
    site = build_changed(lambda _: text)
    shown = "".join(structure.read(site / PAGES[2]).texts)
    escaped = re.sub("[\x00\x1b\u2028-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found[0]):04x}", text)
    assert shown.count(escaped) > 500
    assert not re.search("[\x00\x1b\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "file:///etc/passwd",
        " https://x",
    ],
)
def test_an_address_that_is_none_of_the_web_is_no_link(build_changed, address):
    site = build_changed(lambda text: "", url=address)
    for page in PAGES:
        assert address not in structure.read(site / page).values("href")


def test_a_history_of_hostile_texts_keeps_the_shape(build_changed):
    """Ids stay, so that what the version before said of a fact is shown beside what is said now."""
    suffixes = {"x": lambda _: "x", "hostile": packages.hostile()}
    sites = {name: build_changed(suffix, ids=False) for name, suffix in suffixes.items()}
    shapes = {name: [structure.read(site / page).shape for page in PAGES] for name, site in sites.items()}
    assert shapes["x"] == shapes["hostile"]
    told = (sites["hostile"] / "axis-of-upheaval/2.0.0/data.js").read_text(encoding="utf-8")
    assert json.loads(told.removeprefix("self.FACTPACK = ").removesuffix(";\n"))["history"]
