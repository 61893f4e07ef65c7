"""From a failing row of any table back to the raw line, column and fact that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.report import Breach, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from factpack.models import Raw
    from factpack.schemas import TableModel


_NUMBER = "\x1fnumber"


def trace(  # noqa: PLR0913 - what a breach may lead to
    breaches: Sequence[Breach],
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame],
    models: Mapping[str, TableModel],
    raw: Raw,
    *,
    facts: pl.LazyFrame | None = None,
    plain: Mapping[str, pl.LazyFrame] | None = None,
) -> tuple[Finding, ...]:
    """Make a finding of each breach, at the raw row it rests on.

    A row of a table that `raw/` holds itself (sources, entities) leads to its own line. Any other row leads to its
    facts; where it rests on several, to those that the field says it is made from (`metadata={"predicate": ...}`), of
    these to the ones that say the value it holds, and the first of them in file order. `facts` and `plain`
    tables are those of `raw`, if they are not given apart.
    """
    if not breaches:
        return ()
    own = {"sources": raw.sources, "entities": raw.entities}
    rows = {
        name: _rows(tables[name], {one.row for one in breaches if one.table == name and one.row is not None})
        for name in {one.table for one in breaches if one.row is not None}
    }
    # Plain tables are judged in the order of their files.
    files = raw.tables if plain is None else plain
    places_of = {name: _rows(files[name], found.keys()) for name, found in rows.items() if name in files}
    named = {name for found in rows.values() for row in found.values() for name in row.get("fact_ids") or ()}
    named |= {name for breach in breaches for name in breach.fact_ids}
    scanned = raw.facts.lazy() if facts is None else facts
    claims = scanned.filter(pl.col("fact_id").is_in(list(named))).collect(engine="streaming")
    by_id = {row["fact_id"]: row for row in claims.iter_rows(named=True)}
    found = []
    for breach in breaches:
        row = None if breach.row is None else rows[breach.table][breach.row]
        origin = models[breach.table].fields.get(breach.field or "", {}) if breach.table in models else {}
        if row is not None and breach.row is not None and breach.table in places_of:
            places = [places_of[breach.table][breach.row]]
        elif row is not None and breach.table in own:
            places = _own_row(own[breach.table], models[breach.table].key, row)
        else:
            ids = breach.fact_ids or (tuple(row["fact_ids"] or ()) if row is not None and "fact_ids" in row else ())
            held = None if row is None else row.get(breach.field or "")
            places = _facts([by_id[name] for name in ids if name in by_id], origin, held)
        found.append(_finding(breach, origin.get("raw", breach.field), places))
    return tuple(found)


def _rows(table: pl.DataFrame | pl.LazyFrame, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """Read some rows of a table, which may be a scan."""
    numbered = table.lazy().with_row_index(_NUMBER).filter(pl.col(_NUMBER).is_in(list(numbers)))
    return {row.pop(_NUMBER): row for row in numbered.collect(engine="streaming").iter_rows(named=True)}


def _own_row(frame: pl.DataFrame, key: tuple[str, ...], row: dict[str, Any]) -> list[dict[str, Any]]:
    return frame.filter(pl.all_horizontal(pl.col(name) == row[name] for name in key)).rows(named=True)


def _facts(rows: list[dict[str, Any]], origin: dict[str, Any], held: object) -> list[dict[str, Any]]:
    """Choose the facts that the field is made from, of these the ones that say what it holds, in file order."""
    made_from = [row for row in rows if row["predicate"] == origin.get("predicate")] or rows
    saying = [row for row in made_from if held is not None and row.get(origin.get("raw", "")) == str(held)]
    return sorted(saying or made_from, key=lambda row: (row["_file"], row["_line"]))


def _finding(breach: Breach, field: str | None, places: list[dict[str, Any]]) -> Finding:
    at = places[0] if places else {}
    others = [place["fact_id"] for place in places[1:] if "fact_id" in place]
    rests_on = f" (rests on {', '.join(others[:3])}{' and others' if len(others) > 3 else ''} too)" if others else ""
    return Finding(
        code=breach.code,
        severity=breach.severity,
        message=breach.message + rests_on,
        file=at.get("_file"),
        line=at.get("_line"),
        table=breach.table,
        field=field if field in at else None,
        fact_id=at.get("fact_id"),
        value=breach.value,
        expected=breach.expected,
        phrase=at.get("phrase"),
        hint=breach.hint,
    )
