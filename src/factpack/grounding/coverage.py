"""The other direction: which numerals, percentages and dates of a text no fact carries, and no waiver explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.grounding import lock, passages
from factpack.grounding.facts import sources
from factpack.parse import calendar
from factpack.parse.text import normalise
from factpack.report import Finding, Severity

if TYPE_CHECKING:
    from datetime import date

    from factpack.grounding.facts import Grounding
    from factpack.models import Raw
    from factpack.parse.reading import Reading

# "Now", "recently" and "weeks before the invasion" are no numerals.
_UNCOUNTED = {"now", "vague", "event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of each source at hand: how many numerals its text has, how many facts carry, and how many are waived.

    `sources` has a row for each: `source_id`, `numerals`, `carried`, `waived`. `unclaimed` has the rest, with the
    file, line and column they stand at.
    """

    sources: pl.DataFrame
    unclaimed: pl.DataFrame
    findings: tuple[Finding, ...]


def cover(raw: Raw, grounded: Grounding, waivers: pl.DataFrame | None) -> Coverage:
    """Read every text at hand whole, and say which numerals of it no fact rests on.

    Args:
        raw: what was read.
        grounded: what the facts rest on.
        waivers: `source_id`, `paragraph`, `words` and `reason` of what is no fact, where there are any.
    """
    numerals = _numerals(raw, grounded)
    waived, findings = _waived(numerals, grounded, waivers)
    carried = grounded.carried.select("source_id", carried_from="start", carried_to="end")
    taken = (
        numerals.join(carried, on="source_id")
        .filter(pl.col("start") < pl.col("carried_to"), pl.col("end") > pl.col("carried_from"))
        .select("source_id", "start")
        .unique()
        .with_columns(carried=True)
    )
    told = (
        numerals.join(taken, on=["source_id", "start"], how="left")
        .join(waived, on=["source_id", "start"], how="left")
        .with_columns(pl.col("carried", "waived").fill_null(value=False))
        .with_columns(waived=pl.col("waived") & ~pl.col("carried"))
    )
    return Coverage(
        sources=_counted(grounded.texts.frame, told),
        unclaimed=told.filter(~pl.col("carried"), ~pl.col("waived"))
        .with_columns(file=pl.col("source_id").replace_strict(grounded.texts.files, return_dtype=pl.String))
        .sort("source_id", "start"),
        findings=findings,
    )


def merge(parts: list[Coverage]) -> Coverage:
    """Join the coverage of batches of sources."""
    return Coverage(
        sources=pl.concat(part.sources for part in parts),
        unclaimed=pl.concat(part.unclaimed for part in parts),
        findings=tuple(finding for part in parts for finding in part.findings),
    )


def _counted(texts: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    counted = told.group_by("source_id").agg(
        numerals=pl.len().cast(pl.Int64),
        carried=pl.col("carried").sum().cast(pl.Int64),
        waived=pl.col("waived").sum().cast(pl.Int64),
    )
    return (
        texts.select("source_id")
        .join(counted, on="source_id", how="left")
        .with_columns(pl.col("numerals", "carried", "waived").fill_null(0))
        .sort("source_id")
    )


def _numerals(raw: Raw, grounded: Grounding) -> pl.DataFrame:
    """Read every paragraph: each numeral with its place in the text and in its file."""
    references = dict(sources(raw).select("source_id", "reference").iter_rows())
    found: list[tuple[Any, ...]] = []
    for source_id, text in grounded.texts.frame.iter_rows():
        begins, paragraph = 0, 0
        for number, line in enumerate(text.split("\n"), start=1):
            paragraph += bool(line.strip())
            for reading, start, end in _read(line, references[source_id]):
                found.append(
                    (
                        source_id,
                        begins + start,
                        begins + end,
                        reading.kind,
                        reading.value,
                        paragraph,
                        number,
                        start + 1,
                        line[start:end],
                    )
                )
            begins += len(line) + 1
    columns = {"source_id": pl.String, "start": pl.Int64, "end": pl.Int64, "kind": pl.String, "value": pl.String}
    columns |= {"paragraph": pl.Int64, "line": pl.Int64, "column": pl.Int64, "words": pl.String}
    return pl.DataFrame(found, schema=columns, orient="row")


def _read(line: str, reference: date | None) -> list[tuple[Reading, int, int]]:
    """Read a line; give each numeral once, with its raw place."""
    numerals: dict[int, Reading] = {}
    for reading in passages.readings(line, reference, calendar.PAST) if line.strip() else ():
        if reading.kind != "date" or reading.modifier not in _UNCOUNTED:
            numerals.setdefault(reading.start, reading)
    normal = passages.folded(line)
    return [(reading, *normal.span(reading.start, reading.end)) for reading in numerals.values()]


def _waived(
    numerals: pl.DataFrame, grounded: Grounding, waivers: pl.DataFrame | None
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Find the numerals that waivers name, and the waivers that name none."""
    places: list[tuple[str, int]] = []
    findings = []
    texts = dict(grounded.texts.frame.iter_rows())
    for row in waivers.iter_rows(named=True) if waivers is not None else ():
        if row["source_id"] not in texts:
            continue
        lines = [line for line in texts[row["source_id"]].split("\n") if line.strip()]
        line = lines[row["paragraph"] - 1] if 0 < row["paragraph"] <= len(lines) else ""
        here = numerals.filter(pl.col("source_id") == row["source_id"], pl.col("paragraph") == row["paragraph"])
        at = normalise(line).text.find(normalise(row["words"]).text) if line else -1
        span = normalise(line).span(at, at + len(normalise(row["words"]).text)) if at >= 0 else (0, 0)
        meant = here.filter(
            pl.col("column") - 1 < span[1], pl.col("column") - 1 + pl.col("end") - pl.col("start") > span[0]
        )
        places += [(row["source_id"], start) for start in meant["start"]]
        if meant.is_empty():
            findings.append(_unused(row))
    schema = {"source_id": pl.String, "start": pl.Int64}
    return pl.DataFrame(places, schema=schema, orient="row").unique().with_columns(waived=True), tuple(findings)


def _unused(row: dict[str, Any]) -> Finding:
    return Finding(
        code="FP632",
        message=f"no numeral stands in {row['words']!r} in paragraph {row['paragraph']} of {row['source_id']}",
        file=row["_file"],
        line=row["_line"],
        table="waivers",
        field="words",
        value=row["words"],
    )


def lines(raw: Raw, covered: Coverage, waivers: pl.DataFrame | None) -> pl.DataFrame:
    """Give the line of each source at hand in `raw/coverage.lock`."""
    return (
        covered.sources.join(inputs(raw, waivers), on="source_id", maintain_order="left")
        .with_columns(check=pl.lit(""))
        .select(pl.col(name).cast(pl.String) for name in lock.COVERAGE)
    )


def inputs(raw: Raw, waivers: pl.DataFrame | None) -> pl.DataFrame:
    """Hash what the coverage of each source follows from, beside its text: its facts and its waivers."""
    columns = ("fact_id", "value", "date", "as_of", "modifier", "paragraph", "phrase")
    facts = raw.facts.select("source_id", cells=lock.fingerprint(*columns))
    rows = [facts]
    if waivers is not None:
        rows.append(waivers.select("source_id", cells=lock.fingerprint("paragraph", "words")))
    hashed = pl.concat(rows).group_by("source_id").agg(pl.col("cells").sort().str.join(" "))
    return (
        raw.sources.select("source_id", "text_sha256")
        .join(hashed, on="source_id", how="left", maintain_order="left")
        .with_columns(inputs=lock.fingerprint("cells"))
        .drop("cells")
    )


def judge(
    raw: Raw, covered: Coverage, locked: pl.DataFrame | None, waivers: pl.DataFrame | None, threshold: int | None
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Name what no fact carries, and hold every source against the threshold.

    Args:
        raw: what was read.
        covered: the sources whose text is at hand.
        locked: `raw/coverage.lock`, for the others.
        waivers: what is no fact.
        threshold: the share of numerals, in percent, that must be carried or waived; None asks for nothing.

    Returns:
        `source_id`, `numerals`, `carried`, `waived`, and `checked` (`text` or `lock`) of every source that is known;
        and the findings.
    """
    known = pl.concat(
        [covered.sources.with_columns(checked=pl.lit("text")), _locked(raw, covered, locked, waivers)]
    ).sort("source_id")
    severity = Severity.WARNING if threshold is None else Severity.ERROR
    unclaimed = [_unclaimed(row, severity) for row in covered.unclaimed.iter_rows(named=True)]
    unknown = raw.sources.join(known, on="source_id", how="anti")
    low = pl.col("carried") + pl.col("waived") < pl.col("numerals") * (threshold or 0) / 100
    places = {row["source_id"]: row for row in raw.sources.iter_rows(named=True)}
    strange = () if waivers is None else waivers.join(raw.sources, on="source_id", how="anti").iter_rows(named=True)
    return known, (
        *covered.findings,
        *(_unused(row) for row in strange),
        *(
            unclaimed
            if threshold is None or known.filter(low).height
            else [finding for finding in unclaimed if threshold == 100]
        ),
        *(_low(row, places[row["source_id"]], threshold or 0) for row in known.filter(low).iter_rows(named=True)),
        *(_unknown(row) for row in unknown.iter_rows(named=True) if threshold is not None),
    )


def _locked(raw: Raw, covered: Coverage, locked: pl.DataFrame | None, waivers: pl.DataFrame | None) -> pl.DataFrame:
    """Take from the lock the sources that are not at hand, if their facts, waivers and text are the ones it counted."""
    numbers = [pl.col(name).cast(pl.Int64, strict=False) for name in ("numerals", "carried", "waived")]
    if locked is None:
        return covered.sources.clear().with_columns(checked=pl.lit("lock"))
    return (
        locked.join(covered.sources, on="source_id", how="anti")
        .join(inputs(raw, waivers), on=["source_id", "inputs", "text_sha256"], how="semi")
        .select("source_id", *numbers, checked=pl.lit("lock"))
    )


def _unclaimed(row: dict[str, Any], severity: Severity) -> Finding:
    return Finding(
        code="FP630",
        severity=severity,
        message=f"no fact carries {row['words']!r}, read as {row['value'] or 'no value'} ({row['kind']}), "
        f"in paragraph {row['paragraph']}",
        file=row["file"],
        line=row["line"],
        column=row["column"],
        table="sources",
        value=row["words"],
    )


def _low(row: dict[str, Any], source: dict[str, Any], threshold: int) -> Finding:
    share = 100 * (row["carried"] + row["waived"]) / row["numerals"]
    return Finding(
        code="FP631",
        message=f"facts carry {share:.1f}% of the {row['numerals']} numerals of {row['source_id']}, "
        f"expected {threshold}%",
        file=source["_file"],
        line=source["_line"],
        table="sources",
        field="source_id",
        value=row["source_id"],
    )


def _unknown(source: dict[str, Any]) -> Finding:
    return Finding(
        code="FP633",
        message=f"the coverage of {source['source_id']} is not known: its text is not at hand, and its facts or "
        "waivers have changed since they were counted",
        file=source["_file"],
        line=source["_line"],
        table="sources",
        field="source_id",
        value=source["source_id"],
    )
