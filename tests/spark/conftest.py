"""A session of two threads in this process, and tables as files for it."""

import importlib.util
import os
import warnings

import polars as pl
import pytest

if importlib.util.find_spec("pyspark") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def spark():
    """Give a small session; two buckets and four partitions are as good as a thousand."""
    from factpack.adapters.spark import session

    # Short queries are not worth compiling.
    quick = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1", "spark.sql.codegen.wholeStage": "false"}
    settings = " ".join(f'--conf "{name}={value}"' for name, value in quick.items())
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{settings} pyspark-shell"
    with warnings.catch_warnings():
        # pyspark tells of what it has not been tested with.
        warnings.simplefilter("ignore")
        started = session.start("local[2]")
        started.conf.set("spark.sql.shuffle.partitions", "2")
        yield started
        started.stop()


@pytest.fixture
def store(spark, tmp_path):
    """Write a frame as so many Parquet files, and find them as a table."""
    from factpack.adapters.spark import tables

    def stored(name: str, frame: pl.DataFrame, files: int = 3) -> tables.Table:
        folder = tmp_path / name
        folder.mkdir()
        size = max(1, -(-frame.height // files))
        for number, at in enumerate(range(0, frame.height or 1, size)):
            frame[at : at + size].write_parquet(folder / f"part-{number}.parquet")
        return tables.find(spark, folder.as_uri())

    return stored
