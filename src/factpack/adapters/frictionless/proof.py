"""Proof that cells are good: most by an expression, the others by frictionless' own reader, once for each text.

An expression may leave a good cell unproven, which costs time; it never proves a bad one. What the reader then says is
final, since it sees nothing but the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.patterns import contains

if TYPE_CHECKING:
    from collections.abc import Callable

    from frictionless import Field

_INTEGER = r"^-?(?:0|[1-9][0-9]{0,17})$"
_NUMBER = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?$"
_DATE = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_YEAR = r"^[12][0-9]{3}$"
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@dataclass(frozen=True, slots=True)
class Column:
    """A field, the column of text its cells stand in, and how frictionless reads one."""

    field: Field
    name: str
    missing: list[str]
    read: Callable[[Any], tuple[Any, dict[str, str] | None]]
    rule: pl.Expr

    @classmethod
    def of(cls, field: Field, name: str) -> Column:
        """Prepare the proof of a field's cells.

        Raises:
            Exception: what frictionless raises of a constraint that it cannot read.
        """
        own = field.has_defined("missing_values") or field.schema is None
        missing = field.missing_values if own else field.schema.missing_values
        return cls(field, name, missing, field.create_cell_reader(), _rule(field, missing, name))

    def good(self, cells: pl.Series, proven: pl.Series) -> pl.Series:
        """Say which cells are good, of which the rule proved some."""
        if proven.all():
            return proven
        texts = cells.filter(~proven).unique()
        accepted = pl.Series([one for one in texts if self.read(one)[1] is None], dtype=pl.String)
        return proven | cells.is_in(accepted.implode())

    def typed(self, cells: pl.Series) -> pl.Series:
        """Give for each cell a text that is the same for equal values; null where there is no value.

        Raises:
            TypeError: the values cannot be compared, as frictionless raises too.
        """
        cells = cells.replace(self.missing, [None] * len(self.missing)) if self.missing else cells
        if self.field.type in {"string", "any"} and self.field.format == "default":
            return cells
        canonical = {"integer": _INTEGER, "date": _DATE, "year": _YEAR}.get(self.field.type, r"^\b$")
        own = cells.str.contains(canonical) & (cells != "-0") & self._is_plain()
        if self.field.type == "date":
            own &= cells.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        if own.fill_null(value=True).all():
            return cells
        texts = cells.filter(~own.fill_null(value=True)).unique()
        values = pl.Series([_canonical(self.read(one)[0]) for one in texts], dtype=pl.String)
        either = pl.col(cells.name).replace_strict(texts, values, default=pl.col(cells.name), return_dtype=pl.String)
        return cells.to_frame().select(either).to_series()

    def _is_plain(self) -> bool:
        return self.field.format == "default" and getattr(self.field, "bare_number", True)


def _canonical(value: Any) -> str | None:
    """Write a value so that equal ones are written alike; different ones may be, too, and are compared then."""
    if value is None:
        return None
    if isinstance(value, date) and type(value) is date:
        return value.isoformat()
    return str(value) if type(value) is int else f"#{hash(value)}"


def _rule(field: Field, missing: list[str], name: str) -> pl.Expr:
    """Give the expression that is true only where a cell is certainly good; it is never null."""
    cells = pl.col(name)
    proven = _of_type(field, cells)
    for constraint, limit in field.constraints.items():
        if constraint not in {"required", "unique"}:
            proven &= _of_constraint(field, constraint, limit, cells)
    if missing:
        is_missing = cells == missing[0] if len(missing) == 1 else cells.is_in(missing)
        proven = proven & ~is_missing if field.constraints.get("required") else proven | is_missing
    return proven.fill_null(value=False).alias(name)


_NEVER = pl.lit(value=False)


def _of_type(field: Field, cells: pl.Expr) -> pl.Expr:  # noqa: PLR0911 - one for each type
    kind, default = field.type, field.format == "default"
    if kind == "string" and default:
        return cells.is_not_null()
    if kind == "any" and not field.constraints:
        return cells.is_not_null()
    if kind == "integer" and default and field.bare_number:
        return cells.str.contains(_INTEGER)
    if kind == "number" and default and not {"group_char", "decimal_char", "bare_number"} & set(field.list_defined()):
        return cells.str.contains(_NUMBER)
    if kind == "date" and default:
        return cells.str.contains(_DATE) & cells.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    if kind == "year" and default:
        return cells.str.contains(_YEAR)
    if kind == "boolean" and default:
        return cells.is_in([*field.true_values, *field.false_values])
    return _NEVER


def _of_constraint(field: Field, constraint: str, limit: Any, cells: pl.Expr) -> pl.Expr:
    kind = field.type
    if kind == "string" and constraint == "minLength" and isinstance(limit, int):
        return cells.str.len_chars() >= limit
    if kind == "string" and constraint == "maxLength" and isinstance(limit, int):
        return cells.str.len_chars() <= limit
    if kind == "string" and constraint == "pattern":
        # As frictionless anchors it, and searches from the first character on.
        return contains(cells, rf"\A(?:^{limit}$)")
    if constraint == "enum" and kind == "string":
        return cells.is_in([one for one in limit if isinstance(one, str)])
    if constraint in _BOUNDS and kind in {"integer", "number", "date", "year"}:
        return _of_bound(field, constraint, limit, cells)
    return _NEVER


def _of_bound(field: Field, constraint: str, limit: Any, cells: pl.Expr) -> pl.Expr:
    """Compare with a bound: whole numbers and dates exactly, others with a margin for the rounding of floats."""
    bound, _ = field.__class__(name=field.name).read_cell(limit)
    above, strict = constraint.lower().endswith("minimum"), constraint.startswith("exclusive")
    if field.type == "date" and type(bound) is date:
        return _compare(cells.str.to_date("%Y-%m-%d", strict=False), pl.lit(bound), above=above, strict=strict)
    if field.type in {"integer", "year"} and type(bound) is int and abs(bound) < 2**62:
        return _compare(cells.cast(pl.Int64, strict=False), pl.lit(bound), above=above, strict=strict)
    if field.type == "number" and isinstance(bound, Decimal | float | int) and bound == bound:  # noqa: PLR0124 - not NaN
        margin = abs(float(bound)) * 1e-12 + 1e-300
        moved = float(bound) + margin if above else float(bound) - margin
        inside = _compare(cells.cast(pl.Float64, strict=False), pl.lit(moved), above=above, strict=True)
        return inside if strict else inside | cells.is_in([str(bound), f"{bound}.0"])
    return _NEVER


def _compare(values: pl.Expr, bound: pl.Expr, *, above: bool, strict: bool) -> pl.Expr:
    if above:
        return values > bound if strict else values >= bound
    return values < bound if strict else values <= bound
