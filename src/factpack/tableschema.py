"""From a pandera model to its Table Schema, so that nothing is declared twice (Data Package v2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.errors import ConfigurationError
from factpack.reader.tables import DELIMITER
from factpack.rules import ForeignKey

if TYPE_CHECKING:
    from pandera.api.checks import Check
    from pandera.api.polars.components import Column

    from factpack.schemas import TableModel

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"

# What a pandera check is as a constraint: the constraint, and the statistic of the check that is its value.
_CONSTRAINTS = {
    "isin": (("enum", "allowed_values"),),
    "greater_than_or_equal_to": (("minimum", "min_value"),),
    "less_than_or_equal_to": (("maximum", "max_value"),),
    "greater_than": (("exclusiveMinimum", "min_value"),),
    "less_than": (("exclusiveMaximum", "max_value"),),
    "in_range": (("minimum", "min_value"), ("maximum", "max_value")),
    "str_length": (("minLength", "min_value"), ("maxLength", "max_value")),
    "str_matches": (("pattern", "pattern"),),
}


def describe(model: TableModel) -> dict[str, Any]:
    """Write the Table Schema descriptor of a table.

    Units stand in the custom property `unit` of a field; checks that Table Schema cannot express are listed by their
    descriptions in `factpack:checks`; the references of a list field, which it cannot express either, in
    `factpack:references`.

    Raises:
        ConfigurationError: a column's type, or a pattern that is not anchored, has no Table Schema equivalent.
    """
    keys = [relation for relation in model.relations if isinstance(relation, ForeignKey)]
    lists = {name for name, column in model.schema.columns.items() if isinstance(column.dtype.type, pl.List)}
    descriptor: dict[str, Any] = {
        "$schema": PROFILE,
        "fieldsMatch": "exact",
        "fields": [_field(model, name, column, keys) for name, column in model.schema.columns.items()],
        "missingValues": [""],
        "primaryKey": list(model.key),
        "foreignKeys": [
            {
                "fields": [key.field],
                "reference": {"resource": "" if key.table == model.name else key.table, "fields": [key.references]},
            }
            for key in keys
            if key.field not in lists
        ],
    }
    checks = [str(check.description or check.name) for check in model.schema.checks]
    return descriptor | ({"factpack:checks": checks} if checks else {})


def _field(model: TableModel, name: str, column: Column, keys: list[ForeignKey]) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"name": name, **_type(model, name, column.dtype.type)}
    descriptor |= {key: text for key, text in (("title", column.title), ("description", column.description)) if text}
    unit = (column.metadata or {}).get("unit")
    constraints, others = _constraints(model, name, column)
    references = [
        {"resource": key.table, "field": key.references}
        for key in keys
        if key.field == name and descriptor["type"] == "list"
    ]
    optional = {
        "unit": unit,
        "constraints": constraints,
        "factpack:checks": others,
        "factpack:references": references,
    }
    return descriptor | {key: value for key, value in optional.items() if value}


def _type(model: TableModel, name: str, dtype: pl.DataType) -> dict[str, Any]:
    if dtype.is_integer():
        return {"type": "integer"}
    if isinstance(dtype, pl.Decimal):
        return {"type": "number"}
    if dtype == pl.List(pl.String):
        return {"type": "list", "itemType": "string", "delimiter": DELIMITER}
    if dtype == pl.Boolean:
        return {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}
    plain = {pl.String: "string", pl.Date: "date"}
    if dtype.base_type() not in plain:
        raise ConfigurationError(f"schemas/{model.name}.py: {name} has the type {dtype}, which is not published.")
    return {"type": plain[dtype.base_type()]}


def _constraints(model: TableModel, name: str, column: Column) -> tuple[dict[str, Any], list[str]]:
    """Translate the checks of a column; give those that have no translation by their descriptions."""
    constraints: dict[str, Any] = {}
    others = []
    # An empty list is an empty cell, so of lists only the facts, which are never empty, are required.
    if not column.nullable and (name == "fact_ids" or not isinstance(column.dtype.type, pl.List)):
        constraints["required"] = True
    if model.key == (name,):
        constraints["unique"] = True
    for check in column.checks:
        translation = _CONSTRAINTS.get(str(check.name))
        if translation is None or (check.name == "in_range" and not _inclusive(check)):
            others.append(str(check.description or check.error or check.name))
            continue
        limits = check.statistics or {}
        constraints |= {to: _plain(limits[of]) for to, of in translation if limits.get(of) is not None}
    if "pattern" in constraints:
        constraints["pattern"] = _pattern(model, name, constraints["pattern"])
    return constraints, others


def _inclusive(check: Check) -> bool:
    limits = check.statistics or {}
    return bool(limits.get("include_min", True) and limits.get("include_max", True))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return [_plain(item) for item in value] if isinstance(value, (list, tuple, set, frozenset)) else value


def _pattern(model: TableModel, name: str, pattern: Any) -> str:
    """Take the anchors off a pattern: Table Schema means the whole value, pandera only its beginning."""
    text = str(getattr(pattern, "pattern", pattern))
    if not (text.startswith("^(?:") and text.endswith(")$")):
        raise ConfigurationError(
            f"schemas/{model.name}.py: the pattern of {name} is {text!r}; write '^(?:...)$', since pandera only looks "
            "at the beginning of a value and '|' reaches over anchors."
        )
    return text.removeprefix("^").removesuffix("$")
