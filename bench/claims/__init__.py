"""The claims that the benchmarks of validation check: their rules, and files of any size with some rows bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pandera.polars import DataFrameSchema

ENTITIES = [f"entity-{number}" for number in range(200)]
PREDICATES = ["member_count", "share", "signed", "joined"]
UNITS = ["states", "percent", "drones"]
FILLED = ["claim_id", "source", "subject", "predicate", "phrase"]


def schema() -> DataFrameSchema:
    """Give the rules as a pandera schema; `None` of a check's names is the rule that a column is filled."""
    import pandera.polars as pa

    check = pa.Check
    return pa.DataFrameSchema(
        {
            "claim_id": pa.Column(str, check.str_matches(r"^c[0-9]{8}$", name="id")),
            "source": pa.Column(
                str, [check.str_length(3, 40, name="length"), check.str_startswith("s-", name="start")]
            ),
            "subject": pa.Column(str, check.isin(ENTITIES, name="subject")),
            "predicate": pa.Column(str, check.isin(PREDICATES, name="predicate")),
            "number": pa.Column(pl.Int64, [check.ge(0, name="low"), check.le(1_000_000, name="high")], nullable=True),
            "share": pa.Column(float, check.in_range(0.0, 100.0, name="share"), nullable=True),
            "day": pa.Column(pl.Date, nullable=True),
            "until": pa.Column(pl.Date, nullable=True),
            "unit": pa.Column(str, check.isin(UNITS, name="unit"), nullable=True),
            "phrase": pa.Column(str, check.str_length(1, 60, name="phrase")),
        },
        [
            check(
                lambda data: data.lazyframe.select((pl.col("day") <= pl.col("until")).fill_null(value=True)),
                name="order",
            ),
            check(
                lambda data: data.lazyframe.select((pl.col("unit") != "percent") | pl.col("share").is_not_null()),
                name="part",
            ),
        ],
        unique=["claim_id"],
        strict=True,
    )


def make(path: Path, rows: int, percent: int) -> None:
    """Write claims of which so many percent break a rule, each of the eight kinds as often; some keys are there twice.

    It runs in a process of its own: what this one held would count as the memory of those it starts.
    """
    subprocess.run([sys.executable, __file__, str(path), str(rows), str(percent)], check=True)


def _write(path: str, rows: int, percent: int) -> None:
    number = pl.col("at")
    wrong = number % 100 < percent
    kind = number // 100 % 8

    def unless(case: int, bad: Any, good: pl.Expr) -> pl.Expr:
        return pl.when(wrong & (kind == case)).then(bad).otherwise(good)

    pl.LazyFrame().select(at=pl.int_range(rows, dtype=pl.Int64)).select(
        claim_id=unless(0, pl.lit("c00000000"), pl.format("c{}", number.cast(pl.String).str.zfill(8))),
        source=unless(1, pl.lit("x"), pl.format("s-{}", number.hash(1) % 5000)),
        subject=unless(2, pl.lit("nobody"), pl.format("entity-{}", number.hash(2) % 200)),
        predicate=unless(3, None, pl.lit("share")),
        number=unless(4, -1, (number.hash(3) % 1_000_000).cast(pl.Int64)),
        share=unless(5, 101.0, (number.hash(4) % 100).cast(pl.Float64)),
        day=unless(6, pl.date(2030, 1, 1), pl.lit(None)),
        until=pl.date(2020, 1, 1) + pl.duration(days=number % 1000),
        unit=pl.lit("percent"),
        phrase=unless(7, pl.lit("x" * 61), pl.format("taking the count to {} states", number % 97)),
    ).with_columns(pl.col("day").fill_null(pl.date(2020, 1, 1))).sink_parquet(path, row_group_size=122_880)


def measured(command: list[str]) -> dict[str, Any]:
    """Run a process that prints JSON last, and add to it the peak of its memory in MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return json.loads(printed.splitlines()[-1]) | {"memory": usage.ru_maxrss / 1024}


def report(run: Callable[[], Any]) -> None:
    """Run something, and print what it found and what it took, as `measured` reads it."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    print(json.dumps({"found": found, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))


if __name__ == "__main__":
    _write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
