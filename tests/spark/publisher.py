"""A driver of its own: publishes the projects in some folders from a cluster, the larger tables in parts.

Run `python publisher.py STAGING ROOT...`; it prints the logical hash of each version that then stands. Where it waits
at a moment of one project (`moments.py`), it begins with the next, so that one death finds each at its own moment.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import moments

from factpack import pipeline, project
from factpack.adapters.spark import session as sessions

# The example has two tables with more rows, and two with no more.
SMALL = 2


def publish(spark, root, staging) -> str:
    """Publish a project, and give the logical hash of its version."""
    loaded = project.load(root)
    clustered = pipeline.validate_on_cluster(loaded, spark, staging, suites=False)
    outcome = pipeline.publish_from_cluster(loaded, spark, clustered, small=SMALL).outcome
    manifest = json.loads((outcome.path / "manifest.json").read_text(encoding="utf-8"))
    return manifest["predicate"]["root"]


def main() -> None:
    """Publish one project after the other, and print what was published."""
    staging, *roots = map(Path, sys.argv[1:])
    # A worker that waits leaves room for others.
    spark = sessions.start("local[4]")
    moments.watch()
    with ThreadPoolExecutor(len(roots)) as pool:
        begun = []
        for number, root in enumerate(roots):
            begun.append(pool.submit(publish, spark, root, staging / str(number)))
            while wait(begun[-1:], timeout=0.02).not_done and not (root.parent / "reached").exists():
                pass
        for one in begun:
            print(one.result(), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
