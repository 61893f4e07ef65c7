"""Characters of cells, names and phrases that a reader of a report would obey instead of show."""

from __future__ import annotations

import html
import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
# What Markdown, as GitHub and GitLab read it, gives a meaning to; a mention or a reference to an issue too.
_MARKED = re.compile(r"[\\`*_{}\[\]()#+\-.!|~$@:]")


def visible(text: str) -> str:
    """Replace controls, ANSI sequences, line ends and bidirectional overrides by their escapes.

    A runner of GitHub obeys `##[` wherever it stands in a line, so it is broken up too.
    """
    shown = "".join(f"\\u{ord(char):04x}" if unicodedata.category(char) in _HIDDEN else char for char in text)
    return shown.replace("##[", "#\\u0023[")


def plain(text: str) -> str:
    """Write text so that Markdown shows it as it stands."""
    return _MARKED.sub(lambda found: "\\" + found[0], html.escape(visible(text), quote=False))
