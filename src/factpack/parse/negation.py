"""Whether a clause says that something is not so (after NegEx: Chapman et al. 2001, J. Biomed. Inform. 34)."""

from __future__ import annotations

import re

# A clause ends where punctuation or a contrasting conjunction separates what is said; a hyphen within a word does not.
_CLAUSE = re.compile(
    r"[.!?;:,()\"]+(?=\s|$)|(?<=\s)[\"(]|\s-\s|(?<=\s)(?:but|although|though|while|whereas|however)(?=\s)",
    re.IGNORECASE,
)
# "No fewer than" and "not only" deny nothing.
_HARMLESS = re.compile(
    r"\b(?:no|not) (?:fewer|less|more|later|earlier|lower|higher|greater) than\b"
    r"|\bnot (?:only|just|merely|exceeding)\b|\bno doubt\b|\bno longer than\b",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:not|cannot|no|none|never|neither|nor|nothing|nobody|nowhere|without|lacks?|lacked|lacking|absence of|"
    r"fail(?:s|ed|ing)? to|refus(?:es?|ed|ing)|declin(?:es?|ed|ing) to|den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|"
    r"rul(?:es?|ed|ing) out|on the sidelines)\b(?!-)"
    r"|n't\b|\bun(?:formali[sz]ed|signed|ratified|finished|confirmed|settled|approved|fulfilled|resolved|recogni[sz]ed|able)\b",
    re.IGNORECASE,
)
# What says one thing alone denies the next: invited only, and so no member.
_RESTRICTION = re.compile(r"\b(\w+ed) only\b", re.IGNORECASE)


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span of a normalised text to the clauses that it touches.

    >>> text = "While it does not contain a clause, the pact calls for more"
    >>> text[slice(*clause(text, 18, 34))].strip()
    'it does not contain a clause'
    """
    begins = [match.end() for match in _CLAUSE.finditer(text) if match.end() <= start]
    ends = [match.start() for match in _CLAUSE.finditer(text) if match.start() >= end]
    return (begins[-1] if begins else 0), (ends[0] if ends else len(text))


def denial(text: str) -> str | None:
    """Give the first words of a clause that deny something; None where nothing is denied.

    >>> denial("does not contain a mutual defense clause"), denial("no fewer than ten states")
    ('not', None)
    """
    harmless = [match.span() for match in _HARMLESS.finditer(text)]
    for match in _CUE.finditer(text):
        if not any(begin <= match.start() < end for begin, end in harmless):
            return match[0]
    return None


def restriction(text: str) -> str | None:
    """Give what alone a clause says to be so; None where it does not restrict.

    >>> restriction("Saudi Arabia is invited only")
    'invited'
    """
    match = _RESTRICTION.search(text)
    return match[1].lower() if match else None
