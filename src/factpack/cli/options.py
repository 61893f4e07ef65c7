"""The arguments and options that several commands share, and the project they name."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factpack.cli.output import Outputs

if TYPE_CHECKING:
    from collections.abc import Callable

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
# `factpack.formats` writes the last seven; it is not imported for its names, which a test compares.
FORMATS = ("text", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown")


def outputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how to report, and give the command their `Outputs`."""

    @click.option("--format", "form", type=click.Choice(FORMATS), help="How to write the report; default: text.")
    @click.option(
        "--output",
        "files",
        multiple=True,
        metavar="FORMAT=FILE",
        callback=_files,
        help="Write the report to FILE too, in another format. May be repeated.",
    )
    @click.option(
        "--limit", "shown", type=click.IntRange(min=0), default=50, show_default=True, help="Findings to show as text."
    )
    @functools.wraps(command)
    def wrapped(
        *arguments: Any, form: str | None, files: tuple[tuple[str, Path], ...], shown: int, **named: Any
    ) -> Any:
        return command(*arguments, outputs=Outputs(form=form, files=files, limit=shown), **named)

    return wrapped


def _files(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
    """Take FORMAT=FILE apart before anything runs: a report that cannot be written is no reason to lose a run."""
    chosen = []
    for value in values:
        form, equals, file = value.partition("=")
        if form not in FORMATS[2:] or not equals or not file:
            raise click.BadParameter(
                f"{value!r} is not FORMAT=FILE with one of {', '.join(FORMATS[2:])}.", context, option
            )
        if not Path(file).parent.is_dir():
            raise click.BadParameter(f"{Path(file).parent} is no folder.", context, option)
        chosen.append((form, Path(file)))
    return tuple(chosen)


def load(root: Path) -> Project:
    """Load the project in a folder."""
    from factpack import project as projects

    return projects.load(root)
