"""Amounts of money: their signs, ISO 4217 codes and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from factpack.parse.numeral import numeral

if TYPE_CHECKING:
    from fractions import Fraction

    from factpack.parse.numeral import Numeral
    from factpack.parse.reading import Token, Tokens

# ISO 4217, list one: the codes of circulating currencies.
CODES = frozenset(
    (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
        "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
        "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
        "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR "
        "RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
        "TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG BGN"
    ).split()
)
# A sign or name that several currencies share stands for any of them; the dollar alone is that of the United States,
# as it is in news.
_SIGNS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY|JPY", "₹": "INR", "₽": "RUB", "₩": "KPW|KRW", "₪": "ILS",
    "₺": "TRY", "₴": "UAH", "₦": "NGN", "₫": "VND", "₱": "PHP", "฿": "THB", "﷼": "IRR",
}  # fmt: skip
_DOLLARS = {
    "us": "USD", "u.s": "USD", "c": "CAD", "ca": "CAD", "a": "AUD", "au": "AUD", "nz": "NZD", "hk": "HKD",
    "s": "SGD", "nt": "TWD", "r": "BRL", "mx": "MXN",
}  # fmt: skip
_PREFIXES = {"rs": "INR|LKR|NPR|PKR", "rm": "MYR", "rmb": "CNY"}
_NAMES = {
    "dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "sterling": "GBP", "yuan": "CNY", "renminbi": "CNY",
    "rmb": "CNY", "yen": "JPY", "rouble": "RUB", "ruble": "RUB", "rupee": "INR|LKR|NPR|PKR", "rs": "INR|LKR|NPR|PKR",
    "ringgit": "MYR", "rm": "MYR", "shekel": "ILS", "rial": "IRR|OMR|YER", "riyal": "QAR|SAR",
    "dinar": "BHD|DZD|IQD|JOD|KWD|LYD|RSD|TND", "dirham": "AED|MAD", "franc": "CHF|XAF|XOF", "rand": "ZAR",
    "lira": "TRY", "hryvnia": "UAH", "tenge": "KZT", "tugrik": "MNT", "zloty": "PLN", "forint": "HUF", "baht": "THB",
    "rupiah": "IDR", "naira": "NGN", "taka": "BDT", "birr": "ETB", "dong": "VND", "peso": "ARS|CLP|COP|CUP|MXN|PHP",
    "krona": "ISK|SEK", "kronor": "SEK", "krone": "DKK|NOK", "kroner": "DKK|NOK", "reais": "BRL", "afghani": "AFN",
    "manat": "AZN|TMT", "lari": "GEL", "shilling": "KES|SOS|TZS|UGX", "kwacha": "MWK|ZMW", "cedi": "GHS",
}  # fmt: skip
_NATIONAL = {
    ("american", "dollar"): "USD", ("us", "dollar"): "USD", ("canadian", "dollar"): "CAD",
    ("hong kong", "dollar"): "HKD", ("australian", "dollar"): "AUD", ("singapore", "dollar"): "SGD",
    ("taiwan", "dollar"): "TWD", ("british", "pound"): "GBP", ("zealand", "dollar"): "NZD",
    ("egyptian", "pound"): "EGP", ("lebanese", "pound"): "LBP", ("syrian", "pound"): "SYP",
    ("sudanese", "pound"): "SDG", ("indian", "rupee"): "INR", ("pakistani", "rupee"): "PKR",
    ("swiss", "franc"): "CHF", ("kuwaiti", "dinar"): "KWD", ("iraqi", "dinar"): "IQD", ("jordanian", "dinar"): "JOD",
    ("bahraini", "dinar"): "BHD", ("serbian", "dinar"): "RSD", ("iranian", "rial"): "IRR", ("omani", "rial"): "OMR",
    ("qatari", "riyal"): "QAR", ("saudi", "riyal"): "SAR", ("mexican", "peso"): "MXN", ("korean", "won"): "KPW|KRW",
    ("brazilian", "real"): "BRL", ("turkish", "lira"): "TRY", ("malaysian", "ringgit"): "MYR",
    ("malaysia", "ringgit"): "MYR", ("chinese", "yuan"): "CNY", ("russian", "ruble"): "RUB",
    ("russian", "rouble"): "RUB", ("japanese", "yen"): "JPY", ("uae", "dirham"): "AED", ("emirati", "dirham"): "AED",
    ("moroccan", "dirham"): "MAD", ("swedish", "krona"): "SEK", ("norwegian", "krone"): "NOK",
    ("danish", "krone"): "DKK", ("south african", "rand"): "ZAR",
}  # fmt: skip
_MINOR = {
    "cent": 100, "c": 100, "¢": 100, "pence": 100, "penny": 100, "pennies": 100, "p": 100, "sen": 100, "kopeck": 100,
    "kopek": 100, "kopiyka": 100, "paisa": 100, "paise": 100,
}  # fmt: skip


# Every word, beside codes in capitals, that an amount or its currency can begin with.
STARTS = (
    frozenset(_SIGNS) | frozenset(_DOLLARS) | frozenset(_PREFIXES) | frozenset(_NAMES) | {f"{name}s" for name in _NAMES}
)
STARTS |= frozenset(_MINOR) | {"malaysian", "malaysia"}


class Unit(NamedTuple):
    """A currency, or several that share a name (`INR|PKR`), at the tokens from `first` to `last` (exclusive)."""

    code: str
    first: int
    last: int


def sign(tokens: Tokens, at: int) -> Unit | None:
    """Read a currency that stands before its amount: $, US$, EUR, Rs."""
    token = tokens[at]
    follows = at + 1 < len(tokens)
    if token.word in _SIGNS:
        return Unit(_SIGNS[token.word], at, at + 1)
    if not token.word[0].isalpha() or not follows:
        return None
    if token.word in _DOLLARS and tokens[at + 1].word in {"$", "£"} and not tokens[at + 1].spaced:
        return Unit(_DOLLARS[token.word] if tokens[at + 1].word == "$" else "GBP", at, at + 2)
    code = _code(token)
    if code:
        return Unit(code, at, at + 1)
    if token.word in _PREFIXES and token.capital:
        return Unit(_PREFIXES[token.word], at, at + 1 + (tokens[at + 1].word == "."))
    named = _name(tokens, at)
    return named if named is not None and named.code == "MYR" else None


def name(tokens: Tokens, at: int) -> Unit | None:
    """Read a currency that stands behind its amount: dollars, US dollars, yuan, EUR, €."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.word in _SIGNS:
        return Unit(_SIGNS[token.word], at, at + 1)
    if token.word in _DOLLARS and at + 1 < len(tokens) and tokens[at + 1].word == "$":
        return Unit(_DOLLARS[token.word], at, at + 2)
    code = _code(token)
    return Unit(code, at, at + 1) if code else _name(tokens, at)


def _code(token: Token) -> str | None:
    # Codes stand in capitals; "all" and "top" are words.
    return token.word.upper() if token.capital and len(token.word) == 3 and token.word.upper() in CODES else None


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and word != "rs" and word[:-1] in _NAMES else word


def _name(tokens: Tokens, at: int) -> Unit | None:
    word = _singular(tokens[at].word)
    # U.S. dollars, New Zealand dollars, Hong Kong dollars: the word before the name decides.
    for skip in range(5):
        if at + skip >= len(tokens):
            break
        last = at + skip
        noun = _singular(tokens[last].word)
        if noun in _NAMES or noun in {"won", "real"}:
            before = " ".join(token.word for token in tokens[at:last] if token.word != ".").replace("u s", "us")
            national = _NATIONAL.get((before, noun)) or _NATIONAL.get((before.rpartition(" ")[2], noun))
            if skip == 0 and word in _NAMES:
                return Unit(_NAMES[word], at, at + 1)
            return Unit(national, at, last + 1) if national else None
        if not (tokens[last].word[0].isalpha() or tokens[last].word == "."):
            break
    return None


def minor(tokens: Tokens, at: int) -> int | None:
    """Give the index behind a hundredth of a currency: cents, pence, sen."""
    if at >= len(tokens):
        return None
    word = tokens[at].word
    singular = word.removesuffix("s")
    if singular not in _MINOR and word not in _MINOR:
        return None
    # A single letter is a unit behind digits alone.
    return at + 1 if len(word) > 1 or not word.isalpha() or tokens[at - 1].number is not None else None


def cents(tokens: Tokens, at: int) -> tuple[Fraction, int] | None:
    """Read the hundredths behind an amount: and 43 cents, 43c."""
    if at >= len(tokens):
        return None
    start = at + (tokens[at].word == "and")
    found: Numeral | None = numeral(tokens, start) if start < len(tokens) else None
    last = minor(tokens, found.last) if found is not None and found.kind == "number" else None
    return (found.value / 100, last) if found is not None and last is not None and found.value < 100 else None
