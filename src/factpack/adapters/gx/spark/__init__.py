"""Expectation suites on a cluster: Great Expectations' own engine of Spark, with the words of one machine.

It takes frames of Spark and not tables of ours; executors need polars and pyarrow, but not Great Expectations, and
nothing of the project but what is sent to them.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from factpack.adapters import gx
from factpack.adapters.gx import suites, worker
from factpack.errors import ConfigurationError, InternalError
from factpack.plan import ROW
from factpack.report import Breach, Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.expectations.expectation import Expectation
    from pyspark.sql import DataFrame

    from factpack.models import Project

_COUNTS = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
_ROWS = {
    "result_format": "SUMMARY",
    "partial_unexpected_count": gx.MOST_ROWS,
    "unexpected_index_column_names": [ROW],
}


def run(project: Project, frames: Mapping[str, DataFrame]) -> tuple[tuple[Breach, ...], Report]:
    """Run the suite of every table on Spark.

    Args:
        project: whose checks folder holds the suites.
        frames: the tables; the last column of each is `factpack.plan.ROW`, the number of the row.

    Returns:
        What `factpack.adapters.gx.Runner.run` gives for the same tables: the breaches that lie in rows, and a report
        with the findings that lie in none.

    Raises:
        ConfigurationError: Great Expectations is not installed, or a file of the project's own expectations is wrong.
    """
    if find_spec("great_expectations") is None:
        raise ConfigurationError(
            "the suites need Great Expectations: pip install 'factpack[gx]', or leave them out with --no-suites."
        )
    declared, findings = suites.read(project, set(frames))
    if findings:
        return (), Report(findings=findings)
    with _alone():
        _import()
        from factpack.adapters.gx.spark import metrics

        worker.load_own(project.checks / "expectations")
        metrics.declare()
        context = worker.context()
        heights = {name: frames[name].count() for name in declared}
        answers = {
            name: _run(context, name, frames[name], [one.content for one in suite.expectations], heights[name])
            for name, suite in declared.items()
        }
    return gx.told(declared, answers, heights)


def _import() -> None:
    """Import Great Expectations, and what of Spark it looks for."""
    try:
        import factpack.adapters.gx.polars  # noqa: F401 - registers the engine whose conditions are ours too
    except SystemExit as error:
        # Parts of pyspark that lack a library end a process whose main module is no file, with 0.
        raise InternalError("pyspark ended the import of Great Expectations: run factpack as a module.") from error


@contextmanager
def _alone() -> Iterator[None]:
    """Let nothing of the run leave the machine, and no setting of a GX Cloud account take it over."""
    kept = {key: os.environ.pop(key) for key in list(os.environ) if key.startswith("GX_")}
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    try:
        yield
    finally:
        del os.environ["GX_ANALYTICS_ENABLED"]
        os.environ.update(kept)


def _run(
    context: AbstractDataContext, name: str, frame: DataFrame, suite: Sequence[dict[str, Any]], height: int
) -> list[dict[str, Any]]:
    """Run the suite of one table: first all numbers, then the rows of what is not met."""
    source: Any = context.data_sources
    asset = source.add_facts_on_spark(name, persist=False).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": _without_nan(frame)})
    built = worker.build(suite)
    counted = _validate(batch, name, built, _COUNTS)
    unmet = [one for place, one in enumerate(built) if place in counted and _has_rows(counted[place])]
    found = _validate(batch, name, unmet, _ROWS)

    def told(result: ExpectationValidationResult) -> dict[str, Any]:
        rows = (result.result or {}).get("partial_unexpected_index_list") or []
        return worker.answer(result, rows, height, (result.result or {}).get("unexpected_count") or 0)

    return worker.answers(built, {**counted, **found}, told)


def _validate(
    batch: Batch, name: str, expectations: Sequence[Expectation | str], form: dict[str, Any]
) -> dict[int, ExpectationValidationResult]:
    """Validate; GX asks Spark for many numbers at once, so what raised is asked for again, alone."""
    results = worker.validate(batch, name, expectations, form)
    raised = [one for one in expectations if not isinstance(one, str) and _raised(results, one)]
    if len(results) > 1:
        for one in raised:
            results |= worker.validate(batch, name, [one], form)
    return results


def _raised(results: Mapping[int, ExpectationValidationResult], one: Expectation) -> bool:
    place = (one.meta or {})["place"]
    return place in results and worker.raises(results[place]) is not None


def _has_rows(result: ExpectationValidationResult) -> bool:
    return worker.raises(result) is None and not result.success and bool(result.result.get("unexpected_count"))


def _without_nan(frame: DataFrame) -> DataFrame:
    """Take NaN for a missing value, as the engines of pandas and polars do."""
    from pyspark.sql import functions as F  # noqa: N812 - everyone's name for it
    from pyspark.sql.types import DoubleType, FloatType

    from factpack.adapters.gx.spark.engine import quoted

    floats = [one for one in frame.schema.fields if isinstance(one.dataType, DoubleType | FloatType)]
    missing = {one.name: F.nanvl(quoted(one.name), F.lit(None).cast(one.dataType)) for one in floats}
    return frame.withColumns(missing) if missing else frame
