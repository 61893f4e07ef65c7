"""The anchors of a project's facts, held against the committed lock: what the texts say now, and what they said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.grounding import lock, verdicts
from factpack.parse.text import VERSION
from factpack.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from factpack.models import Raw

# Who says what of whom: an id that speaks of another is another fact.
_CLAIM = ("source_id", "subject", "predicate", "object", "attributed_to")
_ROW = (*_CLAIM, "value", "unit", "date", "as_of", "modifier", "polarity", "paragraph", "phrase")
_FOUND = ("source_id", "start", "end", "exact", "prefix", "suffix", "verdict")


def lines(raw: Raw, found: pl.DataFrame) -> pl.DataFrame:
    """Give the line of each fact that was found and may be published."""
    kept = found.filter(pl.col("verdict").is_in(verdicts.ACCEPTED))
    return (
        kept.join(_rows(raw).drop("source_id"), on="fact_id", maintain_order="left")
        .with_columns(
            exact=lock.sha256(pl.col("exact")),
            prefix=lock.fingerprint("prefix"),
            suffix=lock.fingerprint("suffix"),
            normaliser=pl.lit(str(VERSION)),
            check=pl.lit(""),
        )
        .select(pl.col(name).cast(pl.String) for name in lock.ANCHORS)
    )


def _rows(raw: Raw) -> pl.DataFrame:
    """Hash each fact as a whole, and what it claims of whom; put the hash of its source's text beside it."""
    return raw.facts.select(
        "fact_id", "source_id", "_file", "_line", "phrase", claim=lock.fingerprint(*_CLAIM), row=lock.fingerprint(*_ROW)
    ).join(raw.sources.select("source_id", "text_sha256"), on="source_id", how="left", maintain_order="left")


def renewed(raw: Raw, found: pl.DataFrame, absent: tuple[str, ...], locked: pl.DataFrame | None) -> pl.DataFrame:
    """Give the lines of a new lock: what was found now, and for texts that are not at hand what was found before.

    A fact whose id now makes another claim keeps its old line, so that it stays an error: another claim has another id.
    """
    new = lines(raw, found)
    if locked is None:
        return new
    old = locked.drop("_line").join(raw.facts.select("fact_id"), on="fact_id", how="semi")
    other = new.join(old.select("fact_id", before="claim"), on="fact_id").filter(pl.col("claim") != pl.col("before"))
    kept = old.filter(
        pl.col("fact_id").is_in(other["fact_id"].implode())
        | (pl.col("source_id").is_in(list(absent)) & ~pl.col("fact_id").is_in(new["fact_id"].implode()))
    )
    return pl.concat([new.filter(~pl.col("fact_id").is_in(kept["fact_id"].implode())), kept])


def compare(raw: Raw, found: pl.DataFrame, locked: pl.DataFrame | None, file: str) -> tuple[Finding, ...]:
    """Name every fact that is not anchored, or has changed since it was; and every anchor without a fact.

    Args:
        raw: what was read.
        found: the anchors of the facts whose texts are at hand (`facts.Grounding`).
        locked: the lines of the lock, None where there is none.
        file: the name of the lock.
    """
    if locked is None:
        message = f"{file} is missing: none of {raw.facts.height} facts is anchored"
        return (Finding(code="FP620", message=message, file=file, line=1, column=1, table="facts"),)
    now = lines(raw, found)
    fresh = now.select("fact_id", *(pl.col(name).alias(f"now_{name}") for name in _FOUND))
    held = locked.select("fact_id", *(pl.col(name).alias(f"then_{name}") for name in lock.ANCHORS if name != "fact_id"))
    # Of a fact that is not grounded now, that is what is told.
    failed = found.filter(~pl.col("verdict").is_in(verdicts.ACCEPTED))
    facts = (
        _rows(raw)
        .join(failed.select("fact_id"), on="fact_id", how="anti", maintain_order="left")
        .join(held, on="fact_id", how="left", maintain_order="left")
        .join(fresh, on="fact_id", how="left", maintain_order="left")
    )
    changed = facts.filter(
        pl.col("then_row").is_null()
        | (pl.col("row") != pl.col("then_row"))
        | (pl.col("text_sha256") != pl.col("then_text_sha256"))
        | (pl.col("then_normaliser") != str(VERSION))
        | pl.any_horizontal((pl.col(f"now_{name}") != pl.col(f"then_{name}")).fill_null(value=False) for name in _FOUND)
    )
    stale = locked.join(raw.facts, on="fact_id", how="anti")
    return (*(_changed(row) for row in changed.iter_rows(named=True)), *_stale(stale.iter_rows(named=True), file))


def _changed(row: dict[str, Any]) -> Finding:
    code, message = _difference(row)
    return Finding(
        code=code,
        message=f"{row['fact_id']} {message}",
        file=row["_file"],
        line=row["_line"],
        table="facts",
        field="fact_id",
        fact_id=row["fact_id"],
        value=row["fact_id"],
        phrase=row["phrase"],
    )


def _difference(row: dict[str, Any]) -> tuple[str, str]:
    if row["then_row"] is None:
        return "FP620", "is not anchored"
    if row["claim"] != row["then_claim"]:
        return "FP624", "was anchored for another subject, predicate, object or attribution"
    if row["row"] != row["then_row"]:
        return "FP621", "has changed since it was anchored"
    if row["text_sha256"] != row["then_text_sha256"]:
        return "FP621", "was anchored in another text of its source"
    if row["then_normaliser"] != str(VERSION):
        return "FP621", f"was anchored with version {row['then_normaliser']} of the normaliser, and this is {VERSION}"
    for name in _FOUND:
        if row[f"now_{name}"] is not None and row[f"now_{name}"] != row[f"then_{name}"]:
            shown = (
                ""
                if name in {"exact", "prefix", "suffix"}
                else f": {row[f'then_{name}']} then, {row[f'now_{name}']} now"
            )
            return "FP621", f"has another {name} than when it was anchored{shown}"
    raise AssertionError


def _stale(rows: Iterable[dict[str, Any]], file: str) -> list[Finding]:
    return [
        Finding(
            code="FP623",
            message=f"{row['fact_id']} is anchored, and no fact",
            file=file,
            line=row["_line"],
            column=1,
            table="anchors",
            fact_id=row["fact_id"],
        )
        for row in rows
    ]


def merged(found: pl.DataFrame, locked: pl.DataFrame | None) -> pl.DataFrame:
    """Give the anchor of each fact: from its text where that is at hand, else from the lock.

    Returns:
        `fact_id`, `verdict`, `anchor_start`, `anchor_end`, `quote_sha256`, and `checked`: `text` or `lock`.
    """
    anchors = found.select(
        "fact_id",
        "verdict",
        anchor_start="start",
        anchor_end="end",
        quote_sha256=lock.sha256(pl.col("exact")),
        checked=pl.lit("text"),
    )
    if locked is None:
        return anchors
    rest = locked.join(anchors, on="fact_id", how="anti").select(
        "fact_id",
        "verdict",
        anchor_start=pl.col("start").cast(pl.Int64, strict=False),
        anchor_end=pl.col("end").cast(pl.Int64, strict=False),
        quote_sha256="exact",
        checked=pl.lit("lock"),
    )
    return pl.concat([anchors, rest])
