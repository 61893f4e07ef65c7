"""The whole report as JSON, and its findings as JSON Lines."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from factpack.formats.characters import as_json as as_json_text
from factpack.rulebook import RULES

if TYPE_CHECKING:
    from factpack.report import Finding, Report


def as_json(report: Report) -> str:
    """Write the whole report as one JSON object."""
    content = asdict(report)
    content["passed"] = report.passed()
    content["findings"] = [_told(finding) for finding in report.findings]
    return as_json_text(content, 2)


def as_json_lines(report: Report) -> str:
    """Write a JSON object a line for each finding; nothing for none."""
    return "\n".join(as_json_text(_told(finding)) for finding in report.findings)


def _told(finding: Finding) -> dict[str, Any]:
    content = asdict(finding)
    content["severity"] = str(finding.severity)
    content["rule"] = RULES[finding.code].name
    content["fingerprint"] = finding.fingerprint
    return content
