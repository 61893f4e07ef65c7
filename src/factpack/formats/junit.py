"""Findings as JUnit XML: a test for each check that ran, and one for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from factpack.formats.characters import visible
from factpack.report import Severity
from factpack.rulebook import RULES

if TYPE_CHECKING:
    from factpack.report import Finding, Report


def write(report: Report) -> str:
    """Write a suite; errors are failures, warnings are written out, what is accepted counts as skipped."""
    failures = report.count(Severity.ERROR)
    accepted = len(report.findings) - len(report.counted())
    counts = {
        "tests": str(len(report.ran) + len(report.findings) + len(report.skipped)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(accepted + len(report.skipped)),
    }
    root = ET.Element("testsuites", {"name": "factpack", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": "factpack", **counts})
    for ran in report.ran:
        name = f"{ran.subject}: {ran.rules} rules on {ran.rows} rows"
        ET.SubElement(suite, "testcase", {"classname": ran.stage, "name": visible(name)})
    for reason in report.skipped:
        case = ET.SubElement(suite, "testcase", {"classname": "not run", "name": visible(reason)})
        ET.SubElement(case, "skipped", {"message": visible(reason)})
    for finding in report.findings:
        _case(suite, finding)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ET.Element, finding: Finding) -> None:
    rule = RULES[finding.code]
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None)
    name = " ".join(part for part in (finding.code, rule.name, place, finding.fact_id) if part)
    at = {"file": visible(finding.file), "line": str(finding.line or 1)} if finding.file else {}
    told = {"classname": visible(finding.file or finding.table or "dataset"), "name": visible(name), **at}
    case = ET.SubElement(suite, "testcase", told)
    message = visible(finding.message)
    lines = [place, *([f"phrase: {finding.phrase}"] if finding.phrase else []), f"help: {finding.hint or rule.hint}"]
    text = "\n".join(visible(line) for line in lines if line)
    if finding.accepted:
        ET.SubElement(case, "skipped", {"message": visible(f"{finding.accepted}: {finding.message}")})
    elif finding.severity is Severity.ERROR:
        ET.SubElement(case, "failure", {"type": finding.code, "message": message}).text = text
    else:
        ET.SubElement(case, "system-out").text = f"{finding.severity}: {message}\n{text}"
