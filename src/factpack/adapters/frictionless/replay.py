"""Rows that are not proven good, read once more by frictionless' own classes, which say what is wrong with them.

A row reads its cells when they are asked for, and notes their errors in that order. So keys are looked up here as
frictionless' own stream of rows looks them up: unique fields, the primary key, foreign keys, and then the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frictionless import errors
from frictionless.table import Row, create_cell_handlers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from frictionless import Error, Field
    from frictionless.resources import TableResource

_SAME = "the same as in the row at position %s"
_NO_KEY = 'cells composing the primary keys are all "None"'
_UNKNOWN = 'for "%s": values "%s" not found in the lookup table "%s" as "%s"'


def replay(
    resource: TableResource, fields: list[Field], rows: Iterable[tuple[int, list[Any]]]
) -> Iterator[tuple[int, list[Error]]]:
    """Give the errors of each row, by its number.

    Args:
        resource: the open resource, whose lookup holds the keys that it refers to.
        fields: the fields of the cells.
        rows: the numbers and cells of the rows to read. Of rows with the same key, all must be among them.
    """
    handlers = create_cell_handlers(fields)
    names = {field.name for field in fields}
    unique: dict[str, dict[Any, int]] = {field.name: {} for field in fields if field.constraints.get("unique")}
    primary = list(resource.schema.primary_key)
    primary = primary if set(primary) <= names else []
    keys: dict[Any, int] = {}
    foreign = list(references(resource, names))
    for number, cells in rows:
        row = Row(cells, handlers=handlers, row_number=number)
        for error in _unique(row, unique):
            row.errors.append(error)
        for error in _primary(row, primary, keys):
            row.errors.append(error)
        for error in _foreign(row, foreign):
            row.errors.append(error)
        yield number, row.errors


def _unique(row: Row, unique: dict[str, dict[Any, int]]) -> Iterator[Error]:
    for name, seen in unique.items():
        cell = row[name]
        if cell is not None:
            before, seen[cell] = seen.get(cell), row.row_number
            if before:
                yield errors.UniqueError.from_row(row, note=_SAME % before, field_name=name)


def _primary(row: Row, primary: list[str], keys: dict[Any, int]) -> Iterator[Error]:
    if not primary:
        return
    key = tuple(row[name] for name in primary)
    if set(key) == {None}:
        yield errors.PrimaryKeyError.from_row(row, note=_NO_KEY)
        return
    before, keys[key] = keys.get(key), row.row_number
    if before:
        yield errors.PrimaryKeyError.from_row(row, note=_SAME % before)


def references(resource: TableResource, names: set[str]) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...], Any]]:
    """Give each foreign key that can be looked up: its fields, the resource and fields it refers to, and their keys."""
    for key in resource.schema.foreign_keys:
        own, other = tuple(key["fields"]), key["reference"]
        known = resource.lookup.get(other["resource"])
        if set(own) <= names and known:
            yield own, other["resource"], tuple(other["fields"]), known.get(tuple(other["fields"]), set())


def _foreign(row: Row, references: list[tuple[tuple[str, ...], str, tuple[str, ...], Any]]) -> Iterator[Error]:
    for own, resource, other, known in references:
        key = tuple(row[name] for name in own)
        if set(key) == {None} or key in known:
            continue
        told = (", ".join(own), ", ".join(map(str, key)), resource, ", ".join(other))
        yield errors.ForeignKeyError.from_row(
            row,
            note=_UNKNOWN % told,
            field_names=list(own),
            field_values=list(key),
            reference_name=resource,
            reference_field_names=list(other),
        )
