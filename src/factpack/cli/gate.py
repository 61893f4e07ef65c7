"""The commands of the gate: what is wrong with a dataset, or with anyone's data package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from factpack.cli import options, output
from factpack.cli.output import Outputs
from factpack.cli.running import on_cluster, run

if TYPE_CHECKING:
    from factpack.pipeline import Validated
    from factpack.report import Report


_baseline = click.option(
    "--baseline", type=options.FILE, help="What was found before (factpack baseline): only what is new counts."
)


@click.command(short_help="Check the raw facts and every table made of them.")
@options.project
@options.suites
@options.articles
@options.fail_on
@options.outputs
@options.engine
@_baseline
@click.option("--changed-since", "revision", metavar="REV", help="Count only what was not found at this git revision.")
@click.option(
    "--quarantine",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the rows of each table that break a rule, and for those that keep them all.",
)
def validate(  # noqa: PLR0913 - an option each
    project: Path,
    *,
    suites: bool,
    articles: tuple[Path, ...],
    fail_on: str,
    outputs: Outputs,
    engine: options.Engine,
    baseline: Path | None,
    revision: str | None,
    quarantine: Path | None,
) -> int:
    """Check the raw facts of PROJECT and every table made of them."""
    known = _known(project, baseline, revision, suites=suites, articles=articles)
    if engine.name == "spark":
        if quarantine is not None:
            raise click.UsageError("--quarantine is for --engine local.")
        with on_cluster(project, engine, suites=suites, articles=articles, baseline=known) as (_, loaded, clustered):
            outputs.write(clustered.report, loaded.root, loaded.label)
            if known is not None:
                _gone(clustered.report, known)
        return output.exit_code(clustered.report, fail_on)
    loaded, outcome = run(project, suites=suites, articles=articles, baseline=known, places=engine.places)
    outputs.write(outcome.report, loaded.root, loaded.label)
    if known is not None:
        _gone(outcome.report, known)
    if quarantine is not None:
        _part(outcome, quarantine)
    return output.exit_code(outcome.report, fail_on)


def _known(
    project: Path, baseline: Path | None, revision: str | None, *, suites: bool, articles: tuple[Path, ...]
) -> dict[str, int] | None:
    """Read what was found before, from a file or by validating a revision."""
    if baseline is not None and revision is not None:
        raise click.UsageError("--baseline and --changed-since both say what was found before: give one.")
    if revision is not None:
        from factpack import pipeline

        return pipeline.known(options.load(project), revision, suites=suites, articles=articles)
    if baseline is None:
        return None
    from factpack import gate

    return gate.read_baseline(baseline)


def _gone(report: Report, known: dict[str, int]) -> None:
    from factpack import gate

    gone = gate.vanished(report, known)
    if gone:
        click.echo(f"{gone:,} findings of the baseline are gone; factpack baseline writes it anew.", err=True)


@click.command(short_help="Write what is found now, so that only new findings count.")
@options.project
@options.suites
@options.articles
@click.option("--write", "file", type=click.Path(dir_okay=False, path_type=Path), default=Path("baseline.json"))
def baseline(project: Path, *, suites: bool, articles: tuple[Path, ...], file: Path) -> int:
    """Write what is found in PROJECT now to a file, for `validate --baseline`: then only new findings count."""
    from factpack import gate
    from factpack.rulebook import essential

    _, outcome = run(project, suites=suites, articles=articles)
    file.write_text(gate.write_baseline(outcome.report), encoding="utf-8")
    found = outcome.report.counted()
    kept = sum(not essential(finding.code) for finding in found)
    click.echo(f"{file}: {kept:,} findings")
    if kept < len(found):
        click.echo(
            f"{len(found) - kept:,} findings are left out: no table can be made of such rows, so nothing after them "
            "was checked. Correct them (factpack validate names them), then write the baseline again.",
            err=True,
        )
        return output.FAILED
    return 0


def _part(outcome: Validated, folder: Path) -> None:
    from factpack import pipeline

    for table in pipeline.part(outcome, folder):
        click.echo(f"{table.bad}: {table.held:,} of {table.rows:,} rows", err=True)


@click.command(short_help="Read the words of every fact again; --write locks them.")
@options.project
@click.option("--write", is_flag=True, help="Write raw/anchors.lock and raw/coverage.lock from what was found.")
@options.articles
@options.fail_on
@options.outputs
def ground(project: Path, *, write: bool, articles: tuple[Path, ...], fail_on: str, outputs: Outputs) -> int:
    """Read the words of every fact of PROJECT again, in the texts at hand, and hold the rest against the lock."""
    from factpack import pipeline

    loaded = options.load(project)
    outcome = pipeline.ground(loaded, write=write, articles=articles)
    outputs.write(outcome.report, loaded.root, loaded.label)
    return output.exit_code(outcome.report, fail_on)


@click.command(short_help="Say which numerals of each source no fact carries.")
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

    outputs = Outputs(form="text")
    loaded = options.load(project)
    if threshold is not None:
        loaded = replace(loaded, coverage=threshold)
    outcome = pipeline.ground(loaded, articles=articles)
    if outcome.checked is not None:
        click.echo(terminal.coverage(outcome.checked.coverage))
    outputs.write(outcome.report, loaded.root, loaded.label)
    return output.exit_code(outcome.report, "error")


@click.command("validate-package", short_help="Validate anyone's data package, fast.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Check what the standard asks and frictionless lets through, too.")
@click.option("--limit-errors", "limit", type=click.IntRange(min=0), default=1000, show_default=True, help="0: all.")
@options.outputs
def validate_package(path: Path, limit: int, outputs: Outputs, *, strict: bool) -> int:
    """Validate anyone's data package at PATH, a folder or its datapackage.json, as frictionless does, and faster."""
    from factpack import pipeline

    report = pipeline.validate_package(path, strict=strict, limit=limit)
    outputs.write(report, path if path.is_dir() else path.parent, str(path))
    return output.exit_code(report, "error")
