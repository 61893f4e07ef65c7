"""The nearest words to a phrase that was not found: a hint for a person, and never an acceptance."""

from __future__ import annotations

import re

# Below this likeness the nearest words are no help; above this length the search is none of seconds.
_LIKENESS = 60.0
_LONGEST_TEXT, _LONGEST_PHRASE = 200_000, 300


def nearest(phrase: str, text: str, words: int) -> str | None:
    """Find the words of a text that are most like a phrase, `words` of them at the most.

    Returns:
        None where nothing is like it, where phrase or text is too long, or where rapidfuzz (extra `repair`) is not
        installed.

    >>> nearest("now has twelve member countries", "a bloc that now has eleven member countries", 12)
    'now has eleven member countries'
    """
    try:
        from rapidfuzz import fuzz
    except ImportError:
        return None
    if len(phrase) > _LONGEST_PHRASE or len(text) > _LONGEST_TEXT:
        return None
    found = fuzz.partial_ratio_alignment(phrase, text, score_cutoff=_LIKENESS)
    if found is None:
        return None
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    near = [text[start:end] for start, end in spans if end > found.dest_start and start < found.dest_end]
    return " ".join(near[:words]) or None
