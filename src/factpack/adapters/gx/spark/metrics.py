"""What Great Expectations asks its engine of Spark: the polars engine's conditions, and first rows instead of any."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricFunctionTypes, MetricPartialFunctionTypes
from great_expectations.execution_engine import SparkDFExecutionEngine
from great_expectations.expectations.metrics.map_metric_provider import (
    column_condition_partial,
    column_pair_condition_partial,
    multicolumn_condition_partial,
)
from great_expectations.expectations.registry import _registered_metrics, register_metric

from factpack.adapters.gx.polars.dtypes import PolarsType
from factpack.adapters.gx.polars.engine import ROW
from factpack.adapters.gx.polars.metrics import (
    ALL,
    CLASSES,
    COLUMN,
    DECLARED,
    MULTICOLUMN,
    PAIR,
    Column,
    shown,
)
from factpack.adapters.gx.polars.unsupported import Unsupported
from factpack.adapters.gx.spark.engine import FactsOnSparkEngine, judged, quoted, schema

if TYPE_CHECKING:
    from collections.abc import Callable

_FOUND = "\x1ffound"
_VALUE = MetricFunctionTypes.VALUE
# What Spark answers as polars does, and what needs more than the row that is judged.
_OF_SPARK = {
    "column_values.nonnull",
    "column_values.null",
    "column_values.unique",
    "compound_columns.unique",
    "column_values.z_score.under_threshold",
}
# What Spark answers otherwise, or has not been compared: no verdict is better than another one.
_NOT_COMPARED = (
    "column.quantile_values",
    "column.partition",
    "column.distinct_values.not_in_set",
    "column.distinct_values.not_in_set.count",
    "column.distinct_values.missing_from_column",
    "column.distinct_values.missing_from_column.count",
    "column_values.z_score.under_threshold.condition",
    "column_values.json_parseable.condition",
    "column_values.match_json_schema.condition",
    "column_values.dateutil_parseable.condition",
    "column_values.not_outliers.condition",
)
_PARTIALS: dict[MetricDomainTypes, Callable[..., Any]] = {
    COLUMN: column_condition_partial,
    PAIR: column_pair_condition_partial,
    MULTICOLUMN: multicolumn_condition_partial,
}


def declare() -> None:
    """Declare for Spark every condition that is declared for polars, and what GX asks of all of them."""
    for name, one in DECLARED.items():
        if FactsOnSparkEngine.__mro__[1].__name__ not in _providers(f"{name}.condition"):
            _declare_family(name, one.kind)
        if name not in _OF_SPARK:
            judge = _ORDERED.get(name, partial(_judge, name))
            _register(f"{name}.condition", judge, MetricPartialFunctionTypes.MAP_CONDITION_FN)
    for name in [name for name in _registered_metrics if SparkDFExecutionEngine.__name__ in _providers(name)]:
        provider = _OF_ALL.get(name.rsplit(".", 1)[-1])
        if provider is not None:
            _register(name, provider)
    _register("table.column_types", _types)
    _register("column.max", partial(_extreme, "max"))
    _register("column.min", partial(_extreme, "min"))
    for name in _NOT_COMPARED:
        if SparkDFExecutionEngine.__name__ in _providers(name):
            kind = MetricPartialFunctionTypes.MAP_CONDITION_FN if name.endswith(".condition") else _VALUE
            _register(name, partial(_refuse, name), kind)
    for name, compute in _AGGREGATES.items():
        _register(f"{name}.aggregate_fn", partial(_aggregate, compute), MetricPartialFunctionTypes.AGGREGATE_FN)


def _providers(name: str) -> Any:
    return _registered_metrics.get(name, {}).get("providers", {})


def _register(name: str, provider: Any, kind: Any = _VALUE) -> None:
    definition = _registered_metrics[name]
    # What was found by way of inheritance, or declared before, gives way.
    definition["providers"].pop(FactsOnSparkEngine.__name__, None)
    provide = partial(provider)
    register_metric(
        metric_name=name,
        metric_domain_keys=definition["metric_domain_keys"],
        metric_value_keys=definition["metric_value_keys"],
        execution_engine=FactsOnSparkEngine,
        metric_class=definition["providers"][SparkDFExecutionEngine.__name__][0],
        metric_provider=provide,
        metric_fn_type=kind,
    )


def _declare_family(name: str, kind: MetricDomainTypes) -> None:
    """Let GX derive of a condition, that Spark has not, all that it derives of those that it has."""

    def unknown(cls: Any, *columns: Any, **arguments: Any) -> Any:
        raise NotImplementedError(f"{name} is judged by the expression that is declared for polars")

    keys = _registered_metrics[f"{name}.condition"]["metric_value_keys"]
    members = {
        "condition_metric_name": name,
        "condition_value_keys": keys,
        "_spark": _PARTIALS[kind](engine=SparkDFExecutionEngine)(unknown),
    }
    type(name, (CLASSES[kind],), members)


def _judge(name: str, **arguments: Any) -> tuple[Any, Any, Any]:
    """Compile a condition that is declared for polars, for a domain of Spark's rows."""
    declared, engine = DECLARED[name], arguments["execution_engine"]
    frame, compute, accessor = engine.get_compute_domain(arguments["metric_domain_kwargs"], domain_type=declared.kind)
    try:
        _, considered, meets = declared.read(
            arguments["metric_domain_kwargs"], schema(frame), dict(arguments["metric_value_kwargs"] or {})
        )
    except Unsupported as error:
        raise ValueError(f"polars has no expression for {error}, and on Spark nothing else judges it") from error
    unexpected = ~meets if considered is ALL else considered & ~meets
    return judged(frame, unexpected), compute, accessor


def _follow(name: str, **arguments: Any) -> tuple[Any, Any, Any]:
    """Judge by the value before, in the order of the rows: GX's own condition takes them in any order."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812 - everyone's name for it

    engine, where = arguments["execution_engine"], arguments["metric_domain_kwargs"]
    frame, compute, accessor = engine.get_compute_domain(where, domain_type=COLUMN)
    dtype = schema(frame)[accessor["column"]]
    if not (dtype.is_numeric() or dtype.is_temporal()):
        raise ValueError(f"differences of values of type {dtype} are not known")
    value = quoted(accessor["column"])
    before = F.last(value, ignorenulls=True).over(
        Window.orderBy(quoted(ROW)).rowsBetween(Window.unboundedPreceding, -1)
    )
    strictly = (arguments["metric_value_kwargs"] or {}).get("strictly")
    if name == "column_values.increasing":
        unexpected = value <= before if strictly else value < before
    else:
        unexpected = value >= before if strictly else value > before
    return F.coalesce(unexpected, F.lit(False)), compute, accessor  # noqa: FBT003 - Spark's way


_ORDERED = {name: partial(_follow, name) for name in ("column_values.increasing", "column_values.decreasing")}


def _rows(**arguments: Any) -> list[tuple[int, Any]]:
    """Give the first rows that do not meet a condition, as many as are wanted, with what they hold."""
    condition, compute, accessor = arguments["metrics"]["unexpected_condition"]
    wanted = arguments["metric_value_kwargs"]["result_format"]["partial_unexpected_count"]
    if not wanted:
        return []
    frame = arguments["execution_engine"].get_domain_records({**compute, **accessor})
    kind, names = _domain(accessor)
    found = frame.withColumn(_FOUND, condition).filter(quoted(_FOUND))
    first = found.select(quoted(ROW), *map(quoted, dict.fromkeys(names))).orderBy(quoted(ROW)).limit(wanted)
    rows = pl.DataFrame(pl.from_arrow(first.toArrow()))
    columns = tuple(Column(name, rows.schema[name]) for name in names)
    return [(row[ROW], shown(kind, columns, tuple(row[name] for name in names))) for row in rows.iter_rows(named=True)]


def _domain(accessor: dict[str, Any]) -> tuple[MetricDomainTypes, list[str]]:
    if "column" in accessor:
        return COLUMN, [accessor["column"]]
    if "column_list" in accessor:
        return MULTICOLUMN, list(accessor["column_list"])
    return PAIR, [accessor["column_A"], accessor["column_B"]]


# Whatever the others would say, the first rows say.
_OF_ALL: dict[str, Callable[..., Any]] = {
    "unexpected_index_list": _rows,
    "unexpected_values": lambda **_: [],
    "unexpected_index_query": lambda **_: None,
}


def _types(**arguments: Any) -> list[dict[str, Any]]:
    """Name the columns with their types in polars."""
    frame, *_ = arguments["execution_engine"].get_compute_domain(
        arguments["metric_domain_kwargs"], domain_type=MetricDomainTypes.TABLE
    )
    return [{"name": name, "type": PolarsType(dtype)} for name, dtype in schema(frame).items()]


def _aggregate(compute: Callable[[Any, Any], Any], **arguments: Any) -> tuple[Any, Any, Any]:
    """Compute a number of a column as polars does: of decimals as floats, of integers as integers."""
    from pyspark.sql import functions as F  # noqa: N812 - everyone's name for it

    where = arguments["metric_domain_kwargs"]
    frame, domain, accessor = arguments["execution_engine"].get_compute_domain(where, domain_type=COLUMN)
    name = accessor["column"]
    dtype = schema(frame)[name]
    if not (dtype.is_numeric() or dtype == pl.Boolean):
        raise ValueError(f"arithmetic on values of type {dtype} is not known")
    kept = {pl.Boolean: "bigint", pl.Decimal: "double"}.get(dtype.base_type())
    return compute(F, quoted(name) if kept is None else quoted(name).cast(kept)), domain, accessor


def _extreme(function: str, **arguments: Any) -> Any:
    """Find the largest or smallest value, as it is: GX makes a float of a decimal, and a text of a date."""
    from pyspark.sql import functions as F  # noqa: N812 - everyone's name for it

    where = arguments["metric_domain_kwargs"]
    frame, _, accessor = arguments["execution_engine"].get_compute_domain(where, domain_type=COLUMN)
    found = frame.agg(getattr(F, function)(quoted(accessor["column"])).alias(_FOUND)).toArrow()
    return pl.DataFrame(pl.from_arrow(found)).item()


def _refuse(name: str, **_: Any) -> Any:
    """Refuse a metric: Spark takes the lower of two quantiles, for one, where numpy and polars take the nearer."""
    raise NotImplementedError(f"{name} is not known to be the same on Spark as on one machine; use --engine local")


_AGGREGATES: dict[str, Callable[[Any, Any], Any]] = {
    "column.mean": lambda F, values: F.avg(values),  # noqa: N803
    "column.sum": lambda F, values: F.sum(values),  # noqa: N803
    "column.standard_deviation": lambda F, values: F.stddev_samp(values),  # noqa: N803
}
