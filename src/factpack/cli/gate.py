"""The commands of the gate: what is wrong with a dataset, or with anyone's data package."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from factpack.cli import options, output
from factpack.cli.running import run

if TYPE_CHECKING:
    from factpack.pipeline import Validated


@click.command()
@options.project
@options.suites
@options.articles
@options.fail_on
@options.format
@click.option(
    "--quarantine",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the rows of each table that break a rule, and for those that keep them all.",
)
def validate(  # noqa: PLR0913 - an option each
    project: Path, *, suites: bool, articles: tuple[Path, ...], fail_on: str, form: str, quarantine: Path | None
) -> int:
    """Check the raw facts of PROJECT and every table made of them."""
    began = time.perf_counter()
    loaded, outcome = run(project, suites=suites, articles=articles)
    output.write(loaded, outcome.report, form, time.perf_counter() - began)
    if quarantine is not None:
        _part(outcome, quarantine)
    return output.exit_code(outcome.report, fail_on)


def _part(outcome: Validated, folder: Path) -> None:
    from factpack import pipeline

    for table in pipeline.part(outcome, folder):
        click.echo(f"{table.bad}: {table.held:,} of {table.rows:,} rows", err=True)


@click.command()
@options.project
@click.option("--write", is_flag=True, help="Write raw/anchors.lock and raw/coverage.lock from what was found.")
@options.articles
@options.fail_on
@options.format
def ground(project: Path, *, write: bool, articles: tuple[Path, ...], fail_on: str, form: str) -> int:
    """Read the words of every fact of PROJECT again, in the texts at hand, and hold the rest against the lock."""
    from factpack import pipeline

    began = time.perf_counter()
    loaded = options.load(project)
    outcome = pipeline.ground(loaded, write=write, articles=articles)
    output.write(loaded, outcome.report, form, time.perf_counter() - began)
    return output.exit_code(outcome.report, fail_on)


@click.command()
@options.project
@options.articles
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
    loaded = options.load(project)
    if threshold is not None:
        loaded = replace(loaded, coverage=threshold)
    outcome = pipeline.ground(loaded, articles=articles)
    if outcome.checked is not None:
        click.echo(terminal.coverage(outcome.checked.coverage))
    output.write(loaded, outcome.report, "text", time.perf_counter() - began)
    return output.exit_code(outcome.report, "error")


@click.command("validate-package")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Check what the standard asks and frictionless lets through, too.")
@click.option("--limit-errors", "limit", type=click.IntRange(min=0), default=1000, show_default=True, help="0: all.")
@options.format
def validate_package(path: Path, limit: int, form: str, *, strict: bool) -> int:
    """Validate anyone's data package at PATH, a folder or its datapackage.json, as frictionless does, and faster."""
    from factpack import pipeline
    from factpack.adapters import terminal

    began = time.perf_counter()
    report = pipeline.validate_package(path, strict=strict, limit=limit)
    if form == "json":
        click.echo(terminal.as_json(report))
        return output.exit_code(report, "error")
    for finding in report.findings:
        click.echo(terminal.render(finding, path if path.is_dir() else path.parent) + "\n")
    click.echo(terminal.summarise(report, str(path), time.perf_counter() - began))
    return output.exit_code(report, "error")
