"""A stated number of members lies between the members that are certain and those that are possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from great_expectations.expectations.expectation import MulticolumnMapExpectation

from factpack.adapters.gx.polars import MULTICOLUMN, Column, condition

if TYPE_CHECKING:
    import polars as pl


@condition("multicolumn_values.stated_count_equals_counted", MULTICOLUMN)
def is_counted(stated: Column, certain: Column, contested: Column) -> pl.Expr:
    """Compare a stated number with the lengths of two lists of members."""
    least = certain.values.list.len()
    return stated.values.is_between(least, least + contested.values.list.len())


class ExpectStatedCountToEqualCounted(MulticolumnMapExpectation):
    """Expect a stated number of members to be the number of members that were counted.

    Args:
        column_list: the column of the stated number, of the list of certain members, of the list of contested members.

    With no contested members the number must be met exactly; each contested member may be counted or not.
    """

    map_metric = "multicolumn_values.stated_count_equals_counted"
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production", "tags": ["facts"], "contributors": []}
