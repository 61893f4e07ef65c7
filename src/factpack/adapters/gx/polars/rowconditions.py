"""Row conditions as polars predicates, with the meaning that the pandas engine gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.exceptions import GreatExpectationsError
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    NullityCondition,
    Operator,
    OrCondition,
    deserialize_row_condition,
)

from factpack.adapters.gx.polars.values import inside, members

if TYPE_CHECKING:
    from collections.abc import Mapping


def predicate(condition: Any, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """Give the expression that is true for the rows that a condition keeps.

    Raises:
        GreatExpectationsError: the condition is text, which pandas would execute, or of an unknown column.

    Example:
        >>> from great_expectations.expectations.row_conditions import Column
        >>> frame = pl.DataFrame({"kind": ["a", "b", None]})
        >>> frame.filter(predicate(Column("kind") != "a", frame.schema))["kind"].to_list()
        ['b', None]
    """
    if isinstance(condition, dict):
        condition = deserialize_row_condition(condition)
    match condition:
        case AndCondition():
            return pl.all_horizontal(predicate(one, schema) for one in condition.conditions)
        case OrCondition():
            return pl.any_horizontal(predicate(one, schema) for one in condition.conditions)
        case NullityCondition():
            values = pl.col(_known(condition.column.name, schema))
            return values.is_null() if condition.is_null else values.is_not_null()
        case ComparisonCondition():
            name = _known(condition.column.name, schema)
            return _comparison(pl.col(name), schema[name], Operator(condition.operator), condition.parameter)
    raise GreatExpectationsError(
        f"the row condition {condition!r} is text, which pandas would execute: write it with Column, "
        'as in Column("kind") == "country"'
    )


def _known(name: str, schema: Mapping[str, pl.DataType]) -> str:
    if name not in schema:
        raise GreatExpectationsError(f"the row condition is about {name!r}, which is no column: {', '.join(schema)}")
    return name


def _comparison(values: pl.Expr, dtype: pl.DataType, operator: Operator, parameter: Any) -> pl.Expr:
    """Compare; as in pandas, a missing value is different from every other, and less or greater than none."""
    match operator:
        case Operator.EQUAL | Operator.IN:
            return members(values, dtype, parameter if operator == Operator.IN else [parameter])
        case Operator.NOT_EQUAL | Operator.NOT_IN:
            some = parameter if operator == Operator.NOT_IN else [parameter]
            return ~members(values, dtype, some).fill_null(value=False)
        case Operator.LESS_THAN | Operator.LESS_THAN_OR_EQUAL:
            return inside(values, dtype, None, parameter, open_max=operator == Operator.LESS_THAN)
        case Operator.GREATER_THAN | Operator.GREATER_THAN_OR_EQUAL:
            return inside(values, dtype, parameter, None, open_min=operator == Operator.GREATER_THAN)
