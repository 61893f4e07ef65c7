"""Corrections of raw facts: a value is replaced only where it still is what it was when it was found wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.report import Finding, Ran, Report

if TYPE_CHECKING:
    from factpack.models import Raw


def apply(raw: Raw) -> tuple[Raw, Report]:
    """Put the corrected value in place of the raw one, for each correction whose `expect` is the raw value.

    Whoever extracts facts anew does not undo a correction; and where the source itself was put right, `expect` no
    longer holds, and the correction is named (FP704) until someone looks at it.
    """
    if raw.corrections is None:
        return raw, Report()
    known = {row["fact_id"]: row for row in raw.facts.iter_rows(named=True)}
    findings = [finding for row in raw.corrections.iter_rows(named=True) if (finding := _refusal(row, known))]
    refused = {(finding.line, finding.value) for finding in findings}
    facts = raw.facts
    for row in raw.corrections.iter_rows(named=True):
        if (row["_line"], row["fact_id"]) not in refused:
            dtype = facts.schema[row["field"]]
            new = pl.lit(row["value"], pl.String).cast(dtype, strict=False)
            this = pl.col("fact_id") == row["fact_id"]
            facts = facts.with_columns(pl.when(this).then(new).otherwise(row["field"]).alias(row["field"]))
    ran = Ran(stage="corrections", subject="facts", rules=1, rows=raw.corrections.height)
    return replace(raw, facts=facts), Report(findings=tuple(findings), ran=(ran,))


def _refusal(row: dict[str, Any], known: dict[str, dict[str, Any]]) -> Finding | None:
    fact = known.get(row["fact_id"])
    if fact is None:
        message = f"{row['fact_id']} is no fact of raw/facts"
    else:
        found = None if fact[row["field"]] is None else str(fact[row["field"]])
        if found == row["expect"]:
            return None
        shown = [repr(value) if value is not None else "nothing" for value in (found, row["expect"])]
        message = f"{row['field']} of {row['fact_id']} is {shown[0]}, and the correction expects {shown[1]}"
    return Finding(
        code="FP704",
        message=message,
        file=row["_file"],
        line=row["_line"],
        table="corrections",
        field="expect",
        fact_id=row["fact_id"],
        value=row["fact_id"],
        expected=row["expect"],
    )
