"""A stated number of members lies between the members that are certain and those that are possible."""

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


class StatedCountEqualsCounted(MulticolumnMapMetricProvider):
    """Compare a stated number with the lengths of two lists of members."""

    condition_metric_name = "multicolumn_values.stated_count_equals_counted"
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **_kwargs: Any) -> pd.Series:  # noqa: N805 - GX makes it a class method
        stated, certain, contested = (column_list[name] for name in column_list.columns)
        least = certain.map(len)
        return (stated >= least) & (stated <= least + contested.map(len))


class ExpectStatedCountToEqualCounted(MulticolumnMapExpectation):
    """Expect a stated number of members to be the number of members that were counted.

    Args:
        column_list: the column of the stated number, of the list of certain members, of the list of contested members.

    With no contested members the number must be met exactly; each contested member may be counted or not.
    """

    map_metric = "multicolumn_values.stated_count_equals_counted"
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production", "tags": ["facts"], "contributors": []}
