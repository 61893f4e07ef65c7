"""What stands around each phrase: its paragraph, read once for all the facts that rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from factpack.parse.passage import read
from factpack.parse.text import Normal, normalise

if TYPE_CHECKING:
    from datetime import date

    from factpack.parse.reading import Reading

# Of a paragraph as long as a book, the surroundings of a phrase are read.
_AROUND = 4_000


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


class Text(NamedTuple):
    """A raw text and how it is read: against which day, and with which date where the words leave it open."""

    source_id: str
    text: str
    reference: date | None
    prefer: str


def place(source: Text, start: int, end: int) -> Place:
    """Read the surroundings of a phrase, from `start` to `end`: its paragraph, or of a long one what is near."""
    text = source.text
    begins = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    closes = text.find("\n", end)
    passage = text[begins : min(len(text) if closes < 0 else closes, end + _AROUND)]
    normal = folded(passage)
    first, last = normal.place(start - begins), normal.place(end - begins - 1)
    read = readings(passage, source.reference, source.prefer)
    return Place(source.source_id, first, last + 1, read, normal, begins)


@lru_cache(maxsize=4096)
def folded(passage: str) -> Normal:
    """Fold a paragraph."""
    return normalise(passage)


@lru_cache(maxsize=4096)
def readings(passage: str, reference: date | None, prefer: str) -> tuple[Reading, ...]:
    """Read a paragraph."""
    return read(folded(passage).text, reference, prefer)
