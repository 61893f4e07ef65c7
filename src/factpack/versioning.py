"""Which version the next one is: computed from what differs, after the Data Package recipe for versions.

Major: a key vanishes without a retraction, or a schema breaks its readers; minor: rows, tables, relaxed constraints;
patch: a corrected cell, a title. The largest change decides. (https://datapackage.org/recipes/data-package-version)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from factpack.diff import Diff, TableDiff


class Level(IntEnum):
    """How far a version is raised."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Bump:
    """How far the version is raised, and why: each reason with its own level, the heaviest first."""

    level: Level
    reasons: tuple[tuple[Level, str], ...]


# Constraints of Table Schema that are tighter when they are larger, or smaller.
_RISING, _FALLING = ("minimum", "exclusiveMinimum", "minLength"), ("maximum", "exclusiveMaximum", "maxLength")
_BREAKING = ("type", "format", "itemType", "delimiter", "unit", "missingValues", "rdfType", "trueValues", "falseValues")


def bump(diff: Diff, retracted: Collection[str] = ()) -> Bump:
    """Compute the bump of a diff.

    Args:
        diff: what differs.
        retracted: ids of facts that are withdrawn with a reason; rows that rest on them alone may vanish.
    """
    told = {*retracted, *_corrected(diff)}
    reasons = [*_metadata(diff), *(reason for table in diff.tables for reason in _table(table, diff, told))]
    ordered = tuple(sorted(reasons, key=lambda reason: -reason[0]))
    return Bump(ordered[0][0] if ordered else Level.NONE, ordered)


def _metadata(diff: Diff) -> Iterator[tuple[Level, str]]:
    for name, (before, after) in diff.metadata.items():
        if name == "licenses":
            names = [" and ".join(one["name"] for one in licences) for licences in (before, after)]
            yield Level.MAJOR, f"the licence is {names[1]}, before {names[0]}"
        else:
            yield Level.PATCH, f"the package has another {name}"


def _table(table: TableDiff, diff: Diff, told: Collection[str]) -> Iterator[tuple[Level, str]]:
    before = diff.before.schemas.get(table.name) if diff.before else None
    after = diff.after.schemas.get(table.name)
    if before is None:
        yield Level.MINOR, f"{table.name}: a new table of {_rows(table.added.height)}"
        return
    if after is None:
        yield Level.MAJOR, f"{table.name}: the table is gone"
        return
    if table.key != table.key_before:
        yield Level.MAJOR, f"{table.name}: the key is {', '.join(table.key)}, before {', '.join(table.key_before)}"
        return
    yield from _schema(table, before, after)
    if table.added.height:
        yield Level.MINOR, f"{table.name}: {_rows(table.added.height)} added"
    kept = table.removed.filter(~_tombstoned(table.removed, told))
    if kept.height:
        yield Level.MAJOR, f"{table.name}: {_rows(kept.height)} gone without a retraction"
    if table.removed.height > kept.height:
        yield Level.MINOR, f"{table.name}: {_rows(table.removed.height - kept.height)} retracted or corrected away"
    if table.changed.height:
        count = table.changed.select(table.key).n_unique()
        yield Level.PATCH, f"{table.name}: {_rows(count)} changed"


def _corrected(diff: Diff) -> Iterator[str]:
    """Give the facts that have another value than before: a row made of them may be found under another key."""
    for table in diff.tables:
        if table.key == ("fact_id",):
            yield from table.changed["fact_id"]


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _tombstoned(removed: pl.DataFrame, told: Collection[str]) -> pl.Expr:
    """Say of each row whether all facts that it rested on are retracted or corrected."""
    if "fact_ids" not in removed.columns:
        return pl.lit(value=False)
    return pl.col("fact_ids").list.eval(pl.element().is_in(list(told))).list.all()


def _schema(table: TableDiff, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Level, str]]:
    for name in table.fields["removed"]:
        yield Level.MAJOR, f"{table.name}: the field {name} is gone"
    for name in table.fields["added"]:
        yield _added(after), f"{table.name}: the field {name} is new"
    old = {field["name"]: field for field in before["fields"]}
    new = {field["name"]: field for field in after["fields"]}
    for name in table.fields["changed"]:
        yield _field(table.name, old[name], new[name])
    kept = [field["name"] for field in before["fields"] if field["name"] in new]
    if kept != [field["name"] for field in after["fields"] if field["name"] in old]:
        yield _added(after), f"{table.name}: the fields stand in another order"


def _added(schema: Mapping[str, Any]) -> Level:
    """Give the weight of a new field: it breaks readers that match fields exactly, which is the default."""
    match = schema.get("fieldsMatch", "exact")
    first = match[0] if isinstance(match, list) else match
    return Level.MAJOR if first in {"exact", "equal"} else Level.MINOR


def _field(table: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Level, str]:
    name = f"{table}: the field {after['name']}"
    for property_ in _BREAKING:
        if before.get(property_) != after.get(property_):
            return Level.MAJOR, f"{name} has {property_} {after.get(property_)!r}, before {before.get(property_)!r}"
    old, new = before.get("constraints", {}), after.get("constraints", {})
    if old != new:
        tighter = _tighter(old, new)
        return (
            (Level.MAJOR, f"{name} has tighter constraints")
            if tighter
            else (Level.MINOR, f"{name} has looser constraints")
        )
    return Level.PATCH, f"{name} is described in other words"


def _tighter(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Say whether some value that was allowed no longer is."""
    for name, limit in new.items():
        if name not in old:
            return True
        if name in _RISING and limit > old[name]:
            return True
        if name in _FALLING and limit < old[name]:
            return True
        if name == "enum" and set(old[name]) - set(limit):
            return True
        if name in {"pattern", "required", "unique"} and limit != old[name]:
            return True
    return False


def raised(version: str, level: Level) -> str:
    """Raise a version (https://semver.org); before 1.0.0 a major change raises the minor part.

    >>> raised("1.4.2", Level.MINOR), raised("0.3.0", Level.MAJOR), raised("1.4.2", Level.NONE)
    ('1.5.0', '0.4.0', '1.4.2')
    """
    major, minor, patch = (int(part) for part in version.partition("-")[0].split("."))
    if level is Level.MAJOR and major == 0:
        level = Level.MINOR
    match level:
        case Level.MAJOR:
            return f"{major + 1}.0.0"
        case Level.MINOR:
            return f"{major}.{minor + 1}.0"
        case Level.PATCH:
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return version
