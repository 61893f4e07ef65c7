"""The same words are found whatever they are set with, and lead back to where they stand."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factpack.parse import text

ODD = "\u2018\u2019\u201c\u201d\u00ab\u2013\u2014\u2212\u2026\u00ad \u00a0\u2009\n\t\r\u2028"
ODD += "e\u0301a\u030ao11-'\".\u1100\u1161\u212b"
TEXTS = st.text(st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8", exclude_categories=["Cs"])), max_size=40)


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("\u201cI\u2019m sure\u201d", '"I\'m sure"'),
        ("no\u2013limits \u2014 2022", "no-limits - 2022"),
        ("perilous \u2026 now", "perilous ... now"),
        ("a\u00a0\u2009 b\r\n\tc", "a b c"),
        ("mem\u00adber", "member"),
        ("e\u00ad\u0301", "\u00e9"),
        ("a \u00ad b", "a b"),
        ("Tu\u0308rkiye", "T\u00fcrkiye"),
        ("12 %, 1,700 and 41.41", "12 %, 1,700 and 41.41"),
        ("NOT not", "NOT not"),
    ],
)
def test_only_the_setting_is_folded(raw, normal):
    assert text.normalise(raw).text == normal


@settings(max_examples=1000)
@given(TEXTS)
def test_a_column_is_folded_as_its_cells_are(raw):
    assert pl.select(text.normalised(pl.lit(raw))).item() == text.normalise(raw).text


@settings(max_examples=1000)
@given(TEXTS)
def test_folding_again_changes_nothing(raw):
    once = text.normalise(raw).text
    assert text.normalise(once).text == once


@settings(max_examples=1000)
@given(TEXTS, st.data())
def test_every_span_leads_to_the_raw_words_it_was_folded_from(raw, data):
    normal = text.normalise(raw)
    if not normal.text:
        return
    start = data.draw(st.integers(0, len(normal.text) - 1))
    end = data.draw(st.integers(start + 1, len(normal.text)))
    first, last = normal.span(start, end)
    assert 0 <= first < last <= len(raw)
    assert normal.text[start:end] in text.normalise(raw[first:last]).text


@settings(max_examples=1000)
@given(TEXTS)
def test_places_rise_and_cover_everything_but_soft_hyphens(raw):
    normal = text.normalise(raw)
    spans = [normal.span(index, index + 1) for index in range(len(normal.text))]
    assert spans == sorted(spans)
    covered = {place for first, last in spans for place in range(first, last)}
    assert {raw[place] for place in range(len(raw)) if place not in covered} <= {"\u00ad"}


@given(st.text(st.characters(codec="utf-8", categories=["L", "N"]), max_size=20))
def test_letters_and_digits_stay(raw):
    assert text.normalise(raw).text == unicodedata.normalize("NFC", raw)
