"""Findings as GitLab's code quality report, which a merge request compares with the one before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from factpack.formats.characters import as_json, visible
from factpack.report import Severity

if TYPE_CHECKING:
    from factpack.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Report) -> str:
    """Write an array of violations; each fingerprint is there once, as GitLab wants it."""
    seen: Counter[str] = Counter()
    violations = []
    for finding in report.counted():
        before = seen[finding.fingerprint]
        seen[finding.fingerprint] += 1
        violations.append(
            {
                "description": visible(
                    f"{finding.message}" + (f" (fact {finding.fact_id})" if finding.fact_id else "")
                ),
                "check_name": finding.code,
                "fingerprint": f"{finding.fingerprint}-{before}" if before else finding.fingerprint,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": finding.file or "pyproject.toml", "lines": {"begin": finding.line or 1}},
            }
        )
    return as_json(violations, 1)
