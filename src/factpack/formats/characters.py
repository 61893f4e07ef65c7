"""Characters of cells, names and phrases that a reader of a report would obey instead of show."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from typing import Any

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
# What Markdown, as GitHub and GitLab read it, gives a meaning to; a mention or a reference to an issue too.
_MARKED = re.compile(r"[\\`*_{}\[\]()#+\-.!|~$@:]")


def visible(text: str) -> str:
    """Replace controls, ANSI sequences, line ends and bidirectional overrides by their escapes.

    A runner of GitHub obeys `##[` wherever it stands in a line, so it is broken up too.
    """
    shown = "".join(f"\\u{ord(char):04x}" if _hides(char) else char for char in text)
    return shown.replace("##[", "#\\u0023[")


def _hides(char: str) -> bool:
    """Say whether a character does not show, or is none: the last two of each plane are never characters."""
    return unicodedata.category(char) in _HIDDEN or ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def as_json(content: Any, indent: int | None = None) -> str:
    """Write JSON that any encoder takes: half a surrogate pair, as a broken file name has it, stands as its escape."""
    return (
        json.dumps(content, indent=indent, ensure_ascii=False, default=str).encode(errors="backslashreplace").decode()
    )


def plain(text: str) -> str:
    """Write text so that Markdown shows it as it stands."""
    return _MARKED.sub(lambda found: "\\" + found[0], html.escape(visible(text), quote=False))
