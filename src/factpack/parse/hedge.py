"""How words qualify a number beside them: about, at least, up to, more than, or so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.parse.reading import APPROXIMATE, AT_LEAST, AT_MOST, LESS_THAN, MORE_THAN

if TYPE_CHECKING:
    from factpack.parse.reading import Tokens

_BEFORE = {
    APPROXIMATE: (
        "about|around|approximately|approx|approx .|roughly|circa|ca|ca .|c .|some|nearly|almost|~|≈|estimated|"
        "estimated at|estimated to be|close to|in the region of|in the neighborhood of|in the neighbourhood of|"
        "on the order of|perhaps|maybe|nearing|approaching|virtually"
    ),
    MORE_THAN: (
        "more than|over|above|exceeding|exceeds|exceed|exceeded|in excess of|greater than|higher than|larger than|"
        "bigger than|longer than|beyond|north of|topping|topped|surpassing|surpassed|surpasses|upwards of|upward of|>"
    ),
    AT_LEAST: (
        "at least|no fewer than|no less than|not less than|not fewer than|no lower than|a minimum of|minimum of|"
        "minimum|≥|> ="
    ),
    AT_MOST: (
        "at most|no more than|not more than|no higher than|no greater than|not exceeding|up to|as many as|as much as|"
        "a maximum of|maximum of|maximum|at the most|≤|< ="
    ),
    LESS_THAN: "less than|fewer than|under|below|lower than|smaller than|shorter than|short of|<",
}
_AFTER = {
    APPROXIMATE: "or so|or thereabouts|- odd|odd|- ish|approximately|approx|approx .",
    AT_LEAST: "or more|or above|or over|or longer|+|plus|at least|and counting|at the least",
    AT_MOST: "or less|or fewer|or below|or under|at most|at the most|tops",
}
# What may stand between a hedge and its number: "only about a", "more than the".
_FILLERS = {"a", "an", "the", "just", "only", "another", "some", "around", "roughly", "about"}


def _table(phrases: dict[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(phrase.split()): modifier for modifier, listed in phrases.items() for phrase in listed.split("|")}


_BEFORE_TABLE, _AFTER_TABLE = _table(_BEFORE), _table(_AFTER)
_LONGEST = 4
_LAST_WORDS = {phrase[-1] for phrase in _BEFORE_TABLE}
_FIRST_WORDS = {phrase[0] for phrase in _AFTER_TABLE}


def before(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """Find the hedge that ends right before a token; give its modifier and the index of its first token."""
    for end in (at, at - 1):
        if end < at and (end < 1 or tokens[end].word not in _FILLERS):
            break
        if end < 1 or tokens[end - 1].word not in _LAST_WORDS:
            continue
        for length in range(min(_LONGEST, end), 0, -1):
            modifier = _BEFORE_TABLE.get(tuple(token.word for token in tokens[end - length : end]))
            if modifier is not None:
                return modifier, end - length
    return None


def after(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """Find the hedge that begins at a token; give its modifier and the index behind its last token."""
    if at >= len(tokens) or tokens[at].word not in _FIRST_WORDS:
        return None
    for length in (3, 2, 1):
        modifier = _AFTER_TABLE.get(tuple(token.word for token in tokens[at : at + length]))
        # A hyphen or plus sign belongs to the number only without space: 500-odd, 500+.
        if len(tokens) < at + length:
            continue
        if modifier is not None and (tokens[at].word not in {"-", "+"} or not tokens[at].spaced):
            return modifier, at + length
    return None
