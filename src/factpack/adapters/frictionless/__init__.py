"""Data packages as frictionless judges them: its own reports, at polars' speed, and a strict profile beside them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError, InternalError
from factpack.report import Finding, Ran, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frictionless import Report as FrictionlessReport
    from frictionless.report import ReportTask

# Above it frictionless stops, and skips the checks of bytes and hash that come last.
_LIMIT = 1_000_000
# The profiles that frictionless carries with it.
_PROFILES = re.compile(r"https://datapackage\.org/profiles/[0-9.]+/[a-z]+\.json")
_REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def validate(package: Path) -> tuple[Finding, ...]:
    """Let frictionless validate the package whose `datapackage.json` stands in a folder: the independent last word.

    Only for packages that we wrote or have checked: frictionless follows links and fetches remote paths.

    Raises:
        InternalError: frictionless looked at fewer resources than the package has, or at no rows.
    """
    from frictionless import Package

    loaded = Package(str(package / "datapackage.json"))
    report = loaded.validate(limit_errors=_LIMIT)
    findings = (*_findings(report), *(Finding(code="FP701", message=error.message) for error in report.errors))
    rows = sum(task.stats.get("rows") or 0 for task in report.tasks)
    if not findings and (len(report.tasks) != len(loaded.resources) or not rows):
        raise InternalError(
            f"frictionless looked at {len(report.tasks)} of {len(loaded.resources)} resources, {rows} rows."
        )
    return findings


def check(path: Path, *, strict: bool = False, limit: int = 1_000) -> Report:
    """Validate anyone's data package: as frictionless does, and by the strict profile if it is asked for.

    Nothing is fetched, and no file is read that lies outside of the package's folder.

    Args:
        path: a `datapackage.json`, or the folder it stands in.
        strict: check what the standard asks and frictionless lets through, too.
        limit: stop after so many errors of a resource.

    Raises:
        ConfigurationError: there is no descriptor at the path.
    """
    from frictionless import FrictionlessException, Package

    from factpack.adapters.frictionless import validation

    descriptor = path / "datapackage.json" if path.is_dir() else path
    unsafe = tuple(_unsafe(descriptor))
    if unsafe:
        return Report(findings=unsafe, skipped=("the tables: a part of the package is not safe to read",))
    try:
        package = Package(str(descriptor))
    except FrictionlessException as error:
        return Report(findings=tuple(Finding(code="FP701", message=one.message) for one in error.to_errors()))
    result = validation.validate(package, limit_errors=limit)
    by_types = {one.name for one in package.resources if strict and one.format == "parquet" and one.tabular}
    tasks = [task for task in result.tasks if task.name not in by_types]
    report = Report(
        findings=(
            *(Finding(code="FP701", message=error.message) for error in result.errors),
            *(finding for task in tasks for finding in (*_of_task(task), *_empty(task, strict=strict))),
        ),
        ran=tuple(_ran(task) for task in tasks),
        skipped=tuple(f"{task.name}: {warning}" for task in tasks for warning in task.warnings),
    )
    if not strict:
        return report
    from factpack.adapters.frictionless import strict as profile

    declared = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
    return report + profile.validate(package, descriptor.parent, [one.get("hash") for one in declared])


def _findings(report: FrictionlessReport) -> Iterator[Finding]:
    for task in report.tasks:
        yield from _of_task(task)


def _of_task(task: ReportTask) -> Iterator[Finding]:
    for error in task.errors:
        yield Finding(code="FP701", message=f"{task.name}: {error.message}", table=task.name)


def _empty(task: ReportTask, *, strict: bool) -> Iterator[Finding]:
    """Name a table without rows, which frictionless takes for valid."""
    if task.type == "table" and not task.stats.get("rows") and not task.errors:
        severity = Severity.ERROR if strict else Severity.WARNING
        yield Finding(code="FP305", severity=severity, message=f"{task.name} has no rows", table=task.name)


def _ran(task: ReportTask) -> Ran:
    # Of what is no table, frictionless checks the size and the hash.
    rows = task.stats.get("rows") or 0 if task.type == "table" else 1
    return Ran(stage="package", subject=str(task.name), rules=task.stats.get("fields") or 1, rows=rows)


def _unsafe(descriptor: Path) -> Iterator[Finding]:
    """Name what frictionless would fetch, or read outside of the package's folder.

    Raises:
        ConfigurationError: there is no descriptor.
    """
    try:
        content = json.loads(descriptor.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{descriptor} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        yield Finding(code="FP701", message=f"{descriptor.name} is no JSON: {error}", file=descriptor.name)
        return
    resources = content.get("resources") if isinstance(content, dict) else None
    parts = [content, *(resources if isinstance(resources, list) else ())]
    for part in (one for one in parts if isinstance(one, dict)):
        name = str(part.get("name", "the package"))
        for key in ("profile", "$schema", "schema", "dialect", "path", "data"):
            for value in _texts(part.get(key)):
                reason = _reason(key, value, descriptor.parent)
                if reason:
                    yield Finding(code="FP726", message=f"{name}: {key} {value!r} {reason}", table=name)


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]


def _reason(key: str, value: str, folder: Path) -> str | None:
    """Say why a path is not followed, if it is not."""
    if _REMOTE.match(value):
        return None if _PROFILES.fullmatch(value) else "is not fetched: put it beside the package"
    if key in {"profile", "$schema"} and not value.endswith(".json"):
        return None
    file, root = folder / value, folder.resolve()
    if not file.exists():
        return None
    if not file.resolve().is_relative_to(root):
        return "leads out of the package's folder"
    return None if file.is_file() or file.is_dir() else "is no regular file"
