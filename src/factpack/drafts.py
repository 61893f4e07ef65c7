"""Raw rows for a person to complete: every number, percentage, amount, duration and date of a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from factpack.parse.passage import read
from factpack.parse.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from factpack.parse.reading import Reading

COLUMNS = (
    "fact_id", "subject", "predicate", "object", "value", "unit", "date", "as_of", "modifier", "polarity",
    "attributed_to", "paragraph", "phrase", "note",
)  # fmt: skip
# Readings that state nothing a fact could carry.
_IDLE = {"now", "vague", "event"}
# A phrase of one word tells a reader little; four are as many as most numerals need to be understood.
_SHORTEST = 4
_MODIFIERS = {"approximate", "at_least", "at_most", "more_than", "less_than"}


def draft(text: str, reference: date | None, longest: int = 12) -> pl.DataFrame:
    """List what a text states, one raw row a value, with subject and predicate left open.

    Args:
        text: a raw text; its paragraphs are its lines that are not blank.
        reference: the day of publication, against which "last year" is read.
        longest: the most words that a phrase may have.

    Returns:
        Rows with the columns of raw facts, all text. The phrase stands once in its paragraph, unless the paragraph
        repeats itself in as many words.
    """
    rows = []
    for paragraph, line in enumerate((line for line in text.split("\n") if line.strip()), start=1):
        normal = normalise(line)
        for reading in _stated(read(normal.text, reference)):
            start, end = _phrase(normal.text, reading.start, reading.end, longest)
            raw_start, raw_end = normal.span(start, end)
            rows.append(_row(reading, paragraph, line[raw_start:raw_end]))
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def write(rows: pl.DataFrame) -> str:
    """Write raw rows as CSV, as a person would: nothing in an empty cell, and quotes only where they are needed."""
    return rows.select(pl.when(pl.all() != "").then(pl.all())).write_csv(line_terminator="\n")


def _stated(readings: tuple[Reading, ...]) -> Iterator[Reading]:
    """Choose one reading of each place: digits that may be a year are offered as the year."""
    seen = set()
    for reading in readings:
        if reading.modifier not in _IDLE and reading.start not in seen:
            seen.add(reading.start)
            yield reading


def _row(reading: Reading, paragraph: int, phrase: str) -> dict[str, str]:
    dated = reading.kind == "date"
    modifier = {"bound": "at_least"}.get(reading.modifier or "", reading.modifier or "")
    what = f"{reading.kind}: read as {reading.value or 'no value'}{f' to {reading.high}' if reading.high else ''}"
    row = {
        "value": "" if dated else (_percent(reading) or reading.value or ""),
        "unit": "percent" if reading.kind == "fraction" else reading.unit or "",
        "date": (reading.value or "") if dated else "",
        "modifier": modifier if modifier in _MODIFIERS else "",
        "paragraph": str(paragraph),
        "phrase": phrase,
        "note": f"draft, {what}{'' if modifier in _MODIFIERS or not modifier else f' ({modifier})'}",
    }
    return dict.fromkeys(COLUMNS, "") | row


def _percent(reading: Reading) -> str | None:
    """Offer a fraction as the percentage it is, where that is a whole number."""
    from fractions import Fraction

    share = Fraction(reading.value) * 100 if reading.kind == "fraction" and reading.value else None
    return str(share) if share is not None and share.denominator == 1 else None


def _phrase(text: str, start: int, end: int, longest: int) -> tuple[int, int]:
    """Widen a numeral by words on either side until it can be understood, and stands once in its paragraph."""
    words = [match.span() for match in re.finditer(r"\S+", text)]
    first = next(index for index, span in enumerate(words) if span[1] > start)
    last = next(index for index, span in enumerate(words) if span[1] >= end)
    left = False
    while last - first + 1 < longest and (
        last - first + 1 < _SHORTEST or text.count(text[words[first][0] : words[last][1]]) > 1
    ):
        before = first > 0 and text[words[first - 1][1] - 1] not in ".;:"
        behind = last + 1 < len(words) and text[words[last][1] - 1] not in ".;:"
        if not before and not behind:
            break
        # What a number counts stands behind it, so two words of three are taken from there.
        if (left and before) or not behind:
            first, left = first - 1, False
        else:
            last += 1
            left = (last - first) % 3 == 2
    return words[first][0], _bare(text, words[first][0], words[last][1])


def _bare(text: str, start: int, end: int) -> int:
    """Leave out the punctuation behind the last word."""
    while end > start + 1 and text[end - 1] in ".,;:!?- ":
        end -= 1
    return end
