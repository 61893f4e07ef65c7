"""An execution engine on polars: it collects what a whole suite asks for, and answers it in one pass.

Great Expectations asks for metrics in waves, each after those it depends on. Here a metric is answered with a
`Deferred` that holds expressions, and only when the waves have ended (the validation graph then asks for nothing, once
more) are all of them evaluated: one query for each row condition, all in one collect. Lists of what was unexpected are
asked for in a second one, of those conditions alone that some rows do not meet.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.exceptions import GreatExpectationsError, MetricResolutionError
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine
from great_expectations.expectations.registry import get_metric_provider

from factpack.adapters.gx.polars.rowconditions import predicate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd
    from great_expectations.validator.metric_configuration import MetricConfiguration

logger = logging.getLogger(__name__)

# The number of a row in its batch, where a row condition leaves some out; no table has a column of such a name.
ROW = "\x1frow"


class PolarsBatchData(BatchData):
    """A frame or a scan, and, where a metric exists for pandas alone, the pandas frame of it.

    NaN is a missing value, as it is for the pandas engine.
    """

    def __init__(self, execution_engine: ExecutionEngine, frame: pl.DataFrame | pl.LazyFrame) -> None:
        super().__init__(execution_engine=execution_engine)
        self.schema = frame.collect_schema()
        floats = [name for name, dtype in self.schema.items() if dtype.is_float()]
        self.frame = frame.lazy().with_columns(pl.col(floats).fill_nan(None))
        self._pandas: pd.DataFrame | None = None

    @property
    def dataframe(self) -> pd.DataFrame:
        """The rows as pandas has them, converted when they are first asked for."""
        if self._pandas is None:
            self._pandas = self.frame.collect().to_pandas()
        return self._pandas


@dataclass(frozen=True, slots=True)
class Domain:
    """The rows that a metric is about; `row` numbers them in their batch."""

    key: tuple[int, str]
    frame: pl.LazyFrame
    schema: pl.Schema
    row: pl.Expr


@dataclass(eq=False, slots=True)
class Deferred:
    """A metric that is still to be computed: what to select from its domain, and what to make of that.

    Where `after` comes out as zero there is nothing to be found, and `otherwise` is the value.
    """

    domain: Domain
    expressions: tuple[pl.Expr, ...]
    finish: Callable[..., Any] = lambda one: one.item()
    after: Deferred | None = None
    otherwise: Any = None
    settled: bool = False
    value: Any = None
    error: pl.exceptions.PolarsError | None = None

    def settle(self, value: Any) -> None:
        """Keep the value."""
        self.value, self.settled = value, True


@dataclass(frozen=True, slots=True)
class Foreign:
    """A metric that only pandas has, and that is computed when one of pandas' own asks for it."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(slots=True)
class Account:
    """What an engine did: collects, expressions evaluated in them, and the metrics that pandas computed."""

    collects: int = 0
    expressions: int = 0
    through_pandas: list[str] = field(default_factory=list)


class PolarsExecutionEngine(PandasExecutionEngine):
    """Run Great Expectations on polars frames and scans.

    Args:
        streaming: collect with polars' streaming engine, for data that may not fit in memory.
        pandas_fallback: let pandas compute the metrics that have no polars expression (`account.through_pandas`
            names them); without it they raise.
        arguments: as for any execution engine.
    """

    # It is one of pandas' kind: what asks for the engine's class finds pandas' ways, and its metrics are inherited.

    def __init__(self, *, streaming: bool = False, pandas_fallback: bool = True, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.streaming, self.pandas_fallback = streaming, pandas_fallback
        self.account = Account()
        self._domains: dict[tuple[int, str], Domain] = {}

    def load_batch_data(self, batch_id: str, batch_data: Any) -> None:
        """Make a frame the batch of an id, and forget what was computed of others."""
        if isinstance(batch_data, pl.DataFrame | pl.LazyFrame):
            batch_data = PolarsBatchData(self, batch_data)
        if not isinstance(batch_data, PolarsBatchData):
            raise GreatExpectationsError(f"expected a polars DataFrame or LazyFrame, got {type(batch_data)}")
        self._domains.clear()
        self._metric_cache = {}
        ExecutionEngine.load_batch_data(self, batch_id=batch_id, batch_data=batch_data)

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[Any, BatchMarkers]:
        """Take the frame out of a batch's specification."""
        loaded = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        frame, batch_spec.batch_data = batch_spec.batch_data, "PolarsFrame"
        data = frame if isinstance(frame, PolarsBatchData) else PolarsBatchData(self, frame)
        return data, BatchMarkers({"ge_load_time": loaded})

    def domain(self, domain_kwargs: Mapping[str, Any]) -> Domain:
        """Give the rows that domain arguments speak of.

        Raises:
            GreatExpectationsError: the row condition is text, which pandas would execute; or it is another table's.
        """
        if domain_kwargs.get("table"):
            # Else a table would be compared with itself, and always be as it should.
            raise GreatExpectationsError(f"there is no table {domain_kwargs['table']!r} beside the one that is judged")
        batch = self._batch(domain_kwargs)
        condition = domain_kwargs.get("row_condition")
        key = (id(batch), repr(condition))
        if key not in self._domains:
            frame, row = batch.frame, pl.int_range(pl.len())
            if condition:
                kept = predicate(condition, batch.schema)
                frame, row = frame.with_row_index(ROW).filter(kept), pl.col(ROW)
            self._domains[key] = Domain(key, frame, batch.schema, row)
        return self._domains[key]

    def _batch(self, domain_kwargs: Mapping[str, Any]) -> PolarsBatchData:
        batch_id: Any = domain_kwargs.get("batch_id") or self.batch_manager.active_batch_data_id
        batch: Any = self.batch_manager.batch_data_cache.get(batch_id)
        if not isinstance(batch, PolarsBatchData):
            raise GreatExpectationsError(f"no batch of the id {batch_id} has been loaded")
        return batch

    def _apply_row_condition_filter(self, data: pd.DataFrame, row_condition: Any, domain_kwargs: Any) -> pd.DataFrame:
        """Choose the rows that pandas computes a metric of: those that polars chooses."""
        batch = self._batch(domain_kwargs)
        kept = batch.frame.select(predicate(row_condition, batch.schema).fill_null(value=False)).collect().to_series()
        return data[kept.to_numpy()]

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: dict[Any, Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> dict[Any, Any]:
        """Take note of metrics; compute them once nothing more is asked for.

        Raises:
            MetricResolutionError: a metric cannot be had; the error names it.
        """
        known = {} if metrics is None else metrics
        if not metrics_to_resolve:
            return self._settled(known)
        resolved: dict[Any, Any] = {}
        for metric in metrics_to_resolve:
            try:
                resolved[metric.id] = self._resolve(metric, known, runtime_configuration)
            except Exception as error:
                known.update(resolved)
                raise MetricResolutionError(message=str(error), failed_metrics=(metric,)) from error
        # A validation graph always says how it is run, and comes back; whoever else asks wants the answer.
        return self._settled(resolved) if runtime_configuration is None else resolved

    def _resolve(self, metric: MetricConfiguration, known: dict[Any, Any], runtime: dict[str, Any] | None) -> Any:
        needed = self._get_computed_metric_evaluation_dependencies_by_metric_name(metric, known)
        metric_class, provider = get_metric_provider(metric.metric_name, self)
        arguments = {
            "cls": metric_class,
            "execution_engine": self,
            "metric_domain_kwargs": metric.metric_domain_kwargs,
            "metric_value_kwargs": metric.metric_value_kwargs,
            "metrics": needed,
            "runtime_configuration": runtime,
        }
        if getattr(provider, "on_polars", False):
            return provider(**arguments)
        return self.through_pandas(metric.metric_name, arguments)

    def through_pandas(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Let the pandas engine's own provider compute a metric, from what it depends on and the pandas frame.

        Raises:
            GreatExpectationsError: this engine was told not to.
        """
        if not self.pandas_fallback:
            raise GreatExpectationsError(f"{name} has no polars expression for such data, and pandas_fallback is off")
        self.account.through_pandas.append(name)
        needed = arguments["metrics"]
        self._collect(one for one in needed.values() if isinstance(one, Deferred))
        values = {key: self._value(one) for key, one in needed.items()}
        provider = get_metric_provider(name, _PANDAS)[1]
        return provider(**{**arguments, "metrics": values})

    def _value(self, one: Any) -> Any:
        if isinstance(one, Foreign):
            return self.through_pandas(one.name, one.arguments)
        if isinstance(one, Deferred) and one.error is not None:
            raise one.error
        return one.value if isinstance(one, Deferred) else one

    def _settled(self, known: dict[Any, Any]) -> dict[Any, Any]:
        """Compute what is deferred, in place; what cannot be computed is left out, and so fails what needs it."""
        deferred = {key: one for key, one in known.items() if isinstance(one, Deferred)}
        self._collect(deferred.values())
        for key, one in deferred.items():
            if one.error is None:
                known[key] = one.value
            else:
                logger.error("%s: %s", key[0], one.error)
                del known[key]
        self._metric_cache.update(known)
        return known

    def _collect(self, deferred: Iterable[Deferred]) -> None:
        """Evaluate metrics, and those they come after: each round all that can be, in one collect."""
        waiting: dict[Deferred, None] = {}
        for one in deferred:
            chain: Deferred | None = one
            while chain is not None and not chain.settled:
                waiting[chain] = None
                chain = chain.after
        while waiting:
            ready = [one for one in waiting if one.after is None or one.after.settled]
            for one in ready:
                del waiting[one]
                if one.after is not None and not one.after.value:
                    one.error = one.after.error
                    one.settle(one.otherwise)
            self._evaluate([one for one in ready if not one.settled])

    def _evaluate(self, deferred: list[Deferred]) -> None:
        by_domain: dict[tuple[int, str], list[Deferred]] = {}
        for one in deferred:
            by_domain.setdefault(one.domain.key, []).append(one)
        groups = list(by_domain.values())
        if not groups:
            return
        self.account.collects += 1
        self.account.expressions += sum(len(one.expressions) for one in deferred)
        try:
            frames = pl.collect_all([_query(group) for group in groups], engine=self._engine)
        except pl.exceptions.PolarsError as error:
            if len(deferred) == 1:
                deferred[0].error = error
                deferred[0].settle(None)
                return
            # One that fails must not take the others with it.
            for one in deferred:
                self._evaluate([one])
            return
        for group, frame in zip(groups, frames, strict=True):
            columns = iter(frame.iter_columns())
            for one in group:
                one.settle(one.finish(*(next(columns) for _ in one.expressions)))

    @property
    def _engine(self) -> Any:
        return "streaming" if self.streaming else "auto"


# Providers are found by the class of an engine.
_PANDAS = PandasExecutionEngine()


def _query(group: list[Deferred]) -> pl.LazyFrame:
    expressions = [expression for one in group for expression in one.expressions]
    return group[0].domain.frame.select(expression.alias(str(at)) for at, expression in enumerate(expressions))
