"""Projects with one raw table, written as text in which a marker shows where a finding must point."""

import re
from pathlib import Path

import pytest

from factpack.models import Project
from factpack.sources import read_table

# Stands before the character that a finding must name. It is taken out before the file is written.
MARK = "▸"


def bare_project(root: Path) -> Project:
    return Project(root=root, name="p", version="1.0.0", title="P", description="P", licence="CC0-1.0")


def unmark(text):
    """Take the markers out of a text; return the text and the lines and columns they stood at."""
    places = []
    for match in re.finditer(MARK, text):
        before = text[: match.start()].replace(MARK, "")
        places.append((before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1))
    return text.replace(MARK, ""), places


@pytest.fixture
def project(tmp_path):
    return bare_project(tmp_path)


@pytest.fixture
def find(project):
    """Read a marked text as a table; return what was found, as code and place, and what was marked."""

    def _find(name, text, columns):
        content, places = unmark(text)
        path = project.root / name
        # A raw byte is written as the lone surrogate that Python decodes it to.
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
        frame, findings = read_table(path, columns, project)
        return frame, findings, places

    return _find
