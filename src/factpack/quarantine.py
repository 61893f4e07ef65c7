"""The rows of a table that break rules, apart from those that keep them all: streamed, however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from factpack.plan import ROW, compile_schema, repeats
from factpack.rules import ForeignKey, dangling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from factpack.schemas import TableModel

# What a quarantined row is told of: the names of the rules that it breaks, and its number in the table, from 0.
RULES, NUMBER = "broken_rules", "row_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """How many rows a table has, how many of them are held back, and the files: good, and bad as Parquet and CSV."""

    rows: int
    held: int
    good: Path
    bad: Path
    bad_csv: Path


def quarantine(
    name: str, tables: Mapping[str, pl.DataFrame | pl.LazyFrame], model: TableModel, folder: Path
) -> Quarantined:
    """Write the rows of a table that keep every rule to one file, and the others, with their rules, to two.

    The rules are those of the model that speak of single rows, its keys, and its foreign keys. Of rows with the same
    key, all are held back. Rows stay in their order, and their values as they are. The files appear whole or not.

    Args:
        name: the table.
        tables: the table, and those that it refers to; frames, or scans of files larger than memory.
        model: its model.
        folder: where `<name>.good.parquet`, `<name>.bad.parquet` and `<name>.bad.csv` are written.

    Raises:
        ValueError: the columns are not the model's, or a check of it can only be run on the table as a whole.
    """
    frame = tables[name].lazy()
    schema = frame.collect_schema()
    expected = {column: one.dtype.type for column, one in model.schema.columns.items()}
    if dict(schema) != expected:
        raise ValueError(f"the columns of {name} are {dict(schema)}, expected {expected}")
    plan = compile_schema(model.schema)
    if plan.eager:
        raise ValueError(f"{name}: the checks {plan.eager} are not of single rows")
    marks = {_named(rule.column, rule.check and rule.check.name): rule.bad for rule in plan.rows}
    marks |= {f"unique({', '.join(rule.columns)})": repeats(frame, rule) for rule in plan.unique}
    lazy = {table: one.lazy() for table, one in tables.items()}
    for relation in model.relations:
        if isinstance(relation, ForeignKey):
            marks[f"foreign key({relation.field})"] = dangling(relation, name, lazy)
    return _write(name, frame, marks, folder)


def _named(column: str | None, check: object) -> str:
    return f"{column}: {check or 'missing'}" if column else str(check)


def _write(name: str, frame: pl.LazyFrame, marks: Mapping[str, pl.Expr], folder: Path) -> Quarantined:
    folder.mkdir(parents=True, exist_ok=True)
    files = {kind: folder / f"{name}.{kind}" for kind in ("good.parquet", "bad.parquet", "bad.csv")}
    parts = {kind: file.with_name(f".{file.name}.part") for kind, file in files.items()}
    columns = frame.collect_schema().names()
    numbered = frame.with_row_index(ROW)
    bad = pl.any_horizontal(marks.values())
    broken = [pl.when(mark).then(pl.lit(rule)) for rule, mark in marks.items()]
    told = pl.concat_list(broken).list.drop_nulls().alias(RULES)
    try:
        pl.collect_all(
            [
                numbered.filter(~bad).select(columns).sink_parquet(parts["good.parquet"], lazy=True),
                numbered.filter(bad)
                .select(pl.col(ROW).alias(NUMBER), told, *columns)
                .sink_parquet(parts["bad.parquet"], lazy=True),
            ],
            engine="streaming",
        )
        held = pl.scan_parquet(parts["bad.parquet"], glob=False)
        held.select(_flat(held.collect_schema())).sink_csv(parts["bad.csv"])
        counts = [pl.scan_parquet(parts[kind], glob=False).select(pl.len()) for kind in ("good.parquet", "bad.parquet")]
        kept, count = (one.item() for one in pl.collect_all(counts))
        for kind, file in files.items():
            parts[kind].replace(file)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return Quarantined(
        rows=kept + count, held=count, good=files["good.parquet"], bad=files["bad.parquet"], bad_csv=files["bad.csv"]
    )


def _flat(schema: pl.Schema) -> list[pl.Expr]:
    """Write lists as CSV can hold them: their items with a semicolon between."""
    return [
        pl.col(name).cast(pl.List(pl.String)).list.join("; ") if isinstance(dtype, pl.List) else pl.col(name)
        for name, dtype in schema.items()
    ]
