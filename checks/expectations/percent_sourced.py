"""A percentage lies in 0 to 100, says of what it is a part, and has a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from great_expectations.expectations.expectation import MulticolumnMapExpectation

from factpack.adapters.gx.polars import MULTICOLUMN, Column, condition

if TYPE_CHECKING:
    import polars as pl


@condition("multicolumn_values.percent_sourced", MULTICOLUMN)
def is_sourced(unit: Column, value: Column, base: Column, source: Column) -> pl.Expr:
    """Look at the rows whose unit is percent."""
    sourced = value.values.is_between(0, 100) & base.values.is_not_null() & source.values.is_not_null()
    return unit.values.ne_missing("percent") | sourced


class ExpectPercentToBeSourced(MulticolumnMapExpectation):
    """Expect a percentage to lie in 0 to 100, to say of what it is a part, and to have a source.

    Args:
        column_list: the columns of the unit, the value, the base and the source.
    """

    map_metric = "multicolumn_values.percent_sourced"
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production", "tags": ["facts"], "contributors": []}
