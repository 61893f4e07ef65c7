"""Suites on Spark say what they say on one machine: every breach, at its row, in the same words and the same order."""

import importlib.util
import json
import shutil
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("great_expectations") is None:
    pytest.skip("PySpark or Great Expectations is not installed", allow_module_level=True)

from spark.conftest import spark, store  # noqa: F401 - fixtures of one session

from factpack import project as projects
from factpack.adapters import gx
from factpack.adapters.gx import spark as on_spark
from factpack.adapters.spark import tables as spark_tables
from factpack.models import Project


def expectation(kind, **kwargs):
    return {"type": f"expect_{kind}", "kwargs": kwargs, "severity": "critical", "notes": f"{kind} is expected."}


@pytest.fixture(scope="module")
def both(spark, tmp_path_factory):  # noqa: F811
    """Run suites here and there: on polars in a process of its own, and on Spark in this one."""

    def run(project, frames):
        folder = tmp_path_factory.mktemp("tables")
        there = {}
        for name, frame in frames.items():
            (folder / name).mkdir()
            size = max(1, -(-frame.height // 3))
            for number, at in enumerate(range(0, max(1, frame.height), size)):
                frame[at : at + size].write_parquet(folder / name / f"part-{number}.parquet")
            there[name] = spark_tables.numbered(spark, spark_tables.find(spark, (folder / name).as_uri()))
        with gx.start(project) as runner:
            here = runner.run(frames)
        return here, on_spark.run(project, there)

    return run


def write(root, suites):
    (root / "checks").mkdir(exist_ok=True)
    for name, expectations in suites.items():
        content = {"table": name, "expectations": expectations}
        (root / "checks" / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return Project(root=root, name="x", version="1.0.0", title="x", description="x", licence="x")
