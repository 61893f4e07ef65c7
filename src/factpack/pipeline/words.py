"""What is done with the words of sources: check facts against them, draft facts from them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from factpack import corrections, drafts, grounding, sources, vocabulary
from factpack.errors import ConfigurationError
from factpack.pipeline.places import stop
from factpack.report import Report

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from factpack.grounding import Checked
    from factpack.models import Project, Raw
    from factpack.report import Finding

# Looking for the nearest words takes milliseconds a phrase; who has more to repair begins with these.
_HINTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """The outcome of `ground`: the report, and what is known of the words as far as the run came."""

    report: Report
    checked: Checked | None = None


def ground(project: Project, *, write: bool = False, articles: tuple[Path, ...] = ()) -> Grounded:
    """Read the words of every fact again, and with `write` put down what was found in the locks.

    A fact that its predicate does not allow is not looked up; the report says so.
    """
    raw, report = sources.read(project)
    if raw is None:
        return Grounded(report=stop(report, project, "vocabulary, grounding: raw files could not be read"))
    raw, corrected = corrections.apply(raw)
    report += corrected + vocabulary.check(raw, project)
    if not report.passed():
        return Grounded(report=stop(report, project, "grounding: raw facts have errors"))
    if write:
        waivers, _ = _waivers(project)
        grounding.write(raw, project, (*articles, *folders()), waivers)
    checked, read = check(raw, project, articles)
    return Grounded(report=stop(report + read, project), checked=checked)


def draft(project: Project, source: str, articles: tuple[Path, ...] = ()) -> str:
    """List what the text of a source states as raw rows, in CSV, for a person to complete.

    Raises:
        ConfigurationError: there is no such source, or its text is not at hand.
    """
    reference, text = _text(project, source, articles)
    return drafts.write(drafts.draft(text, reference, project.phrase_words))


def import_langextract(
    project: Project, file: Path, source: str, articles: tuple[Path, ...] = ()
) -> tuple[str, tuple[str, ...]]:
    """Turn the extractions of a file into raw rows of a source, in CSV; and say which were refused, and why.

    Raises:
        ConfigurationError: there is no such source, or its text is not at hand.
    """
    from factpack.adapters import langextract

    _, text = _text(project, source, articles)
    imported = langextract.read(file, drafts.COLUMNS, text)
    rows = pl.DataFrame(imported.rows, schema=dict.fromkeys(drafts.COLUMNS, pl.String))
    return drafts.write(rows), imported.refused


def _text(project: Project, source: str, articles: tuple[Path, ...]) -> tuple[date | None, str]:
    """Read the text of one source, and the day against which its dates are read."""
    raw, report = sources.read(project)
    if raw is None:
        raise ConfigurationError(f"raw/ cannot be read: {report.findings[0].message}. Run factpack validate first.")
    text = grounding.text_of(raw, project, (*articles, *folders()), source)
    if text is None:
        raise ConfigurationError(
            f"the text of {source!r} is not at hand: name a source_id of raw/sources, and keep its text as "
            f"raw/articles/{source}.txt or raw/notes/{source}.txt."
        )
    return text


def check(
    raw: Raw, project: Project, articles: tuple[Path, ...], elsewhere: Collection[str] = ()
) -> tuple[Checked, Report]:
    """Hold facts against the words of their sources, with a hint where a phrase is not found."""
    waivers, findings = _waivers(project)
    if elsewhere and waivers is not None:
        waivers = waivers.filter(~pl.col("source_id").is_in(list(elsewhere)))
    checked = grounding.check(raw, project, (*articles, *folders()), waivers, elsewhere)
    return checked, Report(findings=findings) + _hinted(checked, raw, project, articles)


def _hinted(checked: Checked, raw: Raw, project: Project, articles: tuple[Path, ...]) -> Report:
    """Put the nearest words of the source beside the first phrases that were not found."""
    from factpack.adapters import repair

    missing = [finding for finding in checked.report.findings if finding.code == "FP601"][:_HINTS]
    source = dict(raw.facts.select("fact_id", "source_id").iter_rows()) if missing else {}
    hints = {}
    for finding in missing:
        text = grounding.text_of(raw, project, (*articles, *folders()), source[finding.fact_id or ""])
        near = text and repair.nearest(finding.phrase or "", text[1], project.phrase_words)
        hints[finding] = near and f"The nearest words are {near!r}: read the source, and copy what it says."
    findings = (replace(finding, hint=hints.get(finding) or finding.hint) for finding in checked.report.findings)
    return replace(checked.report, findings=tuple(findings))


def _waivers(project: Project) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    file = project.raw / "waivers.csv"
    if not os.path.lexists(file):
        return None, ()
    rows, findings = sources.read_table(file, sources.WAIVERS, project)
    # A cell that has no value of its type is a finding already; such a row waives nothing.
    return rows.drop_nulls(), findings


def anchored(raw: Raw, checked: Checked) -> Raw:
    """Put beside each fact its verdict and its place, for the transforms.

    A fact without a place is an error already, and nothing of it is published; a blank place keeps every table from
    telling so once more.
    """
    anchors = checked.anchors.drop("checked")
    accepted = pl.col("verdict").is_in(grounding.ACCEPTED) & pl.col("anchor_start").is_not_null()
    blank = {"verdict": grounding.ACCEPTED[0], "anchor_start": 0, "anchor_end": 1, "quote_sha256": "0" * 64}
    facts = raw.facts.join(anchors, on="fact_id", how="left", maintain_order="left").with_columns(
        pl.when(accepted).then(name).otherwise(pl.lit(value)).alias(name) for name, value in blank.items()
    )
    return replace(raw, facts=facts)


def folders() -> tuple[Path, ...]:
    """List the folders of `FACTPACK_ARTICLES`, which are separated as in PATH."""
    return tuple(Path(entry) for entry in os.environ.get("FACTPACK_ARTICLES", "").split(os.pathsep) if entry)
