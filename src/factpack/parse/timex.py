"""Temporal expressions (TIMEX3) of English news: their dates in EDTF, with how precise they are.

Absolute dates at any precision; dates without a year, weekdays and "last year" against the day of publication;
decades, centuries, seasons, quarters; early, mid and late; before, after, since, until; intervals. What depends on
another event ("weeks before the invasion") or names no time ("in recent years") is read as such and never resolved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.parse import calendar, duration
from factpack.parse.calendar import Point
from factpack.parse.dates import (
    MONTHS,
    SEASONS,
    SHORT_DAYS,
    WEEKDAYS,
    Found,
    Moment,
    behind_the,
    day_number,
    month_at,
    point_at,
    word_at,
    year_behind,
)
from factpack.parse.deixis import DAYS, NOW, STEPS, deictic, unit_at
from factpack.parse.numeral import TENS
from factpack.parse.reading import Reading

if TYPE_CHECKING:
    from datetime import date

    from factpack.parse.reading import Tokens

_PARTS = {
    "early": "early", "mid": "mid", "middle": "mid", "late": "late", "beginning": "early", "start": "early",
    "end": "late",
}  # fmt: skip
_APPROXIMATE = {"about", "around", "approximately", "approx", "circa", "ca", "c", "~", "roughly"}
_UNCERTAIN = {"maybe", "possibly", "probably", "perhaps", "reportedly", "uncertain"}
_BOUNDS = {
    "before": "before", "after": "after", "since": "since", "until": "until", "till": "until", "by": "by",
    "through": "until",
}  # fmt: skip
_EVENT_UNITS = {"hours", "days", "weeks", "months", "years", "decades", "minutes", "moments"}
_RECENT = {"recent", "past", "coming", "last", "few", "several", "next", "later", "subsequent", "previous", "preceding"}
_VAGUE = {"recently", "soon", "nowadays", "lately"}
# Every word, beside those of numbers and lengths of time, that a temporal expression begins with; and the short words
# before it that begin one only if such a word follows soon.
STARTS = (
    frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(SHORT_DAYS) | frozenset(SEASONS) | frozenset(STEPS) | _VAGUE
    | _EVENT_UNITS | frozenset(DAYS) | NOW | {f"{day}'s" for day in WEEKDAYS} | {"q", "h", "'", "recent", "few"}
    | {f"{tens.removesuffix('y')}ies" for tens in TENS}
)  # fmt: skip
LEADS = (
    _APPROXIMATE | _UNCERTAIN | frozenset(_PARTS) | frozenset(_BOUNDS)
    | {"just", "only", "barely", "shortly", "soon", "immediately", "in", "over", "for", "during", "within", "the", "as",
       "earlier", "later", "prior", "from", "between", "a", "an", "fy"}
)  # fmt: skip


def moment(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read the temporal expression that begins at a token; None where there is none.

    Args:
        tokens: the words of a text.
        at: index of the token to begin with.
        reference: the day on which the words were published, where it is known.
        prefer: `past`, `nearest` or `future`: which date is meant where the words leave the year or week open.
    """
    return (
        _event(tokens, at)
        or _vague(tokens, at)
        or _bounded(tokens, at, reference, prefer)
        or deictic(tokens, at, reference, prefer)
        or _interval(tokens, at, reference, prefer)
        or _qualified(tokens, at, reference, prefer)
    )


def reading(tokens: Tokens, found: Moment) -> Reading:
    """Make a reading of a moment."""
    start, end = tokens[found.first].start, tokens[found.last - 1].end
    return Reading(kind="date", start=start, end=end, value=found.value, modifier=found.modifier)


def _event(tokens: Tokens, at: int) -> Moment | None:
    """Read a time counted from an event: just weeks before Russia invaded; two days after the vote."""
    start = at + (word_at(tokens, at) in {"just", "only", "barely", "shortly", "soon", "immediately"})
    last = start
    if word_at(tokens, start) in _EVENT_UNITS:
        last = start + 1
    elif start == at or word_at(tokens, at) in {"just", "only", "barely"}:
        lasting = duration.length(tokens, start)
        last = lasting.last if lasting else start
    if last == at or word_at(tokens, last) not in {
        "before",
        "after",
        "following",
        "prior",
        "ahead",
        "later",
        "earlier",
    }:
        return None
    if word_at(tokens, last) in {"before", "after"} and point_at(tokens, last + 1) is not None:
        return None
    return Moment(None, at, last + 1, "event")


def _vague(tokens: Tokens, at: int) -> Moment | None:
    """Read a time that no calendar has: in recent years, recently, over the past few months."""
    word = word_at(tokens, at)
    if word in _VAGUE:
        return Moment(None, at, at + 1, "vague")
    if word == "years" and word_at(tokens, at + 1) == "ago":
        return Moment(None, at, at + 2, "vague")
    start = at + 1 if word in {"in", "over", "for", "during", "within"} else at
    begun = behind_the(tokens, start)
    last = begun
    while word_at(tokens, last) in _RECENT:
        last += 1
    plural = word_at(tokens, last) in {"days", "weeks", "months", "years", "decades", "centuries", "times"}
    return Moment(None, at, last + 1, "vague") if plural and last > begun else None


def _bounded(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read before, after, since and until a date, and as of it."""
    word, start = word_at(tokens, at), at + 1
    if word == "as" and word_at(tokens, at + 1) == "of":
        word, start = "as_of", at + 2
    elif word in {"earlier", "later", "prior"} and word_at(tokens, at + 1) in {"than", "to"}:
        word, start = ("after" if word == "later" else "before"), at + 2
    elif word not in _BOUNDS:
        return None
    inner = start < len(tokens) and (
        deictic(tokens, start, reference, prefer)
        or _interval(tokens, start, reference, prefer)
        or _qualified(tokens, start, reference, prefer)
    )
    if not inner or inner.value is None or inner.modifier not in {None, "approximate"}:
        return None
    modifier = _BOUNDS.get(word, word)
    value = inner.value
    if modifier in {"before", "after"} and "/" not in value:
        value = f"../{value}" if modifier == "before" else f"{value}/.."
    return Moment(value, at, inner.last, modifier, inner.certain or modifier != "by")


def _interval(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read from one date to another: 6-7 July, 1 January to 31 December 2025, between 2009 and 2012, 1910-30."""
    opening = word_at(tokens, at) in {"from", "between"}
    start = behind_the(tokens, at + opening)
    low = _bare_day(tokens, start) or point_at(tokens, start)
    if low is None or low.point.unit in {"weekday", "ambiguous"}:
        return None
    joint = low.last
    word = word_at(tokens, joint)
    hyphen = word == "-" and joint + 1 < len(tokens) and tokens[joint].spaced == tokens[joint + 1].spaced
    if not (
        hyphen
        or word in {"to", "until", "till", "through", "thru"}
        or (word == "and" and (word_at(tokens, at) == "between" or low.point.unit == "bare"))
    ):
        return None
    behind = behind_the(tokens, joint + 1)
    high = _short_year(tokens, behind, low) or _second_day(tokens, behind, low) or point_at(tokens, behind)
    if high is None or high.point.unit in {"weekday", "ambiguous"}:
        return None
    first = high.point._replace(day=low.point.day) if low.point.unit == "bare" else low.point
    ends = calendar.span(first, high.point, reference, prefer)
    if ends is None:
        return None
    values = [calendar.edtf(end) for end in ends]
    if any(value is None or "/" in value for value in values):
        return None
    certain = high.certain or opening or low.certain
    return Moment(f"{values[0]}/{values[1]}", at, high.last, certain=certain)


def _bare_day(tokens: Tokens, at: int) -> Found | None:
    """Read the 6 of 6-7 July: a number that is a day if a day and a month follow."""
    found = day_number(tokens, at)
    if found is None or word_at(tokens, found[1]) not in {"-", "to", "and", "until", "through"}:
        return None
    high = point_at(tokens, behind_the(tokens, found[1] + 1))
    return Found(Point("bare", day=found[0]), found[1]) if high is not None and high.point.unit == "day" else None


def _second_day(tokens: Tokens, at: int, low: Found) -> Found | None:
    """Read the 15 of July 13-15 and of July 13-15, 2025."""
    if (
        low.point.unit != "day"
        or low.point.year is not None
        or (not tokens[low.last - 1].word[0].isdigit() and tokens[low.last - 1].word not in {"st", "nd", "rd", "th"})
    ):
        return None
    found = day_number(tokens, at)
    if found is None or month_at(tokens, found[1]) is not None:
        return None
    last, year = year_behind(tokens, found[1])
    return Found(Point("day", year, low.point.month, found[0]), last)


def _short_year(tokens: Tokens, at: int, low: Found) -> Found | None:
    """Read the 30 of 1910-30, which is no month."""
    if low.point.unit != "year" or at >= len(tokens) or len(tokens[at].word) != 2 or not tokens[at].word.isdigit():
        return None
    year = (low.point.year or 0) // 100 * 100 + int(tokens[at].word)
    return Found(Point("year", year), at + 1) if year > (low.point.year or 0) and int(tokens[at].word) > 12 else None


def _qualified(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read one date with what qualifies it: mid-June, circa 1860, around 5 May, maybe 1862, 1860?"""
    approximate, uncertain, start = False, False, at
    while word_at(tokens, start) in _APPROXIMATE | _UNCERTAIN:
        approximate |= tokens[start].word in _APPROXIMATE
        uncertain |= tokens[start].word in _UNCERTAIN
        start += 1 + (word_at(tokens, start + 1) in {".", ":"} and not tokens[start + 1].spaced)
    which, begun = _part(tokens, behind_the(tokens, start))
    found = point_at(tokens, begun if which else behind_the(tokens, start))
    if found is None and which:
        found = unit_at(tokens, begun, reference)
    if found is None:
        return None
    last = found.last
    if found.point.unit == "ambiguous":
        return Moment(None, at, last, "ambiguous")
    if word_at(tokens, last) in {"approx", "approximately"}:
        approximate, last = True, last + 1
    if word_at(tokens, last) == "?" and not tokens[last].spaced and last + 1 == len(tokens):
        uncertain, last = True, last + 1
    point = calendar.complete(found.point, reference, prefer)
    if point is None:
        open_week = found.point.unit == "weekday" and reference is None
        return Moment(None, at, last, "unresolved" if open_week else "inconsistent")
    if (
        found.point.weekday is not None
        and found.point.unit == "day"
        and (days := calendar.bounds(point))
        and days[0].weekday() != found.point.weekday
    ):
        return Moment(calendar.edtf(point), at, last, "inconsistent")
    value = calendar.part(point, which) if which else calendar.edtf(point)
    if which and value is None:
        return Moment(calendar.edtf(point), at, last, which)
    if (approximate or uncertain) and value is not None and "/" not in value:
        value += "%" if approximate and uncertain else "~" if approximate else "?"
    certain = found.certain or start > at or which is not None
    return Moment(value, at, last, which or ("approximate" if approximate else None), certain)


def _part(tokens: Tokens, at: int) -> tuple[str | None, int]:
    """Read early, mid- or late; the beginning, middle or end of."""
    which = _PARTS.get(word_at(tokens, at))
    if which is None:
        return None, at
    last = at + 1
    if tokens[at].word in {"middle", "beginning", "start", "end"}:
        return (which, behind_the(tokens, last + 1)) if word_at(tokens, last) == "of" else (None, at)
    if word_at(tokens, last) == "-" or word_at(tokens, last) == "in":
        last += 1
    return which, behind_the(tokens, last)
