"""Which findings count: severities, waivers, a baseline and thresholds, in this order.

Nothing is taken out of a report. A finding that does not count says why (`Finding.accepted`), and a waiver that has
run out, or waives nothing, is a finding itself.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError
from factpack.report import Finding, Report, Severity
from factpack.rulebook import essential

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from factpack.models import Project, Threshold, Waiver


def judge(report: Report, project: Project, today: date, baseline: Mapping[str, int] | None = None) -> Report:
    """Say of each finding whether it counts, and how much it weighs.

    Args:
        report: what was found.
        project: its rules and waivers.
        today: the day against which waivers run out.
        baseline: how often each fingerprint was found before; only what is there more often counts.
    """
    findings = [_weighed(finding, project.rules.get(finding.code)) for finding in report.findings]
    findings, stale = _waived(findings, project, today)
    if baseline is not None:
        findings = _known(findings, baseline)
    findings = _tolerated(findings, project.rules, _facts(report))
    return replace(report, findings=(*findings, *stale))


def write_baseline(report: Report) -> str:
    """Write the findings that count as a baseline: sorted, without lines, so that it merges like text.

    Rows that no table can be made of are left out: they count whatever was there before.
    """
    kept = [finding for finding in report.counted() if not essential(finding.code)]
    counted = Counter(finding.fingerprint for finding in kept)
    first = {finding.fingerprint: finding for finding in reversed(kept)}
    entries = [_entry(first[fingerprint], fingerprint, count) for fingerprint, count in counted.items()]
    entries.sort(key=lambda entry: (entry["code"], entry["file"] or "", entry["fact_id"] or "", entry["fingerprint"]))
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f'{{"version": 1, "findings": [\n{lines}\n]}}\n' if lines else '{"version": 1, "findings": []}\n'


def _entry(finding: Finding, fingerprint: str, count: int) -> dict[str, Any]:
    known = {"code": finding.code, "file": finding.file, "fact_id": finding.fact_id}
    return known | {"fingerprint": fingerprint, "count": count}


def read_baseline(file: Path) -> dict[str, int]:
    """Read how often each fingerprint is in a baseline.

    Raises:
        ConfigurationError: the file is not one that `factpack baseline` writes.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] != 1:
            raise ConfigurationError(f"{file}: a baseline of version {content['version']!r}, expected 1.")
        return {str(entry["fingerprint"]): int(entry["count"]) for entry in content["findings"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{file}: not a baseline: {error!r}. Write it with factpack baseline.") from error


def _facts(report: Report) -> int:
    """Count the raw rows that were read: what a share is a share of."""
    return sum(ran.rows for ran in report.ran if ran.stage == "reading")


def _weighed(finding: Finding, threshold: Threshold | None) -> Finding:
    if threshold is None or threshold.severity is None:
        return finding
    return replace(finding, severity=Severity[threshold.severity.upper()])


def _waived(findings: list[Finding], project: Project, today: date) -> tuple[list[Finding], list[Finding]]:
    valid = [waiver for waiver in project.waivers if today <= waiver.until]
    used: set[Waiver] = set()
    judged = []
    for finding in findings:
        waiver = next((one for one in valid if _covers(one, finding)), None)
        if waiver is not None:
            used.add(waiver)
        judged.append(finding if waiver is None else replace(finding, accepted=f"waived: {waiver.reason}"))
    stale = [
        _stale(waiver, "FP801", f"it ran out on {waiver.until}") for waiver in project.waivers if waiver not in valid
    ]
    unused = [_stale(waiver, "FP802", "it waives nothing") for waiver in valid if waiver not in used]
    return judged, [*stale, *unused]


def _covers(waiver: Waiver, finding: Finding) -> bool:
    file = waiver.file is None or fnmatchcase(finding.file or "", waiver.file)
    return waiver.rule == finding.code and file and waiver.fact in {None, finding.fact_id}


def _stale(waiver: Waiver, code: str, why: str) -> Finding:
    what = " ".join(part for part in (waiver.rule, waiver.file, waiver.fact) if part)
    return Finding(
        code=code,
        severity=Severity.ERROR if code == "FP801" else Severity.WARNING,
        message=f"the waiver of {what}: {why}",
        file="pyproject.toml",
        value=what,
    )


def _known(findings: list[Finding], baseline: Mapping[str, int]) -> list[Finding]:
    left = Counter(baseline)
    judged = []
    for finding in findings:
        known = finding.accepted is None and not essential(finding.code) and left[finding.fingerprint] > 0
        left[finding.fingerprint] -= known
        judged.append(replace(finding, accepted="baseline") if known else finding)
    return judged


def _tolerated(findings: list[Finding], rules: Mapping[str, Threshold], facts: int) -> list[Finding]:
    counted = Counter(finding.code for finding in findings if finding.accepted is None)
    passing = {code: words for code, rule in rules.items() if (words := _within(rule, counted[code], facts))}
    return [
        replace(finding, accepted=passing[finding.code])
        if finding.accepted is None and finding.code in passing
        else finding
        for finding in findings
    ]


def _within(threshold: Threshold, count: int, facts: int) -> str | None:
    if threshold.most is not None and count <= threshold.most:
        return f"threshold: at most {threshold.most}"
    if threshold.share is not None and facts and count / facts <= threshold.share:
        return f"threshold: at most {threshold.share:.2%} of the raw rows"
    return None


def vanished(report: Report, baseline: Mapping[str, int]) -> int:
    """Count the findings of a baseline that are not there any more."""
    found: Iterable[str] = (finding.fingerprint for finding in report.findings)
    return (Counter(baseline) - Counter(found)).total()
