"""The session: whatever Spark there is, with the settings that the work of this adapter needs."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from factpack import environment, errors
from factpack.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    # Who only passes a session on takes its type from here.
    from pyspark.sql import SparkSession as SparkSession  # noqa: PLC0414 - mypy asks for it

# So many rows at a time go from Spark to polars: fewer cost more for each, more cost memory.
BATCH_ROWS = 250_000
_SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # An executor has as many tasks as cores: more threads in each would only be in each other's way.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    # Dates and times mean the same wherever an executor runs.
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def start(master: str | None = None) -> SparkSession:
    """Start a session, or take the one that is there.

    Args:
        master: the address of a cluster, `spark://host:7077`, or `local[*]`; by default what `spark-submit` and its
            configuration say, and if that is nothing, `local[*]`.

    Raises:
        ConfigurationError: pyspark is not installed, there is no Java that it runs on, or no cluster at the address.
    """
    if find_spec("pyspark") is None:
        raise ConfigurationError("the engine spark needs PySpark: pip install 'factpack[spark]'.")
    # A process that spark-submit starts has a Java beside it already.
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        _require_java()
        # Executors on this machine run what this process runs; a cluster's own Python is for its owner to name.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        if (master or "local").startswith("local"):
            # Nobody else has to reach a driver that is its own cluster.
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("factpack")
    if master is not None:
        builder = builder.master(master)
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (Py4JError, PySparkException) as error:
        said = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"no Spark at {master or 'the configured address'}: {said}") from error


@contextmanager
def ours() -> Iterator[None]:
    """Raise what an executor raised on purpose (`factpack.errors`) as if it were raised here.

    Spark passes on the text of a traceback, of which the last line that names one of our errors tells what is wrong.
    """
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        for name, said in reversed(re.findall(r"^factpack\.errors\.(\w+): (.+)$", str(error), re.MULTILINE)):
            raise getattr(errors, name)(said) from error
        raise


def _require_java() -> None:
    found = environment.java()
    if not found.well:
        raise ConfigurationError(
            f"the engine spark needs Java {environment.JAVA} or later: {found.found}. {found.remedy}"
        )
