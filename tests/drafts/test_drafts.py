"""The curator's first minute: every value of a text as a raw row, with words that stand once in their paragraph."""

import csv
import io
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from factpack import drafts
from factpack.parse.text import normalise
from factpack.sources import FACTS

TEXT = """Last year BRICS, which now has eleven members, grew by an estimated 90%; eleven of them met on Monday.

In recent years thousands of drones were sold for $20 million, a third of what was planned.
"""


def test_each_value_is_a_row_with_the_columns_of_raw_facts():
    rows = drafts.draft(TEXT, date(2025, 6, 26))
    assert rows.columns == [column.name for column in FACTS]
    read = [(one["value"], one["unit"], one["date"], one["modifier"], one["paragraph"]) for one in rows.to_dicts()]
    assert read == [
        ("", "", "2024", "", "1"),
        ("11", "", "", "", "1"),
        ("90", "percent", "", "approximate", "1"),
        ("11", "", "", "", "1"),
        ("", "", "2025-06-23", "", "1"),
        ("2000", "", "", "at_least", "2"),
        ("20000000", "USD", "", "", "2"),
        ("1/3", "percent", "", "", "2"),
    ]


def test_phrases_stand_once_in_their_paragraph_and_hold_their_value():
    rows = drafts.draft(TEXT, date(2025, 6, 26))
    paragraphs = [line for line in TEXT.split("\n") if line.strip()]
    for row in rows.to_dicts():
        assert paragraphs[int(row["paragraph"]) - 1].count(row["phrase"]) == 1
        assert len(row["phrase"].split()) <= 12


def test_the_rows_can_be_completed_and_read_as_raw_facts(tmp_path):
    written = drafts.write(drafts.draft(TEXT, None))
    assert '""' not in written
    (first, *_) = csv.DictReader(io.StringIO(written))
    assert first["date"] == ""
    assert "no value" in first["note"]


@given(st.text(alphabet="eleven of 12 states in 2009, 90% ago.\n“”—\u00a0", max_size=80), st.integers(3, 12))
def test_any_text_gives_phrases_of_its_own_words(text, longest):
    paragraphs = [line for line in text.split("\n") if line.strip()]
    for row in drafts.draft(text, date(2025, 6, 26), longest).to_dicts():
        line = paragraphs[int(row["paragraph"]) - 1]
        assert row["phrase"] in line
        assert len(normalise(row["phrase"]).text.split()) <= max(longest, 12)
