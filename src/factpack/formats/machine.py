"""The whole report as JSON, and its findings as JSON Lines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from factpack.rulebook import RULES

if TYPE_CHECKING:
    from factpack.report import Finding, Report


def as_json(report: Report) -> str:
    """Write the whole report as one JSON object."""
    content = asdict(report)
    content["passed"] = report.passed()
    content["findings"] = [_told(finding) for finding in report.findings]
    return json.dumps(content, indent=2, ensure_ascii=False, default=str)


def as_json_lines(report: Report) -> str:
    """Write a JSON object a line for each finding; nothing for none."""
    return "\n".join(json.dumps(_told(finding), ensure_ascii=False) for finding in report.findings)


def _told(finding: Finding) -> dict[str, Any]:
    content = asdict(finding)
    content["severity"] = str(finding.severity)
    content["rule"] = RULES[finding.code].name
    content["fingerprint"] = finding.fingerprint
    return content
