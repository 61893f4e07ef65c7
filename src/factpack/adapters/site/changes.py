"""What differs between two versions, for who reviews it: every cell before and after, and what new facts say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from factpack import changelog
from factpack.adapters.site import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from factpack.adapters.site.versions import Version
    from factpack.changelog import Changes

# Of each table so many rows and cells are shown; the rest is counted, and stands whole in the JSON.
_MOST = 200


def difference(one: Version) -> Any:
    """Read what a version says that it changed; None for the first."""
    before = one.entry.get("previous")
    return one.document(f"diff/from-{before}.json") if before else None


def of_version(one: Version, previous: Version | None) -> dict[str, Any] | None:
    """Show what a published version changed."""
    found = difference(one)
    return None if found is None else _show(found, previous.tables if previous else {}, one.tables)


def of_diff(changes: Changes) -> dict[str, Any]:
    """Show what differs between two versions, or from the last one to the working tree."""
    found, diff = changelog.told(changes.diff, changes.bump), changes.diff
    return _show(found, diff.before.tables if diff.before else {}, diff.after.tables)


def _show(
    found: Mapping[str, Any], before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]
) -> dict[str, Any]:
    old, new = _facts(before), _facts(after)
    known = wording.names(before) | wording.names(after)
    return {
        "before": found["from"],
        "after": found["to"],
        "bump": found["bump"],
        "reasons": found["reasons"],
        "metadata": [
            (name, wording.plain(was["before"]), wording.plain(was["after"])) for name, was in _metadata(found)
        ],
        # What sources say comes before what follows from it.
        "tables": [
            _table(name, found["tables"][name], old, new, known)
            for name in sorted(found["tables"], key=lambda name: (name != "facts", name))
        ],
    }


def _metadata(found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(found.get("metadata", {}).items())


def _table(
    name: str,
    table: Mapping[str, Any],
    old: Mapping[str, dict[str, Any]],
    new: Mapping[str, dict[str, Any]],
    known: Mapping[str | None, str],
) -> dict[str, Any]:
    cells = table.get("changed", [])
    said = {"added": new, "removed": old} if name == "facts" else {"added": {}, "removed": {}}
    rows = {
        kind: [_row(row, said[kind], known) for row in table.get(kind, [])[:_MOST]] for kind in ("added", "removed")
    }
    return rows | {
        "name": name,
        "counts": {kind: len(table.get(kind, [])) for kind in ("added", "removed", "changed")},
        "cells": [_cell(cell, new if name == "facts" else {}) for cell in cells[:_MOST]],
        "fields": table.get("fields", {}),
    }


def _row(key: Mapping[str, Any], said: Mapping[str, dict[str, Any]], known: Mapping[str | None, str]) -> dict[str, str]:
    name = _joined(key)
    fact = said.get(name)
    if fact is None:
        return {"key": name, "claim": "", "phrase": "", "source": ""}
    return {"key": name, "claim": wording.claim(fact, known), "phrase": fact["phrase"], "source": fact["source_id"]}


def _cell(cell: Mapping[str, Any], new: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    key = _joined({name: value for name, value in cell.items() if name not in {"field", "before", "after"}})
    fact = new.get(key, {})
    shown = {name: wording.plain(cell[name]) for name in ("field", "before", "after")}
    if cell["field"] == "fact_ids":
        old, now = ({*shown[name].split(";")} for name in ("before", "after"))
        shown |= {"before": " ".join(sorted(old - now)), "after": " ".join(sorted(now - old))}
    return shown | {"key": key, "phrase": fact.get("phrase", ""), "source": fact.get("source_id", "")}


def _joined(key: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in key.values())


def _facts(tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    facts = tables.get("facts")
    return {} if facts is None else {row["fact_id"]: row for row in facts.iter_rows(named=True)}
