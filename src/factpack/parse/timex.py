"""Temporal expressions (TIMEX3) of English news: their dates in EDTF, with how precise they are.

Absolute dates at any precision; dates without a year, weekdays and "last year" against the day of publication;
decades, centuries, seasons, quarters; early, mid and late; before, after, since, until; intervals. What depends on
another event ("weeks before the invasion") or names no time ("in recent years") is read as such and never resolved.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from factpack.parse import calendar, duration
from factpack.parse.calendar import Point
from factpack.parse.numeral import ORDINALS, SMALL, TENS, numeral
from factpack.parse.reading import Reading

if TYPE_CHECKING:
    from datetime import date

    from factpack.parse.reading import Token, Tokens

_MONTH_NAMES = "january february march april may june july august september october november december"
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday"
WEEKDAYS = {name: number for number, name in enumerate(_DAY_NAMES.split())}
_SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
_SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}
_UNITS = {"day", "week", "month", "quarter", "year", "decade", "century", "yr", "qtr"}
_STEPS = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "upcoming": 1, "following": 1}  # fmt: skip
_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_NOW = {"now", "currently", "presently"}
_PARTS = {"early": "early", "mid": "mid", "middle": "mid", "late": "late", "beginning": "early", "start": "early", "end": "late"}  # fmt: skip
_APPROXIMATE = {"about", "around", "approximately", "approx", "circa", "ca", "c", "~", "roughly"}
_UNCERTAIN = {"maybe", "possibly", "probably", "perhaps", "reportedly", "uncertain"}
_BOUNDS = {"before": "before", "after": "after", "since": "since", "until": "until", "till": "until", "by": "by", "through": "until"}  # fmt: skip
# Words behind which four digits are a year.
_YEAR_CUES = {
    "in", "since", "by", "of", "from", "until", "till", "before", "after", "during", "early", "late", "mid", "year",
    "the", "its", "their", "his", "her", "our", "this", "and", "to", "through", "throughout", "between", "circa", "ca",
    "about", "around", "for", "as", "at", "on", "back", "is", "was", "summer", "winter", "spring", "autumn", "fall", "fy",
    "dated", "dates", "earlier", "later", "than", "mid", "or", "approximately", "approx", "maybe", "started", "began",
}  # fmt: skip
_EVENT_UNITS = {"hours", "days", "weeks", "months", "years", "decades", "minutes", "moments"}
_RECENT = {"recent", "past", "coming", "last", "few", "several", "next", "later", "subsequent", "previous", "preceding"}
_VAGUE = {"recently", "soon", "nowadays", "lately"}
_ORDINAL_UNITS = {"quarter": ("quarter", 4), "half": ("half", 2), "qtr": ("quarter", 4)}
# ISO 8601 begins the calendar that we know in 1583; older years need AD or a word that says year.
_FIRST_YEAR, _LAST_YEAR = 1500, 2100


# Every word, beside those of numbers and lengths of time, that a temporal expression begins with; and the short words
# before it that begin one only if such a word follows soon.
STARTS = (
    frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(_SHORT_DAYS) | frozenset(_SEASONS) | frozenset(_STEPS) | _VAGUE
    | _EVENT_UNITS | frozenset(_DAYS) | _NOW | {f"{day}'s" for day in WEEKDAYS} | {"q", "h", "'", "recent", "few"}
    | {f"{tens.removesuffix('y')}ies" for tens in TENS}
)  # fmt: skip
LEADS = (
    _APPROXIMATE | _UNCERTAIN | frozenset(_PARTS) | frozenset(_BOUNDS)
    | {"just", "only", "barely", "shortly", "soon", "immediately", "in", "over", "for", "during", "within", "the", "as",
       "earlier", "later", "prior", "from", "between", "a", "an", "fy"}
)  # fmt: skip


class Moment(NamedTuple):
    """A date that words state, and the tokens it stands at, `last` exclusive.

    `point` is None where the value is no single date; `value` is EDTF, None where the words give no date. `certain`
    is False for four digits that may as well be a number.
    """

    value: str | None
    first: int
    last: int
    modifier: str | None = None
    certain: bool = True


class _Found(NamedTuple):
    point: Point
    last: int
    certain: bool = True


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
        or _deictic(tokens, at, reference, prefer)
        or _interval(tokens, at, reference, prefer)
        or _qualified(tokens, at, reference, prefer)
    )


def reading(tokens: Tokens, found: Moment) -> Reading:
    """Make a reading of a moment."""
    start, end = tokens[found.first].start, tokens[found.last - 1].end
    return Reading(kind="date", start=start, end=end, value=found.value, modifier=found.modifier)


def _word(tokens: Tokens, at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _words(tokens: Tokens, at: int, count: int) -> list[str]:
    return [token.word for token in tokens[at : at + count]]


def _the(tokens: Tokens, at: int) -> int:
    return at + (_word(tokens, at) == "the")


# --- what names no date ------------------------------------------------------------------------------------------


def _event(tokens: Tokens, at: int) -> Moment | None:
    """Read a time counted from an event: just weeks before Russia invaded; two days after the vote."""
    start = at + (_word(tokens, at) in {"just", "only", "barely", "shortly", "soon", "immediately"})
    last = start
    if _word(tokens, start) in _EVENT_UNITS:
        last = start + 1
    elif start == at or _word(tokens, at) in {"just", "only", "barely"}:
        lasting = duration.length(tokens, start)
        last = lasting.last if lasting else start
    if last == at or _word(tokens, last) not in {"before", "after", "following", "prior", "ahead", "later", "earlier"}:
        return None
    if _word(tokens, last) in {"before", "after"} and _point(tokens, last + 1, None) is not None:
        return None
    return Moment(None, at, last + 1, "event")


def _vague(tokens: Tokens, at: int) -> Moment | None:
    """Read a time that no calendar has: in recent years, recently, over the past few months."""
    word = _word(tokens, at)
    if word in _VAGUE:
        return Moment(None, at, at + 1, "vague")
    if word == "years" and _word(tokens, at + 1) == "ago":
        return Moment(None, at, at + 2, "vague")
    start = at + 1 if word in {"in", "over", "for", "during", "within"} else at
    begun = _the(tokens, start)
    last = begun
    while _word(tokens, last) in _RECENT:
        last += 1
    plural = _word(tokens, last) in {"days", "weeks", "months", "years", "decades", "centuries", "times"}
    return Moment(None, at, last + 1, "vague") if plural and last > begun else None


# --- dates counted from the day of publication -------------------------------------------------------------------


def _deictic(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    word = _word(tokens, at)
    if word in _NOW and _word(tokens, at + 1) not in {"that", "famous"}:
        return Moment(None if reference is None else str(reference), at, at + 1, "now")
    if word in _DAYS:
        return _day_away(at, at + 1, reference, _DAYS[word])
    begun = _the(tokens, at)
    if _words(tokens, begun, 3) == ["day", "before", "yesterday"]:
        return _day_away(at, begun + 3, reference, -2)
    if _words(tokens, begun, 3) == ["day", "after", "tomorrow"]:
        return _day_away(at, begun + 3, reference, 2)
    return _ago(tokens, at, reference, prefer) or _within(tokens, at, reference, prefer) or _step(tokens, at, reference, prefer)


def _day_away(at: int, last: int, reference: date | None, days: int) -> Moment:
    point = reference and calendar.shifted(reference, "day", days)
    return Moment(calendar.edtf(point) if point else None, at, last, None if point else "unresolved")


def _ago(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read two years ago, a week ago, six months from now, in three weeks' time.

    "In three weeks" alone is a time to come in plans; in reports it may as well be how long something took.
    """
    start = at + (_word(tokens, at) == "in")
    lasting = duration.length(tokens, start) if start < len(tokens) else None
    if lasting is None or lasting.bound:
        return None
    behind = lasting.last
    if _word(tokens, behind) == "ago" and start == at:
        sign, behind = -1, behind + 1
    elif _words(tokens, behind, 2) in (["from", "now"], ["from", "today"]):
        sign, behind = 1, behind + 2
    elif _word(tokens, behind) == "hence" or (_word(tokens, behind) == "time" and start > at):
        sign, behind = 1, behind + 1
    elif start > at and prefer != calendar.PAST:
        sign = 1
    else:
        return None
    value = reference and _shift(reference, lasting.span, sign)
    return Moment(value or None, at, behind, None if value else "unresolved")


def _shift(reference: date, span: duration.Span, sign: int) -> str | None:
    """Move by a length of time, as precisely as its smallest unit; ten years or more are a round number."""
    if span.seconds and not span.days and not span.months:
        return None
    months = sign * int(span.months)
    if span.days:
        moved = calendar.shifted(reference, "month", months)
        days = calendar.bounds(Point("month", moved.year, moved.month)) if moved else None
        if days is None:
            return None
        day = days[0].replace(day=min(reference.day, days[1].day))
        point = calendar.shifted(day, "day", sign * int(span.days))
    else:
        point = calendar.shifted(reference, "month", months) if months % 12 else calendar.shifted(reference, "year", months // 12)
    value = calendar.edtf(point) if point else None
    return f"{value}~" if value and span.months >= 120 and len(value) == 4 else value


def _unit_name(word: str) -> str | None:
    singular = {"centuries": "century", "yrs": "year", "yr": "year", "qtr": "quarter", "d": "day", "y": "year"}.get(word, word.removesuffix("s"))
    return singular if singular in _UNITS - {"yr", "qtr"} else None


def _step(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read last year, this week, the coming month, earlier this year, next Thursday, last June, last summer."""
    begun = _the(tokens, at)
    if _word(tokens, begun) in {"earlier", "later"} and _word(tokens, begun + 1) in {"this", "last"}:
        begun += 1
    step = _STEPS.get(_word(tokens, begun))
    # The third last week of May is none that is counted from today.
    if step is None or _word(tokens, begun - 1) in ORDINALS:
        return None
    word = _word(tokens, begun + 1).removesuffix("'s")
    unit = _unit_name(word) if not word.endswith("s") else None
    last = begun + 2
    if unit is not None and unit != "day":
        value = reference and calendar.around(reference, unit, step)
        return Moment(value or None, at, last, None if value else "unresolved")
    point = _weekday_or_month(tokens, begun + 1)
    if point is None:
        return None
    value = reference and _stepped(point, reference, step, prefer)
    return Moment(value or None, at, last, None if value else "unresolved")


def _weekday_or_month(tokens: Tokens, at: int) -> Point | None:
    word = _word(tokens, at)
    if word in WEEKDAYS:
        return Point("weekday", weekday=WEEKDAYS[word])
    # "Last June 5" is a day, and read as one.
    if word in MONTHS and tokens[at].capital and not (at + 1 < len(tokens) and tokens[at + 1].number is not None):
        return Point("month", month=MONTHS[word])
    return Point("season", month=_SEASONS[word]) if word in _SEASONS else None


def _stepped(point: Point, reference: date, step: int, prefer: str) -> str | None:
    """Resolve "last Thursday" to the one before today, "next Thursday" to that of next week, "next June" likewise."""
    if point.unit == "weekday":
        number = point.weekday or 0
        if step < 0:
            return str(calendar.weekday(number, reference - timedelta(days=1), calendar.PAST))
        if step > 0:
            return str(reference + timedelta(days=7 + number - reference.weekday()))
        return str(calendar.weekday(number, reference, prefer))
    this = calendar.bounds(point._replace(year=reference.year))
    year = reference.year
    if this is not None and step < 0 and this[1] >= reference:
        year -= 1
    elif this is not None and step > 0 and this[0] <= reference:
        year += 1
    return calendar.edtf(point._replace(year=year))


def _within(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read a day by its place in a week or month: Wednesday of next week, the first Tuesday of October, the 20th of last month."""
    begun = _the(tokens, at)
    word = _word(tokens, begun)
    if word in WEEKDAYS:
        link = begun + 1 + (_word(tokens, begun + 1) in {"of", "in", "from"})
        after_next = _words(tokens, begun + 1, 2) == ["after", "next"]
        week = (1, begun + 3) if after_next else _stepped_unit(tokens, link, "week")
        if week is None or reference is None:
            return None
        monday = reference + timedelta(days=7 * week[0] - reference.weekday())
        return Moment(str(monday + timedelta(days=WEEKDAYS[word])), at, week[1])
    rank = -1 if word == "last" else None
    last = begun + 1
    if rank is None:
        found = _day_number(tokens, begun) if word in ORDINALS or word in TENS or word.isdigit() else None
        if found is None:
            return None
        rank, last = found
    return _nth(tokens, at, last, rank, reference, prefer)


def _stepped_unit(tokens: Tokens, at: int, unit: str) -> tuple[int, int] | None:
    """Read last week, of the current month: the step and the token behind it."""
    start = _the(tokens, at)
    step = _STEPS.get(_word(tokens, start))
    if step is not None and _word(tokens, start + 1) == unit:
        return step, start + 2
    return (0, start + 1) if start > at and _word(tokens, start) == unit else None


def _nth(tokens: Tokens, at: int, last: int, rank: int, reference: date | None, prefer: str) -> Moment | None:
    """Read what the number counts: Tuesdays of a month, or its days."""
    weekday = WEEKDAYS.get(_word(tokens, last))
    day = _word(tokens, last) == "day"
    link = last + (weekday is not None or day)
    if _word(tokens, link) not in {"of", "in"} or (rank < 0 and link == last):
        return None
    stepped = _stepped_unit(tokens, link + 1, "month")
    if stepped is not None:
        point = reference and calendar.shifted(reference, "month", stepped[0])
        behind = stepped[1]
    else:
        named = _month_day(tokens, link + 1) if link + 1 < len(tokens) else None
        if named is None or named.point.unit != "month" or (weekday is None and not day):
            return None
        point, behind = calendar.complete(named.point, reference, prefer), named.last
    if point is None or point.year is None or point.month is None:
        return None
    if weekday is not None:
        found = calendar.nth_weekday(rank, weekday, point.year, point.month)
    else:
        days = calendar.bounds(point)
        number = days[1].day if rank < 0 and days else rank
        found = calendar.complete(Point("day", point.year, point.month, number), None, prefer)
    return found and Moment(calendar.edtf(found), at, behind)


# --- dates that the words give -----------------------------------------------------------------------------------


def _bounded(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read before, after, since and until a date, and as of it."""
    word, start = _word(tokens, at), at + 1
    if word == "as" and _word(tokens, at + 1) == "of":
        word, start = "as_of", at + 2
    elif word in {"earlier", "later", "prior"} and _word(tokens, at + 1) in {"than", "to"}:
        word, start = ("after" if word == "later" else "before"), at + 2
    elif word not in _BOUNDS:
        return None
    inner = start < len(tokens) and (
        _deictic(tokens, start, reference, prefer) or _interval(tokens, start, reference, prefer) or _qualified(tokens, start, reference, prefer)
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
    opening = _word(tokens, at) in {"from", "between"}
    start = _the(tokens, at + opening)
    low = _bare_day(tokens, start) or _point(tokens, start, reference)
    if low is None or low.point.unit in {"weekday", "ambiguous"}:
        return None
    joint = low.last
    word = _word(tokens, joint)
    hyphen = word == "-" and joint + 1 < len(tokens) and tokens[joint].spaced == tokens[joint + 1].spaced
    if not (hyphen or word in {"to", "until", "till", "through", "thru"} or (word == "and" and (_word(tokens, at) == "between" or low.point.unit == "bare"))):
        return None
    behind = _the(tokens, joint + 1)
    high = _short_year(tokens, behind, low) or _second_day(tokens, behind, low) or _point(tokens, behind, reference)
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


def _bare_day(tokens: Tokens, at: int) -> _Found | None:
    """Read the 6 of 6-7 July: a number that is a day if a day and a month follow."""
    found = _day_number(tokens, at)
    if found is None or _word(tokens, found[1]) not in {"-", "to", "and", "until", "through"}:
        return None
    high = _point(tokens, _the(tokens, found[1] + 1), None)
    return _Found(Point("bare", day=found[0]), found[1]) if high is not None and high.point.unit == "day" else None


def _second_day(tokens: Tokens, at: int, low: _Found) -> _Found | None:
    """Read the 15 of July 13-15 and of July 13-15, 2025."""
    if low.point.unit != "day" or low.point.year is not None or not tokens[low.last - 1].word[0].isdigit() and tokens[low.last - 1].word not in {"st", "nd", "rd", "th"}:
        return None
    found = _day_number(tokens, at)
    if found is None or _month(tokens, found[1]) is not None:
        return None
    last, year = _year_behind(tokens, found[1])
    return _Found(Point("day", year, low.point.month, found[0]), last)


def _short_year(tokens: Tokens, at: int, low: _Found) -> _Found | None:
    """Read the 30 of 1910-30, which is no month."""
    if low.point.unit != "year" or at >= len(tokens) or len(tokens[at].word) != 2 or not tokens[at].word.isdigit():
        return None
    year = (low.point.year or 0) // 100 * 100 + int(tokens[at].word)
    return _Found(Point("year", year), at + 1) if year > (low.point.year or 0) and int(tokens[at].word) > 12 else None


def _qualified(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read one date with what qualifies it: mid-June, circa 1860, around 5 May, maybe 1862, 1860?"""
    approximate, uncertain, start = False, False, at
    while _word(tokens, start) in _APPROXIMATE | _UNCERTAIN:
        approximate |= tokens[start].word in _APPROXIMATE
        uncertain |= tokens[start].word in _UNCERTAIN
        start += 1 + (_word(tokens, start + 1) in {".", ":"} and not tokens[start + 1].spaced)
    which, begun = _part(tokens, _the(tokens, start))
    found = _point(tokens, begun if which else _the(tokens, start), reference)
    if found is None:
        return None
    last = found.last
    if found.point.unit == "ambiguous":
        return Moment(None, at, last, "ambiguous")
    if _word(tokens, last) in {"approx", "approximately"}:
        approximate, last = True, last + 1
    if _word(tokens, last) == "?" and not tokens[last].spaced and last + 1 == len(tokens):
        uncertain, last = True, last + 1
    point = calendar.complete(found.point, reference, prefer)
    if point is None:
        open_week = found.point.unit == "weekday" and reference is None
        return Moment(None, at, last, "unresolved" if open_week else "inconsistent")
    if found.point.weekday is not None and found.point.unit == "day" and (days := calendar.bounds(point)) and days[0].weekday() != found.point.weekday:
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
    which = _PARTS.get(_word(tokens, at))
    if which is None:
        return None, at
    last = at + 1
    if tokens[at].word in {"middle", "beginning", "start", "end"}:
        return (which, _the(tokens, last + 1)) if _word(tokens, last) == "of" else (None, at)
    if _word(tokens, last) == "-" or _word(tokens, last) == "in":
        last += 1
    return which, _the(tokens, last)


def _point(tokens: Tokens, at: int, reference: date | None) -> _Found | None:
    """Read a date without what qualifies it."""
    if not 0 <= at < len(tokens):
        return None
    token = tokens[at]
    if token.number is None and not token.word[0].isalpha() and token.word != "'":
        return None
    return (
        _weekday(tokens, at, reference)
        or _iso(tokens, at)
        or _numeric(tokens, at)
        or _day_month(tokens, at)
        or _month_day(tokens, at)
        or _ordinal_unit(tokens, at)
        or _season(tokens, at)
        or _century(tokens, at)
        or _decade(tokens, at)
        or _year(tokens, at)
    )


def _weekday(tokens: Tokens, at: int, reference: date | None) -> _Found | None:
    word = tokens[at].word.removesuffix("'s")
    short = word in _SHORT_DAYS and tokens[at].capital
    if word not in WEEKDAYS and not short:
        return None
    number = WEEKDAYS.get(word, _SHORT_DAYS.get(word, 0))
    last = at + 1 + (_word(tokens, at + 1) == "." and short)
    behind = _the(tokens, last + (_word(tokens, last) == ","))
    dated = _day_month(tokens, behind) or _month_day(tokens, behind) if behind < len(tokens) else None
    if dated is not None and dated.point.unit == "day":
        return dated._replace(point=dated.point._replace(weekday=number))
    # Tuesday the 19th is a day of some month, and not the nearest Tuesday.
    if (numbered := _day_number(tokens, behind)) is not None and not tokens[numbered[1] - 1].word[0].isdigit():
        return _Found(Point("ambiguous"), numbered[1])
    return None if short and last == at + 1 else _Found(Point("weekday", weekday=number), last)


def _glued(tokens: Tokens, at: int, count: int) -> bool:
    return at + count <= len(tokens) and not any(token.spaced for token in tokens[at + 1 : at + count])


def _iso(tokens: Tokens, at: int) -> _Found | None:
    """Read 2001-06-15, 2025-01, 2025/01/17; 2009-12 may be ten days short of Christmas or three years, and is none."""
    words = _words(tokens, at, 5)
    if len(words) < 3 or len(words[0]) != 4 or not words[0].isdigit() or words[1] not in {"-", "/"}:
        return None
    year = int(words[0])
    if _glued(tokens, at, 5) and words[3] == words[1] and words[2].isdigit() and words[4].isdigit() and int(words[2]) <= 12:
        point = Point("day", year, int(words[2]), int(words[4]))
        return _Found(point, at + 5) if len(words[2]) <= 2 >= len(words[4]) and int(words[2]) > 0 else None
    if not _glued(tokens, at, 3) or len(words[2]) != 2 or not words[2].isdigit() or not 1 <= int(words[2]) <= 12:
        return None
    return None if int(words[2]) > year % 100 else _Found(Point("month", year, int(words[2])), at + 3)


def _numeric(tokens: Tokens, at: int) -> _Found | None:
    """Read 31/10/1974 and 10/31/1974; 10/7/2008 is two days, one in each half of the world, and is none."""
    words = _words(tokens, at, 5)
    if _glued(tokens, at, 3) and words[1:2] == ["/"] and len(words[2]) == 4 and words[0].isdigit() and words[2].isdigit():
        found = _Found(Point("month", int(words[2]), int(words[0])), at + 3)
        return found if 1 <= int(words[0]) <= 12 and _FIRST_YEAR <= int(words[2]) <= _LAST_YEAR and words[3:4] != ["/"] else None
    dotted = words[0].split(".") if _glued(tokens, at, 3) and words[1:2] == ["."] else []
    size = 5
    if len(dotted) == 2 and all(dotted):
        words, size = [dotted[0], ".", dotted[1], ".", words[2]], 3
    elif len(words) < 5 or not _glued(tokens, at, 5) or words[1] not in {"/", "-"} or words[3] != words[1]:
        return None
    if not words[0].isdigit() or not words[4].isdigit() or len(words[4]) != 4 or len(words[0]) > 2:
        return None
    if words[2] in MONTHS:
        return _Found(Point("day", int(words[4]), MONTHS[words[2]], int(words[0])), at + 5)
    if not words[2].isdigit() or len(words[2]) > 2:
        return None
    one, two = int(words[0]), int(words[2])
    if one != two and one <= 12 >= two:
        return _Found(Point("ambiguous"), at + size)
    day, month = (one, two) if one > 12 else (two, one)
    return _Found(Point("day", int(words[4]), month, day), at + size) if 1 <= month <= 12 else None


def _month(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """Read the name of a month, in full or short, and give its number and the token behind it."""
    word = _word(tokens, at)
    if word not in MONTHS:
        return None
    return MONTHS[word], at + 1 + (len(word) < 5 and _word(tokens, at + 1) == "." and not tokens[at + 1].spaced)


def _day_number(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """Read a day of the month: 5, 5th, fifth."""
    if not 0 <= at < len(tokens):
        return None
    token = tokens[at]
    if token.word.isdigit() and len(token.word) <= 2 and token.number is not None:
        suffix = at + 1 < len(tokens) and not tokens[at + 1].spaced and tokens[at + 1].word in {"st", "nd", "rd", "th"}
        return (int(token.number), at + 1 + suffix) if 1 <= token.number <= 31 else None
    if token.word in ORDINALS or token.word in TENS:
        found = numeral(tokens, at)
        if found is not None and found.kind == "ordinal" and 1 <= found.value <= 31:
            return int(found.value), found.last
    return None


def _day_month(tokens: Tokens, at: int) -> _Found | None:
    """Read 5 May, the fifth of May 2024, 5 May, 2024."""
    found = _day_number(tokens, at)
    if found is None:
        return None
    last = found[1] + (_word(tokens, found[1]) == "of") + (_words(tokens, found[1], 2) == ["day", "of"]) * 2
    month = _month(tokens, last)
    if month is None or (tokens[last].word == "may" and not tokens[last].capital):
        return None
    last, year = _year_behind(tokens, month[1])
    return _Found(Point("day", year, month[0], found[0]), last)


def _month_day(tokens: Tokens, at: int) -> _Found | None:
    """Read May 5, May 5th, 2024, May 2024, and May where it is a month."""
    month = _month(tokens, at)
    if month is None:
        return None
    day = _day_number(tokens, _the(tokens, month[1]))
    # In "June 13 countries" the number counts countries; a month and a day go together in capitals alone.
    last, year = _year_behind(tokens, day[1]) if day is not None else (at, None)
    spelt = day is not None and (year is not None or tokens[day[1] - 1].number is None)
    if day is not None and (tokens[at].capital or tokens[at].word not in {"may", "march"} or spelt):
        return _Found(Point("day", year, month[0], day[0]), last)
    last, year = _year_behind(tokens, month[1])
    if year is not None:
        return _Found(Point("month", year, month[0]), last)
    if tokens[at].word in {"may", "march"} and not (tokens[at].capital and _is_month(tokens, at)):
        return None
    return _Found(Point("month", month=month[0]), month[1]) if len(tokens[at].word) > 3 or tokens[at].word == "may" else None


def _is_month(tokens: Tokens, at: int) -> bool:
    """Tell the month from the verb or the name: in May, last March, Iran May.; not May said."""
    cues = {"in", "since", "by", "of", "until", "from", "during", "early", "mid", "late", "-", "to", "last", "next", "this", "and", "before", "after", ","}  # fmt: skip
    closed = at + 1 == len(tokens) or tokens[at + 1].word in {".", ",", ";", ":", ")"}
    return closed or (at > 0 and tokens[at - 1].word in cues)


def _year_behind(tokens: Tokens, at: int) -> tuple[int, int | None]:
    """Read the year behind a day or month: 2024, of 2024, (2024); give the token behind it."""
    start = at
    if _word(tokens, start) in {",", "of"}:
        start += 1
    word = _word(tokens, start)
    if len(word) == 4 and word.isdigit() and _FIRST_YEAR <= int(word) <= _LAST_YEAR and not _counts(tokens, start):
        return start + 1, int(word)
    return at, None


def _counts(tokens: Tokens, at: int) -> bool:
    """Say whether digits are followed by a unit that makes a quantity of them: 2000%, 1900 km."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return following is not None and following.word in {"%", "percent", "per", "km", "kg", "tons", "tonnes", "$", "€"}


def _ordinal_unit(tokens: Tokens, at: int) -> _Found | None:
    """Read the third quarter of 2018, Q3 2018, 2018Q3, H1 2025, the first half of 2025."""
    word = _word(tokens, at)
    if _glued(tokens, at, 3) and len(word) == 4 and word.isdigit() and _word(tokens, at + 1) == "q":
        quarter = tokens[at + 2].word
        return _Found(Point("quarter", int(word), int(quarter)), at + 3) if quarter in {"1", "2", "3", "4"} else None
    if word in {"q", "h"} and tokens[at].capital and at + 1 < len(tokens) and not tokens[at + 1].spaced:
        number, last, (unit, most) = tokens[at + 1].number, at + 2, _ORDINAL_UNITS["quarter" if word == "q" else "half"]
    else:
        found = numeral(tokens, at) if word in ORDINALS or tokens[at].number is not None else None
        if found is None or found.kind != "ordinal" or _word(tokens, found.last) not in _ORDINAL_UNITS:
            return None
        number, last, (unit, most) = found.value, found.last + 1, _ORDINAL_UNITS[tokens[found.last].word]
    if number is None or number.denominator != 1 or not 1 <= number <= most:
        return None
    last, year = _year_behind(tokens, last)
    return _Found(Point(unit, year, int(number)), last) if year is not None or (unit == "quarter" and word not in {"q", "h"}) else None


def _season(tokens: Tokens, at: int) -> _Found | None:
    word = _word(tokens, at)
    if word not in _SEASONS:
        return None
    last, year = _year_behind(tokens, at + 1)
    # Spring and fall are verbs and other nouns too; without a year they need "in the" before them.
    alone = word in {"summer", "winter", "autumn"} or [token.word for token in tokens[max(0, at - 2) : at]] == ["in", "the"]
    return _Found(Point("season", year, _SEASONS[word]), last) if year is not None or alone else None


def _century(tokens: Tokens, at: int) -> _Found | None:
    """Read the 19th century, the nineteenth century."""
    token = tokens[at]
    if token.number is None and token.word not in ORDINALS and token.word not in TENS:
        return None
    found = numeral(tokens, at)
    if found is None or found.kind != "ordinal" or _word(tokens, found.last + (_word(tokens, found.last) == "-")) != "century":
        return None
    last = found.last + 1 + (_word(tokens, found.last) == "-")
    if _word(tokens, last) in {"bc", "bce"} or not 2 <= found.value <= 22:
        return None
    last += _word(tokens, last) in {"ad", "ce"}
    return _Found(Point("century", (int(found.value) - 1) * 100), last)


def _decade(tokens: Tokens, at: int) -> _Found | None:
    """Read the 1990s, the '90s, the nineties."""
    token = tokens[at]
    if token.word == "'" and at + 2 < len(tokens) and _glued(tokens, at, 3) and tokens[at + 2].word == "s" and tokens[at + 1].word.isdigit() and len(tokens[at + 1].word) == 2:
        year = int(tokens[at + 1].word)
        return _Found(Point("decade", (1900 if year > 20 else 2000) + year), at + 3) if year % 10 == 0 else None
    tens = TENS.get(token.word.removesuffix("ies") + "y") if token.word.endswith("ies") else None
    if tens is not None:
        return _Found(Point("decade", 1900 + tens), at + 1)
    if not (len(token.word) == 4 and token.word.isdigit() and _glued(tokens, at, 2) and _word(tokens, at + 1) in {"s", "'s"}):
        return None
    year = int(token.word)
    if year % 100 == 0:
        return _Found(Point("century", year), at + 2)
    return _Found(Point("decade", year), at + 2) if year % 10 == 0 else None


def _year(tokens: Tokens, at: int) -> _Found | None:
    """Read 2009, 64 AD, nineteen seventy-three; four digits are certainly a year only where the words before say so."""
    token = tokens[at]
    spelt = _spelt_year(tokens, at)
    if spelt is not None:
        return spelt
    if not token.word.isdigit() or len(token.word) > 4:
        return None
    # A letter or a sign of value before or behind the digits makes something else of them.
    before = tokens[at - 1] if at else None
    if before is not None and not token.spaced and before.word not in {"-", "(", "/", "'", '"', "[", "~", ":", ";", ",", "c", "ca", "."}:
        return None
    era = _word(tokens, at + 1)
    if era in {"ad", "ce"} and tokens[at + 1].capital and int(token.word) > 0:
        return _Found(Point("year", int(token.word)), at + 2)
    if era in {"bc", "bce"}:
        return None
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if len(token.word) != 4 or not _FIRST_YEAR <= int(token.word) <= _LAST_YEAR or _counts(tokens, at):
        return None
    if behind is not None and not behind.spaced and behind.word[0].isalnum():
        return None
    if behind is not None and behind.word == "/" and _glued(tokens, at, 3):
        # A financial year, or one of two: no single date.
        return _Found(Point("ambiguous"), at + 3)
    if before is not None and before.number is not None and token.spaced:
        return None
    named = before is not None and before.word[0].isalpha() and before.word not in _YEAR_CUES and not before.word.endswith("'s")
    if named and before is not None and before.capital and before.word not in MONTHS | _SEASONS:
        return None
    cued = before is None or before.word in _YEAR_CUES or before.word in {"(", ":", ",", ";", "~"} or (before.word.endswith("'s"))
    counted = behind is not None and behind.word[0].isalpha() and behind.word not in _YEAR_ENDS
    return _Found(Point("year", int(token.word)), at + 1, certain=bool(cued and not (counted and _adjectival(before))))


# Behind a year, not behind a count.
_YEAR_ENDS = {"and", "or", "to", "in", "with", "when", "that", "which", "as", "at", "by", "but", "for", "after", "before", "has", "had", "was", "is", "were", "while", "under", "through", "until", "on", "from", "the", "a", "an", "its", "his"}  # fmt: skip


def _adjectival(before: Token | None) -> bool:
    """Say whether digits before a noun may count it as well: the 2000 drones, about 2000 men; not in 2009 Russia."""
    return before is None or before.word not in {"in", "since", "during", "until", "year", "early", "late", "mid", "throughout"}


def _spelt_year(tokens: Tokens, at: int) -> _Found | None:
    """Read nineteen seventy-three and twenty twenty-five."""
    first = SMALL.get(tokens[at].word, TENS.get(tokens[at].word, 0))
    if first not in {17, 18, 19, 20} or _word(tokens, at + 1) not in TENS | {word: 1 for word, value in SMALL.items() if value > 9}:
        return None
    found = numeral(tokens, at + 1)
    if found is None or found.kind != "number" or not 10 <= found.value <= 99:
        return None
    return _Found(Point("year", first * 100 + int(found.value)), found.last)
