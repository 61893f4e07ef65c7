"""A driver of its own: judges tables on a cluster, says how far it is, and prints what it found.

Run `python judging.py MASTER TABLE FOLDER`. It prints `rows` once a task of the row stage has ended, `shuffled` once
the first half of a shuffle has, and then as JSON the breaches, the account, and of shares the logical hash.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from bench import claims
from bench.claims import shares

from factpack import merkle, validation
from factpack.adapters.spark import Cluster, find, numbered, spread
from factpack.adapters.spark import session as sessions
from factpack.adapters.spark import tables as stored
from factpack.schemas import TableModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.claims.standalone import Standalone

    from factpack.adapters.spark import Table

MODELS = {
    "claims": TableModel(name="claims", schema=claims.schema(), key=("claim_id",), relations=()),
    "shares": TableModel(name="shares", schema=shares.schema(), key=("id",), relations=shares.RELATIONS),
}


def as_json(breaches: Any, report: Any) -> dict[str, Any]:
    """Give what was found as JSON holds it."""
    found = {"breaches": [asdict(one) for one in breaches], "account": asdict(report)}
    told: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return told


def judge(url: str, name: str, folder: Path, on_word: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Run a driver, tell of each word that it says, and give what it found, and how long it took."""
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, __file__, url, name, folder.as_uri()]
    said: list[str] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment) as driver,
    ):
        for line in driver.stdout or ():
            said.append(line.strip())
            on_word(said[-1])
        if driver.wait():
            errors.seek(0)
            raise RuntimeError(errors.read()[-3000:])
    told: dict[str, Any] = json.loads(said[-1])
    return told


def judge_disturbed(running: Standalone, name: str, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Kill a worker with its executor in the row stage, and another once half a shuffle is done; say which happened."""
    killed: list[str] = []

    def kill(word: str) -> None:
        if word in {"rows", "shuffled"}:
            running.kill_worker()
            running.add_worker()
            killed.append(word)

    return judge(running.url, name, folder, kill), killed


def watch(context: Any) -> None:
    """Say when the first stage with several tasks has some behind it, and when a later one builds on its output."""
    tracker = context.statusTracker()
    told: list[str] = []
    while len(told) < 2:
        time.sleep(0.01)
        # A job may end between two questions about it.
        jobs = [tracker.getJobInfo(job) for job in tracker.getActiveJobsIds()]
        for job in filter(None, jobs):
            stages = [stage for stage in map(tracker.getStageInfo, job.stageIds) if stage is not None]
            begun = any(0 < one.numCompletedTasks < one.numTasks for one in stages)
            shuffled = any(one.numCompletedTasks == one.numTasks for one in stages if one.numTasks > 1)
            word = "rows" if not told and begun else "shuffled" if told and shuffled and len(job.stageIds) > 1 else None
            if word and word not in told:
                told.append(word)
                print(word, flush=True)


def root(spark: Any, table: Table, key: Sequence[str]) -> str:
    """Hash a table as publishing does: in files in the order of its key, each by an executor."""
    with tempfile.TemporaryDirectory() as room:
        rows = numbered(spark, table).select(*table.schema)
        parts = stored.store(rows, table.schema, key, Path(room) / "ordered")
        placed = list(zip(parts.files, parts.offsets, strict=True))
        spans = spread(spark, placed, partial(_spans, key=key))
    return merkle.join(span for some in spans for span in some).hex()


def _spans(placed: tuple[str, int], key: Sequence[str]) -> tuple[merkle.Span, ...]:
    file, offset = placed
    return merkle.table_spans(pl.read_parquet(stored.path(file)), key, offset)


def main() -> None:
    """Judge, and print the verdict."""
    master, name, folder = sys.argv[1:]
    spark = sessions.start(master)
    table = find(spark, folder)
    threading.Thread(target=watch, args=(spark.sparkContext,), daemon=True).start()
    began = time.perf_counter()
    found = as_json(*validation.judge(Cluster(spark, {name: table}, small=0), {name: MODELS[name]}))
    told = {"found": found, "took": time.perf_counter() - began}
    if name == "shares":
        told["root"] = root(spark, table, MODELS[name].key)
    print(json.dumps(told), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
