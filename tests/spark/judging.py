"""A driver of its own: judges claims on a cluster, says how far it is, and prints what it found.

Run `python judging.py MASTER FOLDER`. It prints `rows` once a task of the row stage has ended, `shuffled` once the
first half of a shuffle has, and then the breaches and the account as JSON.
"""

import json
import sys
import threading
import time
from dataclasses import asdict

from bench import claims

from factpack import validation
from factpack.adapters.spark import Cluster, find
from factpack.adapters.spark import session as sessions
from factpack.schemas import TableModel


def watch(context) -> None:
    """Say when the first stage with several tasks has some behind it, and when a later one builds on its output."""
    tracker, told = context.statusTracker(), []
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


def main() -> None:
    """Judge, and print the verdict."""
    master, folder = sys.argv[1:]
    spark = sessions.start(master)
    # Some files a task, so that a lost worker loses some and not all of them.
    spark.conf.set("spark.sql.files.maxPartitionBytes", "4m")
    schema = claims.schema()
    model = TableModel(name="claims", schema=schema, key=("claim_id",), relations=())
    table = find(spark, folder)
    threading.Thread(target=watch, args=(spark.sparkContext,), daemon=True).start()
    began = time.perf_counter()
    breaches, report = validation.judge(Cluster(spark, {"claims": table}, small=0), {"claims": model})
    took = time.perf_counter() - began
    found = {"breaches": [asdict(one) for one in breaches], "ran": [asdict(one) for one in report.ran]}
    print(json.dumps({"found": found, "took": took}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
