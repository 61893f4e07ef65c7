"""What is done with versions: build, compare, publish, verify."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from factpack import changelog, datapackage, grounding, publishing, reader, tableschema, versioning, webannotations
from factpack import diff as diffs
from factpack.errors import ConfigurationError, IntegrityError
from factpack.formats import machine
from factpack.pipeline.dataset import validate
from factpack.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from factpack.models import Project, Raw
    from factpack.parts import Part
    from factpack.pipeline.dataset import Validated
    from factpack.report import Finding
    from factpack.schemas import TableModel

# Stages whose account depends on what was published before, and on which articles are at hand.
_PASSING = {"grounding", "retractions", "published", "drift"}


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
    tables, models, checked, report = validated.tables, validated.models, validated.checked, validated.report
    grounded = checked is not None or "facts" not in (tables or {})
    if tables is None or models is None or not grounded or not report.passed():
        raise ConfigurationError("only what passed validation is published.")
    changes = changed(project, validated)
    release = Release(
        project=replace(project, version=publishing.numbered(project, changes.before, changes.bump)),
        report=report,
        models=models,
        changes=changes,
        delta=diffs.delta(changes.diff),
        documents=documents_of(report, checked.coverage if checked is not None else None)
        | ledgers(validated.raw, tables),
        annotated=(tables["facts"], tables["sources"]) if {"facts", "sources"} <= tables.keys() else None,
        write=lambda _: tables,
    )
    return put_out(release, key=key, expires=expires, progress=progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a version is made of, wherever its tables were made.

    `write` is given the folder of the package and gives its tables: frames, or the parts that it has written there.
    `annotated` are the facts and sources of which annotations are written.
    """

    project: Project
    report: Report
    models: Mapping[str, TableModel]
    changes: changelog.Changes
    delta: pl.DataFrame
    documents: Mapping[str, Any]
    annotated: tuple[pl.DataFrame, pl.DataFrame] | None
    write: Callable[[Path], Mapping[str, pl.DataFrame | Sequence[Part]]]


def put_out(
    release: Release,
    *,
    key: Path | None = None,
    expires: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Published:
    """Publish a release: nothing of it stands where it is looked for before all of it was read back and found valid."""
    from factpack.adapters import frictionless

    project, changes = release.project, release.changes
    released = publishing.released_at(project)

    def build(folder: Path) -> None:
        tables = release.write(folder)
        documents = {**release.documents, **_differences(project, changes, released, release.delta)}
        if release.annotated is not None:
            documents["annotations.jsonld"] = webannotations.annotate(
                project.name, str(project.version), *release.annotated
            )
        told = {"bump": str(changes.bump.level), "previous": publishing.link(project.published, changes.before)}
        datapackage.write(folder, project, tables, release.models, created=released, documents=documents, release=told)
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
        return Published(report=release.report + Report(findings=error.findings))
    return Published(report=release.report, outcome=outcome)


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


def _differences(
    project: Project, changes: changelog.Changes, released: datetime, delta: pl.DataFrame
) -> dict[str, Any]:
    """Give what differs from the version before as the package carries it: for machines, and for people."""
    notes = changelog.entry(str(project.version), released.date(), changes.diff, changes.bump)
    if changes.before is None:
        return {"CHANGES.md": notes}
    return {
        "CHANGES.md": notes,
        f"diff/from-{changes.before}.json": changelog.told(changes.diff, changes.bump),
        "diff/delta.csv": delta.write_csv(line_terminator="\n"),
    }


def ledgers(raw: Raw | None, tables: Collection[str]) -> dict[str, str]:
    """Give retractions and corrections as CSV, where the dataset makes no tables of them: both belong to the data."""
    kept = {"retractions": raw.retractions, "corrections": raw.corrections} if raw is not None else {}
    return {
        f"{name}.csv": frame.drop("_file", "_line").write_csv(line_terminator="\n")
        for name, frame in kept.items()
        if frame is not None and name not in tables
    }


def documents_of(report: Report, coverage: pl.DataFrame | None) -> dict[str, Any]:
    """Choose what of a report goes into the package, by its path: what follows from the inputs alone.

    Which articles are at hand differs from machine to machine, and what was published before from run to run; the
    bytes of a version must not.
    """
    content = asdict(report)
    words: dict[str, Any] = {}
    if coverage is not None:
        words["reports/grounding.json"] = grounding.report(report)
        words["reports/coverage.json"] = coverage.drop("checked").to_dicts()
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
        **words,
    }


def archive(project: Project, report: Report) -> Path:
    """Keep the report of a run that was to publish and did not."""
    return publishing.archive(project.published, machine.as_json(report) + "\n")


def verify(path: str, *, keys: tuple[Path, ...] = (), logical: bool = False) -> Report:
    """Check everything that is published at a place (see `factpack.reader.check`)."""
    return reader.check(path, keys=keys, logical=logical)


def validate_package(path: Path, *, strict: bool = False, limit: int = 1_000) -> Report:
    """Validate anyone's data package.

    Args:
        path: its folder, or its descriptor.
        strict: check what the standard asks and frictionless lets through, too.
        limit: stop after so many errors of a resource; 0 for none.
    """
    from factpack.adapters import frictionless

    return frictionless.check(path, strict=strict, limit=limit)


def check_proof(path: str, proof: Path, *, keys: tuple[Path, ...] = ()) -> dict[str, str]:
    """Check an inclusion proof against the version at a place, and give the row that it proves.

    Raises:
        IntegrityError: the proof does not hold.
    """
    root = reader.open(path, keys=keys).root
    if root is None:
        raise IntegrityError(f"{path}: this version has no manifest, so no root to check a proof against.")
    return reader.check_proof(json.loads(proof.read_text(encoding="utf-8")), root)
