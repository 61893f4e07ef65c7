"""Findings as SARIF 2.1.0, for code scanning.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0; and what GitHub takes of it: 25,000 results a run, of
which the 5,000 heaviest are kept.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from factpack.formats.characters import as_json, plain, visible
from factpack.report import Severity
from factpack.rulebook import RULES

if TYPE_CHECKING:
    from factpack.report import Finding, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 5_000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# A finding about a dataset as a whole stands where the dataset is declared.
_NOWHERE = "pyproject.toml"


def write(report: Report) -> str:
    """Write a log of one run."""
    shown = heaviest(report.findings, MOST_RESULTS)
    codes = sorted({finding.code for finding in shown})
    driver = {"name": "factpack", "semanticVersion": version("factpack"), "rules": [_rule(code) for code in codes]}
    places = {code: position for position, code in enumerate(codes)}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "factpack/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The folder of the dataset."}}},
        "invocations": [_invocation(report, len(report.findings) - len(shown))],
        "results": [_result(finding, places[finding.code]) for finding in shown],
    }
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, 1)


def heaviest(findings: tuple[Finding, ...], most: int) -> list[Finding]:
    """Choose so many findings: those that count before those that do not, the heavier before the lighter."""
    return sorted(findings, key=lambda finding: (finding.accepted is not None, -finding.severity))[:most]


def _invocation(report: Report, left: int) -> dict[str, Any]:
    notes = [f"Not run: {reason}" for reason in report.skipped]
    notes += [f"{left:,} more findings are left out."] if left else []
    told = [{"level": "warning", "message": {"text": _text(note)}} for note in notes]
    return {"executionSuccessful": True, "toolExecutionNotifications": told}


def _rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": _text(rule.meaning)},
        "fullDescription": {"text": _text(rule.meaning)},
        "help": {"text": _text(rule.hint), "markdown": plain(rule.hint)},
        "properties": {"tags": ["data-quality"]},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    hint = finding.hint or RULES[finding.code].hint
    said = [finding.message, *([f"Phrase: {finding.phrase}"] if finding.phrase else []), hint]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _text("\n".join(visible(part) for part in said))},
        "locations": [_location(finding)],
        "partialFingerprints": {"factpack/v1": finding.fingerprint},
        "baselineState": "unchanged" if finding.accepted == "baseline" else "new",
    }
    if finding.accepted and finding.accepted != "baseline":
        result["suppressions"] = [{"kind": "external", "justification": _text(visible(finding.accepted))}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    start = finding.column or 1
    region = {"startLine": finding.line or 1, "startColumn": start}
    if finding.column and finding.value and "\n" not in finding.value:
        region["endColumn"] = start + len(finding.value)
    file = {"uri": quote(finding.file or _NOWHERE, errors="surrogatepass"), "uriBaseId": "ROOT"}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": file, "region": region}}
    if finding.fact_id:
        location["logicalLocations"] = [{"name": visible(finding.fact_id), "kind": "member"}]
    return location


def _text(text: str) -> str:
    """Keep brackets and backslashes from being read as links (SARIF 2.1.0, 3.11.6)."""
    return re.sub(r"[\\\[\]]", lambda found: "\\" + found[0], text)
