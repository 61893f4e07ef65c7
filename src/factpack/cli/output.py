"""What a command writes, and the exit code it ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from factpack.models import Project
    from factpack.report import Report

FAILED, USAGE, INTERNAL, INTERRUPTED = 1, 2, 3, 130


def write(project: Project, report: Report, form: str, seconds: float) -> None:
    """Write a report on a project."""
    from factpack.adapters import terminal

    if form == "json":
        click.echo(terminal.as_json(report))
        return
    for finding in report.findings:
        click.echo(terminal.render(finding, project.root) + "\n")
    click.echo(terminal.summarise(report, f"{project.name} {project.version}", seconds))


def exit_code(report: Report, fail_on: str) -> int:
    """Give the exit code that a report deserves."""
    from factpack.report import Severity

    passed = bool(report.ran) if fail_on == "never" else report.passed(Severity[fail_on.upper()])
    return 0 if passed else FAILED
