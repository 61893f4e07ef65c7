"""Lengths of time and how often something recurs, as durations of ISO 8601."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from factpack.parse.numeral import Numeral, numeral
from factpack.parse.reading import canonical

if TYPE_CHECKING:
    from factpack.parse.reading import Tokens

_MONTH, _DAY, _SECOND = "months", "days", "seconds"
# Calendar units are months or days; the number of days in a month, or of seconds in a day, is not fixed (ISO 8601-1).
_UNITS = {
    "second": (_SECOND, 1), "sec": (_SECOND, 1), "minute": (_SECOND, 60), "min": (_SECOND, 60), "hour": (_SECOND, 3600),
    "hr": (_SECOND, 3600), "h": (_SECOND, 3600), "day": (_DAY, 1), "d": (_DAY, 1), "week": (_DAY, 7), "wk": (_DAY, 7),
    "fortnight": (_DAY, 14), "month": (_MONTH, 1), "year": (_MONTH, 12), "yr": (_MONTH, 12), "y": (_MONTH, 12),
    "decade": (_MONTH, 120), "century": (_MONTH, 1200), "millennium": (_MONTH, 12000),
}  # fmt: skip
_PLURALS = {f"{unit}s": unit for unit in _UNITS if len(unit) > 1} | {"centuries": "century", "millennia": "millennium"}
# Letters that are a unit right behind digits alone.
_GLUED = {"h", "d", "y"}
_ADVERBS = {
    "hourly": "PT1H", "daily": "P1D", "weekly": "P1W", "fortnightly": "P2W", "monthly": "P1M", "quarterly": "P3M",
    "yearly": "P1Y", "annually": "P1Y", "annual": "P1Y", "biennial": "P2Y", "biennially": "P2Y", "triennial": "P3Y",
    "quadrennial": "P4Y",
}  # fmt: skip
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_EXTENT = {
    "more", "less", "fewer", "additional", "extra", "other", "full", "whole", "consecutive", "straight", "long",
    "short", "further", "successive",
}  # fmt: skip
# Where "a year" is a length of time; elsewhere it is a rate, as in "barrels a day".
_LENGTH_AFTER = {
    "for", "in", "within", "over", "lasting", "lasts", "lasted", "took", "takes", "about", "almost", "nearly",
    "around", "than", "least", "half", "of", "after", "and", "just", "only", "under", "exactly", "every", "length",
    "term", ":",
}  # fmt: skip
_LENGTH_BEFORE = {"ago", "later", "earlier", "long", "before", "after", "and", "from", "-"}
_ISO = re.compile(r"P(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?)")


# Every word, beside those of numbers, that a length of time or a frequency can begin with.
STARTS = frozenset(_UNITS) | frozenset(_PLURALS) | frozenset(_ADVERBS) | frozenset(_TIMES) | {"every", "each"}
STARTS |= {f"{unit}long" for unit in _UNITS if len(unit) > 2}


class Span(NamedTuple):
    """A length of time in months, days and seconds, which do not convert into each other."""

    months: Fraction = Fraction(0)
    days: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)

    def plus(self, other: Span) -> Span:
        """Add a length, each unit to its own."""
        return Span(self.months + other.months, self.days + other.days, self.seconds + other.seconds)

    def times(self, factor: Fraction) -> Span:
        """Multiply a length; what is no whole month becomes days of thirty, what is no whole day becomes seconds."""
        months, days = self.months * factor, self.days * factor
        days += (months % 1) * 30
        return Span(months - months % 1, days - days % 1, self.seconds * factor + (days % 1) * 86400)

    def iso(self) -> str:
        """Write the length as ISO 8601 does, in the largest units: P1Y6M, P2W, PT36H."""
        years, months = divmod(self.months, 12)
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        if self.days and self.days % 7 == 0 and not self.months and not self.seconds:
            return f"P{self.days // 7}W"
        date = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (self.days, "D")) if n)
        time = "".join(
            f"{n}{unit}"
            for n, unit in ((hours, "H"), (minutes, "M"), (canonical(Fraction(seconds)), "S"))
            if n not in {0, "0"}
        )
        return f"P{date}{'T' + time if time else ''}" if date or time else "P0D"


class Length(NamedTuple):
    """A length of time at the tokens from `first` to `last` (exclusive); `bound` if it is open: hundreds of years."""

    span: Span
    first: int
    last: int
    bound: bool = False


def parse(text: str) -> Span | None:
    """Read a duration of ISO 8601, so that P1Y and P12M, or P2W and P14D, can be compared.

    >>> parse("P1Y") == parse("P12M"), parse("P1Y6M").iso()
    (True, 'P1Y6M')
    """
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    weeks, years, months, days, hours, minutes, seconds = (Fraction(group or 0) for group in match.groups())
    return Span(12 * years + months, 7 * weeks + days, 3600 * hours + 60 * minutes + seconds)


def length(tokens: Tokens, at: int) -> Length | None:
    """Read a length of time: 20 years, a 20-year, two years and three months, half an hour, a decade."""
    found = _component(tokens, at)
    if found is None:
        return None
    while not found.bound and found.last < len(tokens):
        joint = found.last
        joint += tokens[joint].word == ","
        joint += joint < len(tokens) and tokens[joint].word == "and"
        more = _component(tokens, joint) if joint < len(tokens) else None
        if more is None or more.bound or tokens[joint].word in {"a", "an", "half"} or _larger(more.span, found.span):
            break
        found = Length(found.span.plus(more.span), at, more.last)
    return found


def _larger(more: Span, than: Span) -> bool:
    """Say whether the next component is not smaller than what there is: then it is a length of its own."""
    order = [unit for unit, amount in zip((3, 2, 1), than, strict=True) if amount]
    mine = [unit for unit, amount in zip((3, 2, 1), more, strict=True) if amount]
    if not order or not mine or mine[0] != order[-1]:
        return not order or not mine or mine[0] > order[-1]
    return more[3 - mine[0]] >= than[3 - order[-1]]


def unit(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """Read a unit of time, singular or plural; letters only right behind digits."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    word = token.word.removesuffix("'s") if token.word.endswith("'s") else token.word
    word = _PLURALS.get(word, word)
    if word not in _UNITS or (len(word) == 1 and (word not in _GLUED or (token.spaced and word != "h"))):
        return None
    kind, size = _UNITS[word]
    last = at + 1
    if last < len(tokens) and tokens[last].word == "'" and not tokens[last].spaced:
        last += 1
    return Span()._replace(**{kind: Fraction(size)}), last


def _component(tokens: Tokens, at: int) -> Length | None:
    """Read a number and its unit: 20 years, half an hour, a year and a half, one and a quarter hours."""
    single = _article(tokens, at)
    if single is not None:
        return single
    number = numeral(tokens, at)
    if number is None or number.value < 0 or number.kind == "ordinal":
        return None
    last = number.last
    if number.kind == "bound" and last < len(tokens) and tokens[last].word == "of":
        last += 1
    last += last < len(tokens) and tokens[last].word == "-" and not tokens[last].spaced
    last += last < len(tokens) and tokens[last].word in _EXTENT
    if number.value.denominator != 1 and last < len(tokens):
        last += tokens[last].word == "of"
        last += last < len(tokens) and tokens[last].word in {"a", "an"}
    named = unit(tokens, last)
    if named is None or (tokens[named[1] - 1].word == "second" and number.value != 1 and number.value.denominator == 1):
        return None
    value, last = number.value, named[1]
    return _and_half(tokens, Length(named[0].times(value), at, last, number.kind == "bound"), named[0])


def _and_half(tokens: Tokens, found: Length, size: Span) -> Length:
    """Add the half of a year and a half."""
    words = [token.word for token in tokens[found.last : found.last + 3]]
    for pattern in (["and", "a", "half"], ["and", "half"]):
        if words[: len(pattern)] == pattern:
            return found._replace(span=found.span.plus(size.times(Fraction(1, 2))), last=found.last + len(pattern))
    return found


def _article(tokens: Tokens, at: int) -> Length | None:
    """Read "a year" where it is a length of time, and year-long."""
    word = tokens[at].word
    compound = word.removesuffix("long") if word.endswith("long") else ""
    if compound in _UNITS and len(compound) > 2:
        kind, size = _UNITS[compound]
        return Length(Span()._replace(**{kind: Fraction(size)}), at, at + 1)
    hyphened = [token.word for token in tokens[at + 1 : at + 3]] == ["-", "long"] and not tokens[at + 1].spaced
    named = unit(tokens, at)
    if hyphened and named is not None and len(word) > 2:
        plural = word in _PLURALS
        return Length(named[0].times(Fraction(2)) if plural else named[0], at, at + 3, bound=plural)
    if word not in {"a", "an"}:
        return None
    named = unit(tokens, at + 1)
    if named is None or (at + 1 < len(tokens) and tokens[at + 1].word in _PLURALS):
        return None
    before = tokens[at - 1].word if at else ""
    after = tokens[named[1]].word if named[1] < len(tokens) else ""
    if (
        after == "and"
        and _and_half(tokens, Length(named[0], at, named[1]), named[0]).last == named[1]
        and _component(tokens, named[1] + 1) is None
    ):
        # "Barrels a day and ..." is a rate; "an hour and 45 minutes" is a length of time.
        after = ""
    if at and before not in _LENGTH_AFTER and after not in _LENGTH_BEFORE:
        return None
    return _and_half(tokens, Length(named[0], at, named[1]), named[0])


def frequency(tokens: Tokens, at: int) -> Length | None:
    """Read how often something recurs, as the time between: annually, every two years, twice a month."""
    word = tokens[at].word
    if word in _ADVERBS:
        return Length(parse(_ADVERBS[word]) or Span(), at, at + 1)
    if word in {"every", "each", "per"}:
        return _every(tokens, at)
    times, last = _times(tokens, at)
    if times is None or last >= len(tokens) or tokens[last].word not in {"a", "an", "per", "every", "each"}:
        return None
    named = unit(tokens, last + 1)
    if named is not None:
        return Length(named[0].times(Fraction(1, times)), at, named[1])
    recurring = _every(tokens, last) if tokens[last].word in {"every", "each"} else None
    return recurring and Length(recurring.span.times(Fraction(1, times)), at, recurring.last)


def _times(tokens: Tokens, at: int) -> tuple[int | None, int]:
    if tokens[at].word in _TIMES:
        return _TIMES[tokens[at].word], at + 1
    number: Numeral | None = numeral(tokens, at)
    if number is not None and number.last < len(tokens) and tokens[number.last].word == "times" and number.value > 0:
        return (int(number.value), number.last + 1) if number.value.denominator == 1 else (None, at)
    return None, at


def _every(tokens: Tokens, at: int) -> Length | None:
    word = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if tokens[at].word == "per":
        return None
    if word == "other":
        named = unit(tokens, at + 2)
        return named and Length(named[0].times(Fraction(2)), at, named[1])
    named = unit(tokens, at + 1)
    if named is not None:
        return Length(named[0], at, named[1])
    number = numeral(tokens, at + 1) if word else None
    if number is None or number.value.denominator != 1 or number.value < 1:
        return None
    named = unit(tokens, number.last)
    return named and Length(named[0].times(number.value), at, named[1])
