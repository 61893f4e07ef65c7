"""Sixteen expectations of Great Expectations on five million rows: on pandas, on our engine, and as one polars select.

Run `python bench/expectations.py [ROWS]`. Each contender is a process of its own, its imports not counted. One pair of
contenders has the rows in memory before the clock starts, as GX' pandas engine must have them; the other scans the
Parquet file, and reading it counts. The aims are to be ten times faster than pandas, and 1.5 times the select.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import claims
import polars as pl
from claims import ENTITIES, PREDICATES, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, ROUNDS = 5_000_000, 3
ON_PANDAS, IN_MEMORY, SCANNED = "GX on pandas", "GX on our engine", "GX on our engine, scanning"
SELECT, SCANNING = "one polars select", "one polars select, scanning"
AIMS = (
    ("times faster than pandas", ON_PANDAS, IN_MEMORY, 10.0, True),
    ("times faster than pandas, scanning", ON_PANDAS, SCANNED, 10.0, True),
    ("to the select", IN_MEMORY, SELECT, 1.5, False),
    ("to the select, scanning", SCANNED, SCANNING, 1.5, False),
)
Found = dict[str, Any]
col = pl.col


def asked() -> dict[str, Any]:
    """Declare the sixteen; the names tell what is measured of each."""
    import great_expectations.expectations as gxe

    return {
        "subject filled": gxe.ExpectColumnValuesToNotBeNull(column="subject"),
        "predicate filled": gxe.ExpectColumnValuesToNotBeNull(column="predicate"),
        "unique": gxe.ExpectColumnValuesToBeUnique(column="claim_id"),
        "id": gxe.ExpectColumnValuesToMatchRegex(column="claim_id", regex=r"^c[0-9]{8}$"),
        "start": gxe.ExpectColumnValuesToMatchRegex(column="source", regex=r"^s-"),
        "length": gxe.ExpectColumnValueLengthsToBeBetween(column="phrase", min_value=1, max_value=60),
        "subject": gxe.ExpectColumnValuesToBeInSet(column="subject", value_set=ENTITIES),
        "predicate": gxe.ExpectColumnValuesToBeInSet(column="predicate", value_set=PREDICATES),
        "unit": gxe.ExpectColumnValuesToBeInSet(column="unit", value_set=UNITS),
        "number": gxe.ExpectColumnValuesToBeBetween(column="number", min_value=0, max_value=1_000_000),
        "share": gxe.ExpectColumnValuesToBeBetween(column="share", min_value=0, max_value=100),
        "order": gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="until", column_B="day", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
        "mean": gxe.ExpectColumnMeanToBeBetween(column="number", min_value=0, max_value=1_000_000),
        "max": gxe.ExpectColumnMaxToBeBetween(column="share", max_value=101),
        "different": gxe.ExpectColumnUniqueValueCountToBeBetween(column="source", min_value=1, max_value=10_000),
        "rows": gxe.ExpectTableRowCountToBeBetween(min_value=1),
    }


def of_select(frame: pl.LazyFrame) -> Callable[[], Found]:
    """Ask the same of polars, as a person would write it."""
    broken = {
        "subject filled": col("subject").is_null(),
        "predicate filled": col("predicate").is_null(),
        "id": ~col("claim_id").str.contains(r"^c[0-9]{8}$"),
        "start": ~col("source").str.starts_with("s-"),
        "length": ~col("phrase").str.len_chars().is_between(1, 60),
        "subject": ~col("subject").is_in(ENTITIES),
        "predicate": ~col("predicate").is_in(PREDICATES),
        "unit": ~col("unit").is_in(UNITS),
        "number": ~col("number").is_between(0, 1_000_000),
        "share": ~col("share").is_between(0, 100),
        "order": col("until") < col("day"),
    }
    selected = [
        *(rule.sum().alias(name) for name, rule in broken.items()),
        (~col("claim_id").is_unique()).sum().alias("unique"),
        col("number").mean().alias("mean"),
        col("share").max().alias("max"),
        col("source").n_unique().alias("different"),
        pl.len().alias("rows"),
    ]
    return lambda: frame.select(selected).collect().row(0, named=True)


def of_gx(kind: str, given: Any) -> Callable[[], Found]:
    """Validate the sixteen as a suite, with GX' default result format."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    import factpack.adapters.gx.polars  # noqa: F401

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    expectations = asked()
    for name, expectation in expectations.items():
        expectation.meta = {"rule": name}
    suite = gx.ExpectationSuite(name="claims", expectations=list(expectations.values()))
    source = getattr(context.data_sources, f"add_{kind}")("source")

    def run() -> Found:
        if isinstance(given, Path):
            batch = source.add_scan_asset("claims", path=given).add_batch_definition_whole_table("all").get_batch()
        else:
            whole = source.add_dataframe_asset("claims").add_batch_definition_whole_dataframe("all")
            batch = whole.get_batch({"dataframe": given})
        results = batch.validate(suite, result_format="SUMMARY").results
        told = {one.expectation_config.meta["rule"]: one.result for one in results}
        return {name: one.get("unexpected_count", one.get("observed_value")) for name, one in told.items()}

    return run


def prepare(name: str, path: Path) -> Callable[[], Found]:
    """Make a contender ready to be measured."""
    import pandas as pd

    match name:
        case "GX on pandas":
            return of_gx("pandas", pd.read_parquet(path))
        case "GX on our engine":
            return of_gx("polars", pl.read_parquet(path))
        case "GX on our engine, scanning":
            return of_gx("polars", path)
        case "one polars select":
            return of_select(pl.read_parquet(path).lazy())
    return of_select(pl.scan_parquet(path))


def compare(path: Path) -> dict[str, dict[str, Any]]:
    """Run the contenders in turns, and give the best run of each; what they found is the same."""
    names = (SELECT, SCANNING, IN_MEMORY, SCANNED, ON_PANDAS)
    commands = {name: [sys.executable, __file__, "--run", name, str(path)] for name in names}
    runs = [{name: claims.measured(command) for name, command in commands.items()} for _ in range(ROUNDS)]
    best = {name: min((run[name] for run in runs), key=lambda one: one["wall"]) for name in names}
    for name, one in best.items():
        print(f"  {name:<30} {one['wall']:6.2f} s  {one['cpu']:6.2f} s of CPU  {one['memory']:6.0f} MB")
        for rule, value in one["found"].items():
            assert abs(value - best[SELECT]["found"][rule]) < 1e-6, (name, rule, one["found"], best[SELECT]["found"])
    return best


def main() -> None:
    """Compare on clean and on bad claims, and hold the ratios against the aims."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, polars {pl.__version__}, GX {version('great-expectations')}")
    with tempfile.TemporaryDirectory() as room:
        for percent in (0, 1):
            print(f"{rows:,} rows, {percent}% bad, 16 expectations")
            path = Path(room) / f"claims-{percent}.parquet"
            claims.make(path, rows, percent)
            best = compare(path)
            for name, over, under, aim, least in AIMS:
                for unit in ("wall", "cpu"):
                    ratio = best[over][unit] / best[under][unit]
                    met = ratio >= aim if least else ratio <= aim
                    print(f"  {name:<36} {unit:<4} {ratio:6.2f}  {'met' if met else 'missed'}: {aim}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        claims.report(prepare(sys.argv[2], Path(sys.argv[3])))
    else:
        main()
