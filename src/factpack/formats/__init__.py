"""A report in the formats of those who read it: each is a view of the same findings.

Every view puts the heaviest findings first. What a platform would cut off is left out and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.formats import github, gitlab, junit, machine, markdown, sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from factpack.report import Report

# By the name that `--format` and `--output` know them by; `text` and `concise` are written for a terminal.
FORMATS: Mapping[str, Callable[[Report], str]] = {
    "json": machine.as_json,
    "jsonl": machine.as_json_lines,
    "sarif": sarif.write,
    "junit": junit.write,
    "github": github.write,
    "gitlab": gitlab.write,
    "markdown": markdown.write,
}
