"""Facts, locks and coverage together: what `validate` and `factpack ground` ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.grounding import anchors, coverage, lock, memory, texts
from factpack.grounding.facts import RULES, ground, sources
from factpack.parse.text import VERSION
from factpack.report import Ran, Report

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from pathlib import Path

    from factpack.models import Project, Raw
    from factpack.report import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of the facts' words.

    `anchors` has the verdict and place of each fact and how it was checked (`anchors.merged`); `coverage` the numerals
    of each source (`coverage.judge`).
    """

    report: Report
    anchors: pl.DataFrame
    coverage: pl.DataFrame


def check(
    raw: Raw,
    project: Project,
    articles: tuple[Path, ...] = (),
    waivers: pl.DataFrame | None = None,
    elsewhere: Collection[str] = (),
) -> Checked:
    """Read the words of every fact again where its text is at hand, and hold the rest against the locks.

    Notes stand in `raw/notes/` and must be there. Articles are looked for in `raw/articles/` and the folders of
    `articles`; the report says of which sources only the lock could be compared. Sources that are checked `elsewhere`,
    and their facts, are not in `raw`; what the locks say of them is left to whoever checks them.
    """
    read = _read(raw, project, articles, waivers)
    locked, broken = lock.read(project.raw / "anchors.lock", lock.ANCHORS, project)
    counted, torn = lock.read(project.raw / "coverage.lock", lock.COVERAGE, project)
    if elsewhere and locked is not None:
        locked = locked.filter(~pl.col("source_id").is_in(list(elsewhere)))
    changed = () if broken else anchors.compare(raw, read.anchors, locked, "raw/anchors.lock")
    known, uncovered = coverage.judge(raw, read.covered, counted, waivers, project.coverage)
    merged = anchors.merged(read.anchors, locked)
    findings = (*read.findings, *broken, *torn, *changed)
    report = Report(
        # Coverage follows from the facts: what is wrong with them is told first.
        findings=findings or uncovered,
        ran=(Ran(stage="grounding", subject="facts", rules=RULES, rows=read.anchors.height),),
        skipped=_skipped(raw, read.absent, merged),
        verdicts=tuple(merged.group_by("verdict").len().sort("len", "verdict", descending=True).iter_rows()),
    )
    return Checked(report=report, anchors=merged, coverage=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was found in all texts at hand, a batch after the other."""

    anchors: pl.DataFrame
    covered: coverage.Coverage
    absent: tuple[str, ...]
    findings: tuple[Finding, ...]


def _read(raw: Raw, project: Project, articles: tuple[Path, ...], waivers: pl.DataFrame | None) -> _Read:
    known = memory.recall(raw, project, articles, waivers)
    found, covered, kept = known.anchors(), known.covered(), []
    absent: list[str] = []
    findings: list[Finding] = []
    for part in texts.batches(memory.unknown(raw, known), project, articles):
        grounded = ground(part, project, articles)
        found.append(grounded.anchors)
        covered.append(coverage.cover(part, grounded, waivers))
        kept.append(memory.entries(part, grounded, covered[-1], known))
        absent += grounded.texts.absent
        findings += grounded.findings
    memory.remember(known, kept)
    return _Read(
        anchors=pl.concat(found),
        covered=coverage.merge(covered),
        absent=tuple(absent),
        findings=tuple(findings),
    )


def _skipped(raw: Raw, absent: tuple[str, ...], merged: pl.DataFrame) -> tuple[str, ...]:
    """Say which facts were checked against the lock alone."""
    taken = dict(raw.facts.group_by("source_id").len().iter_rows())
    locked = raw.facts.join(merged.filter(pl.col("checked") == "lock"), on="fact_id", how="semi")
    held = dict(locked.group_by("source_id").len().iter_rows())
    return tuple(
        f"the text of {name}: not at hand; {held.get(name, 0)} of its {taken.get(name, 0)} facts "
        "are as raw/anchors.lock has them"
        for name in absent
    )


def write(raw: Raw, project: Project, articles: tuple[Path, ...] = (), waivers: pl.DataFrame | None = None) -> int:
    """Write both locks anew: a line for each fact that is grounded, and for each source that was read.

    Returns:
        The number of facts that are anchored now. What is not grounded gets no line, and `check` says why.
    """
    read = _read(raw, project, articles, waivers)
    locked, _ = lock.read(project.raw / "anchors.lock", lock.ANCHORS, project)
    fresh = anchors.renewed(raw, read.anchors, read.absent, locked)
    lock.write(project.raw / "anchors.lock", fresh, lock.ANCHORS)
    counted, _ = lock.read(project.raw / "coverage.lock", lock.COVERAGE, project)
    covered = coverage.lines(raw, read.covered, waivers)
    if counted is not None:
        covered = pl.concat([covered, counted.drop("_line").filter(pl.col("source_id").is_in(list(read.absent)))])
    lock.write(project.raw / "coverage.lock", covered, lock.COVERAGE)
    return fresh.height


def report(told: Report) -> dict[str, Any]:
    """Sum up the verdicts, as the package carries them: they follow from the inputs, whatever texts are at hand."""
    counted = dict(sorted(told.verdicts))
    return {"normaliser": VERSION, "facts": sum(counted.values()), "verdicts": counted}


def text_of(raw: Raw, project: Project, articles: tuple[Path, ...], source_id: str) -> tuple[date | None, str] | None:
    """Give the text of one source, and the day against which its dates are read; None where it is not at hand."""
    row = sources(raw).filter(pl.col("source_id") == source_id)
    read = texts.read(replace(raw, sources=raw.sources.filter(pl.col("source_id") == source_id)), project, articles)
    if row.is_empty() or read.frame.is_empty():
        return None
    return row["reference"].item(), read.frame["text"].item()
