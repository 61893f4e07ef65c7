"""LangExtract's output becomes raw rows, and no span of it is believed before the text has been read."""

import json

import pytest

from factpack.adapters import langextract
from factpack.drafts import COLUMNS

TEXT = "Intro.\n\nBRICS now has eleven member countries, and eleven more wait."


def document(*extractions, text=TEXT):
    return json.dumps({"document_id": "d", "text": text, "extractions": list(extractions)})


def extraction(words, start=None, **more):
    interval = None if start is None else {"start_pos": start, "end_pos": start + len(words)}
    return {"extraction_class": "member_count", "extraction_text": words, "char_interval": interval} | more


def read(tmp_path, *lines, text=None):
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return langextract.read(path, COLUMNS, text)


def test_an_exact_span_becomes_a_row_with_its_attributes(tmp_path):
    attributes = {"subject": "brics", "value": "11", "unit": "states", "confidence": "high"}
    words = "eleven member countries"
    found = read(tmp_path, document(extraction(words, TEXT.index(words), attributes=attributes)))
    (row,) = found.rows
    assert found.refused == ()
    assert list(row) == list(COLUMNS)
    wanted = {"subject": "brics", "predicate": "member_count", "value": "11", "unit": "states", "paragraph": "2"}
    assert {name: row[name] for name in wanted} == wanted
    assert (row["phrase"], row["note"]) == (words, "confidence: high")


@pytest.mark.parametrize("status", ["match_exact", "match_lesser", "match_fuzzy", None])
def test_an_altered_quote_is_refused_whatever_its_alignment_says(tmp_path, status):
    words = "twelve member countries"
    found = read(tmp_path, document(extraction(words, TEXT.index("eleven"), alignment_status=status)))
    assert found.rows == ()
    assert found.refused == ("line 1: 'twelve member countries' does not stand in its text",)


def test_a_missing_interval_needs_words_that_stand_once(tmp_path):
    found = read(tmp_path, document(extraction("eleven"), extraction("eleven more")))
    assert [row["phrase"] for row in found.rows] == ["eleven more"]
    assert found.refused == ("line 1: 'eleven' stands 2 times in its text, and not at its char_interval",)


def test_a_document_with_another_text_than_the_source_is_refused(tmp_path):
    found = read(tmp_path, document(extraction("eleven more")), text="Another text.")
    assert (found.rows, len(found.refused)) == ((), 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("not json", "not JSON"),
        ("[]", "no annotated document"),
        ('{"document_id": "d"}', "it has no text"),
        ('{"text": "x"}', "it has no list of extractions"),
        ('{"text": "x", "extractions": [{}]}', "without extraction_text"),
        ('{"text": "x", "extractions": [{"extraction_text": " "}]}', "is empty"),
    ],
)
def test_what_is_no_annotated_document_is_told_with_its_line(tmp_path, line, why):
    found = read(tmp_path, document(extraction("eleven more")), line)
    assert len(found.rows) == 1
    (refused,) = found.refused
    assert refused.startswith("line 2: ")
    assert why in refused


def test_an_empty_file_is_no_success(tmp_path):
    assert read(tmp_path, "").refused == ("the file has no extraction",)
