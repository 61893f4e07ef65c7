"""What a command writes, where to, and the exit code it ends with."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from factpack.report import Report

FAILED, USAGE, INTERNAL, INTERRUPTED = 1, 2, 3, 130
# Nobody reads more findings than these on a terminal; --output writes them all.
_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """How a command was asked to report: a format for its output, and files in others, each as FORMAT=FILE."""

    form: str | None = None
    files: tuple[tuple[str, Path], ...] = ()
    limit: int = _SHOWN
    began: float = field(default_factory=time.perf_counter)

    def write(self, report: Report, root: Path, title: str) -> None:
        """Write a report on what stands in `root`."""
        from factpack.formats import FORMATS

        placed = _placed(report, root)
        for form, file in self.files:
            file.write_text(FORMATS[form](placed) + "\n", encoding="utf-8")
        form = self.form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
        if form == "concise":
            self._concise(report, title)
        elif form == "text":
            self._text(report, root, title)
        elif form == "github":
            self._github(report, root, title)
        else:
            click.echo(FORMATS[form](placed))

    def _text(self, report: Report, root: Path, title: str) -> None:
        from factpack.adapters import terminal

        counted = report.counted()
        for finding in counted[: self.limit]:
            click.echo(terminal.render(finding, root) + "\n")
        rules = Counter(finding.code for finding in counted[self.limit :])
        for code, count in rules.most_common():
            click.echo(f"{code}: {count:,} more, not shown; --limit or --output shows them")
        click.echo(terminal.summarise(report, title, time.perf_counter() - self.began))

    def _concise(self, report: Report, title: str) -> None:
        from factpack.adapters import terminal

        for finding in report.counted():
            click.echo(terminal.concise(finding))
        click.echo(terminal.summarise(report, title, time.perf_counter() - self.began))

    def _github(self, report: Report, root: Path, title: str) -> None:
        """Annotate the lines of a pull request; in the log stands the same text as on a terminal."""
        from factpack.formats import FORMATS

        # Whatever stands in a cell, between these the runner obeys nothing.
        token = secrets.token_hex(16)
        click.echo(f"::stop-commands::{token}")
        self._text(report, root, title)
        click.echo(f"::{token}::")
        commands = FORMATS["github"](_placed(report, root))
        if commands:
            click.echo(commands)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(FORMATS["markdown"](_placed(report, root)) + "\n")


def _placed(report: Report, root: Path) -> Report:
    """Name files from where the command runs: a platform knows them from the top of the repository."""
    here = Path.cwd()
    above = root.resolve()
    if above == here or not above.is_relative_to(here):
        return report
    prefix = above.relative_to(here).as_posix()
    findings = (replace(one, file=f"{prefix}/{one.file or 'pyproject.toml'}") for one in report.findings)
    return replace(report, findings=tuple(findings))


def exit_code(report: Report, fail_on: str) -> int:
    """Give the exit code that a report deserves."""
    from factpack.report import Severity

    passed = bool(report.ran) if fail_on == "never" else report.passed(Severity[fail_on.upper()])
    return 0 if passed else FAILED
