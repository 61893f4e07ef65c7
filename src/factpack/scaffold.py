"""A new dataset: an example that works, or the CSV files that somebody has; and the gate's files for a CI."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import TYPE_CHECKING

from factpack import inference
from factpack.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_PYPROJECT = """[tool.factpack]
name = {name}
title = {title}
description = {description}
licence = "CC-BY-4.0"
"""
_GITIGNORE = """__pycache__/
raw/articles/
published/**/.lock
published/**/.staging-*
published/**/.*.tmp
published/**/failed/
"""
_CI = {
    "github": (
        ".github/workflows/factpack.yml",
        """name: data
on: [push, pull_request]
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0
      - uses: factpack/factpack@v0
""",
    ),
    "gitlab": (
        ".gitlab-ci.yml",
        """data:
  image: python:3.13-slim
  script:
    - pip install --quiet 'factpack[gx]'
    - factpack validate --output gitlab=gl-code-quality-report.json --output junit=junit.xml
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: junit.xml
""",
    ),
    "pre-commit": (
        ".pre-commit-config.yaml",
        """repos:
  - repo: https://github.com/factpack/factpack
    rev: v0.1.0
    hooks:
      - id: factpack
""",
    ),
}
CI = tuple(_CI)


def start(folder: Path, title: str | None = None) -> tuple[Path, ...]:
    """Write the worked example into a folder: an invented text, the facts taken from it, and their tables.

    Raises:
        ConfigurationError: a file that would be written stands there already; nothing is written then.
    """
    example = resources.files("factpack") / "example"
    with resources.as_file(example) as root:
        files = {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(root.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
    return _write(folder, _common(folder, title, "Facts taken from articles.") | files)


def around(folder: Path, files: tuple[Path, ...], title: str | None = None) -> tuple[inference.Proposal, ...]:
    """Make a dataset of copies of CSV files, with a model and a suite proposed for each.

    Raises:
        ConfigurationError: a file cannot be a table, two would have the same name, or a file stands there already.
    """
    proposals = tuple(inference.propose(file) for file in files)
    names = [proposal.name for proposal in proposals]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"two of the files would be the table {name}; rename one.")
    written = _common(folder, title, f"Tables: {', '.join(names)}.")
    for proposal in proposals:
        content = proposal.rows.write_csv(line_terminator="\n", quote_style="necessary", null_value="")
        written[f"raw/tables/{proposal.name}.csv"] = content
        written[f"schemas/{proposal.name}.py"] = inference.write_model(proposal)
        written[f"checks/{proposal.name}.json"] = inference.write_suite(proposal)
    _write(folder, written)
    return proposals


def write_ci(folder: Path, kind: str) -> Path:
    """Write the file that runs the gate in a CI: `github`, `gitlab` or `pre-commit`."""
    name, content = _CI[kind]
    return _write(folder, {name: content})[0]


def _common(folder: Path, title: str | None, description: str) -> dict[str, str]:
    name = re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._") or "dataset"
    shown = title or name.replace("-", " ").capitalize()
    said = {"name": name, "title": shown, "description": description}
    # A JSON text without escapes beyond ASCII's is a TOML text too.
    texts = {key: json.dumps(text, ensure_ascii=False) for key, text in said.items()}
    return {"pyproject.toml": _PYPROJECT.format(**texts), ".gitignore": _GITIGNORE}


def _write(folder: Path, files: dict[str, str]) -> tuple[Path, ...]:
    standing = [name for name in files if (folder / name).exists()]
    if standing:
        raise ConfigurationError(
            f"{folder}: {', '.join(standing[:5])} already there; factpack init overwrites nothing. Choose a new folder."
        )
    paths = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
        paths.append(path)
    return tuple(paths)
