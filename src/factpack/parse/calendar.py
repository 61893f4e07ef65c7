"""Dates as far as words give them, resolved against the day on which the words were published."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

# Which of the possible years or weeks is meant where the words leave it open: the past, as in reports of what
# happened; the nearest, as in announcements; the future, as in plans.
PAST, NEAREST, FUTURE = "past", "nearest", "future"
# A weekday with a day and a month comes round every five to eleven years.
_SEARCHED = 12


class Point(NamedTuple):
    """What words say of a date, with what they leave out as None.

    `unit` is day, month, season, quarter, half, year, decade or century; `month` holds the number of the season,
    quarter or half too, and `year` the first year of a decade or century. `weekday` counts from Monday as 0.
    """

    unit: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


def bounds(point: Point) -> tuple[date, date] | None:
    """Give the first and the last day of a complete date; None where the calendar has no such day."""
    year, month = point.year or 0, point.month or 1
    if not 1 <= year <= 9999:
        return None
    match point.unit:
        case "day":
            if point.day is None or not 1 <= point.day <= monthrange(year, month)[1]:
                return None
            return date(year, month, point.day), date(year, month, point.day)
        case "month":
            return _months(year, month, 1)
        case "season":
            return _months(year, 3 * month, 3)
        case "quarter":
            return _months(year, 3 * month - 2, 3)
        case "half":
            return _months(year, 6 * month - 5, 6)
        case unit:
            last = year + {"year": 0, "decade": 9, "century": 99}[unit]
            return date(year, 1, 1), date(min(last, 9999), 12, 31)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """Give the first and last day of some months, of which the last may lie in the next year, as winter does."""
    last_year, last_month = divmod(year * 12 + month - 1 + count - 1, 12)
    last = date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1])
    return date(year, month, 1), last


def edtf(point: Point) -> str | None:
    """Write a date in EDTF; a year that is not known is XXXX, a quarter or half an interval of months."""
    year = "XXXX" if point.year is None else f"{point.year:04d}"
    match point.unit:
        case "day":
            return f"{year}-{point.month:02d}-{point.day:02d}"
        case "month":
            return f"{year}-{point.month:02d}"
        case "season":
            return f"{year}-{20 + (point.month or 0)}"
        case "quarter" | "half":
            size = 3 if point.unit == "quarter" else 6
            first = size * (point.month or 1) - size + 1
            return f"{year}-{first:02d}/{year}-{first + size - 1:02d}"
        case "year":
            return year
        case "decade":
            return f"{year[:3]}X"
        case _:
            return f"{year[:2]}XX"


def complete(point: Point, reference: date | None, prefer: str) -> Point | None:
    """Find the year, or the day, that words leave open; None where the calendar has none.

    A date without a year stays without where there is no reference, unless it is impossible in every year.
    """
    if point.unit == "weekday":
        return point_of(weekday(point.weekday or 0, reference, prefer)) if reference else None
    if point.year is not None:
        return point if bounds(point) is not None else None
    if reference is None:
        # A leap year has every day that any year has.
        return point if bounds(point._replace(year=2000)) is not None else None
    # A weekday beside the date says which year it is, on whichever side.
    return next(iter(_candidates(point, reference, NEAREST if point.weekday is not None else prefer)), None)


def _candidates(point: Point, reference: date, prefer: str) -> list[Point]:
    """List the dates that a point without a year can be, the likeliest first."""
    ranked = []
    for year in range(max(1, reference.year - _SEARCHED), min(9999, reference.year + _SEARCHED) + 1):
        candidate = point._replace(year=year)
        days = bounds(candidate)
        if days is None or (point.weekday is not None and days[0].weekday() != point.weekday):
            continue
        rank = _distance(days, reference, prefer)
        if rank is not None:
            ranked.append((rank, candidate))
    return [candidate for _, candidate in sorted(ranked)]


def span(low: Point, high: Point, reference: date | None, prefer: str) -> tuple[Point, Point] | None:
    """Complete both ends of an interval: what one leaves out, the other has; if neither has a year, they share it."""
    if high.year is None and low.year is not None:
        high = high._replace(year=low.year)
    ends = [high] if high.year is not None or reference is None else _shared(low, high, reference, prefer)
    for end in ends:
        closed = complete(end, reference, prefer)
        if closed is None:
            continue
        opened = low if low.year is not None or closed.year is None else low._replace(year=closed.year)
        if (
            low.year is None
            and closed.year is not None
            and low.unit == high.unit
            and (low.month or 0) > (closed.month or 0)
        ):
            opened = low._replace(year=closed.year - 1)
        begun, ended = bounds(opened), bounds(closed)
        if closed.year is None or (begun and ended and begun[0] <= ended[1]):
            return opened, closed
    return None


def _shared(low: Point, high: Point, reference: date, prefer: str) -> list[Point]:
    """List the upper ends that an interval without a year can have, by where the whole of it lies."""
    ranked = []
    for year in range(max(2, reference.year - 1), min(9999, reference.year + 1) + 1):
        closed = high._replace(year=year)
        opened = low._replace(year=year - ((low.month or 0) > (high.month or 0)))
        begun, ended = bounds(opened), bounds(closed)
        rank = begun and ended and _distance((begun[0], ended[1]), reference, prefer)
        if rank is not None:
            ranked.append((rank, closed))
    return [closed for _, closed in sorted(ranked)]


def nth_weekday(number: int, weekday: int, year: int, month: int) -> Point | None:
    """Find the first, second … or, with -1, the last Monday of a month."""
    first = date(year, month, 1)
    days = monthrange(year, month)[1]
    if number < 0:
        last = date(year, month, days)
        return point_of(last - timedelta(days=(last.weekday() - weekday) % 7))
    day = 1 + (weekday - first.weekday()) % 7 + 7 * (number - 1)
    return Point("day", year, month, day) if day <= days else None


def _distance(days: tuple[date, date], reference: date, prefer: str) -> int | None:
    """Rank a candidate by its distance in days; None where it lies on the side that is not meant."""
    first, last = days
    if first > reference:
        # One day nearer in the past wins over the same distance in the future.
        return None if prefer == PAST else 2 * (first - reference).days + 1
    if last < reference:
        return None if prefer == FUTURE else 2 * (reference - last).days
    return 0


def weekday(number: int, reference: date, prefer: str) -> date:
    """Find the day of the week that is meant: today or before, nearest, or today or after."""
    back = (reference.weekday() - number) % 7
    if prefer == FUTURE:
        return reference + timedelta(days=(7 - back) % 7)
    if prefer == NEAREST and back > 3:
        return reference + timedelta(days=7 - back)
    return reference - timedelta(days=back)


def point_of(day: date) -> Point:
    """Give a day as a point."""
    return Point("day", day.year, day.month, day.day)


def shifted(reference: date, unit: str, count: int) -> Point | None:
    """Move from a day by some days, months or years, as precisely as the unit is: two years ago is a year."""
    try:
        if unit == "day":
            return point_of(reference + timedelta(days=count))
    except OverflowError:
        return None
    year, month = divmod(reference.year * 12 + reference.month - 1 + count * (1 if unit == "month" else 12), 12)
    if not 1 <= year <= 9999:
        return None
    return Point("month", year, month + 1) if unit == "month" else Point("year", year)


def around(reference: date, unit: str, step: int) -> str | None:
    """Give the last, this or next unit in EDTF: a week is the interval from its Monday to its Sunday."""
    if unit == "week":
        monday = reference + timedelta(days=7 * step - reference.weekday())
        return f"{monday}/{monday + timedelta(days=6)}"
    if unit in {"quarter", "half"}:
        size = 4 if unit == "quarter" else 2
        year, number = divmod(reference.year * size + (reference.month - 1) // (12 // size) + step, size)
        return edtf(Point(unit, year, number + 1))
    if unit in {"decade", "century"}:
        size = 10 if unit == "decade" else 100
        return edtf(Point(unit, reference.year // size * size + step * size))
    point = shifted(reference, unit, step)
    return edtf(point) if point else None


def part(point: Point, which: str) -> str | None:
    """Give the early, mid or late part of a unit as an interval with approximate ends.

    A month falls into ten days, ten days and the rest, as in news; a year, decade or century into thirds.
    """
    index = ("early", "mid", "late").index(which)
    year = point.year
    if year is None:
        return None
    if point.unit == "month":
        days = bounds(point)
        last = days[1].day if days else 30
        first_day, last_day = ((1, 10), (11, 20), (21, last))[index]
        month = f"{year:04d}-{point.month:02d}"
        return f"{month}-{first_day:02d}~/{month}-{last_day:02d}~"
    if point.unit == "year":
        return f"{year:04d}-{4 * index + 1:02d}~/{year:04d}-{4 * index + 4:02d}~"
    if point.unit in {"decade", "century"}:
        parts = ((0, 3), (4, 6), (7, 9)) if point.unit == "decade" else ((0, 33), (34, 66), (67, 99))
        first, last = parts[index]
        return f"{year + first:04d}~/{year + last:04d}~"
    return None
