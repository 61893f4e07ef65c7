"""A percentage lies in 0 to 100, says of what it is a part, and has a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    MulticolumnMapMetricProvider,
    multicolumn_condition_partial,
)

if TYPE_CHECKING:
    import pandas as pd


class PercentSourced(MulticolumnMapMetricProvider):
    """Look at the rows whose unit is percent."""

    condition_metric_name = "multicolumn_values.percent_sourced"
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **_kwargs: Any) -> pd.Series:  # noqa: N805 - GX makes it a class method
        unit, value, base, source = (column_list[name] for name in column_list.columns)
        return (unit != "percent") | (value.between(0, 100) & base.notna() & source.notna())


class ExpectPercentToBeSourced(MulticolumnMapExpectation):
    """Expect a percentage to lie in 0 to 100, to say of what it is a part, and to have a source.

    Args:
        column_list: the columns of the unit, the value, the base and the source.
    """

    map_metric = "multicolumn_values.percent_sourced"
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production", "tags": ["facts"], "contributors": []}
