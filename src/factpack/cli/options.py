"""The arguments and options that several commands share, and the project they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from factpack.models import Project

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

project = click.argument("project", type=FOLDER, default=Path(), required=False)
suites = click.option(
    "--suites/--no-suites", default=True, help="Run the Great Expectations suites of checks/ (default)."
)
articles = click.option(
    "--articles",
    type=FOLDER,
    multiple=True,
    help="A folder with article texts, beside raw/articles/ and $FACTPACK_ARTICLES. May be repeated.",
)
fail_on = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="The lightest finding that makes the exit code 1.",
)
keys = click.option(
    "--key", "keys", type=FILE, multiple=True, help="A public key that must have signed. May be repeated."
)
format = click.option(  # noqa: A001 - it stands as options.format
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write the report."
)


def load(root: Path) -> Project:
    """Load the project in a folder."""
    from factpack import project as projects

    return projects.load(root)
