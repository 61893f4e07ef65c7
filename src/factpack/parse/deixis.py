"""Dates counted from the day of publication: yesterday, last year, two weeks ago, next Thursday."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from factpack.parse import calendar, duration
from factpack.parse.calendar import Point
from factpack.parse.dates import (
    MONTHS,
    SEASONS,
    WEEKDAYS,
    Found,
    Moment,
    behind_the,
    day_number,
    month_day,
    word_at,
    words_at,
)
from factpack.parse.numeral import ORDINALS, TENS

if TYPE_CHECKING:
    from datetime import date

    from factpack.parse.reading import Tokens

_UNITS = {"day", "week", "month", "quarter", "year", "decade", "century", "yr", "qtr"}
STEPS = {
    "last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "upcoming": 1,
    "following": 1,
}  # fmt: skip
DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
NOW = {"now", "currently", "presently"}


def deictic(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read a date that words count from the day of publication (arguments as of `timex.moment`)."""
    word = word_at(tokens, at)
    if word in NOW and word_at(tokens, at + 1) not in {"that", "famous"}:
        return Moment(None if reference is None else str(reference), at, at + 1, "now")
    if word in DAYS:
        return _day_away(at, at + 1, reference, DAYS[word])
    begun = behind_the(tokens, at)
    if words_at(tokens, begun, 3) == ["day", "before", "yesterday"]:
        return _day_away(at, begun + 3, reference, -2)
    if words_at(tokens, begun, 3) == ["day", "after", "tomorrow"]:
        return _day_away(at, begun + 3, reference, 2)
    return (
        _ago(tokens, at, reference, prefer)
        or _within(tokens, at, reference, prefer)
        or _step(tokens, at, reference, prefer)
    )


def _day_away(at: int, last: int, reference: date | None, days: int) -> Moment:
    point = reference and calendar.shifted(reference, "day", days)
    return Moment(calendar.edtf(point) if point else None, at, last, None if point else "unresolved")


def _ago(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read two years ago, a week ago, six months from now, in three weeks' time.

    "In three weeks" alone is a time to come in plans; in reports it may as well be how long something took.
    """
    start = at + (word_at(tokens, at) == "in")
    lasting = duration.length(tokens, start) if start < len(tokens) else None
    if lasting is None or lasting.bound:
        return None
    behind = lasting.last
    if word_at(tokens, behind) == "ago" and start == at:
        sign, behind = -1, behind + 1
    elif words_at(tokens, behind, 2) in (["from", "now"], ["from", "today"]):
        sign, behind = 1, behind + 2
    elif word_at(tokens, behind) == "hence" or (word_at(tokens, behind) == "time" and start > at):
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
        point = (
            calendar.shifted(reference, "month", months)
            if months % 12
            else calendar.shifted(reference, "year", months // 12)
        )
    value = calendar.edtf(point) if point else None
    return f"{value}~" if value and span.months >= 120 and len(value) == 4 else value


def _unit_name(word: str) -> str | None:
    singular = {"centuries": "century", "yrs": "year", "yr": "year", "qtr": "quarter", "d": "day", "y": "year"}.get(
        word, word.removesuffix("s")
    )
    return singular if singular in _UNITS - {"yr", "qtr"} else None


def _step(tokens: Tokens, at: int, reference: date | None, prefer: str) -> Moment | None:
    """Read last year, this week, the coming month, earlier this year, next Thursday, last June, last summer."""
    begun = behind_the(tokens, at)
    if word_at(tokens, begun) in {"earlier", "later"} and word_at(tokens, begun + 1) in {"this", "last"}:
        begun += 1
    step = STEPS.get(word_at(tokens, begun))
    # The third last week of May is none that is counted from today.
    if step is None or word_at(tokens, begun - 1) in ORDINALS:
        return None
    word = word_at(tokens, begun + 1).removesuffix("'s")
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


def unit_at(tokens: Tokens, at: int, reference: date | None) -> Found | None:
    """Read the year or month of "the end of next year" and "early this month", whose parts have dates of their own."""
    begun = behind_the(tokens, at)
    step = STEPS.get(word_at(tokens, begun))
    unit = _unit_name(word_at(tokens, begun + 1))
    if step is None or unit not in {"month", "year"} or reference is None:
        return None
    point = calendar.shifted(reference, unit, step)
    return None if point is None else Found(point, begun + 2)


def _weekday_or_month(tokens: Tokens, at: int) -> Point | None:
    word = word_at(tokens, at)
    if word in WEEKDAYS:
        return Point("weekday", weekday=WEEKDAYS[word])
    # "Last June 5" is a day, and read as one.
    if word in MONTHS and tokens[at].capital and not (at + 1 < len(tokens) and tokens[at + 1].number is not None):
        return Point("month", month=MONTHS[word])
    return Point("season", month=SEASONS[word]) if word in SEASONS else None


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
    """Read a day by its place in a week or month: Wednesday of next week, the first Tuesday of October."""
    begun = behind_the(tokens, at)
    word = word_at(tokens, begun)
    if word in WEEKDAYS:
        link = begun + 1 + (word_at(tokens, begun + 1) in {"of", "in", "from"})
        after_next = words_at(tokens, begun + 1, 2) == ["after", "next"]
        week = (1, begun + 3) if after_next else _stepped_unit(tokens, link, "week")
        if week is None or reference is None:
            return None
        monday = reference + timedelta(days=7 * week[0] - reference.weekday())
        return Moment(str(monday + timedelta(days=WEEKDAYS[word])), at, week[1])
    rank = -1 if word == "last" else None
    last = begun + 1
    if rank is None:
        found = day_number(tokens, begun) if word in ORDINALS or word in TENS or word.isdigit() else None
        if found is None:
            return None
        rank, last = found
    return _nth(tokens, at, last, rank, reference, prefer)


def _stepped_unit(tokens: Tokens, at: int, unit: str) -> tuple[int, int] | None:
    """Read last week, of the current month: the step and the token behind it."""
    start = behind_the(tokens, at)
    step = STEPS.get(word_at(tokens, start))
    if step is not None and word_at(tokens, start + 1) == unit:
        return step, start + 2
    return (0, start + 1) if start > at and word_at(tokens, start) == unit else None


def _nth(tokens: Tokens, at: int, last: int, rank: int, reference: date | None, prefer: str) -> Moment | None:
    """Read what the number counts: Tuesdays of a month, or its days."""
    weekday = WEEKDAYS.get(word_at(tokens, last))
    day = word_at(tokens, last) == "day"
    link = last + (weekday is not None or day)
    if word_at(tokens, link) not in {"of", "in"} or (rank < 0 and link == last):
        return None
    stepped = _stepped_unit(tokens, link + 1, "month")
    if stepped is not None:
        point = calendar.shifted(reference, "month", stepped[0]) if reference else None
        behind = stepped[1]
    else:
        named = month_day(tokens, link + 1) if link + 1 < len(tokens) else None
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
