"""The order of a validation: read, check the vocabulary and the words, transform, check the tables."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from factpack import (
    corrections,
    drift,
    gate,
    lineage,
    reader,
    retractions,
    schemas,
    sources,
    transforms,
    validation,
    vocabulary,
)
from factpack import project as projects
from factpack.errors import ConfigurationError, IntegrityError
from factpack.pipeline import words
from factpack.pipeline.places import stop
from factpack.quarantine import quarantine
from factpack.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from factpack.adapters.gx import Runner
    from factpack.grounding import Checked
    from factpack.models import Project, Raw
    from factpack.quarantine import Quarantined
    from factpack.report import Breach
    from factpack.schemas import TableModel
    from factpack.transforms import Transform


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The outcome of `validate`: the report, and the tables as far as the run came."""

    report: Report
    raw: Raw | None = None
    checked: Checked | None = None
    tables: Mapping[str, pl.DataFrame] | None = None
    models: Mapping[str, TableModel] | None = None


def validate(  # noqa: PLR0913 - what a run depends on
    project: Project,
    *,
    suites: bool = True,
    articles: tuple[Path, ...] = (),
    baseline: Mapping[str, int] | None = None,
    places: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Validated:
    """Check the raw facts and every table made of them, and say which findings count (`factpack.gate`).

    A stage that finds an error ends the run, and the report names the stages that did not run: their findings would
    be consequences of the first. `suites=False` leaves the expectation suites out, and the report says so. `places`
    names the Parquet files of tables that only have a model.

    Raises:
        ConfigurationError: a transform, a schema or the environment cannot be used.
        InternalError: a check could not do its work.
    """
    # Great Expectations takes seconds to import, so its process starts before anything else.
    with _suites(project) if suites else nullcontext() as runner:
        progress("verifying what is published")
        standing = (
            reader.check(str(project.published), keys=keys_of(project), logical=True)
            if published(project)
            else Report()
        )
        today = datetime.now(UTC).date()

        def judge(report: Report) -> Report:
            return gate.judge(report, project, today, baseline)

        validated = _validate(project, runner, articles=articles, judge=judge, progress=progress, places=places or {})
        return replace(validated, report=judge(standing + validated.report))


def known(project: Project, revision: str, *, suites: bool = True, articles: tuple[Path, ...] = ()) -> dict[str, int]:
    """Find what a validation of the dataset at a revision finds: the baseline of who answers for what changed since.

    Raises:
        ConfigurationError: git has no such revision, or what stood there was no dataset that can be validated.
    """
    from factpack.adapters import git

    with tempfile.TemporaryDirectory() as folder:
        git.extract(project.root, revision, Path(folder))
        local = tuple(path for path in (project.raw / "articles", project.raw / "notes") if path.is_dir())
        before = validate(projects.load(Path(folder)), suites=suites, articles=(*articles, *local))
    return dict(Counter(finding.fingerprint for finding in before.report.findings))


def _validate(  # noqa: PLR0913 - what `validate` has made ready
    project: Project,
    runner: Runner | None,
    *,
    articles: tuple[Path, ...],
    judge: Callable[[Report], Report],
    progress: Callable[[str], None],
    places: Mapping[str, str],
) -> Validated:
    progress("loading schemas and transforms")
    models, functions = code(project, places.keys())
    progress("reading raw facts")
    raw, report = sources.read(project, models)
    report += Report(findings=schemas.proposed(models))
    if runner is not None:
        from factpack.adapters import gx

        report += gx.check(project, set(models))
    if raw is None:
        return Validated(
            report=stop(report, project, "vocabulary, grounding, tables, suites: raw files could not be read")
        )
    raw = replace(raw, tables={**raw.tables, **{name: _read(place) for name, place in places.items()}})
    checked = None
    report += retracted(raw, raw.facts.lazy(), project)
    # A dataset of plain tables alone has no facts to be held against words.
    if not raw.facts.is_empty():
        progress("checking the vocabulary and the words")
        raw, corrected = corrections.apply(raw)
        report += corrected + vocabulary.check(raw, project)
        if not judge(report).passed():
            # A fact that its predicate does not allow cannot be compared with its words.
            return Validated(report=stop(report, project, "grounding, tables, suites: raw facts have errors"), raw=raw)
        checked, read = words.check(raw, project, articles)
        report += read
        raw = words.anchored(raw, checked)
    progress("building and validating tables")
    tables = _tables(functions, models, raw)
    breaches, judged = validation.validate(tables, models)
    report += judged
    lazy = {name: table.lazy() for name, table in tables.items()}
    thinner, compared = drifted(project, lazy, models, raw)
    breaches += thinner
    report += compared
    found = report + _findings(breaches, tables, models, raw)
    if any(finding.code in validation.CODES for finding in judge(found).counted()):
        report = stop(found, project, "suites: tables do not follow their schemas")
        return Validated(report=report, raw=raw, checked=checked, tables=tables, models=models)
    if runner is None:
        report += Report(skipped=("suites: left out",))
    else:
        progress("running expectation suites")
        unmet, ran = runner.run(tables)
        breaches += unmet
        report += ran
    report = stop(report + _findings(breaches, tables, models, raw), project)
    return Validated(report=report, raw=raw, checked=checked, tables=tables, models=models)


def part(validated: Validated, folder: Path) -> tuple[Quarantined, ...]:
    """Write the rows of every table that keep their rules to one file, and those that break some to others.

    Raises:
        ConfigurationError: the run did not come as far as its tables, or a table has not the columns of its model.
    """
    tables, models = validated.tables, validated.models
    if tables is None or models is None:
        raise ConfigurationError("there are no tables to quarantine rows of: the raw facts have errors.")
    try:
        return tuple(quarantine(name, tables, model, folder) for name, model in models.items())
    except ValueError as error:
        raise ConfigurationError(f"quarantine: {error}") from error


def keys_of(project: Project) -> tuple[Path, ...]:
    """Give the files of the public keys that every version of a project must be signed with."""
    return tuple(project.root / key for key in project.keys)


def _suites(project: Project) -> Runner:
    from factpack.adapters import gx

    return gx.start(project)


def code(project: Project, given: Collection[str] = ()) -> tuple[dict[str, TableModel], dict[str, Transform]]:
    """Load the models and transforms of a project; a table that `raw/tables/` holds, or that is given, has no second.

    Raises:
        ConfigurationError: a table lacks one of them, or is given and has both, or none.
    """
    models, functions = schemas.load(project), transforms.load(project)
    plain = {name for name in models if any((project.raw / "tables").glob(f"{name}.*"))}
    for name in given:
        if name not in models or name in functions or name in plain:
            free = ", ".join(sorted(models.keys() - functions.keys() - plain)) or "there is none"
            raise ConfigurationError(f"{name} is no table that only has a model, to be read from elsewhere: {free}.")
    plain |= set(given)
    for name in sorted((models.keys() - plain) ^ functions.keys()):
        has, lacks = ("schemas", "transforms") if name in models else ("transforms", "schemas")
        raise ConfigurationError(f"{has}/{name}.py has no {lacks}/{name}.py: a table needs both.")
    return models, functions


def published(project: Project) -> bool:
    """Say whether a version is published, to hold this one against."""
    return (project.published / "latest.json").is_file()


def _read(place: str) -> pl.DataFrame:
    """Read Parquet files as a table, and name beside each row its file and its number in it.

    Raises:
        ConfigurationError: there are none, or they have not the same columns.
    """
    try:
        frame = pl.scan_parquet(place, include_file_paths="_file").collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ConfigurationError(f"{place}: {str(error).splitlines()[0]}") from error
    return frame.with_columns(_line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("_file"))


def retracted(raw: Raw, facts: pl.LazyFrame, project: Project) -> Report:
    """Hold the facts against those of the last published version, if there is one."""
    if not published(project):
        return Report()
    try:
        opened = reader.open(project.published)
        if "facts" not in opened.tables:
            return Report()
        before = opened.table("facts").select("fact_id", "source_id").collect()
    except IntegrityError:
        # `reader.check` has named what is altered; against that nothing can be held.
        return Report(skipped=("retractions: the last version cannot be read",))
    return retractions.check(facts, before, raw.retractions)


def drifted(
    project: Project, tables: Mapping[str, pl.LazyFrame], models: Mapping[str, TableModel], raw: Raw
) -> tuple[tuple[Breach, ...], Report]:
    """Hold the tables against those of the last published version, if there is one that can be read."""
    if not published(project):
        return (), Report()
    try:
        opened = reader.open(project.published)
        old = {name: opened.table(name) for name in models if name in opened.tables}
        before = old["retractions"].select(pl.len()).collect().item() if "retractions" in old else 0
        told = 0 if raw.retractions is None else raw.retractions.height - before
        return drift.compare(old, tables, models, project.drift, max(told, 0))
    except IntegrityError:
        return (), Report(skipped=("drift: the last version cannot be read",))


def _tables(functions: Mapping[str, Transform], models: Mapping[str, TableModel], raw: Raw) -> dict[str, pl.DataFrame]:
    """Build all tables with the columns of their models, sorted by their keys."""
    tables = transforms.transform(functions, raw, {name: model.columns for name, model in models.items()})
    built = {
        name: table.sort([key for key in models[name].key if key in table.columns], nulls_last=True)
        for name, table in tables.items()
    }
    return built | {name: frame.drop("_file", "_line") for name, frame in raw.tables.items()}


def _findings(
    breaches: tuple[Breach, ...],
    tables: Mapping[str, pl.DataFrame],
    models: Mapping[str, TableModel],
    raw: Raw,
) -> Report:
    return Report(findings=lineage.trace(breaches, tables, models, raw))
