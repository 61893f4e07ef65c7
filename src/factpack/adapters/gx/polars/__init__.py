"""Great Expectations on polars: an execution engine, the metrics of the core expectations, and a datasource.

It needs nothing else of factpack. Importing it registers all three with Great Expectations, by the means that GX has
for that; import it before a context reads a configuration that names a datasource of the type `polars`.

Example:
    >>> import great_expectations as gx, polars as pl
    >>> import factpack.adapters.gx.polars
    >>> context = gx.get_context(mode="ephemeral")
    >>> asset = context.data_sources.add_polars("frames").add_dataframe_asset("blocs")
    >>> batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
    ...     {"dataframe": pl.DataFrame({"bloc": ["BRICS", "SCO"], "members": [11, 10]})}
    ... )
    >>> batch.validate(gx.expectations.ExpectColumnMaxToBeBetween(column="members", max_value=11)).success
    True
"""

# GX must know its own metrics before ours take their names for this engine.
import great_expectations.expectations.core
import great_expectations.expectations.metrics  # noqa: F401

from factpack.adapters.gx.polars import aggregates, conditions
from factpack.adapters.gx.polars.datasource import PolarsDatasource, PolarsFrameAsset, PolarsScanAsset
from factpack.adapters.gx.polars.engine import PolarsExecutionEngine
from factpack.adapters.gx.polars.metrics import COLUMN, MULTICOLUMN, PAIR, Column, aggregate, condition

__all__ = [
    "COLUMN",
    "MULTICOLUMN",
    "PAIR",
    "Column",
    "PolarsDatasource",
    "PolarsExecutionEngine",
    "PolarsFrameAsset",
    "PolarsScanAsset",
    "aggregate",
    "aggregates",
    "condition",
    "conditions",
]
