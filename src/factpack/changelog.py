"""What a version changes, for people: which facts, from what to what, and why the version is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.diff import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from factpack.diff import Diff, TableDiff
    from factpack.versioning import Bump

# Of each kind of change so many are told one by one; the rest are counted.
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs from the version before, and how far that raises the version; `before` is None for the first."""

    before: str | None
    diff: Diff
    bump: Bump


def told(diff: Diff, bump: Bump) -> dict[str, Any]:
    """Give what differs for machines: the bump with its reasons, and every row and cell."""
    return as_json(diff) | {
        "bump": str(bump.level),
        "reasons": [{"level": str(level), "reason": reason} for level, reason in bump.reasons],
    }


def entry(version: str, released: date | None, diff: Diff, bump: Bump) -> str:
    """Write the entry of a version in Markdown; `released` is None where it is not published yet."""
    lines = [f"## {version}{f' ({released})' if released else ''}", ""]
    if diff.before is None:
        lines += ["The first version.", ""]
    else:
        lines += [f"A {bump.level} change of {diff.before.version}:", ""]
        lines += [f"- {reason} ({level})" for level, reason in bump.reasons] + [""]
        lines += _facts(next((table for table in diff.tables if table.name == "facts"), None), diff)
    return "\n".join(lines)


def _facts(table: TableDiff | None, diff: Diff) -> Iterator[str]:
    if table is None or diff.before is None:
        return
    sources = dict(diff.after.tables["facts"].select("fact_id", "source_id").iter_rows())
    corrected = [
        f"- {row['fact_id']}: {_correction(row)} ({sources[row['fact_id']]})"
        for row in table.changed.iter_rows(named=True)
    ]
    retracted = diff.after.tables.get("retractions", pl.DataFrame(schema={"fact_id": pl.String, "reason": pl.String}))
    reasons = dict(retracted.select("fact_id", "reason").iter_rows())
    gone = [f"- {name}: {reasons.get(name, 'no reason is given')}" for name in table.removed["fact_id"].sort()]
    new = [f"- {_claim(row)}" for row in table.added.sort("fact_id").iter_rows(named=True)]
    for title, told in (("Corrected", corrected), ("Retracted", gone), ("Added", new)):
        if told:
            more = [f"- and {len(told) - _LONGEST} more"] if len(told) > _LONGEST else []
            yield from (f"### {title}", "", *told[:_LONGEST], *more, "")


def _correction(row: dict[str, Any]) -> str:
    """Tell one corrected cell; words of a source stand in the table of facts, and are not heaped up here."""
    if row["field"] == "phrase":
        return "rests on other words"
    return f"{row['field']} {_shown(row['before'])} -> {_shown(row['after'])}"


def _claim(row: dict[str, Any]) -> str:
    said = [row[name] for name in ("subject", "predicate", "object", "value", "date") if row[name]]
    return f"{row['fact_id']}: {' '.join(said)} ({row['source_id']})"


def _shown(value: str | None) -> str:
    return "nothing" if value is None else value
