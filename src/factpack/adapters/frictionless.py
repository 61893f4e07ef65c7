"""The independent last word: frictionless' own verdict on a data package that we wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.errors import InternalError
from factpack.report import Finding

if TYPE_CHECKING:
    from pathlib import Path

# Above it frictionless stops, and skips the checks of bytes and hash that come last.
_LIMIT = 1_000_000


def validate(package: Path) -> tuple[Finding, ...]:
    """Let frictionless validate the package whose `datapackage.json` stands in a folder.

    Only for packages that we wrote or have checked: frictionless follows links and fetches remote paths.

    Raises:
        InternalError: frictionless looked at fewer resources than the package has, or at no rows.
    """
    from frictionless import Package

    loaded = Package(str(package / "datapackage.json"))
    report = loaded.validate(limit_errors=_LIMIT)
    findings = tuple(
        Finding(code="FP701", message=f"{task.name}: {error.message}", table=task.name)
        for task in report.tasks
        for error in task.errors
    ) + tuple(Finding(code="FP701", message=error.message) for error in report.errors)
    rows = sum(task.stats.get("rows") or 0 for task in report.tasks)
    if not findings and (len(report.tasks) != len(loaded.resources) or not rows):
        raise InternalError(
            f"frictionless looked at {len(report.tasks)} of {len(loaded.resources)} resources, {rows} rows."
        )
    return findings
