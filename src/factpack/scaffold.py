"""A new dataset: an example that works, or the CSV files that somebody has; and the gate's files for a CI."""

from __future__ import annotations

import json
import re
import shlex
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
.cache/
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
      # Where you have factpack from, and which version of it.
      - uses: factpack/factpack@v0
        # Where strangers open pull requests, take code and policy from the base branch:
        # with:
        #   trusted: ${{ github.base_ref && format('origin/{0}', github.base_ref) }}
""",
    ),
    "gitlab": (
        ".gitlab-ci.yml",
        """data:
  image: python:3.13-slim
  variables:
    PIP_CACHE_DIR: "$CI_PROJECT_DIR/.cache/pip"
  cache:
    key: factpack
    paths: [.cache/pip]
  script:
    # Where you have factpack from: a folder, a wheel, an address of git.
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
  # Where you have factpack from: an address of git, or the path of a clone of it.
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
        ConfigurationError: a file that would be written stands there already, or CSV files stand there that may be
            what the dataset shall be of; nothing is written then.
    """
    own = sorted(path.name for path in folder.glob("*.[cC][sS][vV]")) if folder.is_dir() else []
    if own:
        shown = ", ".join(own[:5]) + (" and more" if len(own) > 5 else "")
        name = shlex.quote(str(folder))
        raise ConfigurationError(
            f"{folder}: {shown} stand here. To make tables of them: factpack init {name} --from {name}. "
            "For the worked example, choose an empty folder."
        )
    example = resources.files("factpack") / "example"
    with resources.as_file(example) as root:
        files = {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(root.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
    return _write(folder, _common(folder, title, "Facts taken from articles.") | files)


def around(folder: Path, files: tuple[Path, ...], title: str | None = None) -> tuple[inference.Proposal, ...]:
    """Make a dataset of copies of CSV files, and of those of folders, with a model and a suite proposed for each.

    Raises:
        ConfigurationError: a file cannot be a table, two would have the same name, a folder has no CSV file, or a file
            stands there already.
    """
    proposals = tuple(inference.propose(file) for place in files for file in _tables(place))
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


def _tables(place: Path) -> list[Path]:
    """Give a file as it is, and of a folder its CSV files."""
    if not place.is_dir():
        return [place]
    files = sorted(path for path in place.iterdir() if path.suffix.lower() in {".csv", ".tsv"})
    if not files:
        raise ConfigurationError(f"{place}: no CSV file stands here.")
    return files


def write_ci(folder: Path, kind: str) -> Path:
    """Write the file that runs the gate in a CI: `github`, `gitlab` or `pre-commit`.

    Raises:
        ConfigurationError: it stands there already; the message has what to add to it.
    """
    name, content = _CI[kind]
    if (folder / name).exists():
        raise ConfigurationError(
            f"{folder / name}: already there; factpack init overwrites nothing. Add to it:\n\n{content}"
        )
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
