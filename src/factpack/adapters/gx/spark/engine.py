"""Great Expectations' engine of Spark, with the judgement of the polars engine: the same condition, the same verdict.

GX has two answers to one question where its engines differ: what a regular expression matches, whether a missing value
is different from another, what a decimal is compared with. Here a condition on rows is the polars expression that our
polars engine evaluates, run by the executors on Arrow batches; the rest is Spark's, as far as it answers the same.
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Type  # noqa: UP035

import polars as pl
from great_expectations.datasource.fluent import SparkDatasource
from great_expectations.execution_engine import SparkDFExecutionEngine

from factpack.adapters.gx.polars.engine import ROW
from factpack.adapters.gx.polars.rowconditions import predicate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa
    from pyspark.sql import Column, DataFrame

_FOUND = "\x1ffound"


class FactsOnSparkEngine(SparkDFExecutionEngine):
    """GX's engine of Spark, that chooses rows as polars does; its metrics are inherited where we declare none."""

    def _apply_row_condition_filter(self, data: DataFrame, row_condition: Any, domain_kwargs: Any) -> DataFrame:  # noqa: ARG002
        """Choose the rows that a row condition keeps; one of text is refused, for it would be executed."""
        return data.filter(judged(data, predicate(row_condition, schema(data)).fill_null(value=False)))


class FactsOnSparkDatasource(SparkDatasource):
    """A datasource whose frames that engine judges."""

    type: Literal["facts_on_spark"] = "facts_on_spark"  # type: ignore[assignment] # it is one more kind

    @property
    def execution_engine_type(self) -> Type[SparkDFExecutionEngine]:  # noqa: UP006 - `type` is a field here
        """The engine that metrics are computed with."""
        return FactsOnSparkEngine


def schema(frame: DataFrame) -> pl.Schema:
    """Give the columns of a frame, without the number of the row, as polars has them from Arrow."""
    from pyspark.sql.pandas.types import to_arrow_schema

    zone = frame.sparkSession.conf.get("spark.sql.session.timeZone")
    empty = pl.DataFrame(pl.from_arrow(to_arrow_schema(frame.schema, timezone=zone).empty_table()))
    return pl.Schema({name: dtype for name, dtype in empty.schema.items() if name != ROW})


def judged(frame: DataFrame, expression: pl.Expr) -> Column:
    """Make a column of Spark of a polars expression on the rows of a frame: whether each meets it.

    Raises:
        ValueError: the expression needs other rows than the one it judges, and no executor has them all.
    """
    from pyspark.sql import functions as F  # noqa: N812 - everyone's name for it
    from pyspark.sql.types import BooleanType

    kinds = schema(frame)
    if not _is_of_rows(expression, kinds):
        raise ValueError(
            "its condition needs other rows than the one that it judges (a rank, a sum, a neighbour), which a batch "
            "of a cluster has not; write it of the row's own columns, or use --engine local"
        )
    # What has no column still has a length.
    names = [name for name in kinds if name in set(expression.meta.root_names())] or [next(iter(kinds))]
    return F.arrow_udf(_judge(expression, {name: kinds[name] for name in names}), BooleanType())(*map(quoted, names))


def _judge(expression: pl.Expr, kinds: Mapping[str, pl.DataType]) -> Any:
    """Make the function that goes to the executors; it takes along what it needs of the project."""
    with _pickled():
        sent, version = expression.meta.serialize(), pl.__version__

    def judge(*columns: pa.Array) -> pa.Array:
        if pl.__version__ != version:
            raise RuntimeError(f"this executor has polars {pl.__version__}, the driver {version}: expected the same")
        rows = pl.DataFrame({name: pl.from_arrow(one) for name, one in zip(kinds, columns, strict=True)})
        if dict(rows.schema) != dict(kinds):
            raise TypeError(f"Spark gave {dict(rows.schema)}, expected {dict(kinds)}")
        return rows.with_columns(pl.Expr.deserialize(io.BytesIO(sent)).alias(_FOUND))[_FOUND].to_arrow()

    judge.__annotations__.clear()
    return judge


@contextmanager
def _pickled() -> Iterator[None]:
    """Pickle by value what modules of the project hold: executors have factpack, and not the project.

    Polars asks for cloudpickle where an expression holds a function of Python; pyspark brings it, under its own name.
    """
    from pyspark import cloudpickle

    own = [module for name, module in list(sys.modules.items()) if name.startswith("factpack_project.")]
    before = sys.modules.get("cloudpickle")
    sys.modules["cloudpickle"] = cloudpickle
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)
        if before is None:
            del sys.modules["cloudpickle"]
        else:
            sys.modules["cloudpickle"] = before


def _is_of_rows(expression: pl.Expr, kinds: pl.Schema) -> bool:
    """Tell whether an expression judges each row by itself.

    Polars knows: it takes a slice before it evaluates an expression only if that changes nothing.
    """
    rows = pl.LazyFrame(schema={**kinds, ROW: pl.Int64()})
    plan = rows.select(expression.alias(_FOUND), ROW).slice(1, 1).explain()
    return not plan.lstrip().startswith("SLICE")


def quoted(name: str) -> Column:
    """Name a column, whatever characters its name has."""
    from pyspark.sql import functions as F  # noqa: N812

    return F.col(f"`{name.replace('`', '``')}`")
