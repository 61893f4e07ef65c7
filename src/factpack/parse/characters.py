"""Which characters a text may hold, and when two ids look alike."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Characters that do not show, or that change how others show: controls except the line feed, soft hyphen, every other
# default-ignorable code point (Unicode 17, DerivedCoreProperties: zero-width and bidirectional controls, variation
# selectors, tags, fillers), line and paragraph separators, private use, noncharacters, and the traces of what was lost
# (U+FFFC, U+FFFD). The notation is common to Python's `re` and to Rust's `regex`, which polars uses.
FORBIDDEN = (
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)

# A text of these characters alone, with no white space around it, has none that is forbidden and is in normal form C:
# all of them stand below the first combining mark (U+0300) or are punctuation without decomposition. It is the cheap
# test that most texts pass.
_SEEN = r"!-~\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e"
UNSUSPICIOUS = rf"\A(?:[{_SEEN}](?:[\n \xa0{_SEEN}]*[{_SEEN}])?)?\z"

_forbidden = re.compile(FORBIDDEN)

# Unicode Technical Standard 39, section 4 and confusables.txt, as far as it leads to the letters of an id; the last
# line is for capitals, which fold to letters that look like others.
_LOOK_ALIKES = {
    "a": "аαɑАΑ", "b": "ьВΒ", "c": "сϲСϹ", "d": "ԁ", "e": "еҽЕΕ", "g": "ɡց", "h": "һհНΗ", "i": "іιıɩІΙ", "j": "јϳЈ",  # noqa: RUF001
    "k": "кκКΚ", "l": "1ӏǀӀ", "m": "мМΜ", "n": "ոΝ", "o": "0оοօσОΟ", "p": "рρРΡ", "q": "ԛգ", "r": "г", "s": "ѕЅ",  # noqa: RUF001
    "t": "тτТΤ", "u": "υսʋ", "v": "νѵ", "w": "ԝѡ", "x": "хχХΧ", "y": "уγүУΥ", "z": "ᴢΖ", "-": "_‐‑‒–—―−",  # noqa: RUF001
}  # fmt: skip
_ALIKE = str.maketrans({sign: letter for letter, signs in _LOOK_ALIKES.items() for sign in signs})


def first_forbidden(text: str) -> int | None:
    """Find the first character that no text may hold, counted from 0."""
    match = _forbidden.search(text)
    return match.start() if match else None


def describe(character: str) -> str:
    """Name a character as Unicode does: `U+200B ZERO WIDTH SPACE`."""
    name = unicodedata.name(character, "a control character" if character < "\xa0" else "a character without a name")
    return f"U+{ord(character):04X} {name}"


def skeleton(text: str) -> str:
    """Reduce an id to what the eye sees of it: two ids with the same skeleton are confusable.

    Look-alikes of other scripts, compatibility forms (NFKD), accents and case are taken away; `rn` is seen as `m`,
    `0` as `o` and `1` as `l` (UTS 39).

    >>> skeleton("Bri\u0441s-10") == skeleton("brics-lo")
    True
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    folded = "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
    visible = "".join(character for character in folded.translate(_ALIKE) if not _forbidden.match(character))
    return visible.replace("rn", "m")


def id_skeleton(text: pl.Expr) -> pl.Expr:
    """Give `skeleton` of texts that are ids already: lower-case ASCII letters, digits, `-` and `_`."""
    return text.str.replace_many(["0", "1", "_", "rn"], ["o", "l", "-", "m"])
