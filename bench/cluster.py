"""Spark beside polars on the cores of this machine: the same checks of the same claims, warm.

Run `python bench/cluster.py [--write] [ROWS ...]`; with `--write`, the plot goes to docs/. Each engine is a process of
its own; it judges the claims once to be warm, and then again with the clock running, and the shortest time counts.
Spark has as many threads as there are cores (`local[*]`), and one thread for the efficiency. Memory is the peak of each
process: the driver's own, its JVM, and all workers in which polars judges.
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

SIZES = (1_000_000, 5_000_000, 20_000_000, 50_000_000)
# Of larger tables one round takes long enough to be told from noise.
SMALL, FILES = 5_000_000, 16
AIM, EFFICIENCY = 6.0, 0.55
DOCS = Path(__file__).parent.parent / "docs"


def judge(engine: str, folder: str, rounds: int) -> dict[str, Any]:
    """Judge the claims of a folder to be warm, and then some times more; give what was found and the shortest time."""
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

    run, times = local if engine == "polars" else spark, []
    run()
    for _ in range(rounds):
        began = time.perf_counter()
        breaches, report = run()
        times.append(time.perf_counter() - began)
    found = [len(breaches), [one.message for one in breaches[-2:]], report.ran[0].rows]
    return {"found": found, "took": min(times)}


def below() -> dict[str, float]:
    """Add up the peaks of the processes below this one by what they are, in MB."""
    told = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        told[int(status.parent.name)] = dict(line.split(":", 1) for line in lines if ":" in line)
    parents = {one: int(words["PPid"]) for one, words in told.items()}
    peaks = {"jvm": 0.0, "workers": 0.0}
    for one, words in told.items():
        above = one
        while above > 1 and above != os.getpid():
            above = parents.get(above, 0)
        if above == os.getpid() != one:
            kind = "jvm" if words["Name"].strip() == "java" else "workers"
            peaks[kind] += int(words.get("VmHWM", "0 kB").split()[0]) / 1024
    return peaks


def measure(rows: int, engines: tuple[str, ...]) -> list[dict[str, Any]]:
    """Judge so many claims with each engine, and make sure that all find the same."""
    with tempfile.TemporaryDirectory() as room:
        whole, folder = Path(room) / "whole.parquet", Path(room) / "files"
        claims.make(whole, rows, 1)
        folder.mkdir()
        for number in range(FILES):
            part = pl.scan_parquet(whole).slice(number * rows // FILES, rows // FILES)
            part.sink_parquet(folder / f"part-{number:02}.parquet")
        whole.unlink()
        rounds = str(3 if rows <= SMALL else 1)
        told = [claims.measured([sys.executable, __file__, "--run", one, str(folder), rounds]) for one in engines]
    assert all(one["found"] == told[0]["found"] for one in told), told
    return [{"rows": rows, "engine": engine, **one} for engine, one in zip(engines, told, strict=True)]


def draw(measured: list[dict[str, Any]], file: Path) -> None:
    """Draw time and memory over the number of rows."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams |= {"svg.hashsalt": "factpack", "font.size": 9}
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for engine in dict.fromkeys(one["engine"] for one in measured):
        part = [one for one in measured if one["engine"] == engine]
        left.plot([one["rows"] / 1e6 for one in part], [one["took"] for one in part], marker="o", label=engine)
    part = [one for one in measured if one["engine"] == f"local[{os.cpu_count()}]"]
    for kind, label in (("memory", "driver"), ("jvm", "its JVM"), ("workers", "workers")):
        right.plot([one["rows"] / 1e6 for one in part], [one[kind] for one in part], marker="o", label=label)
    for axes, title in ((left, "time, s"), (right, "peak memory of Spark, MB")):
        axes.set(title=title, xlabel="million rows", ylim=(0, None))
        axes.legend()
    figure.savefig(file, metadata={"Date": None})


def main() -> None:
    """Compare, and hold the ratios against the aims."""
    sizes = tuple(int(argument) for argument in sys.argv[1:] if argument.isdigit()) or SIZES
    cores = os.cpu_count() or 1
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, polars {pl.__version__}")
    measured = []
    for rows in sizes:
        told = measure(rows, ("polars", f"local[{cores}]", "local[1]"))
        measured += told
        ours, all_cores, one_core = (one["took"] for one in told)
        ratio, gain = all_cores / ours, one_core / all_cores / cores
        print(f"{rows:,} rows, 1% bad: the same verdicts")
        for one in told:
            memory = f"{one['memory']:6.0f} MB, JVM {one['jvm']:5.0f} MB, workers {one['workers']:5.0f} MB"
            print(f"  {one['engine']:<10} {one['took']:6.2f} s  {memory}")
        print(f"  Spark takes {ratio:.1f} times polars' time; aim {AIM}: {'met' if ratio <= AIM else 'missed'}")
        said = f"from 1 to {cores} cores: {gain:.0%}; aim {EFFICIENCY:.0%}"
        print(f"  {said}: {'met' if gain >= EFFICIENCY else 'missed'}", flush=True)
    if "--write" in sys.argv:
        draw(measured, DOCS / "scale.svg")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(judge(sys.argv[2], sys.argv[3], int(sys.argv[4])) | below()))
    else:
        main()
