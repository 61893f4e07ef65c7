"""Where findings are: each gets its line and column, and they stand in the order of the files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from factpack import sources

if TYPE_CHECKING:
    from factpack.models import Project
    from factpack.report import Finding, Report


def stop(report: Report, project: Project, *skipped: str) -> Report:
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
