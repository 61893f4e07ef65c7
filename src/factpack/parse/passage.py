"""Every value that a passage states, in the order of the words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from factpack.parse import calendar, currency, duration, numeral, timex
from factpack.parse.quantity import quantity
from factpack.parse.reading import canonical
from factpack.parse.token import tokens as tokenise

if TYPE_CHECKING:
    from datetime import date

    from factpack.parse.reading import Reading, Tokens


def read(text: str, reference: date | None = None, prefer: str = calendar.PAST) -> tuple[Reading, ...]:
    """Read the numbers, percentages, amounts, durations and dates of a normalised text.

    Args:
        text: a text as `factpack.parse.text.normalise` gives it; places are counted in it.
        reference: the day on which it was published; without it, "last year" has no date and "5 May" no year.
        prefer: `past`, `nearest` or `future`: which date is meant where the words leave it open.

    Returns:
        Readings in the order of the text. They do not overlap, but for four digits that may be a year or a number:
        these have both readings at the same place.

    >>> from datetime import date
    >>> [(r.kind, r.value) for r in read("Last year it grew by a third to 1.2 million", date(2025, 6, 26))]
    [('date', '2024'), ('fraction', '1/3'), ('number', '1200000')]
    """
    tokens = tokenise(text)
    readings: list[Reading] = []
    starts = _starts(tokens)
    at = 0
    while at < len(tokens):
        if not starts[at]:
            at += 1
            continue
        moment = timex.moment(tokens, at, reference, prefer)
        # Four digits that may be a year or a number stand at the end of the moment: "the 2024" of the 2024 round.
        doubtful = moment is not None and not moment.certain and "/" not in (moment.value or "")
        counted = (
            quantity(tokens, moment.last - 1 if doubtful and moment else at) if moment is None or doubtful else None
        )
        if moment is not None and (counted is None or counted.last <= moment.last):
            readings.append(timex.reading(tokens, moment))
            if counted is not None:
                readings.append(replace(counted.reading, start=readings[-1].start, end=readings[-1].end))
            at = moment.last
        elif counted is not None:
            readings.append(counted.reading)
            at = counted.last
        else:
            at += 1
    return tuple(_scaled(readings, tokens))


_STRONG = numeral.STARTS | duration.STARTS | currency.STARTS | timex.STARTS
_WEAK = timex.LEADS - {"last"}
# How far behind a lead its number or date may begin: "in about the middle of June".
_REACH = 6


def _starts(tokens: Tokens) -> list[bool]:
    """Say where a value may begin at all, which spares the grammars most words of a text."""
    strong = [
        token.number is not None
        or (token.word in _STRONG and token.word not in _WEAK)
        or (token.capital and token.word.upper() in currency.CODES)
        for token in tokens
    ]
    return [
        here or (token.word in _WEAK and any(strong[at + 1 : at + 1 + _REACH]))
        for at, (token, here) in enumerate(zip(tokens, strong, strict=True))
    ]


def _scaled(readings: list[Reading], tokens: Tokens) -> list[Reading]:
    """Give bare numbers of a list the scale that its heading names: "million barrels a day: Russia 2.1, ..."."""
    for at, token in enumerate(tokens):
        if token.word not in numeral.SCALES or any(reading.start <= token.start < reading.end for reading in readings):
            continue
        colon = next((other for other in tokens[at + 1 : at + 7] if not other.word[0].isalpha()), None)
        if colon is None or colon.word != ":":
            continue
        stop = next(
            (other.start for other in tokens[at:] if other.word in {".", ";"} and other.start > colon.start), None
        )
        bare = {other.start for other in tokens if other.number is not None and other.start > colon.start}
        readings = [
            replace(reading, value=canonical(Fraction(reading.value) * numeral.SCALES[token.word]))
            if reading.kind == "number"
            and reading.value
            and reading.start in bare
            and (stop is None or reading.start < stop)
            else reading
            for reading in readings
        ]
    return readings
