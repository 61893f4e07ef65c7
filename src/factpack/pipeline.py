"""The one module that knows the order: read, check the vocabulary and the words, transform, validate, publish."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import (
    changelog,
    corrections,
    datapackage,
    drafts,
    grounding,
    lineage,
    publishing,
    reader,
    retractions,
    schemas,
    sources,
    tableschema,
    transforms,
    validation,
    versioning,
    vocabulary,
    webannotations,
)
from factpack import diff as diffs
from factpack.errors import ConfigurationError, IntegrityError
from factpack.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from factpack.adapters.gx import Runner
    from factpack.grounding import Checked
    from factpack.models import Project, Raw
    from factpack.report import Breach, Finding
    from factpack.schemas import TableModel


# Looking for the nearest words takes milliseconds a phrase; who has more to repair begins with these.
_HINTS = 50
# Stages whose account depends on what was published before, and on which articles are at hand.
_PASSING = {"grounding", "retractions", "published"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The outcome of `validate`: the report, and the tables as far as the run came."""

    report: Report
    raw: Raw | None = None
    checked: Checked | None = None
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
        progress("verifying what is published")
        standing = (
            verify(str(project.published), keys=keys_of(project), logical=True) if _published(project) else Report()
        )
        validated = _validate(project, runner, articles, progress)
        return replace(validated, report=standing + validated.report)


def _validate(
    project: Project, runner: Runner | None, articles: tuple[Path, ...], progress: Callable[[str], None]
) -> Validated:
    progress("loading schemas and transforms")
    models, functions = _code(project)
    progress("reading raw facts")
    raw, report = sources.read(project)
    if runner is not None:
        report += runner.check(set(models))
    if raw is None:
        return Validated(
            report=_stop(report, project, "vocabulary, grounding, tables, suites: raw files could not be read")
        )
    progress("checking the vocabulary and the words")
    raw, corrected = corrections.apply(raw)
    report += corrected
    report += vocabulary.check(raw, project) + _retractions(raw, project)
    if not report.passed():
        # A fact that its predicate does not allow cannot be compared with its words.
        return Validated(report=_stop(report, project, "grounding, tables, suites: raw facts have errors"), raw=raw)
    checked, read = _ground(raw, project, articles)
    report += read
    raw = _anchored(raw, checked)
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
        return Validated(report=report, raw=raw, checked=checked, tables=tables, models=models)
    if runner is None:
        report += Report(skipped=("suites: left out",))
    else:
        progress("running expectation suites")
        unmet, ran = runner.run(tables)
        breaches += unmet
        report += ran
    report = _stop(report + _findings(breaches, tables, models, raw), project)
    return Validated(report=report, raw=raw, checked=checked, tables=tables, models=models)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """The outcome of `ground`: the report, and what is known of the words as far as the run came."""

    report: Report
    checked: Checked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The outcome of `publish`: the report with what frictionless found, and what stands now, if anything."""

    report: Report
    outcome: publishing.Outcome | None = None


class _RejectedError(Exception):
    """The package that was built is not valid; ends its publication."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def validate_package(path: Path, *, strict: bool = False, limit: int = 1_000) -> Report:
    """Validate anyone's data package.

    Args:
        path: its folder, or its descriptor.
        strict: check what the standard asks and frictionless lets through, too.
        limit: stop after so many errors of a resource; 0 for none.
    """
    from factpack.adapters import frictionless

    return frictionless.check(path, strict=strict, limit=limit)


def publish(
    project: Project,
    validated: Validated,
    *,
    key: Path | None = None,
    expires: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Published:
    """Publish the tables of a run that passed, as the version that follows from what differs from the last one.

    Args:
        project: the dataset.
        validated: the run.
        key: file of the private key to sign with.
        expires: the time in UTC until which the pointer is held for the newest.
        progress: is told which stage runs.

    Raises:
        ConfigurationError: the run did not pass, or did not come as far as its tables.
        PublishingError: the version that the project names is lower than what differs asks for, nothing differs, the
            version stands already with other content, or its inputs are not committed.
    """
    from factpack.adapters import frictionless

    tables, models, checked, report = validated.tables, validated.models, validated.checked, validated.report
    if tables is None or models is None or checked is None or not report.passed():
        raise ConfigurationError("only what passed validation is published.")
    changes = changed(project, validated)
    project = replace(project, version=publishing.numbered(project, changes.before, changes.bump))
    released = publishing.released_at(project)

    def build(folder: Path) -> None:
        documents = _reports(report, checked) | _differences(project, changes, released)
        documents |= _ledgers(validated.raw, tables)
        documents["annotations.jsonld"] = webannotations.annotate(
            project.name, str(project.version), tables["facts"], tables["sources"]
        )
        release = {
            "bump": str(changes.bump.level),
            "previous": publishing.link(project.published, changes.before),
        }
        datapackage.write(folder, project, tables, models, created=released, documents=documents, release=release)
        progress("validating the package with frictionless, and reading it back")
        findings = frictionless.validate(folder) + reader.check(folder, logical=True).findings
        if findings:
            raise _RejectedError(findings)

    progress("writing the package")
    try:
        outcome = publishing.publish(
            project.published, str(project.version), build, after=changes.before, key=key, expires=expires
        )
    except _RejectedError as error:
        return Published(report=report + Report(findings=error.findings))
    return Published(report=report, outcome=outcome)


def changed(project: Project, validated: Validated) -> changelog.Changes:
    """Compare the tables of a run with the version before: the last published, or the one before it if that is this.

    Raises:
        ConfigurationError: the run did not come as far as its tables.
    """
    before = publishing.before(project.published, project.version)
    old = reader.open(project.published / f"v{before}").snapshot() if before else None
    return _changes(old, _snapshot(project, validated))


def compare(project: Project, before: str | None = None, after: str | None = None) -> changelog.Changes:
    """Compare two versions: by default the last published one and the working tree.

    Raises:
        ConfigurationError: there is no such version, or the working tree does not come as far as its tables.
    """
    place = project.published
    last = before or publishing.before(place, None)
    old = reader.open(f"{place}@{last}").snapshot() if last else None
    if after is not None:
        return _changes(old, reader.open(f"{place}@{after}").snapshot())
    return _changes(old, _snapshot(replace(project, version=None), validate(project, suites=False)))


def _changes(old: diffs.Snapshot | None, new: diffs.Snapshot) -> changelog.Changes:
    found = diffs.compare(old, new)
    retracted = new.tables["retractions"]["fact_id"].to_list() if "retractions" in new.tables else ()
    return changelog.Changes(before=old.version if old else None, diff=found, bump=versioning.bump(found, retracted))


def _snapshot(project: Project, validated: Validated) -> diffs.Snapshot:
    tables, models = validated.tables, validated.models
    if tables is None or models is None:
        raise ConfigurationError("the run did not come as far as its tables; see factpack validate.")
    return diffs.Snapshot(
        version=project.version or "the working tree",
        tables={name: table.select(models[name].columns) for name, table in tables.items()},
        schemas={name: tableschema.describe(model) for name, model in models.items()},
        metadata=datapackage.about(project),
    )


def verify(path: str, *, keys: tuple[Path, ...] = (), logical: bool = False) -> Report:
    """Check everything that is published at a place (see `factpack.reader.check`)."""
    return reader.check(path, keys=keys, logical=logical)


def keys_of(project: Project) -> tuple[Path, ...]:
    """Give the files of the public keys that every version of a project must be signed with."""
    return tuple(project.root / key for key in project.keys)


def check_proof(path: str, proof: Path, *, keys: tuple[Path, ...] = ()) -> dict[str, str]:
    """Check an inclusion proof against the version at a place, and give the row that it proves.

    Raises:
        IntegrityError: the proof does not hold.
    """
    root = reader.open(path, keys=keys).root
    if root is None:
        raise IntegrityError(f"{path}: this version has no manifest, so no root to check a proof against.")
    return reader.check_proof(json.loads(proof.read_text(encoding="utf-8")), root)


def archive(project: Project, report: Report) -> Path:
    """Keep the report of a run that was to publish and did not."""
    from factpack.adapters import terminal

    return publishing.archive(project.published, terminal.as_json(report) + "\n")


def _differences(project: Project, changes: changelog.Changes, released: datetime) -> dict[str, Any]:
    """Give what differs from the version before as the package carries it: for machines, and for people."""
    notes = changelog.entry(str(project.version), released.date(), changes.diff, changes.bump)
    if changes.before is None:
        return {"CHANGES.md": notes}
    return {
        "CHANGES.md": notes,
        f"diff/from-{changes.before}.json": changelog.told(changes.diff, changes.bump),
        "diff/delta.csv": diffs.delta(changes.diff).write_csv(line_terminator="\n"),
    }


def _ledgers(raw: Raw | None, tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Give retractions and corrections as CSV, where the dataset makes no tables of them: both belong to the data."""
    kept = {"retractions": raw.retractions, "corrections": raw.corrections} if raw is not None else {}
    return {
        f"{name}.csv": frame.drop("_file", "_line").write_csv(line_terminator="\n")
        for name, frame in kept.items()
        if frame is not None and name not in tables
    }


def _reports(report: Report, checked: Checked) -> dict[str, Any]:
    """Choose what of a report goes into the package, by its path: what follows from the inputs alone.

    Which articles are at hand differs from machine to machine, and what was published before from run to run; the
    bytes of a version must not.
    """
    content = asdict(report)
    return {
        "reports/validation.json": {
            "ran": [ran for ran in content["ran"] if ran["stage"] not in _PASSING],
            "findings": [
                finding | {"severity": str(finding["severity"])}
                for finding in content["findings"]
                if not finding["code"].startswith("FP71")
            ],
            "suites": "left out" if "suites: left out" in report.skipped else "run",
        },
        "reports/counts.json": content["counts"],
        "reports/grounding.json": grounding.report(checked),
        "reports/coverage.json": checked.coverage.drop("checked").to_dicts(),
    }


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


def ground(project: Project, *, write: bool = False, articles: tuple[Path, ...] = ()) -> Grounded:
    """Read the words of every fact again, and with `write` put down what was found in the locks.

    A fact that its predicate does not allow is not looked up; the report says so.
    """
    raw, report = sources.read(project)
    if raw is None:
        return Grounded(report=_stop(report, project, "vocabulary, grounding: raw files could not be read"))
    raw, corrected = corrections.apply(raw)
    report += corrected + vocabulary.check(raw, project)
    if not report.passed():
        return Grounded(report=_stop(report, project, "grounding: raw facts have errors"))
    if write:
        waivers, _ = _waivers(project)
        grounding.write(raw, project, (*articles, *_articles()), waivers)
    checked, read = _ground(raw, project, articles)
    return Grounded(report=_stop(report + read, project), checked=checked)


def draft(project: Project, source: str, articles: tuple[Path, ...] = ()) -> str:
    """List what the text of a source states as raw rows, in CSV, for a person to complete.

    Raises:
        ConfigurationError: there is no such source, or its text is not at hand.
    """
    reference, text = _text(project, source, articles)
    return drafts.write(drafts.draft(text, reference, project.phrase_words))


def import_langextract(
    project: Project, file: Path, source: str, articles: tuple[Path, ...] = ()
) -> tuple[str, tuple[str, ...]]:
    """Turn the extractions of a file into raw rows of a source, in CSV; and say which were refused, and why.

    Raises:
        ConfigurationError: there is no such source, or its text is not at hand.
    """
    from factpack.adapters import langextract

    _, text = _text(project, source, articles)
    imported = langextract.read(file, drafts.COLUMNS, text)
    rows = pl.DataFrame(imported.rows, schema=dict.fromkeys(drafts.COLUMNS, pl.String))
    return drafts.write(rows), imported.refused


def _text(project: Project, source: str, articles: tuple[Path, ...]) -> tuple[date | None, str]:
    """Read the text of one source, and the day against which its dates are read."""
    raw, report = sources.read(project)
    if raw is None:
        raise ConfigurationError(f"raw/ cannot be read: {report.findings[0].message}. Run factpack validate first.")
    text = grounding.text_of(raw, project, (*articles, *_articles()), source)
    if text is None:
        raise ConfigurationError(
            f"the text of {source!r} is not at hand: name a source_id of raw/sources, and keep its text as "
            f"raw/articles/{source}.txt or raw/notes/{source}.txt."
        )
    return text


def _ground(raw: Raw, project: Project, articles: tuple[Path, ...]) -> tuple[Checked, Report]:
    waivers, findings = _waivers(project)
    checked = grounding.check(raw, project, (*articles, *_articles()), waivers)
    return checked, Report(findings=findings) + _hinted(checked, raw, project, articles)


def _hinted(checked: Checked, raw: Raw, project: Project, articles: tuple[Path, ...]) -> Report:
    """Put the nearest words of the source beside the first phrases that were not found."""
    from factpack.adapters import repair

    missing = [finding for finding in checked.report.findings if finding.code == "FP601"][:_HINTS]
    source = dict(raw.facts.select("fact_id", "source_id").iter_rows()) if missing else {}
    hints = {}
    for finding in missing:
        text = grounding.text_of(raw, project, (*articles, *_articles()), source[finding.fact_id or ""])
        near = text and repair.nearest(finding.phrase or "", text[1], project.phrase_words)
        hints[finding] = near and f"The nearest words are {near!r}: read the source, and copy what it says."
    findings = (replace(finding, hint=hints.get(finding) or finding.hint) for finding in checked.report.findings)
    return replace(checked.report, findings=tuple(findings))


def _waivers(project: Project) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    file = project.raw / "waivers.csv"
    return sources.read_table(file, sources.WAIVERS, project) if file.exists() else (None, ())


def _anchored(raw: Raw, checked: Checked) -> Raw:
    """Put beside each fact its verdict and its place, for the transforms.

    A fact without a place is an error already, and nothing of it is published; a blank place keeps every table from
    telling so once more.
    """
    anchors = checked.anchors.drop("checked")
    accepted = pl.col("verdict").is_in(grounding.ACCEPTED) & pl.col("anchor_start").is_not_null()
    blank = {"verdict": grounding.ACCEPTED[0], "anchor_start": 0, "anchor_end": 1, "quote_sha256": "0" * 64}
    facts = raw.facts.join(anchors, on="fact_id", how="left", maintain_order="left").with_columns(
        pl.when(accepted).then(name).otherwise(pl.lit(value)).alias(name) for name, value in blank.items()
    )
    return replace(raw, facts=facts)


def _published(project: Project) -> bool:
    return (project.published / "latest.json").is_file()


def _retractions(raw: Raw, project: Project) -> Report:
    """Hold the facts against those of the last published version, if there is one."""
    if not _published(project):
        return Report()
    try:
        published = reader.open(project.published).table("facts").select("fact_id", "source_id").collect()
    except IntegrityError:
        # `reader.check` has named what is altered; against that nothing can be held.
        return Report(skipped=("retractions: the last version cannot be read",))
    return retractions.check(raw, published, raw.retractions)


def _tables(
    functions: Mapping[str, Callable[..., pl.LazyFrame]], models: Mapping[str, TableModel], raw: Raw
) -> dict[str, pl.DataFrame]:
    """Build all tables with the columns of their models, sorted by their keys."""
    tables = transforms.transform(functions, raw, {name: model.columns for name, model in models.items()})
    return {
        name: table.sort([key for key in models[name].key if key in table.columns], nulls_last=True)
        for name, table in tables.items()
    }


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
