"""A report as Markdown: the summary of a job, or a comment on a pull request."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from factpack.formats.characters import plain
from factpack.report import Severity
from factpack.rulebook import RULES

if TYPE_CHECKING:
    from factpack.report import Finding, Report

# A summary may have 1 MiB; nobody reads more than these.
_SHOWN = 100
_WORDS = 300


def write(report: Report) -> str:
    """Write the verdict, the heaviest findings, how many there are of each rule, and what was checked."""
    counted = report.counted()
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    verdict = "passed" if report.passed() else "failed"
    lines = [f"## factpack: {verdict}", "", f"{errors} errors, {warnings} warnings.", ""]
    if counted:
        lines += ["| place | rule | what | fact |", "|---|---|---|---|", *(_row(one) for one in counted[:_SHOWN]), ""]
    if len(counted) > _SHOWN:
        lines += [f"{len(counted) - _SHOWN:,} more:", ""]
        rules = Counter(finding.code for finding in counted[_SHOWN:])
        lines += [f"- {count:,} {code} {RULES[code].name}" for code, count in rules.most_common()]
        lines.append("")
    accepted = Counter(finding.accepted for finding in report.findings if finding.accepted)
    lines += [f"- accepted ({plain(_cut(reason))}): {count:,}" for reason, count in accepted.most_common(_SHOWN)]
    lines += [f"- not run: {plain(_cut(reason))}" for reason in report.skipped[:_SHOWN]]
    stages: Counter[str] = Counter()
    for ran in report.ran:
        stages[ran.stage] += ran.rows
    lines += [f"- {stage}: {rows:,} rows" for stage, rows in stages.items()]
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    place = ":".join(str(part) for part in (finding.file or finding.table, finding.line, finding.column) if part)
    rule = f"{finding.code} {RULES[finding.code].name}"
    cells = (place, rule, finding.message, finding.fact_id or "")
    return "| " + " | ".join(plain(_cut(cell)) for cell in cells) + " |"


def _cut(text: str) -> str:
    return text if len(text) <= _WORDS else text[:_WORDS] + " ..."
