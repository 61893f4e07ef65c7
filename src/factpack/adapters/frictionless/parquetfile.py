"""Parquet resources: frictionless makes Python objects of every row by way of pandas; here typed columns are proven.

What stands in the report are the errors that frictionless finds in what pandas makes of the file: that integers beside
a missing one are floats, and that the file's hash is never looked at.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from frictionless import Checklist, FrictionlessException, Report
from frictionless.formats import ParquetControl
from frictionless.resources import TableResource

from factpack.adapters.frictionless.replay import references, replay
from factpack.adapters.frictionless.unsupported import Unsupported
from factpack.patterns import contains

if TYPE_CHECKING:
    from frictionless import Error, Field
    from frictionless.helpers import Timer

_BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}
_EXACT = 2**53


def is_plain(resource: TableResource) -> bool:
    """Tell whether a resource is a Parquet file with a schema of its own, read as a whole."""
    if resource.format != "parquet" or not resource.schema.fields:
        return False
    control = ParquetControl.from_dialect(resource.dialect)
    dialect = resource.dialect
    odd = (control.columns, control.filters, control.categories, dialect.comment_char, dialect.comment_rows)
    return not any(odd) and dialect.header and dialect.header_rows == [1] and not dialect.skip_blank_rows


def prove(resource: TableResource, limit: int, timer: Timer, warnings: list[str]) -> Report:
    """Validate a Parquet resource.

    Raises:
        Unsupported: frictionless has to.
    """
    scan = _scan(resource)
    checklist = Checklist()
    checks = checklist.connect(resource)
    with tempfile.TemporaryDirectory(prefix="factpack-") as folder:
        # Opening a resource would turn all of it into a pandas frame; its first rows tell as much of the header.
        head = _head(resource, scan, Path(folder) / "head.parquet")
        try:
            head.open()
        except FrictionlessException as problem:
            raise Unsupported("it cannot be opened") from problem
        with head:
            fields = head.header.get_expected_fields()
            found: list[Error] = list(head.header.errors)
            suspects, rows = _suspects(head, scan, fields)
            if limit and len(found) >= limit:
                # It is after a row that frictionless looks how many errors there are.
                suspects = [2]
            resource.stats.fields, resource.stats.rows = len(resource.schema.fields), rows
            for number, errors in replay(head, fields, _cells(resource, suspects)):
                found += filter(checklist.match, errors)
                if limit and len(found) >= limit:
                    del found[limit:]
                    warnings.append(f"reached error limit: {limit}")
                    resource.stats.rows = number - 1
                    break
            else:
                found += [error for check in checks for error in check.validate_end() if checklist.match(error)]
            labels = head.labels
    return Report.from_validation_task(resource, time=timer.time, labels=labels, errors=found, warnings=warnings)


def _scan(resource: TableResource) -> pl.LazyFrame:
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(resource.normpath)
    except (OSError, ValueError) as error:
        raise Unsupported("it is no Parquet file") from error
    if b"pandas" in (schema.metadata or {}):
        raise Unsupported("it has an index of pandas'")
    return pl.scan_parquet(str(resource.normpath), glob=False)


def _head(resource: TableResource, scan: pl.LazyFrame, path: Path) -> TableResource:
    """Make a resource of the first rows; whatever else it is, and refers to, is the same."""
    head = resource.to_copy()
    first = scan.head(100).collect()
    if not first.height:
        raise Unsupported("it has no rows")
    first.write_parquet(path)
    descriptor = head.to_descriptor()
    descriptor["path"] = path.name
    copied = TableResource.from_descriptor(descriptor, basepath=str(path.parent))
    copied.package = resource.package
    if any(key["reference"]["resource"] in {"", resource.name} for key in resource.schema.foreign_keys):
        raise Unsupported("it refers to itself")
    return copied


def _suspects(head: TableResource, scan: pl.LazyFrame, fields: list[Field]) -> tuple[list[int], int]:
    """Number the rows (from 2: the names of the columns are the first) that are not proven good, and count all."""
    schema = scan.collect_schema()
    columns = list(zip(fields, schema.items(), strict=False))
    if len(fields) != len(schema):
        raise Unsupported("there are more columns than fields, or fewer")
    names = {field.name: name for field, (name, _) in columns}
    try:
        good = [_rule(field, name, dtype, schema) for field, (name, dtype) in columns]
        for key in _keys(head, fields):
            if any(schema[names[name]] not in {pl.String, pl.Int64, pl.Int32, pl.Date} for name in key):
                raise Unsupported("a key of other than text, integers and dates")
            good.append(pl.struct(_text(names[name], schema) for name in key).is_unique())
        if set(head.schema.primary_key) <= set(names):
            good += [~_is_missing([names[name] for name in head.schema.primary_key], schema)]
        for own, _, _, known in references(head, set(names)):
            good.append(_is_known([names[name] for name in own], known, schema))
        wanted = ~pl.all_horizontal(good) | _is_missing(list(schema), schema)
        found = scan.select(pl.len().alias("rows"), pl.arg_where(wanted.fill_null(value=True)).implode().alias("at"))
        rows, at = found.collect().row(0)
    except (pl.exceptions.PolarsError, TypeError, ValueError, ArithmeticError) as error:
        raise Unsupported(f"a rule that typed columns cannot be put to: {error}") from error
    return [position + 2 for position in at], rows


def _is_missing(names: list[str], schema: pl.Schema) -> pl.Expr:
    """Say where nothing is in any of some columns."""
    nothing = [pl.col(name).is_null() | (pl.col(name) == "" if schema[name] == pl.String else False) for name in names]
    return pl.all_horizontal(nothing) if nothing else pl.lit(value=False)


def _text(name: str, schema: pl.Schema) -> pl.Expr:
    """Give a part of a key; text that is empty is missing."""
    return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) if schema[name] == pl.String else pl.col(name)


def _keys(head: TableResource, fields: list[Field]) -> list[list[str]]:
    names = {field.name for field in fields}
    keys = [[field.name] for field in fields if field.constraints.get("unique")]
    primary = list(head.schema.primary_key)
    return [*keys, primary] if primary and set(primary) <= names else keys


def _rule(field: Field, name: str, dtype: pl.DataType, schema: pl.Schema) -> pl.Expr:
    """Give the expression that is true only where pandas' value is certainly good."""
    own = field.has_defined("missing_values") or field.schema is None
    if set(field.missing_values if own else field.schema.missing_values) - {""}:
        return pl.lit(value=False)
    values, constraints = pl.col(name), dict(field.constraints)
    required = constraints.pop("required", False)
    constraints.pop("unique", None)
    good = _of_type(field, values, dtype, schema)
    for constraint, limit in constraints.items():
        good &= _of_constraint(field, constraint, limit, values, dtype)
    if dtype == pl.String:
        missing = values.is_null() | (values == "")
        return (good & ~missing if required else good | missing).fill_null(value=False)
    return good.fill_null(value=False)


def _of_type(field: Field, values: pl.Expr, dtype: pl.DataType, schema: pl.Schema) -> pl.Expr:  # noqa: PLR0911 - one for each type
    kind, plain = field.type, field.format == "default"
    if kind == "string" and plain and dtype == pl.String:
        return values.is_not_null()
    if kind == "any" and dtype == pl.String and not field.constraints:
        return values.is_not_null()
    if kind in {"integer", "number"} and dtype.is_integer():
        # One that is missing makes floats of all the others; a float in another column makes floats of the row.
        return values.is_between(-_EXACT, _EXACT) & (values.null_count() == 0)
    if kind == "number" and dtype == pl.Float64:
        return values.is_not_null() & values.is_finite()
    if kind == "boolean" and dtype == pl.Boolean and len(schema) > 1:
        return values.is_not_null() & (values.null_count() == 0)
    if kind == "date" and plain and dtype == pl.Date:
        return values.is_not_null()
    return pl.lit(value=False)


def _of_constraint(field: Field, constraint: str, limit: Any, values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String and field.type == "string":
        if constraint == "pattern":
            return contains(values, rf"\A(?:^{limit}$)")
        if constraint == "enum":
            return values.is_in([one for one in limit if isinstance(one, str)])
        if constraint in {"minLength", "maxLength"} and isinstance(limit, int):
            length = values.str.len_chars()
            return length >= limit if constraint == "minLength" else length <= limit
    if constraint in _BOUNDS and (dtype.is_numeric() or dtype == pl.Date):
        bound, notes = type(field)(name=field.name).read_cell(limit)
        if not notes and (type(bound) is date) == (dtype == pl.Date):
            if dtype == pl.Date:
                return _compare(constraint, values, bound)
            # The shortest text of a float lies on the side of a whole number on which the float does.
            if bound == int(bound) and abs(bound) < _EXACT:
                return _compare(constraint, values, float(bound))
    return pl.lit(value=False)


def _compare(constraint: str, values: pl.Expr, bound: Any) -> pl.Expr:
    compared: pl.Expr = getattr(values, _BOUNDS[constraint])(pl.lit(bound))
    return compared


def _is_known(names: list[str], known: set[Any], schema: pl.Schema) -> pl.Expr:
    """Say which keys are certainly among those known."""
    if len(names) > 1 or schema[names[0]] not in {pl.String, pl.Int64}:
        raise Unsupported("a foreign key of several fields, or of another type than text and integers")
    kind: type = str if schema[names[0]] == pl.String else int
    there = pl.Series([key[0] for key in known if type(key[0]) is kind], dtype=schema[names[0]])
    return pl.col(names[0]).is_in(there.implode()).fill_null(value=False)


def _cells(resource: TableResource, suspects: list[int]) -> Any:
    """Give the cells of some rows as frictionless has them: by way of a pandas frame of the types of the whole."""
    if not suspects:
        return
    import pyarrow.parquet as pq

    table = pq.read_table(resource.normpath)
    empty = table.slice(0, 0).to_pandas().dtypes
    chosen = table.take([number - 2 for number in suspects])
    frame = chosen.to_pandas()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count and str(empty[name]).startswith(("int", "uint")):
            frame[name] = frame[name].astype("float64")
        elif column.null_count and str(empty[name]) == "bool":
            frame[name] = frame[name].astype("object")
    with TableResource(data=frame, format="pandas") as rows:
        stream = iter(rows.cell_stream)
        next(stream)
        yield from zip(suspects, stream, strict=True)
