"""What a reader makes of words: a value with its place, its unit and how the words qualify it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

# How words qualify a value. The first five are those of a fact's `modifier`.
APPROXIMATE, AT_LEAST, AT_MOST = "approximate", "at_least", "at_most"
MORE_THAN, LESS_THAN = "more_than", "less_than"


class Token(NamedTuple):
    """A word, a number or a sign of a normalised text.

    `word` is in lower case; `spaced` says whether white space, or nothing at all, stands before it; `number` is the
    value of a number in digits.
    """

    word: str
    start: int
    end: int
    spaced: bool
    capital: bool
    number: Fraction | None


class Tokens(list[Token]):
    """The tokens of a text, with the numbers already read at some of them: many grammars ask for the same one."""

    __slots__ = ("numerals",)

    def __init__(self, tokens: Iterable[Token] = ()) -> None:
        super().__init__(tokens)
        self.numerals: dict[tuple[int, bool], Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value that a passage states.

    `kind` is number, ordinal, fraction, percent, points, money, duration, frequency, date, time or code. `start` and
    `end` are code points of the text that was read, `end` exclusive. `value` is canonical: an integer, a finite
    decimal or `n/d`; a duration of ISO 8601; a date in EDTF; None where the words give none. `high` is the upper end
    of a range. `modifier` is how the words qualify it: one of a fact's modifiers, or for dates early, mid, late,
    before, after, since, until; `bound` for "thousands", `vague` for "in recent years", `event` for "weeks before
    the invasion", `inconsistent` for a weekday that the date does not have.
    """

    kind: str
    start: int
    end: int
    value: str | None = None
    high: str | None = None
    unit: str | None = None
    modifier: str | None = None


def canonical(value: Fraction) -> str:
    """Write a number exactly: as an integer, a finite decimal without trailing zeros, or else as `n/d`.

    >>> canonical(Fraction(5, 2)), canonical(Fraction(1, 3)), canonical(Fraction(-7))
    ('2.5', '1/3', '-7')
    """
    if value.denominator == 1:
        return str(value.numerator)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
