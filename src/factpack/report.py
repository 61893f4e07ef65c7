"""Findings, and the report that collects them; every output format is written from these."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Severity(IntEnum):
    """How much a finding weighs; `--fail-on` compares with it."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One breach of one rule, at one place.

    `code` is a key of `rulebook.RULES`. `file` is relative to the project; `line` and `column` count from 1, columns
    in characters. `field` is the name of the raw or table column. `hint` replaces the rule's own where more is known.
    `accepted` says why the finding does not count, if it does not: a baseline, a waiver, a threshold.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    file: str | None = None
    line: int | None = None
    column: int | None = None
    table: str | None = None
    field: str | None = None
    fact_id: str | None = None
    value: str | None = None
    expected: str | None = None
    phrase: str | None = None
    hint: str | None = None
    accepted: str | None = None

    @property
    def fingerprint(self) -> str:
        """What the finding is known by in another run: rule, file, fact and field, and not the line.

        A finding that names no fact is known by the value that it found.
        """
        known = (self.code, self.file, self.fact_id, self.field, None if self.fact_id else self.value or self.table)
        return hashlib.sha256("\0".join(part or "" for part in known).encode(errors="surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A stage's account of its work on one table or file: how many rules were applied to how many rows."""

    stage: str
    subject: str
    rules: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A stated number and the members that were counted for it as of its date."""

    fact_id: str
    stated: str
    as_of: date | None
    certain: tuple[str, ...]
    contested: tuple[str, ...]
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was checked, what was not, and what was found.

    `verdicts` counts the facts by what their words gave (`factpack.grounding`).
    """

    findings: tuple[Finding, ...] = ()
    ran: tuple[Ran, ...] = ()
    skipped: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    verdicts: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(
            findings=self.findings + other.findings,
            ran=self.ran + other.ran,
            skipped=self.skipped + other.skipped,
            counts=self.counts + other.counts,
            verdicts=self.verdicts + other.verdicts,
        )

    def count(self, severity: Severity) -> int:
        """Count the findings of exactly this severity that count."""
        return sum(finding.severity is severity for finding in self.counted())

    def counted(self) -> tuple[Finding, ...]:
        """Give the findings that count: those that nothing accepts."""
        return tuple(finding for finding in self.findings if finding.accepted is None)

    def passed(self, fail_on: Severity = Severity.ERROR) -> bool:
        """Say whether something was checked and nothing as heavy as `fail_on` was found."""
        checked = sum(ran.rules * ran.rows for ran in self.ran)
        return checked > 0 and all(finding.severity < fail_on for finding in self.counted())


def merge(reports: Iterable[Report]) -> Report:
    """Join reports in their order."""
    return sum(reports, start=Report())


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule broken in a table, not yet led back to its raw line (`lineage.trace` makes the finding of it).

    `row` counts from 0 in the frame that was checked; None where the table as a whole breaks the rule. `fact_ids`
    names the facts at fault where the rule knows them better than the row does.
    """

    code: str
    table: str
    message: str
    severity: Severity = Severity.ERROR
    row: int | None = None
    field: str | None = None
    fact_ids: tuple[str, ...] = ()
    value: str | None = None
    expected: str | None = None
    hint: str | None = None
