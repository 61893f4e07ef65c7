"""What stands around each phrase: its paragraph, read once for all the facts that rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from factpack.parse.passage import read
from factpack.parse.text import Normal, normalise

if TYPE_CHECKING:
    from datetime import date

    from factpack.parse.reading import Reading

# Of a paragraph as long as a book, the surroundings of a phrase are read.
_LONGEST = 20_000
_AROUND = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A phrase in its folded paragraph: `text` with the phrase from `start` to `end`, and what was read in it.

    `begins` is where the paragraph begins in the raw text, `normal` the way back to its code points.
    """

    source_id: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    normal: Normal
    begins: int

    @property
    def text(self) -> str:
        """The folded paragraph."""
        return self.normal.text

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Give the place of a span of the folded paragraph in the raw text."""
        first, last = self.normal.span(start, end)
        return self.begins + first, self.begins + last

    def words(self, reading: Reading) -> str:
        """Give the words of a reading."""
        return self.text[reading.start : reading.end]


def place(source_id: str, passage: str, begins: int, start: int, end: int, reference: date | None, prefer: str) -> Place:
    """Read the surroundings of a phrase.

    Args:
        source_id: whose text it is.
        passage: a raw paragraph.
        begins: where it begins in its text, in code points.
        start: where the phrase begins in the text.
        end: where it ends.
        reference: the day of publication.
        prefer: which date is meant where the words leave it open (`factpack.parse.calendar`).
    """
    if len(passage) > _LONGEST:
        cut = max(0, start - begins - _AROUND)
        passage, begins = passage[cut : end - begins + _AROUND], begins + cut
    normal = folded(passage)
    first, last = normal.place(start - begins), normal.place(min(end - begins, len(passage)) - 1)
    return Place(source_id, first, last + 1, readings(passage, reference, prefer), normal, begins)


@lru_cache(maxsize=4096)
def folded(passage: str) -> Normal:
    """Fold a paragraph."""
    return normalise(passage)


@lru_cache(maxsize=4096)
def readings(passage: str, reference: date | None, prefer: str) -> tuple[Reading, ...]:
    """Read a paragraph."""
    return read(folded(passage).text, reference, prefer)
