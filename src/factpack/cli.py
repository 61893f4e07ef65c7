"""The command line: arguments and exit codes only.

Exit codes: 0 passed, 1 findings at or above `--fail-on`, 2 usage or configuration, 3 internal error.
Nothing heavy is imported before a command needs it: `factpack --help` costs what click costs.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from factpack.models import Project
    from factpack.pipeline import Validated
    from factpack.report import Report

_FAILED, _USAGE, _INTERNAL = 1, 2, 3
# A run shorter than this needs no progress line.
_PATIENCE = 2.0

_project = click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
_suites = click.option(
    "--suites/--no-suites", default=True, help="Run the Great Expectations suites of checks/ (default)."
)
_articles = click.option(
    "--articles",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder with article texts, beside raw/articles/ and $FACTPACK_ARTICLES. May be repeated.",
)
_fail_on = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="The lightest finding that makes the exit code 1.",
)


_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write the report."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="factpack")
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn facts taken from articles into a dataset that others can rely on."""
    if os.environ.get("FORCE_COLOR"):
        context.color = True
    elif os.environ.get("NO_COLOR"):
        context.color = False


@cli.command()
@_project
@_suites
@_articles
@_fail_on
@_format
def validate(project: Path, *, suites: bool, articles: tuple[Path, ...], fail_on: str, form: str) -> int:
    """Check the raw facts of PROJECT and every table made of them."""
    began = time.perf_counter()
    loaded, outcome = _validate(project, suites=suites, articles=articles)
    _write(loaded, outcome.report, form, time.perf_counter() - began)
    return _exit_code(outcome.report, fail_on)


@cli.command()
@_project
@_suites
@_articles
def publish(project: Path, *, suites: bool, articles: tuple[Path, ...]) -> int:
    """Validate PROJECT and publish its version as a frictionless data package."""
    from factpack import pipeline

    began = time.perf_counter()
    loaded, outcome = _validate(project, suites=suites, articles=articles)
    if not outcome.report.passed():
        _write(loaded, outcome.report, "text", time.perf_counter() - began)
        click.echo("Nothing was published.", err=True)
        return _FAILED
    with _Progress() as progress:
        published = pipeline.publish(loaded, outcome, progress=progress.show)
    _write(loaded, published.report, "text", time.perf_counter() - began)
    if published.outcome is None:
        click.echo("Nothing was published.", err=True)
        return _FAILED
    what = "published" if published.outcome.new else "already published, and this is it byte for byte"
    click.echo(f"{loaded.name} {published.outcome.version}: {what}: {loaded.relative(published.outcome.path)}")
    return 0


@cli.command()
@_project
@click.option("--write", is_flag=True, help="Write raw/anchors.lock and raw/coverage.lock from what was found.")
@_articles
@_fail_on
@_format
def ground(project: Path, *, write: bool, articles: tuple[Path, ...], fail_on: str, form: str) -> int:
    """Read the words of every fact of PROJECT again, in the texts at hand, and hold the rest against the lock."""
    from factpack import pipeline

    began = time.perf_counter()
    loaded = _load(project)
    outcome = pipeline.ground(loaded, write=write, articles=articles)
    _write(loaded, outcome.report, form, time.perf_counter() - began)
    return _exit_code(outcome.report, fail_on)


@cli.command()
@_project
@_articles
@click.option(
    "--threshold",
    type=click.IntRange(0, 100),
    help="Percent of each source's numerals; default: [tool.factpack] coverage.",
)
def coverage(project: Path, *, articles: tuple[Path, ...], threshold: int | None) -> int:
    """Say which numerals of each source of PROJECT facts carry, and which no fact does."""
    from factpack import pipeline
    from factpack.adapters import terminal

    began = time.perf_counter()
    loaded = _load(project)
    if threshold is not None:
        loaded = replace(loaded, coverage=threshold)
    outcome = pipeline.ground(loaded, articles=articles)
    if outcome.checked is not None:
        click.echo(terminal.coverage(outcome.checked.coverage))
    _write(loaded, outcome.report, "text", time.perf_counter() - began)
    return _exit_code(outcome.report, "error")


@cli.command()
@click.argument("source")
@click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
@_articles
@click.option(
    "--published", type=click.DateTime(["%Y-%m-%d"]), help="The day that the dates of a file are read against."
)
def draft(source: str, project: Path, articles: tuple[Path, ...], published: datetime | None) -> int:
    """List every number, percentage and date of SOURCE as raw rows for a person to complete (CSV on the output).

    SOURCE is a source_id of PROJECT whose text is at hand, or a text file of its own.
    """
    from factpack import drafts, pipeline

    if Path(source).is_file():
        content = Path(source).read_text(encoding="utf-8")
        rows = drafts.write(drafts.draft(content, published.date() if published else None))
    else:
        rows = pipeline.draft(_load(project), source, articles)
    click.echo(rows, nl=False)
    return 0


@cli.command("import-langextract")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("source")
@click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
@_articles
def import_langextract(file: Path, source: str, project: Path, articles: tuple[Path, ...]) -> int:
    """Turn LangExtract's FILE (JSON Lines) into raw rows of SOURCE, every span verified anew (CSV on the output)."""
    from factpack import pipeline

    rows, refused = pipeline.import_langextract(_load(project), file, source, articles)
    click.echo(rows, nl=False)
    for reason in refused:
        click.echo(f"{file.name}: {reason}", err=True)
    click.echo(f"{len(refused)} extractions refused.", err=True)
    return _FAILED if refused else 0


@cli.command()
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def text(page: Path) -> int:
    """Take the article out of a saved web PAGE, as text to be kept in raw/articles (needs factpack[html])."""
    from factpack.adapters import html

    click.echo(html.text(page), nl=False)
    return 0


@cli.command()
@click.argument("name")
@click.option(
    "--package",
    type=click.Path(exists=True, path_type=Path),
    help="A published package; default: the project's.",
)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows of a table to show.")
def show(name: str, package: Path | None, limit: int) -> int:
    """Show the table or the fact NAME of the last published version."""
    from factpack import project as projects
    from factpack import reader
    from factpack.adapters import terminal

    opened = reader.open(package or projects.load(Path()).published)
    if name in opened.tables:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(terminal.table(opened.table(name), limit, width))
        return 0
    click.echo(terminal.fact(opened, name))
    return 0


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from factpack.errors import FactpackError, InternalError

    try:
        code = cli.main(prog_name="factpack", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = _USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted; nothing was published.", err=True)
        code = 130
    except InternalError as error:
        click.echo(f"internal error: {error}", err=True)
        code = _INTERNAL
    except FactpackError as error:
        click.echo(f"error: {error}", err=True)
        code = _USAGE
    except Exception:  # noqa: BLE001 - whatever it is, it is our fault and no verdict on the data
        import traceback

        click.echo(f"internal error: {traceback.format_exc()}", err=True)
        code = _INTERNAL
    sys.exit(code)


def _load(root: Path) -> Project:
    from factpack import project as projects

    return projects.load(root)


def _validate(root: Path, *, suites: bool, articles: tuple[Path, ...]) -> tuple[Project, Validated]:
    from factpack import pipeline

    loaded = _load(root)
    with _Progress() as progress:
        return loaded, pipeline.validate(loaded, suites=suites, articles=articles, progress=progress.show)


def _write(project: Project, report: Report, form: str, seconds: float) -> None:
    from factpack.adapters import terminal

    if form == "json":
        click.echo(terminal.as_json(report))
        return
    for finding in report.findings:
        click.echo(terminal.render(finding, project.root) + "\n")
    click.echo(terminal.summarise(report, f"{project.name} {project.version}", seconds))


def _exit_code(report: Report, fail_on: str) -> int:
    from factpack.report import Severity

    passed = bool(report.ran) if fail_on == "never" else report.passed(Severity[fail_on.upper()])
    return 0 if passed else _FAILED


class _Progress:
    """Names the running stage on a terminal once the run has taken two seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._shown = False
        self._timer = threading.Timer(_PATIENCE, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._shown:
            self._draw("")

    def show(self, stage: str) -> None:
        """Say which stage runs now."""
        self._stage = f"{stage} ..."
        if self._shown:
            self._draw(self._stage)

    def _begin(self) -> None:
        self._shown = True
        self._draw(self._stage)

    @staticmethod
    def _draw(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
