"""A count on a page and its noun agree, of one thing as of several."""

import re

import pytest
from tests.pages import structure

from factpack import pipeline, project, scaffold
from factpack.adapters import site
from factpack.adapters.site import wording

SOURCES = "raw/sources.csv"


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The texts of the pages of the example, as its first version alone, and after a second that changes one cell."""
    root = tmp_path_factory.mktemp("counts") / "league"
    scaffold.start(root)
    pipeline.ground(project.load(root), write=True)
    found = []
    for round_ in ("one", "two"):
        if round_ == "two":
            text = (root / SOURCES).read_text("utf-8")
            (root / SOURCES).write_text(text.replace(",Four towns now,", ",Now four towns,"), encoding="utf-8")
        loaded = project.load(root)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
            pipeline.publish(loaded, pipeline.validate(loaded, suites=False))
        pages = site.build(root / "published", root.parent / round_)
        found.append(" ".join(" ".join("".join(structure.read(page).texts).split()) for page in pages))
    return found


def test_one_is_no_plural(texts):
    nouns = "row|version|rule|fact|member|finding|cell|numeral|one"
    for text in texts:
        assert not re.findall(rf"(?<![\d.,])1 (?:more )?(?:{nouns})s\b", text)


def test_one_and_several_are_counted(texts):
    one, two = texts
    assert "1 version of league" in one
    assert "sources, 1 row" in one
    assert "facts, 7 rows" in one
    assert "2 versions of league" in two
    assert "sources: 0 new, 0 gone, 1 cell changed" in two


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_000, "1,000 rows"), (1_001, "1,001 rows")]
)
def test_a_count_is_written_with_its_noun(count, text):
    assert wording.counted(count, "row") == text
