"""Names in a row: "China, Russia, Iran, and North Korea" are four."""

from __future__ import annotations

import re

_NAME = r"(?:the )?[A-Z][\w'.&-]*(?: (?:[A-Z][\w'.&-]*|of|the|de)(?![\w']))*(?<! of)(?<! the)(?<! de)"
# The last two are joined by a conjunction, or the whole row stands in parentheses or behind a colon.
_ROW = re.compile(
    rf"{_NAME}(?:, {_NAME})*,? (?:and|or|&) {_NAME}"
    rf"|(?<=\(){_NAME}(?:, {_NAME})+(?=\))"
    rf"|(?<=: ){_NAME}(?:, {_NAME})+(?=[.;)]|$)"
)
_JOINT = re.compile(r", (?:and |or |& )?| (?:and|or|&) ")


def rows(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Find the rows of names in a normalised text: where each begins and ends, and its names.

    >>> rows("an alliance among China, Russia, Iran, and North Korea")
    [(18, 54, ('China', 'Russia', 'Iran', 'North Korea'))]
    """
    return [(match.start(), match.end(), tuple(_JOINT.split(match[0]))) for match in _ROW.finditer(text)]
