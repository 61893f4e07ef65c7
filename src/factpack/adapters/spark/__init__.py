"""Where one machine ends: the same rules, relations, words and suites on Apache Spark, with the same verdicts.

Rows go to polars in the executors, batch by batch; what no batch can answer is answered by Spark, or by polars where
the rows that belong together meet. Executors need factpack and the driver's version of polars, and nothing of the
project but what is sent to them.
"""

from __future__ import annotations

from factpack.adapters.spark.building import build
from factpack.adapters.spark.runner import Cluster
from factpack.adapters.spark.session import ours, start
from factpack.adapters.spark.tables import SMALL, Table, find, keep, numbered, path, spread, uri, write_parquet

__all__ = [
    "SMALL",
    "Cluster",
    "Table",
    "build",
    "find",
    "keep",
    "numbered",
    "ours",
    "path",
    "spread",
    "start",
    "uri",
    "write_parquet",
]
