"""Metrics as polars expressions: how one is declared, so that Great Expectations finds it for our engine.

`condition` declares what a row must meet, and with it the whole family that GX derives of that: counts, values,
indices and rows of what was unexpected. `aggregate` declares a number of a column. A metric that GX has already keeps
its class, so its arguments and dependencies are GX's; one that it has not gets a class of its own.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricFunctionTypes, MetricPartialFunctionTypes
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    ColumnPairMapMetricProvider,
    MulticolumnMapMetricProvider,
)
from great_expectations.expectations.metrics.util import get_dbms_compatible_metric_domain_kwargs
from great_expectations.expectations.registry import _registered_metrics, register_metric

from factpack.adapters.gx.polars.engine import ROW, Deferred, Domain, Foreign, PolarsExecutionEngine
from factpack.adapters.gx.polars.unsupported import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COLUMN, PAIR, MULTICOLUMN = MetricDomainTypes.COLUMN, MetricDomainTypes.COLUMN_PAIR, MetricDomainTypes.MULTICOLUMN
CLASSES = {
    COLUMN: ColumnMapMetricProvider,
    PAIR: ColumnPairMapMetricProvider,
    MULTICOLUMN: MulticolumnMapMetricProvider,
}
_BOTH = {"both_values_are_missing", "all_values_are_missing"}
_EITHER = {"either_value_is_missing", "any_value_is_missing"}
_NEVER = {None, "neither", "never"}
# All rows count.
ALL = pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the batch: what to write an expression with."""

    name: str
    dtype: pl.DataType

    @property
    def values(self) -> pl.Expr:
        """Its values."""
        return pl.col(self.name)


@dataclass(frozen=True, slots=True)
class Declared:
    """A condition as it was declared: what it is about, the function that judges, and whether it judges nulls."""

    kind: MetricDomainTypes
    function: Callable[..., pl.Expr]
    nulls: bool

    def read(
        self, where: Any, schema: Mapping[str, pl.DataType], arguments: Mapping[str, Any]
    ) -> tuple[tuple[Column, ...], pl.Expr, pl.Expr]:
        """Give the columns of a domain, which of its rows count, and which meet the condition.

        Raises:
            Unsupported: polars has no such expression on columns of these types.
        """
        where = _resolved(where, schema)
        columns = _columns(where, self.kind, schema)
        if self.kind == COLUMN:
            considered = ALL if self.nulls else columns[0].values.is_not_null()
        else:
            considered = _considered(columns, where.get("ignore_row_if"))
        return columns, considered, self.function(*columns, **arguments).fill_null(value=False)


# The conditions by the name of their metric: whatever engine judges rows, this is what it judges by.
DECLARED: dict[str, Declared] = {}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a condition comes to in a domain: the rows that count, those of them that do not meet it, and how many."""

    domain: Domain
    kind: MetricDomainTypes
    columns: tuple[Column, ...]
    considered: pl.Expr
    unexpected: pl.Expr
    count: Deferred


def condition(
    name: str,
    kind: MetricDomainTypes,
    *,
    nulls: bool = False,
    screen: Callable[..., pl.Expr] | None = None,
) -> Callable[[Callable[..., pl.Expr]], Callable[..., pl.Expr]]:
    """Declare a condition on rows, and the metrics that Great Expectations derives of it.

    The function is called with a `Column` for each column of the domain and with the metric's arguments by name, and
    returns the expression that is true where a row meets the condition; null is taken for false.

    Args:
        name: the metric's name, as in `column_values.between`.
        kind: `COLUMN`, `PAIR` or `MULTICOLUMN`.
        nulls: whether a condition on a column judges missing values; otherwise only the others count.
        screen: gives of the same columns an expression that is zero only if all rows meet the condition, and that is
            cheaper to evaluate than the condition; called with `considered`, the rows that count.

    Example:
        >>> @condition("column_values.even", COLUMN)
        ... def is_even(column: Column) -> pl.Expr:
        ...     return column.values % 2 == 0
    """

    def declare(function: Callable[..., pl.Expr]) -> Callable[..., pl.Expr]:
        own = tuple(key for key, one in inspect.signature(function).parameters.items() if one.kind == one.KEYWORD_ONLY)
        if f"{name}.condition" not in _registered_metrics:
            _declare_class(name, kind, own)
        DECLARED[name] = Declared(kind, function, nulls)
        judge = partial(_judge, declared=DECLARED[name], screen=screen)
        _register(
            f"{name}.condition", _provider(f"{name}.condition", judge), MetricPartialFunctionTypes.MAP_CONDITION_SERIES
        )
        derived = dict(_DERIVED)
        if kind == COLUMN:
            derived["unexpected_value_counts"] = _value_counts
        else:
            derived["filtered_row_count"] = _considered_count
        for suffix, derive in derived.items():
            _register(f"{name}.{suffix}", _provider(f"{name}.{suffix}", partial(_derived, derive)))
        return function

    return declare


def _declare_class(name: str, kind: MetricDomainTypes, keys: tuple[str, ...]) -> None:
    """Declare a metric that Great Expectations has not, so that it can be looked up and depended on."""
    provider: Any = type(name, (CLASSES[kind],), {"condition_metric_name": name, "condition_value_keys": keys})
    for suffix in ("condition", *_DERIVED, "unexpected_value_counts" if kind == COLUMN else "filtered_row_count"):
        formats = () if suffix in {"condition", "unexpected_count"} else ("result_format",)
        register_metric(
            metric_name=f"{name}.{suffix}",
            metric_domain_keys=provider.condition_domain_keys,
            metric_value_keys=(*keys, *formats),
            execution_engine=PolarsExecutionEngine,
            metric_class=provider,
            metric_provider=None,
        )


def aggregate(name: str, finish: Callable[..., Any] = lambda one: one.item()) -> Callable[[Any], Any]:
    """Declare a metric of one column: a function of it that gives the expression, or expressions, to select.

    Args:
        name: the metric's name, as in `column.max`.
        finish: makes the metric's value of the selected series, and of the metric's arguments.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def compute(engine: PolarsExecutionEngine, where: Any, arguments: dict[str, Any], _: Any) -> Deferred:
            domain = engine.domain(where)
            (column,) = _columns(_resolved(where, domain.schema), COLUMN, domain.schema)
            selected = function(column, **arguments)
            expressions = selected if isinstance(selected, tuple) else (selected,)
            _check(domain, *expressions)
            return Deferred(
                domain, expressions, partial(finish, **arguments) if finish.__code__.co_kwonlyargcount else finish
            )

        _register(name, _provider(name, compute))
        return function

    return declare


def value(name: str) -> Callable[[Any], Any]:
    """Declare a metric that a function computes of the engine, the domain, the arguments and what it depends on."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _register(name, _provider(name, function))
        return function

    return declare


def leave(name: str) -> None:
    """Leave a metric to pandas, and compute it only if one that pandas computes needs it."""

    def provide(**arguments: Any) -> Foreign:
        return Foreign(name, arguments)

    provide.on_polars = True
    _register(name, provide)


def _register(name: str, provider: Any, kind: Any = MetricFunctionTypes.VALUE) -> None:
    definition = _registered_metrics[name]
    metric_class = next(iter(definition["providers"].values()))[0]
    # What was found by way of inheritance, or declared above without a provider, gives way.
    definition["providers"].pop(PolarsExecutionEngine.__name__, None)
    register_metric(
        metric_name=name,
        metric_domain_keys=definition["metric_domain_keys"],
        metric_value_keys=definition["metric_value_keys"],
        execution_engine=PolarsExecutionEngine,
        metric_class=metric_class,
        metric_provider=provider,
        metric_fn_type=kind,
    )


def _provider(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Make of a function what Great Expectations calls; what polars cannot say of such data is left to pandas."""

    def provide(**arguments: Any) -> Any:
        engine: PolarsExecutionEngine = arguments["execution_engine"]
        values = dict(arguments["metric_value_kwargs"] or {})
        try:
            return function(engine, arguments["metric_domain_kwargs"], values, arguments["metrics"])
        except (Unsupported, pl.exceptions.PolarsError):
            return engine.through_pandas(name, arguments)

    provide.on_polars = True
    return provide


def _judge(
    engine: PolarsExecutionEngine,
    where: Any,
    arguments: dict[str, Any],
    _needed: Mapping[str, Any],
    *,
    declared: Declared,
    screen: Callable[..., pl.Expr] | None,
) -> Condition:
    """Compile a condition for a domain."""
    domain = engine.domain(where)
    columns, considered, meets = declared.read(where, domain.schema, arguments)
    unexpected = considered & ~meets
    _check(domain, unexpected)
    count = Deferred(domain, (unexpected.sum(),), otherwise=0)
    if screen is not None:
        count.after = Deferred(domain, (screen(*columns, considered=considered),))
    return Condition(domain, declared.kind, columns, considered, unexpected, count)


def _derived(
    derive: Callable[[Condition, Mapping[str, Any]], Deferred],
    _engine: Any,
    _where: Any,
    arguments: Mapping[str, Any],
    needed: Mapping[str, Any],
) -> Deferred:
    judged = needed["unexpected_condition"]
    if not isinstance(judged, Condition):
        raise Unsupported("the condition was judged by pandas, and so is what derives from it")
    return derive(judged, arguments.get("result_format") or {})


def _count(judged: Condition, _format: Mapping[str, Any]) -> Deferred:
    return judged.count


def _values(judged: Condition, form: Mapping[str, Any]) -> Deferred:
    """List what was unexpected: a value, a pair, or a record of several."""
    chosen = pl.struct(column.values.alias(str(at)) for at, column in enumerate(judged.columns))

    def finish(found: pl.Series) -> list[Any]:
        return [shown(judged.kind, judged.columns, tuple(record.values())) for record in _listed(found)]

    return _of_unexpected(judged, chosen.filter(judged.unexpected).head(_limit(form)), finish)


def shown(kind: MetricDomainTypes, columns: tuple[Column, ...], found: tuple[Any, ...]) -> Any:
    """Show what a row holds in the columns of a domain: a value, a pair, or a record of several."""
    values = [_shown(column, one) for column, one in zip(columns, found, strict=True)]
    if kind == COLUMN:
        return values[0]
    if kind == PAIR:
        return tuple(values)
    return dict(zip((column.name for column in columns), values, strict=True))


def _shown(column: Column, one: Any) -> Any:
    """Show a missing number or text as pandas does; GX counts pairs by sorting them, which None forbids."""
    plain = column.dtype.is_numeric() or column.dtype == pl.String
    return math.nan if one is None and plain else one


def _indices(judged: Condition, form: Mapping[str, Any]) -> Deferred:
    """List the rows: by number, or by the columns that the result format names."""
    keys = form.get("unexpected_index_column_names") or []
    schema = judged.domain.schema
    missing = [key for key in keys if key not in schema]
    if missing:
        raise ValueError(
            f'Error: The unexpected_index_column "{missing[0]}" does not exist in Dataframe. '
            "Please check your configuration and try again."
        )
    names = [column.name for column in judged.columns]
    chosen = pl.struct(list(dict.fromkeys([*names, *keys]))) if keys else judged.domain.row
    rows = chosen.filter(judged.unexpected)
    if form.get("result_format") != "COMPLETE":
        rows = rows.head(form.get("partial_unexpected_count", 20))

    def finish(found: pl.Series) -> list[Any]:
        records: list[Any] = found.item().to_list()
        if keys and form.get("exclude_unexpected_values"):
            return [{key: [record[key] for record in records] for key in keys}]
        return records

    return _of_unexpected(judged, rows, finish)


def _query(judged: Condition, form: Mapping[str, Any]) -> Deferred:
    """Write the polars expression that gives the rows of the batch; only where the result will have it."""
    wanted = form.get("return_unexpected_index_query")
    if wanted is False or (not wanted and form.get("result_format") != "COMPLETE"):
        return _of_unexpected(judged, judged.domain.row.head(0), lambda _: None)
    found = _of_unexpected(
        judged, judged.domain.row.filter(judged.unexpected), lambda rows: f"df[{rows.item().to_list()}]"
    )
    found.otherwise = "df[[]]"
    return found


def _rows(judged: Condition, form: Mapping[str, Any]) -> Deferred:
    """Give whole rows, as the pandas frame that GX renders; its index is their number in the batch."""
    whole = pl.struct(pl.all().exclude(ROW), judged.domain.row.cast(pl.Int64).alias(ROW))
    rows = whole.filter(judged.unexpected).head(_limit(form))

    def finish(found: pl.Series) -> Any:
        return found.item().struct.unnest().to_pandas().set_index(ROW).rename_axis(None)

    found = _of_unexpected(judged, rows, finish)
    found.otherwise = pl.DataFrame(schema=judged.domain.schema).to_pandas()
    return found


def _value_counts(judged: Condition, _form: Mapping[str, Any]) -> Deferred:
    return _of_unexpected(judged, judged.columns[0].values.filter(judged.unexpected).value_counts(), _listed)


def _considered_count(judged: Condition, _form: Mapping[str, Any]) -> Deferred:
    return Deferred(judged.domain, (judged.considered.sum(),))


_DERIVED: dict[str, Callable[[Condition, Mapping[str, Any]], Deferred]] = {
    "unexpected_count": _count,
    "unexpected_values": _values,
    "unexpected_index_list": _indices,
    "unexpected_index_query": _query,
    "unexpected_rows": _rows,
}


def _of_unexpected(judged: Condition, chosen: pl.Expr, finish: Callable[[pl.Series], Any]) -> Deferred:
    """Look for what is unexpected only once it is known, or after a screen all but known, that something is."""
    return Deferred(judged.domain, (chosen.implode(),), finish, after=judged.count.after or judged.count, otherwise=[])


def _listed(found: pl.Series) -> list[Any]:
    values: list[Any] = found.item().to_list()
    return values


def _limit(form: Mapping[str, Any]) -> int:
    if form.get("result_format") == "COMPLETE":
        return int(MAX_RESULT_RECORDS)
    return min(int(form.get("partial_unexpected_count", 20)), int(MAX_RESULT_RECORDS))


def _resolved(where: Any, schema: Mapping[str, pl.DataType]) -> Mapping[str, Any]:
    """Check that the columns of a domain are there, with GX's own words if they are not."""
    resolved: Mapping[str, Any] = get_dbms_compatible_metric_domain_kwargs(
        metric_domain_kwargs=where, batch_columns_list=list(schema)
    )
    return resolved


def _columns(
    where: Mapping[str, Any], kind: MetricDomainTypes, schema: Mapping[str, pl.DataType]
) -> tuple[Column, ...]:
    names = {
        COLUMN: lambda: [where["column"]],
        PAIR: lambda: [where["column_A"], where["column_B"]],
        MULTICOLUMN: lambda: list(where["column_list"]),
    }[kind]()
    return tuple(Column(name, schema[name]) for name in names)


def _considered(columns: tuple[Column, ...], ignored: str | None) -> pl.Expr:
    """Say which rows count, of those in which some or all of several values are missing."""
    there = [column.values.is_not_null() for column in columns]
    if ignored in _EITHER:
        return pl.all_horizontal(there)
    if ignored in _BOTH:
        return pl.any_horizontal(there)
    if ignored in _NEVER:
        return ALL
    raise ValueError(f'Unrecognized value of ignore_row_if ("{ignored}").')


def _check(domain: Domain, *expressions: pl.Expr) -> None:
    """Let an expression that cannot be evaluated fail now, alone, and not when all are collected."""
    domain.frame.select(one.alias(str(at)) for at, one in enumerate(expressions)).collect_schema()
