"""Words, numbers and signs of a normalised text, with their places."""

from __future__ import annotations

import re
from fractions import Fraction

from factpack.parse.reading import Token, Tokens

# Digits in groups of three are one number; so are two groups or more behind a space, as in 1 200 000.
_TOKEN = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]{1,3}(?: [0-9]{3})+(?![0-9,.:/-])"
    r"|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2}(?![0-9A-Za-z]))?|(?<![0-9A-Za-z])\.[0-9]+)"
    r"|(?P<vulgar>[\u00bc-\u00be\u2150-\u215e])"
    r"|(?P<word>[^\W\d_]+(?:'(?:s|t|re|ve|ll|d|m)(?![^\W\d_]))?)"
    r"|(?P<sign>\S)"
)
_PARTS = "1/4 1/2 3/4 1/7 1/9 1/10 1/3 2/3 1/5 2/5 3/5 4/5 1/6 5/6 1/8 3/8 5/8 7/8"
_VULGAR = dict(
    zip(
        "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞",
        map(Fraction, _PARTS.split()),
        strict=True,
    )
)
# A number of more digits than any quantity has is an identifier; reading it would cost more than it tells.
_DIGITS = 40


def tokens(text: str) -> Tokens:
    """Split a normalised text.

    >>> [token.word for token in tokens("In 2023, 90% rose")]
    ['in', '2023', ',', '90', '%', 'rose']
    """
    found = Tokens()
    before = -1
    for match in _TOKEN.finditer(text):
        word = match[0]
        start = match.start()
        kind = match.lastgroup
        number = None
        if kind == "number" and len(word) <= _DIGITS:
            number = Fraction(word.replace(",", "").replace(" ", ""))
        elif kind == "vulgar":
            number = _VULGAR[word]
        found.append(Token(word.lower(), start, match.end(), start != before, word[0].isupper(), number))
        before = match.end()
    return found
