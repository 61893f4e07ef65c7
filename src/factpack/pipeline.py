"""The one module that knows the order: read, check the vocabulary and the words, transform, validate, publish."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from factpack import grounding, lineage, schemas, sources, transforms, validation, vocabulary
from factpack.errors import ConfigurationError
from factpack.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from factpack.adapters.gx import Runner
    from factpack.models import Project, Raw
    from factpack.report import Breach, Finding
    from factpack.schemas import TableModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The outcome of `validate`: the report, and the tables as far as the run came."""

    report: Report
    raw: Raw | None = None
    tables: Mapping[str, pl.DataFrame] | None = None
    models: Mapping[str, TableModel] | None = None


def validate(
    project: Project,
    *,
    suites: bool = True,
    articles: tuple[Path, ...] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Validated:
    """Check the raw facts and every table made of them.

    A stage that finds an error ends the run, and the report names the stages that did not run: their findings would
    be consequences of the first. `suites=False` leaves the expectation suites out, and the report says so.

    Raises:
        ConfigurationError: a transform, a schema or the environment cannot be used.
        InternalError: a check could not do its work.
    """
    # Great Expectations takes seconds to import, so its process starts before anything else.
    with _suites(project) if suites else nullcontext() as runner:
        progress("loading schemas and transforms")
        models, functions = _code(project)
        progress("reading raw facts")
        raw, report = sources.read(project)
        if raw is None:
            return Validated(
                report=_stop(report, project, "vocabulary, grounding, tables, suites: raw files could not be read")
            )
        progress("checking the vocabulary and the words")
        report += vocabulary.check(raw, project) + grounding.check(raw, project, (*articles, *_articles()))
        if not report.passed():
            return Validated(report=_stop(report, project, "tables, suites: raw facts have errors"), raw=raw)
        progress("building and validating tables")
        tables = _tables(functions, models, raw)
        breaches, judged = validation.validate(tables, models)
        report += judged
        if any(breach.code.startswith("FP30") for breach in breaches):
            report = _stop(
                report + _findings(breaches, tables, models, raw),
                project,
                "suites: tables do not follow their schemas",
            )
            return Validated(report=report, raw=raw, tables=tables, models=models)
        if runner is None:
            report += Report(skipped=("suites: left out",))
        else:
            progress("running expectation suites")
            unmet, ran = runner.run(tables)
            breaches += unmet
            report += ran
        report = _stop(report + _findings(breaches, tables, models, raw), project)
        return Validated(report=report, raw=raw, tables=tables, models=models)


def _suites(project: Project) -> Runner:
    from factpack.adapters import gx

    return gx.start(project)


def _code(project: Project) -> tuple[dict[str, TableModel], dict[str, Callable[..., pl.LazyFrame]]]:
    models, functions = schemas.load(project), transforms.load(project)
    for name in sorted(models.keys() ^ functions.keys()):
        has, lacks = ("schemas", "transforms") if name in models else ("transforms", "schemas")
        raise ConfigurationError(f"{has}/{name}.py has no {lacks}/{name}.py: a table needs both.")
    return models, functions


def _articles() -> tuple[Path, ...]:
    """List the folders of `FACTPACK_ARTICLES`, which are separated as in PATH."""
    return tuple(Path(entry) for entry in os.environ.get("FACTPACK_ARTICLES", "").split(os.pathsep) if entry)


def _tables(
    functions: Mapping[str, Callable[..., pl.LazyFrame]], models: Mapping[str, TableModel], raw: Raw
) -> dict[str, pl.DataFrame]:
    """Collect all tables at once, with the columns of their models, sorted by their keys."""
    lazy = transforms.transform(functions, raw)
    frames = pl.collect_all(
        [
            table.select(pl.col(name) for name in models[key].columns if name in table.collect_schema()).sort(
                *[name for name in models[key].key if name in table.collect_schema()], nulls_last=True
            )
            for key, table in lazy.items()
        ]
    )
    return dict(zip(lazy, frames, strict=True))


def _findings(
    breaches: tuple[Breach, ...],
    tables: Mapping[str, pl.DataFrame],
    models: Mapping[str, TableModel],
    raw: Raw,
) -> Report:
    return Report(findings=lineage.trace(breaches, tables, models, raw))


def _stop(report: Report, project: Project, *skipped: str) -> Report:
    """End a run: give every finding its column, put them in file order, and name the stages that did not run."""
    located = sorted((_located(finding, project) for finding in report.findings), key=_position)
    return replace(report, findings=tuple(located), skipped=(*report.skipped, *skipped))


def _located(finding: Finding, project: Project) -> Finding:
    if finding.column is not None or finding.file is None or finding.line is None or finding.field is None:
        return finding
    line, column = sources.locate(project.root / finding.file, finding.line, finding.field)
    return replace(finding, line=line, column=column)


def _position(finding: Finding) -> tuple[int, str, int, int, str]:
    return (-finding.severity, finding.file or "", finding.line or 0, finding.column or 0, finding.code)
