"""The arguments and options that several commands share, and the project they name."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factpack.cli.output import Outputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from factpack.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What a dataset is validated on: this machine, or a Spark cluster with a folder that all its executors share."""

    name: str
    master: str | None
    staging: Path | None
    places: dict[str, str]


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


def engine(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a dataset is validated, and give the command its `Engine`."""

    @click.option(
        "--engine",
        "name",
        type=click.Choice(["local", "spark"]),
        default="local",
        show_default=True,
        help="This machine, or a Spark cluster (needs factpack[spark] and Java).",
    )
    @click.option(
        "--master", metavar="URL", help="The cluster: spark://host:7077, local[*]; default: what spark-submit says."
    )
    @click.option(
        "--staging",
        type=click.Path(file_okay=False, path_type=Path),
        help="With spark: a folder that driver and executors share; default: a temporary one of this machine.",
    )
    @click.option(
        "--table",
        "places",
        multiple=True,
        metavar="NAME=PLACE",
        callback=_places,
        help="The Parquet files of a table that only has a model: a path, pattern or URL. May be repeated.",
    )
    @functools.wraps(command)
    def wrapped(
        *arguments: Any, name: str, master: str | None, staging: Path | None, places: dict[str, str], **named: Any
    ) -> Any:
        if name == "local" and (master or staging):
            raise click.UsageError("--master and --staging are for --engine spark.")
        chosen = Engine(name=name, master=master, staging=staging, places=places)
        return command(*arguments, engine=chosen, **named)

    return wrapped


def _places(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    places: dict[str, str] = {}
    for value in values:
        name, equals, place = value.partition("=")
        if not name or not equals or not place or name in places:
            raise click.BadParameter(f"{value!r} is not NAME=PLACE with a name of its own.", context, option)
        places[name] = place
    return places


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
