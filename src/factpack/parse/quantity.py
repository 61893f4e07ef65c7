"""Counts, percentages, amounts of money, lengths of time and frequencies in a passage, with how they are hedged."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from factpack.parse import currency, duration, hedge
from factpack.parse.numeral import Numeral, is_pronoun, numeral
from factpack.parse.reading import Reading, Tokens, canonical

if TYPE_CHECKING:
    from factpack.parse.currency import Unit

# Behind these words, "from ten to twenty" tells of a change and is no range.
_CHANGES = {
    "rose", "rise", "rises", "risen", "fell", "fall", "falls", "fallen", "grew", "grow", "grows", "grown", "increase",
    "increased", "increases", "decrease", "decreased", "dropped", "drop", "drops", "climbed", "climb", "jumped", "jump",
    "went", "expanded", "expand", "expansion", "up", "down", "cut", "raised", "doubled", "tripled", "slipped",
    "swelled",
}  # fmt: skip


class Quantity(NamedTuple):
    """A reading, and the index of the token behind it."""

    reading: Reading
    last: int


class _Amount(NamedTuple):
    low: Numeral
    high: Numeral | None
    last: int


def quantity(tokens: Tokens, at: int) -> Quantity | None:
    """Read the quantity that begins at a token; None where there is none."""
    clock = _clock(tokens, at)
    if clock is not None:
        return clock
    recurring = duration.frequency(tokens, at)
    if recurring is not None:
        return _reading(tokens, at, recurring.last, kind="frequency", value=recurring.span.iso())
    lasting = duration.length(tokens, at)
    if lasting is not None:
        return _reading(
            tokens,
            at,
            lasting.last,
            kind="duration",
            value=lasting.span.iso(),
            modifier="bound" if lasting.bound else None,
        )
    return _money(tokens, at) or _number(tokens, at)


def _clock(tokens: Tokens, at: int) -> Quantity | None:
    """Read a time of day, which is no quantity: 15:30, 9:01:10, 3 pm, 3 p.m."""
    if tokens[at].number is None or not tokens[at].word.isdigit() or len(tokens[at].word) > 2:
        return None
    last = at + 1
    while last + 1 < len(tokens) and tokens[last].word == ":" and not (tokens[last].spaced or tokens[last + 1].spaced):
        if not (tokens[last + 1].word.isdigit() and len(tokens[last + 1].word) == 2):
            return None
        last += 2
    half = [token.word for token in tokens[last : last + 4]]
    if half[:1] in (["am"], ["pm"]) or half[:3] in (["a", ".", "m"], ["p", ".", "m"]):
        last += 1 if half[0] in {"am", "pm"} else 3 + (half[3:] == ["."])
    if last == at + 1:
        return None
    value = "".join(token.word for token in tokens[at:last])
    return Quantity(Reading(kind="time", start=tokens[at].start, end=tokens[last - 1].end, value=value), last)


def _money(tokens: Tokens, at: int) -> Quantity | None:
    """Read an amount of money: $20 billion, 5m euros, a dollar and 42 cents, between 10 and 20 dollars, 43 cents."""
    start, joined = _opening(tokens, at)
    unit = currency.sign(tokens, start) if start < len(tokens) else None
    begin = unit.last if unit else start
    if begin >= len(tokens):
        return None
    if unit is None and tokens[begin].word in {"a", "an"} and (named := _one_of(tokens, begin + 1)):
        one = _Amount(Numeral(Fraction(1), begin, named.first), None, named.first)
        return _priced(tokens, at, one, named.last, named.code)
    amount = _amount(tokens, begin, joined=joined, between=begin > at and not joined, unit=unit)
    if amount is None or amount.low.kind == "ordinal":
        return None
    if unit is not None:
        amount = _small_million(tokens, amount)
        return _priced(tokens, at, amount, amount.last, unit.code)
    named = currency.name(tokens, amount.last + _of(tokens, amount))
    if named is not None:
        return _priced(tokens, at, amount, named.last, named.code)
    small = currency.minor(tokens, amount.last)
    return None if small is None else _ranged(tokens, at, amount, small, kind="money", unit="cent")


def _priced(tokens: Tokens, at: int, amount: _Amount, last: int, code: str) -> Quantity:
    """Make a reading of an amount and its currency, with the cents behind it."""
    extra = currency.cents(tokens, last) if amount.high is None else None
    if extra is not None:
        amount = amount._replace(low=amount.low._replace(value=amount.low.value + extra[0]))
        last = extra[1]
    return _ranged(tokens, at, amount, last, kind="money", unit=code)


def _one_of(tokens: Tokens, at: int) -> Unit | None:
    """Read the currency of "a dollar", which is none in "a US$4.7 billion deal" and "a euro summit"."""
    named = currency.name(tokens, at)
    if named is None or not tokens[named.last - 1].word.isalpha():
        return None
    following = tokens[named.last] if named.last < len(tokens) else None
    return named if following is None or following.word in {"and", ".", ",", "a", "per", "for", "or"} else None


def _of(tokens: Tokens, amount: _Amount) -> int:
    return int(amount.low.kind == "bound" and amount.last < len(tokens) and tokens[amount.last].word == "of")


def _small_million(tokens: Tokens, amount: _Amount) -> _Amount:
    """Read the m of $1.5m, which is a million behind a currency alone."""
    last = amount.last
    if last >= len(tokens) or tokens[last].word != "m" or tokens[last].spaced or amount.low.scale != 1:
        return amount
    high = amount.high and amount.high._replace(value=amount.high.value * 10**6)
    return _Amount(amount.low._replace(value=amount.low.value * 10**6), high, last + 1)


def _opening(tokens: Tokens, at: int) -> tuple[int, bool]:
    """Give the token behind "between" or "from", and whether "and" may join parts of the number there."""
    if tokens[at].word == "between":
        return at + 1, False
    if tokens[at].word == "from" and not _changes(tokens, at):
        return at + 1, True
    return at, True


def _changes(tokens: Tokens, at: int) -> bool:
    """Say whether the words before tell of a change, whose two ends are no range."""
    return any(token.word in _CHANGES for token in tokens[max(0, at - 4) : at])


def _number(tokens: Tokens, at: int) -> Quantity | None:
    start, joined = _opening(tokens, at)
    if start >= len(tokens):
        return None
    amount = _amount(tokens, start, joined=joined, between=start > at and not joined, unit=None)
    if amount is None or (start > at and amount.high is None):
        # "From" and "between" without a second number open no range; the number is read at its own place.
        return None
    low, last = amount.low, amount.last
    if is_pronoun(tokens, low) and amount.high is None:
        return None
    behind = _percent(tokens, last)
    if behind is not None:
        kind, last = behind
        return _ranged(tokens, at, amount, last, kind=kind, unit="percent" if kind == "percent" else None)
    if low.kind == "bound":
        return _reading(tokens, at, last, kind="number", value=canonical(low.value), modifier="bound")
    if low.kind == "ordinal" and amount.high is None:
        return _reading(tokens, at, last, kind="ordinal", value=canonical(low.value))
    return _ranged(tokens, at, amount, last, kind=low.kind)


def _percent(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """Read what makes a number a percentage: %, percent, per cent; or points of it."""
    if at < len(tokens) and tokens[at].word == "-" and not tokens[at].spaced:
        at += 1
    words = [token.word for token in tokens[at : at + 3]]
    if words[:1] and words[0] in {"%", "percent", "pct"}:
        last = at + 1
    elif words[:2] == ["per", "cent"]:
        last = at + 2
    elif words[:2] == ["percentage", "points"] or words[:2] == ["percentage", "point"]:
        return "points", at + 2
    else:
        return None
    hyphen = last < len(tokens) and tokens[last].word == "-"
    return (
        ("points", last + hyphen + 1)
        if last + hyphen < len(tokens) and tokens[last + hyphen].word in {"point", "points"}
        else ("percent", last)
    )


def _amount(tokens: Tokens, at: int, *, joined: bool, between: bool, unit: Unit | None) -> _Amount | None:
    """Read a number, or the two ends of a range: 10-12, 10 to 12, between 10 and 12."""
    low = numeral(tokens, at, joined=joined) if unit is None else _behind_sign(tokens, at, joined=joined)
    if low is None:
        return None
    high = _high(tokens, _unit_behind(tokens, low.last, unit), low, between=between, unit=unit)
    if high is None or low.value >= high.value:
        return _Amount(low, None, low.last)
    if low.scale == 1 and high.scale > 1 and low.value < high.value / high.scale:
        low = low._replace(value=low.value * high.scale)
    return _Amount(low, high, high.last)


def _behind_sign(tokens: Tokens, at: int, *, joined: bool) -> Numeral | None:
    """Read a number right behind a currency, where it begins even without white space: US$3, EUR20."""
    if tokens[at].spaced:
        return numeral(tokens, at, joined=joined)
    freed = Tokens([*tokens[:at], tokens[at]._replace(spaced=True), *tokens[at + 1 :]])
    return numeral(freed, at, joined=joined)


def _unit_behind(tokens: Tokens, at: int, unit: Unit | None) -> int:
    """Pass over the unit of the lower end, where it has its own: 90% to 95%, 10 dollars to 20 dollars."""
    percent = _percent(tokens, at)
    if percent is not None:
        return percent[1]
    named = currency.name(tokens, at) if unit is None else None
    if named is not None:
        return named.last
    # 44 mg to 50 mg, 8- to 16-metre: a word that is not a number's own, before what joins the two ends.
    words = [token.word for token in tokens[at : at + 2]]
    repeats = any(token.word == words[0] for token in tokens[at + 2 : at + 6]) if words else False
    if words[1:] in (["to"], ["and"]) and (words[0] == "-" or (repeats and words[0].isalpha())):
        return at + 1
    return at


def _high(tokens: Tokens, at: int, low: Numeral, *, between: bool, unit: Unit | None) -> Numeral | None:
    """Read the upper end of a range, if there is one."""
    if at + 1 >= len(tokens) or low.kind not in {"number", "fraction"}:
        return None
    word = tokens[at].word
    joint = (
        (between and word == "and")
        or word in {"to", "or"}
        or (word == "-" and tokens[at].spaced == tokens[at + 1].spaced)
    )
    if not joint or (
        word == "to" and low.first and tokens[low.first - 1].word == "from" and _changes(tokens, low.first - 1)
    ):
        return None
    start = at + 1
    if unit is not None and (again := currency.sign(tokens, start)) is not None:
        start = again.last
    freed = tokens
    if start < len(tokens) and (word == "-" or start > at + 1):
        freed = Tokens([*tokens[:start], tokens[start]._replace(spaced=True), *tokens[start + 1 :]])
    high = numeral(freed, start) if start < len(tokens) else None
    if high is None or high.kind not in {"number", "fraction"}:
        return None
    # "Fell 1.5% to 92.3": where the lower end has its percent sign, the upper has one too.
    if low.last < at and _percent(tokens, low.last) is not None and _percent(tokens, high.last) is None:
        return None
    # "Or" joins neighbours: ten or eleven.
    return high if word != "or" or high.value - low.value in {1, 5, 10} else None


def _ranged(tokens: Tokens, at: int, amount: _Amount, last: int, *, kind: str, unit: str | None = None) -> Quantity:
    high: Fraction | None = amount.high.value if amount.high else None
    return _reading(
        tokens,
        at,
        last,
        kind=kind,
        value=canonical(amount.low.value),
        high=None if high is None else canonical(high),
        unit=unit,
        modifier="bound" if amount.low.kind == "bound" else None,
    )


def _reading(
    tokens: Tokens,
    at: int,
    last: int,
    *,
    kind: str,
    value: str,
    high: str | None = None,
    unit: str | None = None,
    modifier: str | None = None,
) -> Quantity:
    """Put a value together with the hedges before and behind it."""
    before, after = hedge.before(tokens, at), hedge.after(tokens, last)
    first = before[1] if before else at
    end = after[1] if after else last
    qualified = modifier or (before and before[0]) or (after and after[0]) or None
    reading = Reading(
        kind=kind,
        start=tokens[first].start,
        end=tokens[end - 1].end,
        value=value,
        high=high,
        unit=unit,
        modifier=qualified,
    )
    return Quantity(reading, end)
