"""The raw folder of a project: which files it must and may have, and what all of them hold."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from factpack.models import Raw
from factpack.report import Finding, Report, Severity
from factpack.sources import ids, plain
from factpack.sources.columns import CORRECTIONS, ENTITIES, FACTS, PREDICATES, RETRACTIONS, SOURCES
from factpack.sources.tables import FORMATS, placed, position, read_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from factpack.models import Project
    from factpack.schemas import TableModel
    from factpack.sources.columns import Column

_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
# Backups, lock and swap files of editors, office suites and file managers.
_LEFTOVER = re.compile(
    r".*~|#.*#|\.#.*|~\$.*|.*\.(?:bak|orig|rej|swp|swo|tmp)|\.~lock\..*|\.DS_Store|Thumbs\.db|desktop\.ini"
)
_AFTER_FACTS = ("raw/retractions.", "raw/corrections.", "raw/tables/")
# They keep an empty folder in git, and say nothing.
_IGNORED = {".gitkeep", ".gitignore"}


def read(project: Project, models: Mapping[str, TableModel] | None = None) -> tuple[Raw | None, Report]:
    """Read `raw/sources`, `raw/entities`, `schemas/predicates.csv` and every file of `raw/facts/` and `raw/tables/`.

    A project of plain tables alone needs none of the first four. Tables are read where their `models` are given.

    Returns:
        What was read, or None where there is an error; and a report of everything that is wrong in all files, sorted
        by place, with one account a file.
    """
    raw, report = read_shared(project, models)
    files, findings = fact_files(project)
    facts, told = read_facts(files, project)
    report = sorted_by_place(report + Report(findings=findings) + told + check_ids(facts, "fact_id", project))
    return (None if report.count(Severity.ERROR) else replace(raw, facts=facts)), report


def read_shared(project: Project, models: Mapping[str, TableModel] | None = None) -> tuple[Raw, Report]:
    """Read everything but the files of facts: what every fact may speak of, and the tables that rest on none."""
    needed = {
        "sources": (SOURCES, *_one(project, project.raw, "sources")),
        "entities": (ENTITIES, *_one(project, project.raw, "entities")),
        "predicates": (PREDICATES, [project.schemas / "predicates.csv"], []),
    }
    if _plain(project):
        needed = {name: (columns, [], []) for name, (columns, *_) in needed.items()}
    found = {
        **needed,
        **{
            name: (columns, [file], [])
            for name, columns in (("retractions", RETRACTIONS), ("corrections", CORRECTIONS))
            if os.path.lexists(file := project.raw / f"{name}.csv")
        },
    }
    frames, report = {}, Report(findings=_links(project))
    for table, (columns, paths, findings) in found.items():
        frames[table], read_report = _table(paths, columns, project)
        report += Report(findings=tuple(findings)) + read_report
    tables, read_report = plain.read(project, models) if models is not None else ({}, Report())
    none, _ = read_facts([], project)
    return Raw(**frames, facts=none, tables=tables), sorted_by_place(report + read_report)


def read_facts(files: Sequence[Path], project: Project) -> tuple[pl.DataFrame, Report]:
    """Read files of facts: their columns, `_file`, `_line` and `source_id`, which is the name of the file.

    Whether an id is given twice, only who has the facts of all files can tell (`check_ids`).
    """
    facts, report = read_files(files, FACTS, project)
    return facts.with_columns(source_id=pl.col("_file").str.extract(r"([^/]+)\.[^./]+\z")), report


def sorted_by_place(report: Report) -> Report:
    """Put findings in the order of files and lines, and accounts of ledgers and plain tables after those of facts."""
    ran = sorted(report.ran, key=lambda one: one.subject.startswith(_AFTER_FACTS))
    return replace(report, findings=tuple(sorted(report.findings, key=position)), ran=tuple(ran))


def _links(project: Project) -> tuple[Finding, ...]:
    """Refuse folders that are links: what stands elsewhere was not reviewed with the rest."""
    folders = (project.raw, *(project.raw / name for name in ("facts", "notes", "tables")))
    return tuple(
        _finding(project.relative(folder), "is a symbolic link; a folder of the repository is expected", "a folder")
        for folder in folders
        if folder.is_symlink()
    )


def _plain(project: Project) -> bool:
    """Say whether a project has plain tables alone."""
    return plain.folder(project).is_dir() and not (project.raw / "facts").is_dir()


def _table(paths: Sequence[Path], columns: Sequence[Column], project: Project) -> tuple[pl.DataFrame, Report]:
    """Read the files of a table and compare the ids of all of them."""
    frame, report = read_files(paths, columns, project)
    return frame, report + check_ids(frame, columns[0].name, project)


def check_ids(frame: pl.DataFrame, key: str, project: Project) -> Report:
    """Name the rows of a table whose id another row has, or that looks like another's."""
    return Report(findings=tuple(placed(ids.check(frame, key), project)))


def _one(project: Project, folder: Path, name: str) -> tuple[list[Path], list[Finding]]:
    """Find the one file of a table."""
    paths = sorted(path for path in folder.glob(f"{name}.*") if path.suffix in FORMATS)
    where = f"{project.relative(folder)}/{name}"
    if not paths:
        return [], [
            _finding(f"{where}.csv", "the file is missing", " or ".join(f"{name}{suffix}" for suffix in FORMATS))
        ]
    findings = [
        _finding(project.relative(path), f"{where} stands in {paths[0].name} too", "one file a table")
        for path in paths[1:]
    ]
    return paths[:1], findings


def fact_files(project: Project) -> tuple[list[Path], tuple[Finding, ...]]:
    """List the files of `raw/facts/`, and refuse what is no facts file."""
    folder = project.raw / "facts"
    if _plain(project):
        return [], ()
    if not folder.is_dir():
        return [], (_finding(project.relative(folder), "the folder is missing", "one file of facts a source"),)
    paths: dict[str, Path] = {}
    findings = []
    for path in sorted(folder.iterdir()):
        if path.name in _IGNORED:
            continue
        why = _refusal(path, paths.get(path.stem))
        if why is None:
            paths[path.stem] = path
        else:
            findings.append(_finding(project.relative(path), *why))
    if not paths and not findings:
        findings.append(
            _finding(project.relative(folder), "the folder has no facts", "one file of facts a source", code="FP110")
        )
    return list(paths.values()), tuple(findings)


def _refusal(path: Path, other: Path | None) -> tuple[str, str] | None:
    """Say why an entry of the folder is no facts file, and what was expected."""
    formats = ", ".join(FORMATS)
    if _LEFTOVER.fullmatch(path.name):
        return "an editor or a file manager left this behind; delete it", "facts files only"
    if path.is_dir():
        return "a folder stands among the facts files", "one file of facts a source"
    if path.suffix not in FORMATS:
        return f"{path.suffix or path.name} is not a format of raw tables", f"one of {formats}"
    if not _SOURCE_ID.fullmatch(path.stem):
        return f"{path.stem!r} is no source_id", "the source_id as the file's name: a-z, 0-9 and -"
    if other is not None:
        return f"the facts of {path.stem} stand in {other.name} too", "one file of facts a source"
    return None


def _finding(file: str, message: str, expected: str, code: str = "FP114") -> Finding:
    return Finding(code=code, message=message, file=file, expected=expected)
