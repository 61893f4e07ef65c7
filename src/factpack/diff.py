"""What differs between two versions of a package: schemas, and rows by their keys, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import merkle
from factpack.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NEW = "\x1fnew"
# What a descriptor says of a package as a whole, and that a version can change alone.
METADATA = ("title", "description", "homepage", "keywords", "licenses", "contributors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A version: its tables, the Table Schema of each, and what its descriptor says of the whole (`METADATA`)."""

    version: str
    tables: Mapping[str, pl.DataFrame]
    schemas: Mapping[str, Mapping[str, Any]]
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """What differs in one table.

    `added` and `removed` are whole rows. `changed` has a row a cell: the key columns, `field`, `before` and `after`, as
    CSV has them. `fields` names fields that are `added`, `removed` or `changed`. Where the table has another key than
    before (`key_before`), its rows cannot be told apart: all are removed and added.
    """

    name: str
    key: tuple[str, ...]
    key_before: tuple[str, ...]
    added: pl.DataFrame
    removed: pl.DataFrame
    changed: pl.DataFrame
    fields: Mapping[str, tuple[str, ...]]

    @property
    def empty(self) -> bool:
        """Whether neither rows nor fields differ."""
        rows = self.added.height or self.removed.height or self.changed.height
        return not (rows or any(self.fields.values()) or self.key != self.key_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What differs between two versions; `before` is None where there was none, `metadata` holds what was and is."""

    before: Snapshot | None
    after: Snapshot
    tables: tuple[TableDiff, ...]
    metadata: Mapping[str, tuple[Any, Any]]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.metadata and all(table.empty for table in self.tables)


def compare(before: Snapshot | None, after: Snapshot) -> Diff:
    """Compare two versions by the keys of their tables."""
    names = sorted({*after.tables, *(before.tables if before else ())})
    return gather(before, after, [_table(name, before, after) for name in names])


def gather(before: Snapshot | None, after: Snapshot, tables: Iterable[TableDiff]) -> Diff:
    """Give the diff of two versions whose tables have been compared; the snapshots need not hold these.

    Raises:
        InternalError: a table of one of the versions has not been compared, or one was twice.
    """
    found = sorted(tables, key=lambda table: table.name)
    names = sorted({*after.schemas, *(before.schemas if before else ())})
    if [table.name for table in found] != names:
        raise InternalError(f"expected the diffs of {names}, found those of {[table.name for table in found]}.")
    old, new = before.metadata if before else {}, after.metadata
    told = {name: (old[name], new[name]) for name in METADATA if name in old and name in new and old[name] != new[name]}
    return Diff(before=before, after=after, tables=tuple(found), metadata=told)


def _table(name: str, before: Snapshot | None, after: Snapshot) -> TableDiff:
    old = before.tables.get(name) if before else None
    new = after.tables.get(name)
    schemas = (before.schemas.get(name, {}) if before else {}), after.schemas.get(name, {})
    return compare_bucket(name, old, new, *schemas)


def compare_bucket(
    name: str,
    old: pl.DataFrame | None,
    new: pl.DataFrame | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> TableDiff:
    """Compare a table with what it was, or the rows of both whose keys fall into one `bucket`; `merge` joins these.

    Args:
        name: the name of the table.
        old: its rows before; None where there was no such table.
        new: its rows now; None where there is no such table any more.
        before: its Table Schema before; empty where there was none.
        after: its Table Schema now; empty where there is none.
    """
    keys = tuple(tuple((mine or other)["primaryKey"]) for mine, other in ((before, after), (after, before)))
    present = new if new is not None else old
    blank = present.clear() if present is not None else pl.DataFrame()
    old, new = old if old is not None else blank, new if new is not None else blank
    if keys[0] == keys[1]:
        added = new.join(old, on=keys[1], how="anti", nulls_equal=True)
        removed = old.join(new, on=keys[1], how="anti", nulls_equal=True)
        changed = _changed(old, new, keys[1])
    else:
        added, removed, changed = new, old, _changed(old.clear(), new.clear(), keys[1])
    return TableDiff(
        name=name,
        key=keys[1],
        key_before=keys[0],
        added=added,
        removed=removed,
        changed=changed,
        fields=_fields(before, after),
    )


def bucket(key: Sequence[str], count: int) -> pl.Expr:
    """Say of each row which bucket, of `count`, its key falls into: the same before and after, for equal keys."""
    cells = [pl.col(one).cast(pl.String) for one in key]
    return (pl.struct(cells).hash(seed=0) % count).cast(pl.UInt32).alias("bucket")


def merge(parts: Iterable[TableDiff]) -> TableDiff:
    """Join the diffs of a table's buckets, or of some of them; the rows are sorted by their keys.

    Raises:
        InternalError: there are none, or they are of several tables or schemas.
    """
    found = list(parts)
    told = [(one.name, one.key, one.key_before, one.fields) for one in found]
    if not found or any(other != told[0] for other in told):
        raise InternalError(f"expected diffs of one table, found {sorted({one.name for one in found}) or 'none'}.")
    one = found[0]
    return TableDiff(
        name=one.name,
        key=one.key,
        key_before=one.key_before,
        added=pl.concat([part.added for part in found]).sort(one.key, nulls_last=True),
        removed=pl.concat([part.removed for part in found]).sort(one.key_before, nulls_last=True),
        changed=pl.concat([part.changed for part in found]).sort(*one.key, "field"),
        fields=one.fields,
    )


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    old = {field["name"]: field for field in before.get("fields", ())}
    new = {field["name"]: field for field in after.get("fields", ())}
    if not old or not new:
        return {"added": (), "removed": (), "changed": ()}
    return {
        "added": tuple(name for name in new if name not in old),
        "removed": tuple(name for name in old if name not in new),
        "changed": tuple(name for name in new if name in old and old[name] != new[name]),
    }


def _changed(old: pl.DataFrame, new: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """List every cell that differs in rows that both have."""
    common = [name for name in new.columns if name in old.columns and name not in key]
    schema = {name: new.schema[name] for name in key} | {"field": pl.String, "before": pl.String, "after": pl.String}
    if not common or old.is_empty() or new.is_empty():
        return pl.DataFrame(schema=schema)
    differs = {
        name: pl.col(name).ne_missing(pl.col(name + _NEW)) for name in common if old.schema[name] == new.schema[name]
    }
    joined = (
        old.lazy()
        .join(new.lazy(), on=key, suffix=_NEW, nulls_equal=True)
        .filter(pl.any_horizontal(differs.values()))
        .collect()
    )
    cells = [
        joined.filter(differ).select(
            *key, field=pl.lit(name), before=_text(name, new.schema[name]), after=_text(name + _NEW, new.schema[name])
        )
        for name, differ in differs.items()
    ]
    return pl.concat(cells).cast(schema).sort(*key, "field") if cells else pl.DataFrame(schema=schema)  # type: ignore[arg-type]


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        return pl.col(name).list.join(";")
    if isinstance(dtype, pl.Decimal):
        return pl.col(name).cast(pl.String).str.replace(r"\.?0+\z", "")
    return pl.col(name).cast(pl.String)


def as_json(diff: Diff) -> dict[str, Any]:
    """Give a diff for machines: counts, keys of added and removed rows, and every changed cell."""
    return {
        "from": diff.before.version if diff.before else None,
        "to": diff.after.version,
        "metadata": {name: {"before": old, "after": new} for name, (old, new) in diff.metadata.items()},
        "tables": {
            table.name: {
                "added": table.added.select(table.key).sort(table.key).to_dicts(),
                "removed": table.removed.select(table.key_before).sort(table.key_before).to_dicts(),
                "changed": table.changed.to_dicts(),
                "fields": {what: list(names) for what, names in table.fields.items() if names},
            }
            for table in diff.tables
            if not table.empty
        },
    }


def delta(diff: Diff) -> pl.DataFrame:
    """List every row that was added (ADD), changed (MOD) or deleted (DEL), with the hashes of the row before and after.

    Returns:
        `op`, `table`, `key` (its cells joined by spaces), `before` and `after`: leaf hashes of `merkle.leaves`.
    """
    before = diff.before.tables if diff.before else {}
    parts = [
        delta_bucket(table.name, before.get(table.name), diff.after.tables.get(table.name), table.key_before, table.key)
        for table in diff.tables
    ]
    return pl.concat(parts).sort("table", "key")


def delta_bucket(
    name: str, old: pl.DataFrame | None, new: pl.DataFrame | None, key_before: Sequence[str], key: Sequence[str]
) -> pl.DataFrame:
    """List the rows of a table that differ, or of one `bucket` of it, as `delta` does; their order is not fixed."""
    hashed = [_hashed(old, key_before, "before"), _hashed(new, key, "after")]
    joined = hashed[0].join(hashed[1], on="key", how="full", coalesce=True)
    op = pl.when(pl.col("before").is_null()).then(pl.lit("ADD")).when(pl.col("after").is_null()).then(pl.lit("DEL"))
    differing = joined.filter(pl.col("before").ne_missing(pl.col("after")))
    return differing.select(
        op=op.otherwise(pl.lit("MOD")), table=pl.lit(name), key="key", before="before", after="after"
    )


def _hashed(frame: pl.DataFrame | None, key: Sequence[str], name: str) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame(schema={"key": pl.String, name: pl.String})
    joined = pl.concat_str([pl.col(one).cast(pl.String) for one in key], separator=" ", ignore_nulls=True)
    return merkle.leaves(frame, key).select(key=joined, leaf="leaf").rename({"leaf": name})
