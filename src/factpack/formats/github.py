"""Findings as GitHub's workflow commands, which annotate the lines of a pull request.

Source: GitHub, Workflow commands. Of a step, ten errors, ten warnings and ten notices are shown; the rest is dropped
without a word, so the last one here counts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from factpack.formats.characters import visible
from factpack.report import Severity
from factpack.rulebook import RULES

if TYPE_CHECKING:
    from factpack.report import Finding, Report

_SHOWN = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report) -> str:
    """Write a command for each of the heaviest findings, and how many more there are."""
    counted = report.counted()
    lines, left = [], 0
    for severity in sorted(Severity, reverse=True):
        some = [finding for finding in counted if finding.severity is severity]
        # One notice is kept for what is left out.
        most = _SHOWN - (severity is Severity.INFO)
        lines += [_command(finding) for finding in some[:most]]
        left += len(some[most:])
    if left:
        lines.append(f"::notice title=factpack::{left} more findings: see the summary of the job, or its report.")
    return "\n".join(lines)


def _command(finding: Finding) -> str:
    rule = RULES[finding.code]
    known = {"file": finding.file, "line": finding.line, "col": finding.column, "title": f"{finding.code} {rule.name}"}
    if finding.column and finding.value and "\n" not in finding.value:
        known["endColumn"] = finding.column + len(finding.value)
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in known.items() if value is not None)
    fact = f" (fact {finding.fact_id})" if finding.fact_id else ""
    phrase = f"\nphrase: {visible(finding.phrase)}" if finding.phrase else ""
    message = f"{visible(finding.message)}{visible(fact)}{phrase}\nhelp: {visible(finding.hint or rule.hint)}"
    return f"::{_COMMANDS[finding.severity]} {properties}::{_message(message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(visible(text)).replace(":", "%3A").replace(",", "%2C")
