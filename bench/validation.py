"""Some twenty checks on five million rows: the plan, pandera itself, and polars written by hand.

Run `python bench/validation.py [ROWS]`. Each contender is a process of its own that scans the same Parquet file, clean
and with 1% of the rows bad; what counts is the time of the processor, and the peak of memory. All must find the same.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

ROWS, ROUNDS = 5_000_000, 3
AIMS = {"floor": 1.0, "pandera": 1.8, "memory": 0.6}

MODEL = """
import json, sys, time
import pandera.polars as pa
import polars as pl

C = pa.Check
SCHEMA = pa.DataFrameSchema(
    {
        "claim_id": pa.Column(str, C.str_matches(r"^c[0-9]{8}$")),
        "source": pa.Column(str, [C.str_length(3, 40), C.str_startswith("s-")]),
        "subject": pa.Column(str, C.isin([f"entity-{number}" for number in range(200)])),
        "predicate": pa.Column(str, C.isin(["member_count", "share", "signed", "joined"])),
        "number": pa.Column(pl.Int64, [C.ge(0), C.le(1_000_000)], nullable=True),
        "share": pa.Column(float, C.in_range(0.0, 100.0), nullable=True),
        "day": pa.Column(pl.Date, nullable=True),
        "until": pa.Column(pl.Date, nullable=True),
        "unit": pa.Column(str, C.isin(["states", "percent", "drones"]), nullable=True),
        "phrase": pa.Column(str, C.str_length(1, 60)),
    },
    [
        C(lambda data: data.lazyframe.select((pl.col("day") <= pl.col("until")).fill_null(True))),
        C(lambda data: data.lazyframe.select((pl.col("unit") != "percent") | pl.col("share").is_not_null())),
    ],
    unique=["claim_id"],
    strict=True,
)


def done(found):
    usage = time.process_time()
    print(json.dumps({"found": found, "cpu": usage - BEGAN}))


BEGAN = time.process_time()
"""
RUNS = {
    "factpack": MODEL
    + """
from factpack import plan
BEGAN = time.process_time()
compiled = plan.compile_schema(SCHEMA)
assert compiled.eager == (), compiled.eager
verdicts, _ = plan.run({"t": pl.scan_parquet(sys.argv[1])}, {"t": compiled}, 10_000_000)
verdict = verdicts["t"]
done(sum(verdict.counts) + sum(rows.height for rows in verdict.repeated.values()))
""",
    "pandera": MODEL
    + """
from pandera.errors import SchemaErrors
BEGAN = time.process_time()
try:
    SCHEMA.validate(pl.read_parquet(sys.argv[1]), lazy=True)
    found = 0
except SchemaErrors as error:
    found = error.failure_cases.height
done(found)
""",
    "by hand": MODEL
    + """
BEGAN = time.process_time()
lf = pl.scan_parquet(sys.argv[1])
c = pl.col
rules = {
    **{f"null {name}": c(name).is_null() for name in ("claim_id", "source", "subject", "predicate", "phrase")},
    "id": ~c("claim_id").str.contains(r"^c[0-9]{8}$"),
    "source length": ~c("source").str.len_chars().is_between(3, 40),
    "source start": ~c("source").str.starts_with("s-"),
    "subject": ~c("subject").is_in([f"entity-{number}" for number in range(200)]),
    "predicate": ~c("predicate").is_in(["member_count", "share", "signed", "joined"]),
    "low": c("number") < 0,
    "high": c("number") > 1_000_000,
    "share": ~c("share").is_between(0.0, 100.0),
    "unit": ~c("unit").is_in(["states", "percent", "drones"]),
    "phrase": ~c("phrase").str.len_chars().is_between(1, 60),
    "order": c("day") > c("until"),
    "part": (c("unit") == "percent") & c("share").is_null(),
}
marks = [rule.fill_null(False).alias(name) for name, rule in rules.items()]
bad, totals = pl.collect_all(
    [
        lf.with_columns(marks).with_row_index("row").filter(pl.any_horizontal(list(rules))).select("row", *rules),
        lf.select(n=pl.len(), keys=c("claim_id").n_unique()),
    ],
    engine="streaming",
)
found = sum(bad[name].sum() for name in rules)
if totals["keys"].item() < totals["n"].item():
    again = lf.group_by("claim_id").len().filter(c("len") > 1)
    found += lf.select("claim_id").join(again, on="claim_id", how="semi").collect(engine="streaming").height
done(found)
""",
}


def make(path: Path, rows: int, *, bad: bool) -> None:
    """Write the claims; of the bad ones, one in a hundred breaks some rule, and some keys are there twice."""
    number = pl.col("at")
    wrong = (number % 100 == 7) if bad else pl.lit(value=False)
    kind = number // 100 % 8
    frame = pl.LazyFrame({"at": range(rows)}).select(
        claim_id=pl.when(wrong & (kind == 0))
        .then(pl.lit("c00000000"))
        .otherwise(pl.format("c{}", number.cast(pl.String).str.zfill(8))),
        source=pl.when(wrong & (kind == 1)).then(pl.lit("x")).otherwise(pl.format("s-{}", number.hash(1) % 5000)),
        subject=pl.when(wrong & (kind == 2))
        .then(pl.lit("nobody"))
        .otherwise(pl.format("entity-{}", number.hash(2) % 200)),
        predicate=pl.when(wrong & (kind == 3)).then(None).otherwise(pl.lit("share")),
        number=pl.when(wrong & (kind == 4)).then(-1).otherwise((number.hash(3) % 1_000_000).cast(pl.Int64)),
        share=pl.when(wrong & (kind == 5)).then(101.0).otherwise((number.hash(4) % 100).cast(pl.Float64)),
        day=pl.when(wrong & (kind == 6)).then(pl.date(2030, 1, 1)).otherwise(pl.date(2020, 1, 1)),
        until=pl.date(2020, 1, 1) + pl.duration(days=number % 1000),
        unit=pl.lit("percent"),
        phrase=pl.when(wrong & (kind == 7))
        .then(pl.lit(""))
        .otherwise(pl.format("taking the count to {} states", number % 97)),
    )
    frame.sink_parquet(path, row_group_size=122_880)


def timed(code: str, path: Path) -> dict[str, float]:
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, code
    return json.loads(printed.splitlines()[-1]) | {"memory": usage.ru_maxrss / 1024}


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}")
    missed = 0
    with tempfile.TemporaryDirectory() as room:
        for label, bad in (("clean", False), ("1% bad", True)):
            path = Path(room) / f"{bad}.parquet"
            # In a process of its own: what this one held would count as the memory of those it starts.
            subprocess.run([sys.executable, __file__, str(rows), str(path), str(int(bad))], check=True)
            runs = [{name: timed(code, path) for name, code in RUNS.items()} for _ in range(ROUNDS)]
            best = {name: min((run[name] for run in runs), key=lambda one: one["cpu"]) for name in RUNS}
            found = {one["found"] for one in best.values()}
            assert len(found) == 1, best
            print(f"{rows:,} rows, {label}: {found.pop():,} failures, the same for all")
            for name, one in best.items():
                print(f"  {name:<10} {one['cpu']:6.2f} s of CPU  {one['memory']:6.0f} MB")
            ours = best["factpack"]
            ratios = {
                "floor": ours["cpu"] / best["by hand"]["cpu"],
                "pandera": best["pandera"]["cpu"] / ours["cpu"],
                "memory": ours["memory"] / best["by hand"]["memory"],
            }
            for name, ratio in ratios.items():
                least = name == "pandera"
                missed += ratio < AIMS[name] if least else ratio > AIMS[name]
                print(f"  {name:<10} {ratio:6.2f}  (aim: {'at least' if least else 'at most'} {AIMS[name]})")
    print("An aim is missed." if missed else "Every aim is met.")
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 4:
        make(Path(sys.argv[2]), int(sys.argv[1]), bad=sys.argv[3] == "1")
    else:
        sys.exit(main())
