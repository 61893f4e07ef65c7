"""Publishing from a cluster: the executors write the parts of large tables, the driver all that names them, last."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from factpack import changelog, datapackage, parts, publishing, reader, tableschema, versioning
from factpack import diff as diffs
from factpack.errors import ConfigurationError
from factpack.pipeline import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from factpack.adapters.spark import Table
    from factpack.adapters.spark.session import SparkSession
    from factpack.models import Project
    from factpack.pipeline.cluster import Clustered
    from factpack.pipeline.versions import Published
    from factpack.schemas import TableModel

# As many rows before and after as are compared at a time.
_BUCKET_ROWS = 1_000_000


def publish(  # noqa: PLR0913 - what `versions.publish` takes, and where
    project: Project,
    spark: SparkSession,
    clustered: Clustered,
    *,
    small: int | None = None,
    key: Path | None = None,
    expires: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Published:
    """Publish the tables of a run on a cluster that passed, as `versions.publish` does those of one machine.

    A table of more than `small` rows stands in parts, which the executors write; the folder `published/` must be
    theirs too. Its logical hash is that of the same rows in one file.

    Raises:
        ConfigurationError: the run did not pass, or did not come as far as its tables.
        PublishingError: as `versions.publish`.
    """
    from factpack.adapters.spark import SMALL

    tables, models, report = clustered.tables, clustered.models, clustered.report
    if tables is None or models is None or not report.passed():
        raise ConfigurationError("only what passed validation is published.")
    most = SMALL if small is None else small
    frames = {name: one.scan().collect() for name, one in tables.items() if one.height <= most}
    progress("comparing with the version before")
    changes, delta = _changes(project, tables, models)
    release = versions.Release(
        project=replace(project, version=publishing.numbered(project, changes.before, changes.bump)),
        report=report,
        models=models,
        changes=changes,
        delta=delta,
        documents=versions.documents_of(report, clustered.coverage) | versions.ledgers(clustered.raw, tables),
        # Annotations of more facts than fit into one document are left out; the facts have the same anchors.
        annotated=(frames["facts"], frames["sources"]) if {"facts", "sources"} <= frames.keys() else None,
        write=lambda folder: (
            frames | _write(spark, {name: tables[name] for name in tables if name not in frames}, models, folder)
        ),
    )
    return versions.put_out(release, key=key, expires=expires, progress=progress)


def _write(
    spark: SparkSession, tables: Mapping[str, Table], models: Mapping[str, TableModel], folder: Path
) -> dict[str, list[parts.Part]]:
    """Let the executors write the parts of tables beside the package, and take them into it.

    A task that Spark has given up, or whose driver is dead, goes on for a while. It knows the place of its own run
    alone, which is gone before anything is read back, and of which the next run has another.
    """
    beside = folder.with_name(f"{folder.name}-{uuid.uuid4().hex}")
    (beside / "data").mkdir(parents=True)
    try:
        written = {name: _parts(spark, table, models[name], beside) for name, table in tables.items()}
        (beside / "data").rename(folder / "data")
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def _parts(spark: SparkSession, table: Table, model: TableModel, folder: Path) -> list[parts.Part]:
    """Let the executors write each file of a table as a part of the package."""
    from factpack.adapters import spark as sparks

    staged = list(zip(range(len(table.files)), table.files, table.offsets, strict=True))
    return sparks.spread(
        spark, staged, partial(_part, folder=folder, name=model.name, key=model.key, columns=model.columns)
    )


def _part(
    staged: tuple[int, str, int], folder: Path, name: str, key: Sequence[str], columns: Sequence[str]
) -> parts.Part:
    from factpack.adapters import spark as sparks

    number, file, offset = staged
    frame = pl.read_parquet(sparks.path(file)).select(columns)
    return parts.write_part(frame, folder, name, number, offset, key)


def _rows(frame: pl.LazyFrame | None, key: Sequence[str], number: int, count: int) -> pl.DataFrame | None:
    """Read the rows of a table whose keys fall into a bucket."""
    if frame is None:
        return None
    return frame.filter(diffs.bucket(key, count) == number).collect(engine="streaming")


def _changes(
    project: Project, tables: Mapping[str, Table], models: Mapping[str, TableModel]
) -> tuple[changelog.Changes, pl.DataFrame]:
    """Compare the tables with the version before, and list every row that differs.

    The driver does this, some rows at a time: it holds the version before against its hashes as it reads it.
    """
    version = publishing.before(project.published, project.version)
    opened = reader.open(project.published / f"v{version}") if version else None
    after = diffs.Snapshot(
        version=project.version or "the working tree",
        tables={},
        schemas={name: tableschema.describe(model) for name, model in models.items()},
        metadata=datapackage.about(project),
    )
    before = None
    if opened is not None:
        before = diffs.Snapshot(
            version=opened.version,
            tables={},
            schemas={name: opened.schema(name) for name in opened.tables},
            metadata={name: opened.descriptor.get(name) for name in diffs.METADATA},
        )
    found, deltas = [], []
    for name in sorted({*tables, *(opened.tables if opened else ())}):
        old = opened.table(name) if opened is not None and name in opened.tables else None
        new = tables[name].scan().select(models[name].columns) if name in tables else None
        rows = sum(one.select(pl.len()).collect().item() for one in (old, new) if one is not None)
        count = rows // _BUCKET_ROWS + 1
        schemas = (before.schemas.get(name, {}) if before else {}), after.schemas.get(name, {})
        keys = [tuple((mine or other)["primaryKey"]) for mine, other in (schemas, schemas[::-1])]
        compared = []
        for number in range(count):
            pair = _rows(old, keys[0], number, count), _rows(new, keys[1], number, count)
            compared.append(diffs.compare_bucket(name, *pair, *schemas))
            deltas.append(diffs.delta_bucket(name, *pair, *keys))
        found.append(diffs.merge(compared))
    told = _told(tables, found)
    differing = diffs.gather(before, replace(after, tables=told), found)
    bump = versioning.bump(differing, told["retractions"]["fact_id"].to_list() if "retractions" in told else ())
    changes = changelog.Changes(before=before.version if before else None, diff=differing, bump=bump)
    return changes, pl.concat(deltas).sort("table", "key")


def _told(tables: Mapping[str, Table], found: Sequence[diffs.TableDiff]) -> dict[str, pl.DataFrame]:
    """Read what the changelog names of rows beside what differs: sources of corrected facts, reasons of retractions."""
    told = {}
    if "facts" in tables:
        corrected = next(one.changed for one in found if one.name == "facts").select("fact_id").unique()
        told["facts"] = tables["facts"].scan().join(corrected.lazy(), on="fact_id", how="semi").collect()
    if "retractions" in tables:
        told["retractions"] = tables["retractions"].scan().collect()
    return told
