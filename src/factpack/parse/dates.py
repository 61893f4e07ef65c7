"""Dates that words give in full or in part: 5 May 2024, 2001-06-15, May 2024, the third quarter, the 1990s, 2009."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from factpack.parse.calendar import Point
from factpack.parse.numeral import ORDINALS, SMALL, TENS, numeral

if TYPE_CHECKING:
    from factpack.parse.reading import Token, Tokens

_MONTH_NAMES = "january february march april may june july august september october november december"
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday"
WEEKDAYS = {name: number for number, name in enumerate(_DAY_NAMES.split())}
SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}
# Words behind which four digits are a year.
_YEAR_CUES = {
    "in", "since", "by", "of", "from", "until", "till", "before", "after", "during", "early", "late", "mid", "year",
    "the", "its", "their", "his", "her", "our", "this", "and", "to", "through", "throughout", "between", "circa", "ca",
    "about", "around", "for", "as", "at", "on", "back", "is", "was", "summer", "winter", "spring", "autumn", "fall",
    "fy", "dated", "dates", "earlier", "later", "than", "or", "approximately", "approx", "maybe", "started", "began",
}  # fmt: skip
# Behind a year, not behind a count.
_YEAR_ENDS = {
    "and", "or", "to", "in", "with", "when", "that", "which", "as", "at", "by", "but", "for", "after", "before",
    "has", "had", "was", "is", "were", "while", "under", "through", "until", "on", "from", "the", "a", "an", "its",
    "his",
}  # fmt: skip
_ORDINAL_UNITS = {"quarter": ("quarter", 4), "half": ("half", 2), "qtr": ("quarter", 4)}
# ISO 8601 begins the calendar that we know in 1583; older years need AD or a word that says year.
_FIRST_YEAR, _LAST_YEAR = 1500, 2100


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


class Found(NamedTuple):
    """A date as far as words give it, and the token behind them; `certain` as in `Moment`."""

    point: Point
    last: int
    certain: bool = True


def point_at(tokens: Tokens, at: int) -> Found | None:
    """Read a date without what qualifies it."""
    if not 0 <= at < len(tokens):
        return None
    token = tokens[at]
    if token.number is None and not token.word[0].isalpha() and token.word != "'":
        return None
    return (
        _weekday(tokens, at)
        or _iso(tokens, at)
        or _numeric(tokens, at)
        or _day_month(tokens, at)
        or month_day(tokens, at)
        or _ordinal_unit(tokens, at)
        or _season(tokens, at)
        or _century(tokens, at)
        or _decade(tokens, at)
        or _year(tokens, at)
    )


def _weekday(tokens: Tokens, at: int) -> Found | None:
    word = tokens[at].word.removesuffix("'s")
    short = word in SHORT_DAYS and tokens[at].capital
    if word not in WEEKDAYS and not short:
        return None
    number = WEEKDAYS.get(word, SHORT_DAYS.get(word, 0))
    last = at + 1 + (word_at(tokens, at + 1) == "." and short)
    behind = behind_the(tokens, last + (word_at(tokens, last) == ","))
    dated = _day_month(tokens, behind) or month_day(tokens, behind) if behind < len(tokens) else None
    if dated is not None and dated.point.unit == "day":
        return dated._replace(point=dated.point._replace(weekday=number))
    # Tuesday the 19th is a day of some month, and not the nearest Tuesday.
    if (numbered := day_number(tokens, behind)) is not None and not tokens[numbered[1] - 1].word[0].isdigit():
        return Found(Point("ambiguous"), numbered[1])
    return None if short and last == at + 1 else Found(Point("weekday", weekday=number), last)


def _iso(tokens: Tokens, at: int) -> Found | None:
    """Read 2001-06-15, 2025-01, 2025/01/17; 2009-12 may be ten days short of Christmas or three years, and is none."""
    words = words_at(tokens, at, 5)
    if len(words) < 3 or len(words[0]) != 4 or not words[0].isdigit() or words[1] not in {"-", "/"}:
        return None
    year = int(words[0])
    if (
        _glued(tokens, at, 5)
        and words[3] == words[1]
        and words[2].isdigit()
        and words[4].isdigit()
        and int(words[2]) <= 12
    ):
        point = Point("day", year, int(words[2]), int(words[4]))
        return Found(point, at + 5) if len(words[2]) <= 2 >= len(words[4]) and int(words[2]) > 0 else None
    if not _glued(tokens, at, 3) or len(words[2]) != 2 or not words[2].isdigit() or not 1 <= int(words[2]) <= 12:
        return None
    return None if int(words[2]) > year % 100 else Found(Point("month", year, int(words[2])), at + 3)


def _numeric(tokens: Tokens, at: int) -> Found | None:
    """Read 31/10/1974 and 10/31/1974; 10/7/2008 is two days, one in each half of the world, and is none."""
    words = words_at(tokens, at, 5)
    if (
        _glued(tokens, at, 3)
        and words[1:2] == ["/"]
        and len(words[2]) == 4
        and words[0].isdigit()
        and words[2].isdigit()
    ):
        found = Found(Point("month", int(words[2]), int(words[0])), at + 3)
        return (
            found
            if 1 <= int(words[0]) <= 12 and _FIRST_YEAR <= int(words[2]) <= _LAST_YEAR and words[3:4] != ["/"]
            else None
        )
    dotted = words[0].split(".") if _glued(tokens, at, 3) and words[1:2] == ["."] else []
    size = 5
    if len(dotted) == 2 and all(dotted):
        words, size = [dotted[0], ".", dotted[1], ".", words[2]], 3
    elif len(words) < 5 or not _glued(tokens, at, 5) or words[1] not in {"/", "-"} or words[3] != words[1]:
        return None
    if not words[0].isdigit() or not words[4].isdigit() or len(words[4]) != 4 or len(words[0]) > 2:
        return None
    if words[2] in MONTHS:
        return Found(Point("day", int(words[4]), MONTHS[words[2]], int(words[0])), at + 5)
    if not words[2].isdigit() or len(words[2]) > 2:
        return None
    one, two = int(words[0]), int(words[2])
    if one != two and one <= 12 >= two:
        return Found(Point("ambiguous"), at + size)
    day, month = (one, two) if one > 12 else (two, one)
    return Found(Point("day", int(words[4]), month, day), at + size) if 1 <= month <= 12 else None


def month_at(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """Read the name of a month, in full or short, and give its number and the token behind it."""
    word = word_at(tokens, at)
    if word not in MONTHS:
        return None
    return MONTHS[word], at + 1 + (len(word) < 5 and word_at(tokens, at + 1) == "." and not tokens[at + 1].spaced)


def day_number(tokens: Tokens, at: int) -> tuple[int, int] | None:
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


def _day_month(tokens: Tokens, at: int) -> Found | None:
    """Read 5 May, the fifth of May 2024, 5 May, 2024."""
    found = day_number(tokens, at)
    if found is None:
        return None
    last = found[1] + (word_at(tokens, found[1]) == "of") + (words_at(tokens, found[1], 2) == ["day", "of"]) * 2
    month = month_at(tokens, last)
    if month is None or (tokens[last].word == "may" and not tokens[last].capital):
        return None
    last, year = year_behind(tokens, month[1])
    return Found(Point("day", year, month[0], found[0]), last)


def month_day(tokens: Tokens, at: int) -> Found | None:
    """Read May 5, May 5th, 2024, May 2024, and May where it is a month."""
    month = month_at(tokens, at)
    if month is None:
        return None
    day = day_number(tokens, behind_the(tokens, month[1]))
    # In "June 13 countries" the number counts countries; a month and a day go together in capitals alone.
    last, year = year_behind(tokens, day[1]) if day is not None else (at, None)
    spelt = day is not None and (year is not None or tokens[day[1] - 1].number is None)
    if day is not None and (tokens[at].capital or tokens[at].word not in {"may", "march"} or spelt):
        return Found(Point("day", year, month[0], day[0]), last)
    last, year = year_behind(tokens, month[1])
    if year is not None:
        return Found(Point("month", year, month[0]), last)
    if tokens[at].word in {"may", "march"} and not (tokens[at].capital and _is_month(tokens, at)):
        return None
    return (
        Found(Point("month", month=month[0]), month[1])
        if len(tokens[at].word) > 3 or tokens[at].word == "may"
        else None
    )


def _is_month(tokens: Tokens, at: int) -> bool:
    """Tell the month from the verb or the name: in May, last March, Iran May.; not May said."""
    cues = {
        "in", "since", "by", "of", "until", "from", "during", "early", "mid", "late", "-", "to", "last", "next",
        "this", "and", "before", "after", ",",
    }  # fmt: skip
    closed = at + 1 == len(tokens) or tokens[at + 1].word in {".", ",", ";", ":", ")"}
    return closed or (at > 0 and tokens[at - 1].word in cues)


def year_behind(tokens: Tokens, at: int) -> tuple[int, int | None]:
    """Read the year behind a day or month: 2024, of 2024, (2024); give the token behind it."""
    start = at
    if word_at(tokens, start) in {",", "of"}:
        start += 1
    word = word_at(tokens, start)
    if len(word) == 4 and word.isdigit() and _FIRST_YEAR <= int(word) <= _LAST_YEAR and not _counts(tokens, start):
        return start + 1, int(word)
    return at, None


def _counts(tokens: Tokens, at: int) -> bool:
    """Say whether digits are followed by a unit that makes a quantity of them: 2000%, 1900 km."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return following is not None and following.word in {"%", "percent", "per", "km", "kg", "tons", "tonnes", "$", "€"}


def _ordinal_unit(tokens: Tokens, at: int) -> Found | None:
    """Read the third quarter of 2018, Q3 2018, 2018Q3, H1 2025, the first half of 2025."""
    word = word_at(tokens, at)
    if _glued(tokens, at, 3) and len(word) == 4 and word.isdigit() and word_at(tokens, at + 1) == "q":
        quarter = tokens[at + 2].word
        return Found(Point("quarter", int(word), int(quarter)), at + 3) if quarter in {"1", "2", "3", "4"} else None
    if word in {"q", "h"} and tokens[at].capital and at + 1 < len(tokens) and not tokens[at + 1].spaced:
        number, last, (unit, most) = tokens[at + 1].number, at + 2, _ORDINAL_UNITS["quarter" if word == "q" else "half"]
    else:
        found = numeral(tokens, at) if word in ORDINALS or tokens[at].number is not None else None
        if found is None or found.kind != "ordinal" or word_at(tokens, found.last) not in _ORDINAL_UNITS:
            return None
        number, last, (unit, most) = found.value, found.last + 1, _ORDINAL_UNITS[tokens[found.last].word]
    if number is None or number.denominator != 1 or not 1 <= number <= most:
        return None
    last, year = year_behind(tokens, last)
    return (
        Found(Point(unit, year, int(number)), last) if year is not None or (unit == "quarter" and word != "h") else None
    )


def _season(tokens: Tokens, at: int) -> Found | None:
    word = word_at(tokens, at)
    if word not in SEASONS:
        return None
    last, year = year_behind(tokens, at + 1)
    # Spring and fall are verbs and other nouns too; without a year they need "in the" before them.
    alone = word in {"summer", "winter", "autumn"} or [token.word for token in tokens[max(0, at - 2) : at]] == [
        "in",
        "the",
    ]
    return Found(Point("season", year, SEASONS[word]), last) if year is not None or alone else None


def _century(tokens: Tokens, at: int) -> Found | None:
    """Read the 19th century, the nineteenth century."""
    token = tokens[at]
    if token.number is None and token.word not in ORDINALS and token.word not in TENS:
        return None
    found = numeral(tokens, at)
    if (
        found is None
        or found.kind != "ordinal"
        or word_at(tokens, found.last + (word_at(tokens, found.last) == "-")) != "century"
    ):
        return None
    last = found.last + 1 + (word_at(tokens, found.last) == "-")
    if word_at(tokens, last) in {"bc", "bce"} or not 2 <= found.value <= 22:
        return None
    last += word_at(tokens, last) in {"ad", "ce"}
    return Found(Point("century", (int(found.value) - 1) * 100), last)


def _decade(tokens: Tokens, at: int) -> Found | None:
    """Read the 1990s, the '90s, the nineties."""
    token = tokens[at]
    if (
        token.word == "'"
        and at + 2 < len(tokens)
        and _glued(tokens, at, 3)
        and tokens[at + 2].word == "s"
        and tokens[at + 1].word.isdigit()
        and len(tokens[at + 1].word) == 2
    ):
        year = int(tokens[at + 1].word)
        return Found(Point("decade", (1900 if year > 20 else 2000) + year), at + 3) if year % 10 == 0 else None
    tens = TENS.get(token.word.removesuffix("ies") + "y") if token.word.endswith("ies") else None
    if tens is not None:
        return Found(Point("decade", 1900 + tens), at + 1)
    if not (
        len(token.word) == 4
        and token.word.isdigit()
        and _glued(tokens, at, 2)
        and word_at(tokens, at + 1) in {"s", "'s"}
    ):
        return None
    year = int(token.word)
    # The 1800s are a century, the 2000s the first ten years of ours.
    if year % 100 == 0 and year < 2000:
        return Found(Point("century", year), at + 2)
    return Found(Point("decade", year), at + 2) if year % 10 == 0 else None


def _year(tokens: Tokens, at: int) -> Found | None:
    """Read 2009, 64 AD, nineteen seventy-three; four digits are certainly a year only where the words before say so."""
    token = tokens[at]
    spelt = _spelt_year(tokens, at)
    if spelt is not None:
        return spelt
    if not token.word.isdigit() or len(token.word) > 4:
        return None
    # A letter or a sign of value before or behind the digits makes something else of them.
    before = tokens[at - 1] if at else None
    if (
        before is not None
        and not token.spaced
        and before.word not in {"-", "(", "/", "'", '"', "[", "~", ":", ";", ",", "c", "ca", "."}
    ):
        return None
    era = word_at(tokens, at + 1)
    if era in {"ad", "ce"} and tokens[at + 1].capital and int(token.word) > 0:
        return Found(Point("year", int(token.word)), at + 2)
    if era in {"bc", "bce"}:
        return None
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if len(token.word) != 4 or not _FIRST_YEAR <= int(token.word) <= _LAST_YEAR or _counts(tokens, at):
        return None
    if behind is not None and not behind.spaced and behind.word[0].isalnum():
        return None
    if behind is not None and behind.word == "/" and _glued(tokens, at, 3):
        # A financial year, or one of two: no single date.
        return Found(Point("ambiguous"), at + 3)
    if before is not None and before.number is not None and token.spaced:
        return None
    named = (
        before is not None
        and before.word[0].isalpha()
        and before.word not in _YEAR_CUES
        and not before.word.endswith("'s")
    )
    if named and before is not None and before.capital and before.word not in MONTHS | SEASONS:
        return None
    cued = (
        before is None
        or before.word in _YEAR_CUES
        or before.word in {"(", ":", ",", ";", "~"}
        or (before.word.endswith("'s"))
    )
    counted = behind is not None and behind.word[0].isalpha() and behind.word not in _YEAR_ENDS
    return Found(Point("year", int(token.word)), at + 1, certain=bool(cued and not (counted and _adjectival(before))))


def _adjectival(before: Token | None) -> bool:
    """Say whether digits before a noun may count it as well: the 2000 drones, about 2000 men; not in 2009 Russia."""
    return before is None or before.word not in {
        "in",
        "since",
        "during",
        "until",
        "year",
        "early",
        "late",
        "mid",
        "throughout",
    }


def _spelt_year(tokens: Tokens, at: int) -> Found | None:
    """Read nineteen seventy-three and twenty twenty-five."""
    first = SMALL.get(tokens[at].word, TENS.get(tokens[at].word, 0))
    if first not in {17, 18, 19, 20} or word_at(tokens, at + 1) not in TENS | {
        word: 1 for word, value in SMALL.items() if value > 9
    }:
        return None
    found = numeral(tokens, at + 1)
    if found is None or found.kind != "number" or not 10 <= found.value <= 99:
        return None
    return Found(Point("year", first * 100 + int(found.value)), found.last)


def _glued(tokens: Tokens, at: int, count: int) -> bool:
    return at + count <= len(tokens) and not any(token.spaced for token in tokens[at + 1 : at + count])


def word_at(tokens: Tokens, at: int) -> str:
    """Give the word at an index, and nothing outside of the text."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def words_at(tokens: Tokens, at: int, count: int) -> list[str]:
    """Give some words from an index, as many as there are."""
    return [token.word for token in tokens[at : at + count]]


def behind_the(tokens: Tokens, at: int) -> int:
    """Give the index behind an article, or the same where there is none."""
    return at + (word_at(tokens, at) == "the")
