"""Numbers in words and digits: cardinals, ordinals, fractions, scales and open bounds such as "thousands".

English, with the scales of India. Every number is an exact fraction; nothing passes through a float.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from factpack.parse.reading import Tokens

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_FIRST = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENTHS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"

SMALL = {word: value for value, word in enumerate(_UNITS.split())} | {"nil": 0, "nought": 0, "naught": 0}
TENS = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)} | {"fourty": 40}
SCALES = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "quadrillion": 10**15,
    "quintillion": 10**18, "sextillion": 10**21, "lakh": 10**5, "lac": 10**5, "lkh": 10**5, "crore": 10**7,
    "cr": 10**7, "dozen": 12,
}  # fmt: skip
# Signs of scales stand behind digits alone. A small m may be metres, minutes or millions, so it is none by itself.
ABBREVIATIONS = {
    "k": 10**3, "mn": 10**6, "mln": 10**6, "mio": 10**6, "b": 10**9, "bn": 10**9, "bln": 10**9, "tn": 10**12,
    "trn": 10**12,
}  # fmt: skip
# "5G" is a network.
_CAPITALS = {"M": 10**6}
# Before these words "a fifth" is a part and not the one after the fourth: by a fifth, about a third.
_PART_CUES = {
    "by", "about", "nearly", "almost", "over", "under", "than", "roughly", "around", "only", "least", "most", "some",
}  # fmt: skip
ORDINALS = (
    {word: value for value, word in enumerate(_FIRST.split(), start=1)}
    | {word: 10 * value for value, word in enumerate(_TENTHS.split(), start=2)}
    | {"fourtieth": 40, "oneth": 1}
)
_SUFFIXES = {"st", "nd", "rd", "th"}
# What parts of a whole are called; "second" is a time or a place in a row, never a half.
PARTS = {"half": 2, "third": 3, "quarter": 4} | {
    word: value for word, value in ORDINALS.items() if value > 3 and word not in {"fourtieth", "oneth"}
}
PARTS |= {f"{word}s": value for word, value in PARTS.items()} | {"halves": 2, "hundredths": 100, "thousandths": 1000}
# "Thousands" says two thousand at the least, "tens of thousands" twenty thousand.
_BOUNDS = {"tens": 10, "dozens": 12, "scores": 20, "hundreds": 100} | {
    f"{word}s": value for word, value in SCALES.items() if word not in {"dozen", "lac"}
}
_SEVERAL = {"several", "few", "many"}
_COLLECTIVES = {"couple": 2, "pair": 2, "duo": 2, "trio": 3, "quartet": 4, "quintet": 5}
# Behind these words, "one" is a pronoun and no number; so it is before those.
_PRONOUN_AFTER = {
    "the",
    "this",
    "that",
    "these",
    "those",
    "no",
    "any",
    "some",
    "every",
    "each",
    "which",
    "another",
    "such",
}
_PRONOUN_BEFORE = {"another", "'s", "can", "could", "should", "must", "may", "might", "would", "cannot", "who", "that"}


# Words written as one: twentyfive, twentyfifth.
_COMPOUNDS = {
    f"{tens}{unit}": (ten + value, "number")
    for tens, ten in TENS.items()
    for unit, value in SMALL.items()
    if 0 < value < 10
}
_COMPOUNDS |= {
    f"{tens}{unit}": (ten + value, "ordinal")
    for tens, ten in TENS.items()
    for unit, value in ORDINALS.items()
    if value < 10
}
# Every word that a number in words can begin with.
STARTS = (
    frozenset(
        SMALL
        | TENS
        | SCALES
        | ORDINALS
        | PARTS
        | _BOUNDS
        | _COMPOUNDS
        | {f"{word}s": value for word, value in ORDINALS.items()}
    )
    | set(_COLLECTIVES)
    | {"a", "an", "the", "hundred", "hundredth", "thousandth", "point", "minus", "negative", "-"}
    | _SEVERAL
)


class Numeral(NamedTuple):
    """A number at the tokens from `first` to `last` (exclusive).

    `kind` is number, ordinal, fraction or bound; `words` says whether it is more than bare digits, which may be a
    year; `scale` is the scale that its last word has, which it may share with a number before it (2-3 million).
    """

    value: Fraction
    first: int
    last: int
    kind: str = "number"
    words: bool = True
    scale: int = 1


def numeral(tokens: Tokens, at: int, *, joined: bool = True) -> Numeral | None:
    """Read the longest number that begins at a token; None where there is none.

    Args:
        tokens: the words of a text.
        at: index of the token to begin with.
        joined: whether "and" may join parts of a number; it may not in "between one hundred and two thousand".
    """
    if tokens[at].number is None and tokens[at].word not in STARTS:
        return None
    if (at, joined) not in tokens.numerals:
        tokens.numerals[at, joined] = _read(tokens, at, joined=joined) if begins(tokens, at) else None
    found: Numeral | None = tokens.numerals[at, joined]
    return found


def _read(tokens: Tokens, at: int, *, joined: bool) -> Numeral | None:
    found = (
        _bound(tokens, at)
        or _vague(tokens, at)
        or _collective(tokens, at)
        or _part(tokens, at)
        or _signed(tokens, at, joined=joined)
    )
    return found and _restated(tokens, found)


def _restated(tokens: Tokens, found: Numeral) -> Numeral:
    """Take in the same number once more in parentheses, as in forty-five (45), and the "of" of a dozen of them."""
    last = found.last
    if _word(tokens, last) == "of" and _word(tokens, last - 1) in {"dozen", "dozens"} and found.kind == "number":
        return found._replace(last=last + 1)
    if _word(tokens, last) != "(":
        return found
    again = _signed(tokens, last + 1, joined=True) if last + 1 < len(tokens) else None
    same = again is not None and again.value == found.value and _word(tokens, again.last) == ")"
    return found._replace(last=again.last + 1) if again is not None and same else found


# Letters right behind digits that make a name of them: 4a, 7B; other single letters are scales and units.
_NAMING = set("aefijlnoqruvwz")


def begins(tokens: Tokens, at: int) -> bool:
    """Say whether a number may begin here: not within a name such as G7, Su-35, 4a or 650-650-6500."""
    if tokens[at].number is not None and _is_name(tokens, at):
        return False
    if at == 0 or tokens[at].spaced:
        return True
    before = tokens[at - 1]
    if before.number is not None or before.word[0].isalpha():
        return False
    return not (
        before.word == "-" and not before.spaced and at > 1 and tokens[at - 2].capital and tokens[at].number is not None
    )


def _is_name(tokens: Tokens, at: int) -> bool:
    """Say whether what stands right beside digits makes a name or a long identifier of them: 4a, 650-650-6500."""
    if at + 1 < len(tokens) and not tokens[at + 1].spaced:
        behind = tokens[at + 1].word
        network = behind == "g" and tokens[at + 1].capital
        if behind in _NAMING or network or (behind[0] == "." and len(behind) > 1):
            return True
    return _links(tokens, at, -1) + _links(tokens, at, 1) > 1


def _links(tokens: Tokens, at: int, step: int) -> int:
    """Count the numbers that hang on one by hyphens without white space, to its left or right."""
    links = 0
    while 0 <= (other := at + 2 * step) < len(tokens):
        glued = not any(token.spaced for token in tokens[min(at, other) + 1 : max(at, other) + 1])
        if not glued or tokens[at + step].word != "-" or tokens[other].number is None:
            break
        links, at = links + 1, other
    return links


def _word(tokens: Tokens, at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _signed(tokens: Tokens, at: int, *, joined: bool) -> Numeral | None:
    sign = _word(tokens, at)
    if sign in {"minus", "negative"} or (
        sign == "-" and (at == 0 or tokens[at].spaced) and _glued(tokens, at + 1, start=at == 0)
    ):
        found = _cardinal(tokens, at + 1, joined=joined)
        return found and found._replace(value=-found.value, first=at)
    return _cardinal(tokens, at, joined=joined)


def _glued(tokens: Tokens, at: int, *, start: bool) -> bool:
    return at < len(tokens) and tokens[at].number is not None and (start or not tokens[at].spaced)


def _cardinal(tokens: Tokens, at: int, *, joined: bool) -> Numeral | None:
    """Read groups that grow smaller: two million, three hundred thousand and five."""
    part = _scaled(tokens, at, joined=joined)
    if part is None:
        return None
    if part.kind == "ordinal":
        return Numeral(part.value, at, part.last, "ordinal")
    total, scale, last, words = part.value, part.scale, part.last, part.words
    while scale > 1:
        following = last
        comma = _word(tokens, following) == ","
        conjunction = _word(tokens, following + comma) in {"and", "&"}
        if conjunction and not joined:
            break
        half = _and_part(tokens, last) if joined else None
        if half is not None:
            return Numeral(total + half.value * scale, at, half.last)
        more = _scaled(tokens, following + comma + conjunction, joined=joined)
        # A comma or digits may begin the next thing that is counted, unless what follows has a scale of its own.
        if more is None or more.value >= scale or ((comma or not more.words) and more.scale == 1 and more.value < 100):
            break
        if more.value == 0 or (not more.words and more.scale == 1):
            break
        total, scale, last = total + more.value, more.scale, more.last
        if more.kind == "ordinal":
            return Numeral(total, at, last, "ordinal")
    return Numeral(total, at, last, "number", words, scale)


class _Part(NamedTuple):
    value: Fraction
    last: int
    scale: int
    kind: str = "number"
    words: bool = True


def _scaled(tokens: Tokens, at: int, *, joined: bool) -> _Part | None:
    """Read a group and the scales behind it: two hundred and five thousand."""
    group = _group(tokens, at, joined=joined)
    if group is None or group.kind == "ordinal":
        return group
    value, last, scale, words = group.value, group.last, 1, group.words
    if joined and (half := _and_part(tokens, last)) is not None:
        value, last, words = value + half.value, half.last, True
    while (found := _scale(tokens, last, digits=tokens[last - 1].number is not None)) is not None:
        factor, kind = found
        value, last, words = value * factor, last + 1, True
        scale *= factor
        if kind == "ordinal":
            return _Part(value, last, scale, "ordinal")
    return _Part(value, last, scale if scale > 1 else group.scale, "number", words)


def _scale(tokens: Tokens, at: int, *, digits: bool) -> tuple[int, str] | None:
    """Read a scale: thousand, millions, hundredth; behind digits also k, bn or M."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    word = token.word
    if word in SCALES:
        return SCALES[word], "number"
    if word == "hundred":
        return 100, "number"
    if word.endswith("s") and (word[:-1] in SCALES or word == "hundreds"):
        return SCALES.get(word[:-1], 100), "number"
    if word.endswith("th") and (word[:-2] in SCALES or word == "hundredth"):
        return SCALES.get(word[:-2], 100), "ordinal"
    if digits and word in ABBREVIATIONS:
        return ABBREVIATIONS[word], "number"
    if digits and not token.spaced and token.capital and word.upper() in _CAPITALS:
        return _CAPITALS[word.upper()], "number"
    return None


def _group(tokens: Tokens, at: int, *, joined: bool) -> _Part | None:
    """Read a number below a thousand, or one in digits: 1,200.5; two hundred and twelve; nineteen hundred; a."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.number is not None:
        return _digits(tokens, at)
    if token.word in {"a", "an"}:
        return _Part(Fraction(1), at + 1, 1) if _scale(tokens, at + 1, digits=False) else None
    if token.word == "point":
        return _decimals(tokens, at, Fraction(0))
    below = _below_hundred(tokens, at)
    if below is None:
        scale = _scale(tokens, at, digits=False)
        # "Hundred fifteen", "thousand and one": the one is left out; a million needs its number.
        return (
            _Part(Fraction(1), at, 1)
            if scale and token.word in {"hundred", "thousand", "hundredth", "thousandth"}
            else None
        )
    if below.kind == "ordinal" or _word(tokens, below.last) not in {"hundred", "hundreds"}:
        return _decimals(tokens, below.last, below.value) or below
    value, last = below.value * 100, below.last + 1
    conjunction = joined and _word(tokens, last) in {"and", "&"}
    rest = _below_hundred(tokens, last + conjunction)
    if rest is None or rest.value == 0 or _word(tokens, rest.last) in {"hundred", "hundreds"}:
        return _Part(value, last, 100)
    return _Part(value + rest.value, rest.last, 1, rest.kind)


def _digits(tokens: Tokens, at: int) -> _Part:
    """Read digits: an ordinal with its suffix, or a mixed number such as 2 1/2."""
    token = tokens[at]
    value = token.number or Fraction(0)
    suffix = at + 1 < len(tokens) and not tokens[at + 1].spaced and tokens[at + 1].word in _SUFFIXES
    if suffix and value.denominator == 1:
        return _Part(value, at + 2, 1, "ordinal")
    if _word(tokens, at + 1) == "point" and (spelt := _decimals(tokens, at + 1, value)):
        return spelt
    if value.denominator == 1 and at + 1 < len(tokens):
        mixed = _slashed(tokens, at + 1)
        if mixed is not None and mixed.value < 1 and tokens[at + 1].spaced:
            return _Part(value + mixed.value, mixed.last, 1)
        vulgar = tokens[at + 1].number
        if (
            vulgar is not None
            and 0 < vulgar < 1
            and not tokens[at + 1].word[0].isdigit()
            and tokens[at + 1].word[0] != "."
        ):
            return _Part(value + vulgar, at + 2, 1)
    return _Part(value, at + 1, 1, "number", words=value.denominator != 1 or "," in token.word)


def _below_hundred(tokens: Tokens, at: int) -> _Part | None:
    word = _word(tokens, at)
    if word in SMALL:
        return _Part(Fraction(SMALL[word]), at + 1, 1)
    ordinal = word[:-1] if word.endswith("ths") else word
    if ordinal in ORDINALS:
        return _Part(Fraction(ORDINALS[ordinal]), at + 1, 1, "ordinal")
    if word in _COMPOUNDS:
        value, kind = _COMPOUNDS[word]
        return _Part(Fraction(value), at + 1, 1, kind)
    if word not in TENS:
        return None
    hyphen = _word(tokens, at + 1) == "-" and not tokens[at + 1].spaced
    unit = _word(tokens, at + 1 + hyphen)
    unit = unit[:-1] if unit.endswith("ths") else unit
    if 0 < SMALL.get(unit, 0) < 10:
        return _Part(Fraction(TENS[word] + SMALL[unit]), at + 2 + hyphen, 1)
    if ORDINALS.get(unit, 10) < 10:
        return _Part(Fraction(TENS[word] + ORDINALS[unit]), at + 2 + hyphen, 1, "ordinal")
    return _Part(Fraction(TENS[word]), at + 1, 1)


def _decimals(tokens: Tokens, at: int, whole: Fraction) -> _Part | None:
    """Read the digits behind "point": two point one four; point 77."""
    if _word(tokens, at) != "point":
        return None
    digits, last = "", at + 1
    while last < len(tokens):
        token = tokens[last]
        if token.number is not None and token.word.isdigit() and not digits:
            digits, last = token.word, last + 1
            break
        if SMALL.get(token.word, 10) > 9:
            break
        digits += str(SMALL[token.word])
        last += 1
    return _Part(whole + Fraction(int(digits), 10 ** len(digits)), last, 1) if digits else None


def _and_part(tokens: Tokens, at: int) -> Numeral | None:
    """Read what follows a whole number: and a half, and three quarters."""
    if _word(tokens, at) != "and":
        return None
    if _word(tokens, at + 1) in {"half", "quarter"}:
        return Numeral(Fraction(1, PARTS[tokens[at + 1].word]), at, at + 2)
    article = _word(tokens, at + 1) in {"a", "an"}
    if article and _word(tokens, at + 2) in {"half", "third", "quarter"}:
        return Numeral(Fraction(1, PARTS[tokens[at + 2].word]), at, at + 3)
    part = _part(tokens, at + 1)
    return Numeral(part.value, at, part.last) if part and part.value < 1 and not article else None


def _part(tokens: Tokens, at: int) -> Numeral | None:
    """Read a part of a whole: two-thirds, a third of, one in ten, 3/5, half a million."""
    part = _slashed(tokens, at) or _named_part(tokens, at) or _ratio(tokens, at)
    if part is None:
        return None
    # Half a million, three quarters of a billion.
    of = _word(tokens, part.last) == "of"
    article = _word(tokens, part.last + of) in {"a", "an"}
    scale = _scale(tokens, part.last + of + article, digits=False)
    if (
        scale is not None
        and scale[1] == "number"
        and (article or not of)
        and _word(tokens, part.last + of + article) != "hundred"
    ):
        return Numeral(part.value * scale[0], at, part.last + of + article + 1)
    return part


def _slashed(tokens: Tokens, at: int) -> Numeral | None:
    """Read 3/5, which is no fraction in 10/7/2008 and none in 2023/24."""
    if at + 2 >= len(tokens):
        return _vulgar(tokens, at)
    over, slash, under = tokens[at : at + 3]
    if over.number is None or slash.word != "/" or slash.spaced or under.spaced or not under.number:
        return _vulgar(tokens, at)
    longer = _word(tokens, at + 3) == "/" and not tokens[at + 3].spaced
    whole = over.number.denominator == under.number.denominator == 1
    if longer or not whole or over.number > 999 or under.number > 9999 or (at and tokens[at - 1].word == "/"):
        return None
    return Numeral(over.number / under.number, at, at + 3, "fraction")


def _vulgar(tokens: Tokens, at: int) -> Numeral | None:
    if at >= len(tokens):
        return None
    value = tokens[at].number
    sign = value is not None and not tokens[at].word[0].isdigit() and tokens[at].word[0] != "."
    return Numeral(value, at, at + 1, "fraction") if sign and value is not None else None


def _named_part(tokens: Tokens, at: int) -> Numeral | None:
    word = _word(tokens, at)
    if word in {"half", "halves"}:
        return Numeral(Fraction(1, 2), at, at + 1, "fraction")
    count = _below_hundred(tokens, at)
    small = tokens[at].number if at < len(tokens) else None
    if count is not None and count.kind == "number" and 0 < count.value < 20:
        over, last = count.value, count.last
    elif small is not None and 0 < small < 20 and small.denominator == 1:
        over, last = small, at + 1
    elif word in {"a", "an"}:
        over, last = Fraction(1), at + 1
    else:
        return None
    hyphen = _word(tokens, last) == "-" and not tokens[last].spaced
    under = _word(tokens, last + hyphen)
    if under not in PARTS:
        return None
    end = last + hyphen + 1
    plural = under.endswith(("s", "halves"))
    # "A third country" is the next one; "a third of" and "one third" are parts. A plural has a number before it.
    if (over == 1 and plural) or (over != 1 and not plural and under not in {"quarter", "half"}):
        return None
    if (
        word in {"a", "an"}
        and under not in {"half", "quarter"}
        and not (_word(tokens, end) == "of" or _word(tokens, at - 1) in _PART_CUES)
    ):
        return None
    return Numeral(over / PARTS[under], at, end, "fraction")


def _ratio(tokens: Tokens, at: int) -> Numeral | None:
    """Read one in ten, nine out of ten."""
    over = _small(tokens, at)
    if over is None:
        return None
    last = over.last
    if _word(tokens, last) == "out" and _word(tokens, last + 1) == "of":
        last += 2
    elif _word(tokens, last) == "in" and (over.value == 1 or tokens[at].number is None):
        last += 1
    elif (
        _word(tokens, last) == "-"
        and _word(tokens, last + 1) == "in"
        and _word(tokens, last + 2) == "-"
        and over.value == 1
    ):
        last += 3
    else:
        return None
    under = _small(tokens, last)
    if under is None or not over.value < under.value or under.value > 100 or (under.value > 20 and under.value % 10):
        return None
    scale = _scale(tokens, under.last, digits=True)
    return None if scale else Numeral(over.value / under.value, at, under.last, "fraction")


def _small(tokens: Tokens, at: int) -> _Part | None:
    if at >= len(tokens):
        return None
    number = tokens[at].number
    if number is not None:
        suffixed = at + 1 < len(tokens) and not tokens[at + 1].spaced and tokens[at + 1].word[0].isalpha()
        return _Part(number, at + 1, 1) if number.denominator == 1 and number > 0 and not suffixed else None
    count = _below_hundred(tokens, at)
    if count is None and _word(tokens, at) == "hundred":
        return _Part(Fraction(100), at + 1, 1)
    return count if count is not None and count.kind == "number" and count.value > 0 else None


def _bound(tokens: Tokens, at: int) -> Numeral | None:
    """Read an open bound: thousands, tens of thousands, hundreds of millions."""
    factor, last = 1, at
    while (value := _BOUNDS.get(_word(tokens, last))) is not None:
        factor *= value
        last += 1
        if _word(tokens, last) == "of" and _word(tokens, last + 1) in _BOUNDS:
            last += 1
    if last == at or (last == at + 1 and tokens[at].word == "scores" and _word(tokens, last) != "of"):
        return None
    return Numeral(Fraction(2 * factor), at, last, "bound")


def _vague(tokens: Tokens, at: int) -> Numeral | None:
    """Read "several hundred" and "a few thousand" as bounds; "several" alone gives no number."""
    article = _word(tokens, at) == "a" and _word(tokens, at + 1) == "few"
    if _word(tokens, at + article) not in _SEVERAL:
        return None
    last, factor = at + article + 1, 1
    while (scale := _scale(tokens, last, digits=False)) is not None and scale[1] == "number":
        factor *= scale[0]
        last += 1
    return Numeral(Fraction(2 * factor), at, last, "bound") if factor > 1 else None


def _collective(tokens: Tokens, at: int) -> Numeral | None:
    """Read a couple, a pair, a trio."""
    article = _word(tokens, at) in {"a", "the"}
    word = _word(tokens, at + article)
    if word not in _COLLECTIVES or not article:
        return None
    return Numeral(Fraction(_COLLECTIVES[word]), at, at + 2 + (_word(tokens, at + 2) == "of"))


def is_pronoun(tokens: Tokens, found: Numeral) -> bool:
    """Say whether "one" stands for a thing and counts nothing: "the one", "no one", "one another"."""
    if found.last != found.first + 1 or tokens[found.first].word != "one":
        return False
    after = _word(tokens, found.first - 1)
    before = _word(tokens, found.last)
    return after in _PRONOUN_AFTER or after.endswith("'s") or before in _PRONOUN_BEFORE
