"""One spelling of a text: the same words are found whatever quotation marks, dashes and white space they stand with.

Version 1 folds quotation marks and apostrophes to ' and ", dashes and the minus to -, the ellipsis to three points,
runs of white space to one space, drops soft hyphens, and composes letters with their accents (NFC). Nothing else: no
letter, digit or sign changes its meaning, and case stays.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Anchors carry it: a fold that is added or taken away makes another text of the same bytes.
VERSION = 1

_FOLDS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}
_SOFT_HYPHEN = "\u00ad"
# White space as Unicode has it; spelt out, so that Python's and Rust's regex engines mean the same.
_SPACE = "\\t\\n\\x0b\\x0c\\r\\x20\\x85\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
_RUST_SPACE = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", _SPACE)
_PIECES = re.compile(
    f"(?P<space>{_SOFT_HYPHEN}*[{_SPACE}][{_SPACE}{_SOFT_HYPHEN}]*)|(?P<fold>[{''.join(_FOLDS)}])|[^{_SPACE}{''.join(_FOLDS)}]+"
)


# White space of ASCII that is folded; a text of ASCII without it is folded already.
_UNEVEN = re.compile(r"[\t\n\x0b\x0c\r]|  ")


@dataclass(frozen=True, slots=True)
class Normal:
    """A normalised text, with the way back to the raw one.

    `begins` are the places in the normalised text where a piece begins, `raw` the places of these pieces in the raw
    text, and `ends` where they end there. Within a piece of equal length, places run side by side.
    """

    text: str
    begins: tuple[int, ...]
    raw: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the raw span of a span of the normalised text, in code points; neither may be empty."""
        return self._place(start)[0], self._place(end - 1)[1]

    def place(self, index: int) -> int:
        """Give the place in the normalised text of a place in the raw one, or the nearest before what was dropped."""
        piece = max(0, bisect_right(self.raw, index) - 1)
        begin, raw, end = self.begins[piece], self.raw[piece], self.ends[piece]
        following = self.begins[piece + 1] if piece + 1 < len(self.begins) else len(self.text)
        if following - begin == end - raw:
            return min(begin + index - raw, following - 1)
        return begin if index == raw else following - 1

    def _place(self, index: int) -> tuple[int, int]:
        piece = bisect_right(self.begins, index) - 1
        begin, raw, end = self.begins[piece], self.raw[piece], self.ends[piece]
        following = self.begins[piece + 1] if piece + 1 < len(self.begins) else len(self.text)
        if following - begin == end - raw:
            return raw + index - begin, raw + index - begin + 1
        # A fold or a composed word has another length than its raw piece, which is then taken whole.
        return raw, end


def normalise(text: str) -> Normal:
    """Fold a text, and keep the way back.

    >>> normal = normalise("a  \u2018long\u2019 word")
    >>> normal.text, normal.span(2, 8)
    ("a 'long' word", (3, 9))
    """
    if text and text.isascii() and not _UNEVEN.search(text):
        return Normal(text=text, begins=(0,), raw=(0,), ends=(len(text),))
    pieces, begins, raw, ends = [], [], [], []
    length = 0
    for match in _PIECES.finditer(text):
        piece = _fold(match)
        if piece:
            begins.append(length)
            raw.append(match.start())
            ends.append(match.end())
            pieces.append(piece)
            length += len(piece)
    return Normal(text="".join(pieces), begins=tuple(begins), raw=tuple(raw), ends=tuple(ends))


def _fold(match: re.Match[str]) -> str:
    if match["space"]:
        return " "
    if match["fold"]:
        return _FOLDS[match["fold"]]
    # A letter and its accent compose over a soft hyphen too.
    word = match[0].replace(_SOFT_HYPHEN, "")
    return word if unicodedata.is_normalized("NFC", word) else unicodedata.normalize("NFC", word)


def normalised(text: pl.Expr) -> pl.Expr:
    """Fold a column of texts, without the way back; the same as `normalise` of each."""
    spaced = text.str.replace_all(_SOFT_HYPHEN, "", literal=True).str.replace_all(f"[{_RUST_SPACE}]+", " ")
    return spaced.str.normalize("NFC").str.replace_many(list(_FOLDS), list(_FOLDS.values()))
