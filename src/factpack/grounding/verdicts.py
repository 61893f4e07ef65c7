"""Whether the words at a place say what a fact says: its value, its dates, its polarity.

Each function compares one part of a fact with what was read where its phrase stands, in the whole of its paragraph:
a phrase cut out of "110 members" does not make them ten, and leaving "about" or "not" out of the phrase changes
nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from factpack.grounding.names import mention
from factpack.parse import duration, enumeration, negation
from factpack.parse.reading import AT_LEAST, AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from factpack.grounding.names import Names
    from factpack.grounding.passages import Place
    from factpack.parse.reading import Reading

# What a fact can be told; the first three and `grounded` may be published.
GROUNDED, BOUND_ONLY, EVENT_RELATIVE = "grounded", "bound_only", "event_relative"
VALUE_MISMATCH, OVERCLAIM, UNDERCLAIM = "value_mismatch", "precision_overclaim", "precision_underclaim"
AMBIGUOUS, VAGUE, UNSUPPORTED = "value_ambiguous", "vague", "unsupported"
ACCEPTED = (GROUNDED, BOUND_ONLY, EVENT_RELATIVE)

_KINDS = {
    "integer": ("number",),
    "ordinal": ("ordinal",),
    "percent": ("percent", "fraction"),
    "money": ("money",),
    "duration": ("duration", "frequency"),
}
_CALLED = {
    "integer": "number",
    "ordinal": "ordinal number",
    "percent": "percentage",
    "money": "amount of money",
    "duration": "length of time",
}
# British spellings beside American ones, so that one word is the same in both (Oxford spelling is American here).
_SPELLINGS = (
    (r"(?<=\w{3})is(?=(?:e[ds]?|ing|ation)\b)", "iz"),
    (r"(?<=fen|cen)ce\b", "se"),
    (r"(?<=[dlbv])our", "or"),
    (r"mme(?=s?\b)", "m"),
)


# A full stop ends a sentence before a capital, but behind a title or an initial.
_SENTENCE = re.compile(
    r";|[.!?]\"?(?= [A-Z0-9\"])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMessrs\.)(?<!\b[A-Z]\.)"
)


class Verdict(NamedTuple):
    """What one part of a fact is told: the verdict, what was read and expected, and the reading it rests on."""

    verdict: str
    message: str = ""
    used: tuple[int, int] | None = None


def judge_value(place: Place, kind: str, value: str, unit: str | None, modifier: str | None) -> Verdict:
    """Compare a number, percentage, amount or duration with the one that stands in the phrase."""
    candidates = _distinct([reading for reading in place.readings if reading.kind in _KINDS[kind]], place)
    if not candidates and kind == "integer" and (row := _row(place)) is not None:
        names, span = row
        same = str(len(names)) == value and modifier is None
        told = f"the phrase lists {len(names)}: {', '.join(names)}"
        return Verdict(GROUNDED, told, span) if same else Verdict(VALUE_MISMATCH, told)
    if not candidates:
        return Verdict(UNSUPPORTED, f"no {_CALLED[kind]} stands in the phrase")
    if len(candidates) > 1:
        return Verdict(AMBIGUOUS, f"the phrase carries {_listed(candidates)}; take the words of one")
    return _compare(candidates[0], kind, value, unit, modifier)


def _compare(reading: Reading, kind: str, value: str, unit: str | None, modifier: str | None) -> Verdict:
    told = f"the words give {_show(reading)}"
    span = (reading.start, reading.end)
    if kind == "money" and not _same_currency(reading, unit):
        return Verdict(VALUE_MISMATCH, told)
    low, high = _amount(reading, reading.value or "", kind), reading.high and _amount(reading, reading.high, kind)
    claimed = _amount(None, value, kind)
    if high is not None:
        end = low if modifier == AT_LEAST else high if modifier == AT_MOST else None
        return Verdict(GROUNDED, told, span) if end is not None and end == claimed else Verdict(VALUE_MISMATCH, told)
    if reading.modifier == "bound":
        bound = claimed == low and modifier == AT_LEAST
        return (
            Verdict(BOUND_ONLY, f"{told} at the least", span)
            if bound
            else Verdict(VALUE_MISMATCH, f"{told} at the least")
        )
    if claimed != low and not (kind == "percent" and _rounded(low, value)):
        return Verdict(VALUE_MISMATCH, told)
    if reading.modifier != modifier:
        qualified = reading.modifier or "no modifier"
        return Verdict(VALUE_MISMATCH, f"{told}: {qualified}, expected {modifier or 'no modifier'}")
    return Verdict(GROUNDED, told, span)


def _amount(reading: Reading | None, value: str, kind: str) -> Fraction | duration.Span | None:
    if kind == "duration":
        return duration.parse(value)
    if reading is not None and reading.kind == "fraction" and kind == "percent":
        return Fraction(value) * 100
    if reading is not None and reading.unit == "cent":
        return Fraction(value) / 100
    return Fraction(value)


def _rounded(exact: Fraction | duration.Span | None, value: str) -> bool:
    """Say whether a percentage is a third, or the like, to as many places as it is written with."""
    if not isinstance(exact, Fraction) or exact.denominator in {1, 2, 4, 5, 10, 20, 25, 50, 100}:
        return False
    places = len(value.partition(".")[2])
    return places > 0 and round(exact, places) == Fraction(value)


def _same_currency(reading: Reading, unit: str | None) -> bool:
    return reading.unit == "cent" or (reading.unit is not None and unit in reading.unit.split("|"))


def judge_date(
    place: Place, claimed: str, bounds: Mapping[str, tuple[date | None, date | None]], *, side: str | None = None
) -> Verdict:
    """Compare a date in EDTF with the one that stands in the phrase.

    Args:
        place: where the phrase stands, and what was read there.
        claimed: the date of the fact.
        bounds: the first and last day of every date in question.
        side: `after` or `before` where the date of the predicate bounds when something happened, as in "not before".
    """
    dates = [reading for reading in place.readings if reading.kind == "date" and reading.modifier != "now"]
    telling = _distinct([reading for reading in dates if reading.value is not None], place)
    open_ = [reading for reading in _inside(dates, place) if reading.value is None]
    if not telling:
        vague = next((reading.modifier for reading in open_), None)
        words = ", ".join(repr(place.words(reading)) for reading in open_)
        if vague is None:
            return Verdict(UNSUPPORTED, "no date stands in the phrase")
        why = {
            "vague": "which is no date",
            "event": "which is counted from an event",
            "ambiguous": "which two days may be",
        }
        return Verdict(
            VAGUE,
            f"the phrase has {words}, {why.get(vague, 'which cannot be resolved without the date of publication')}",
        )
    if len(telling) > 1:
        return Verdict(AMBIGUOUS, f"the phrase carries {_listed(telling)}; take the words of one")
    reading = telling[0]
    if side is not None and reading.modifier == side:
        # "After 22 June" gives that day as a bound, which is what the predicate states.
        reading = replace(reading, value=(reading.value or "").removeprefix("../").removesuffix("/.."), modifier=None)
    verdict = _compare_dates(reading, claimed, bounds)
    relative = side is not None and any(reading.modifier == "event" for reading in open_)
    return verdict._replace(verdict=EVENT_RELATIVE) if relative and verdict.verdict == GROUNDED else verdict


def _compare_dates(  # noqa: PLR0911 - one verdict for each way in which dates differ
    reading: Reading, claimed: str, bounds: Mapping[str, tuple[date | None, date | None]]
) -> Verdict:
    value = reading.value or ""
    told = f"the words give {_show(reading)}"
    span = (reading.start, reading.end)
    if reading.modifier == "inconsistent":
        return Verdict(VALUE_MISMATCH, f"{told}, which is another day of the week")
    if value.startswith("XXXX"):
        return Verdict(UNSUPPORTED, f"{told}: no year, and the source has neither published nor dateline")
    if value == claimed:
        return Verdict(GROUNDED, told, span)
    mine, theirs = bounds[claimed], bounds[value]
    hedged, qualified = any(sign in value for sign in "~?%"), any(sign in claimed for sign in "~?%")
    if mine == theirs:
        if hedged == qualified:
            return Verdict(GROUNDED, told, span)
        return Verdict(OVERCLAIM if hedged else UNDERCLAIM, told)
    if _within(mine, theirs):
        return Verdict(OVERCLAIM, told)
    if not _within(theirs, mine):
        return Verdict(VALUE_MISMATCH, told)
    # The middle of June has no name of its own in EDTF; June does.
    part = reading.modifier in {"early", "mid", "late"} and "/" not in claimed and value.startswith(claimed.rstrip("~"))
    return Verdict(GROUNDED, told, span) if part else Verdict(UNDERCLAIM, told)


def _within(inner: tuple[date | None, date | None], outer: tuple[date | None, date | None]) -> bool:
    begins = outer[0] is None or (inner[0] is not None and inner[0] >= outer[0])
    ends = outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
    return begins and ends


def judge_as_of(
    place: Place,
    claimed: str,
    others: frozenset[str],
    bounds: Mapping[str, tuple[date | None, date | None]],
    *,
    dated: bool,
) -> Verdict:
    """Compare the time at which a state was true: a date of the phrase, or else one of the others that may be meant.

    Args:
        place: where the phrase stands, and what was read there.
        claimed: `as_of` of the fact.
        others: the day of publication, and the dates that the text names.
        bounds: the first and last day of every date in question.
        dated: whether a date of the phrase is that of the fact itself.
    """
    own = [
        reading for reading in place.readings if reading.kind == "date" and reading.modifier != "now" and reading.value
    ]
    inside = [] if dated else _distinct(own, place)
    if len(inside) == 1:
        return _compare_dates(inside[0], claimed, bounds)
    if claimed in others:
        return Verdict(GROUNDED)
    return Verdict(UNSUPPORTED, "it is no date of the text, and not the day on which it was published")


def judge_text(place: Place, value: str, *, quotation: bool) -> Verdict:
    """Look for the words of a text in the phrase, in their order; a quotation also needs its marks in the text."""
    at = _find_words(value, place)
    if at is None:
        return Verdict(UNSUPPORTED, "its words do not stand in the phrase in their order")
    if quotation and place.text[: at[0]].count('"') % 2 == 0:
        return Verdict(UNSUPPORTED, "the words do not stand in quotation marks")
    return Verdict(GROUNDED, "", at)


def _find_words(value: str, place: Place) -> tuple[int, int] | None:
    """Find words within the phrase, whole, and in either spelling of English."""
    from factpack.parse.text import normalise

    wanted = [_spelt(word) for word in re.findall(r"\w+", normalise(value).text)]
    words = [(match.start(), match.end(), _spelt(match[0])) for match in re.finditer(r"\w+", place.text)]
    inside = [word for word in words if word[0] >= place.start and word[1] <= place.end]
    for index in range(len(inside) - len(wanted) + 1):
        if wanted and [word for _, _, word in inside[index : index + len(wanted)]] == wanted:
            return inside[index][0], inside[index + len(wanted) - 1][1]
    return None


def _spelt(word: str) -> str:
    folded = word.lower()
    for british, american in _SPELLINGS:
        folded = re.sub(british, american, folded)
    return folded


def judge_polarity(place: Place, predicate: str, *, negated: bool, denies: bool) -> Verdict:
    """Compare whether the fact denies with whether the clauses of its phrase do.

    `denies` marks a predicate that says itself that something is not so: its words deny, and the fact does not.
    Whoever is "invited only" is invited, and nothing else.
    """
    start, end = negation.clause(place.text, place.start, place.end)
    clause = place.text[start:end]
    cue, alone = negation.denial(clause), negation.restriction(clause)
    if cue is None and alone is not None and alone not in predicate.split("_"):
        cue = f"{alone} only"
    if negated and (cue is None or denies):
        return Verdict(
            "denied", "nothing in the clause denies it" if cue is None else "the predicate denies it already"
        )
    if not negated and cue is not None and not denies:
        return Verdict("denied", f"the clause denies it: {cue!r}")
    return Verdict(GROUNDED)


def judge_order(place: Place, subject: Names, object_: Names, acts: str) -> Verdict:
    """Compare who acts on whom with the order of the names: the one who acts comes first, but for "by" and "from".

    The sentence must name whoever acts; where it does not name the other, there is no order to compare.
    """
    start, end = _sentence(place)
    sentence = place.text[start:end]
    at = {"subject": mention(subject, sentence), "object": mention(object_, sentence)}
    if at[acts] is None:
        return Verdict("swapped", f"its sentence does not name the {acts}, who acts")
    if None in at.values():
        return Verdict(GROUNDED)
    first, last = sorted(at, key=lambda role: at[role] or 0)
    # "Drones were supplied to Russia by Iran": whoever stands behind "by" or "from" acts.
    passive = re.search(r"\b(?:by|from)(?: the)? $", sentence[: at[last]])
    actor = last if passive else first
    if actor == acts:
        return Verdict(GROUNDED)
    return Verdict(
        "swapped", f"{sentence[at[actor] or 0 :].split()[0]!r} acts in the sentence, and stands as the {actor}"
    )


def _sentence(place: Place) -> tuple[int, int]:
    """Give the sentence of a phrase, or the part of it between semicolons."""
    ends = [match.end() for match in _SENTENCE.finditer(place.text)]
    start = max((end for end in ends if end <= place.start), default=0)
    return start, min((end for end in ends if end >= place.end), default=len(place.text))


def _inside(readings: Iterable[Reading], place: Place) -> list[Reading]:
    """Choose the readings of the phrase: those wholly in it, or else those that it cuts."""
    touching = [reading for reading in readings if reading.end > place.start and reading.start < place.end]
    whole = [reading for reading in touching if reading.start >= place.start and reading.end <= place.end]
    return whole or touching


def _distinct(readings: list[Reading], place: Place) -> list[Reading]:
    """Choose the readings of the phrase that differ; digits that may be a year count only where nothing else does."""
    years = {(reading.start, reading.end) for reading in place.readings if reading.kind == "date"}
    inside = _inside(readings, place)
    certain = [reading for reading in inside if reading.kind == "date" or (reading.start, reading.end) not in years]
    seen: dict[tuple[str | None, ...], Reading] = {}
    for reading in certain or inside:
        seen.setdefault((reading.value, reading.high, reading.unit, reading.modifier), reading)
    return list(seen.values())


def _row(place: Place) -> tuple[tuple[str, ...], tuple[int, int]] | None:
    """Find the one row of names that the phrase touches."""
    rows = [row for row in enumeration.rows(place.text) if row[1] > place.start and row[0] < place.end]
    return (rows[0][2], rows[0][:2]) if len(rows) == 1 else None


def _show(reading: Reading) -> str:
    unit = "%" if reading.kind == "percent" else f" {reading.unit}" if reading.unit else ""
    high = f" to {reading.high}" if reading.high else ""
    return f"{reading.value}{high}{unit}"


def _listed(readings: list[Reading]) -> str:
    return " and ".join(_show(reading) for reading in readings)
