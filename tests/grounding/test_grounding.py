"""Phrases are looked up in the text of their own source: verbatim, once, in the paragraph named."""

import hashlib

import polars as pl
import pytest

from factpack import grounding
from factpack.models import Project, Raw

NOTE = "Count with Indonesia: 11 members.\n\nOther words; other words.\n  \nOther words stand here too.\n"


def check(root, *facts, kind="note", sha256=None, articles=()):
    project = Project(root=root, name="x", version="1.0.0", title="x", description="x", licence="x")
    sha256 = sha256 or hashlib.sha256(NOTE.encode()).hexdigest()
    sources = pl.DataFrame({"source_id": ["s"], "text_kind": [kind], "text_sha256": [sha256]})
    rows = pl.DataFrame(
        [{"fact_id": f"f{n}", "paragraph": paragraph, "phrase": phrase} for n, (phrase, paragraph) in enumerate(facts)],
        schema={"fact_id": pl.String, "paragraph": pl.Int64, "phrase": pl.String},
    ).with_columns(source_id=pl.lit("s"))
    place = {"_file": pl.lit("raw/facts/s.csv"), "_line": pl.int_range(2, pl.len() + 2)}
    nothing = pl.DataFrame()
    raw = Raw(
        facts=rows.with_columns(**place),
        sources=sources.with_columns(_file=pl.lit("raw/sources.csv"), _line=pl.lit(2)),
        entities=nothing,
        predicates=nothing,
    )
    return grounding.check(raw, project, articles)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "raw" / "notes").mkdir(parents=True)
    (tmp_path / "raw" / "notes" / "s.txt").write_text(NOTE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("phrase", "paragraph"),
    [("11 members", None), ("11 members", 1), ("Other words stand", None), ("Other words", 3)],
)
def test_a_phrase_that_stands_once_is_found(root, phrase, paragraph):
    report = check(root, (phrase, paragraph))
    assert report.findings == ()
    assert report.ran[0].rows == 1


@pytest.mark.parametrize(
    ("phrase", "paragraph", "code", "field"),
    [
        ("12 members", None, "FP601", "phrase"),
        ("11 Members", 1, "FP601", "phrase"),
        (".1 members", 1, "FP601", "phrase"),
        ("11 members", 2, "FP601", "paragraph"),
        ("11 members", 9, "FP601", "paragraph"),
        ("Other words", None, "FP602", "phrase"),
        ("ther words", 2, "FP602", "phrase"),
    ],
)
def test_a_phrase_that_is_missing_misplaced_or_ambiguous_is_named(root, phrase, paragraph, code, field):
    report = check(root, ("11 members", 1), (phrase, paragraph))
    assert [(one.code, one.field, one.fact_id, one.line) for one in report.findings] == [(code, field, "f1", 3)]


def test_a_text_that_changed_is_named_and_nothing_is_looked_up_in_it(root):
    report = check(root, ("11 members", 1), sha256="0" * 64)
    assert [(one.code, one.file, one.field) for one in report.findings] == [("FP603", "raw/sources.csv", "text_sha256")]
    assert report.ran[0].rows == 0


def test_a_missing_note_is_an_error(root):
    (root / "raw" / "notes" / "s.txt").unlink()
    assert [one.code for one in check(root, ("11 members", 1)).findings] == ["FP603"]


def test_an_article_that_is_not_at_hand_is_said_and_one_that_is_is_used(root, tmp_path):
    absent = check(root, ("12 members", 1), kind="article")
    assert absent.findings == ()
    assert absent.skipped == ("phrases of s: its text is not at hand (1 facts)",)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "s.txt").write_text(NOTE, encoding="utf-8")
    present = check(root, ("12 members", 1), kind="article", articles=(folder,))
    assert [one.code for one in present.findings] == ["FP601"]
    assert present.skipped == ()


def test_a_text_that_is_not_utf_8_is_named_with_its_byte(root):
    content = b"Count \x93with"
    (root / "raw" / "notes" / "s.txt").write_bytes(content)
    (found,) = check(root, ("Count", 1), sha256=hashlib.sha256(content).hexdigest()).findings
    assert found.code == "FP101"
    assert "byte 7 is 0x93" in found.message
