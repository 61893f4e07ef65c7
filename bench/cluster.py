"""Spark beside polars on the cores of this machine: the same checks of the same claims, warm.

Run `python bench/cluster.py [ROWS ...]`. Each engine is a process of its own; it judges the claims once to be warm, and
then again with the clock running. Spark has as many threads as there are cores (`local[*]`), and one thread for the
second line, from which the efficiency follows. Memory is the peak of the driver's own process; Spark's JVM and its
workers are told beside it.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import claims
import polars as pl

SIZES = (1_000_000, 5_000_000, 20_000_000)
FILES = 16
AIM, EFFICIENCY = 6.0, 0.55


def judge(engine: str, folder: str) -> dict[str, Any]:
    """Judge the claims of a folder twice, and give what was found and what the second time took."""
    from factpack import validation
    from factpack.schemas import TableModel

    models = {"claims": TableModel(name="claims", schema=claims.schema(), key=("claim_id",), relations=())}

    def local() -> Any:
        return validation.validate({"claims": pl.scan_parquet(f"{folder}/*.parquet")}, models)

    def spark() -> Any:
        from factpack.adapters.spark import Cluster, find
        from factpack.adapters.spark import session as sessions

        session = sessions.start(engine)
        return validation.judge(Cluster(session, {"claims": find(session, folder)}, small=0), models)

    run = local if engine == "polars" else spark
    run()
    began = time.perf_counter()
    breaches, report = run()
    took = time.perf_counter() - began
    return {"found": [len(breaches), [one.message for one in breaches[-2:]], report.ran[0].rows], "took": took}


def workers() -> float:
    """Add up the peaks of the processes below this one, in MB."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines() if ":" in line)
        except (OSError, UnicodeDecodeError):
            continue
        if told.get("Name", "").strip() in {"java", "python", "python3"} and int(status.parent.name) != os.getpid():
            total += int(told.get("VmHWM", "0 kB").split()[0]) / 1024
    return total


def main() -> None:
    """Compare, and hold the ratios against the aims."""
    sizes = tuple(int(argument) for argument in sys.argv[1:] if argument.isdigit()) or SIZES
    cores = os.cpu_count() or 1
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, polars {pl.__version__}")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as room:
            whole, folder = Path(room) / "whole.parquet", Path(room) / "files"
            claims.make(whole, rows, 1)
            folder.mkdir()
            for number in range(FILES):
                part = pl.scan_parquet(whole).slice(number * rows // FILES, rows // FILES)
                part.sink_parquet(folder / f"part-{number:02}.parquet")
            whole.unlink()
            told = {
                engine: claims.measured([sys.executable, __file__, "--run", engine, str(folder)])
                for engine in ("polars", f"local[{cores}]", "local[1]")
            }
        ours, all_cores, one_core = told.values()
        assert ours["found"] == all_cores["found"] == one_core["found"], told
        ratio, gain = all_cores["took"] / ours["took"], one_core["took"] / all_cores["took"] / cores
        print(f"{rows:,} rows, 1% bad: the same verdicts")
        for engine, one in told.items():
            print(f"  {engine:<12} {one['took']:6.2f} s  {one['memory']:6.0f} MB, {one['workers']:6.0f} MB in others")
        print(f"  Spark takes {ratio:.1f} times polars' time; aim {AIM}: {'met' if ratio <= AIM else 'missed'}")
        print(
            f"  from 1 to {cores} cores: {gain:.0%}; aim {EFFICIENCY:.0%}: {'met' if gain >= EFFICIENCY else 'missed'}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        result = judge(sys.argv[2], sys.argv[3])
        print(json.dumps(result | {"workers": workers()}))
    else:
        main()
