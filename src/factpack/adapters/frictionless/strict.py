"""What the standard asks of a data package and frictionless lets through: the strict profile.

Lexical forms (a number is not `1_000`), patterns that must hold for the whole value, unique keys, categories, foreign
keys into other packages, sizes and hashes by any algorithm, and Parquet tables by their types instead of what pandas
makes of them. The rest is frictionless' own report; `validate` gives what comes on top of it.

Source: Data Package v2, Table Schema (https://datapackage.org/standard/table-schema/).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from frictionless import FrictionlessException, Package
from frictionless.resources import TableResource

from factpack.adapters.frictionless.csvtable import Table
from factpack.adapters.frictionless.unsupported import Unsupported
from factpack.patterns import contains
from factpack.report import Finding, Ran, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frictionless import Field, Resource

# Of each rule, so many rows of a table are named one by one.
_MOST_ROWS = 1_000

_OFFSET = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_TIME = rf"[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_OFFSET}"
# The lexical forms that Table Schema takes from XML Schema.
_FORMS = {
    "integer": r"[+-]?[0-9]+",
    "number": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|-?INF",
    "date": r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}",
    "time": _TIME,
    "datetime": rf"-?[0-9]{{4,}}-[0-9]{{2}}-[0-9]{{2}}T{_TIME}",
    "year": r"-?[0-9]{4,}",
    "yearmonth": r"-?[0-9]{4,}-[0-9]{2}",
    "duration": r"-?P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?",
}
_TYPES = {
    "integer": lambda dtype: dtype.is_integer(),
    "number": lambda dtype: dtype.is_numeric(),
    "string": lambda dtype: dtype in {pl.String, pl.Categorical, pl.Enum},
    "boolean": lambda dtype: dtype == pl.Boolean,
    "date": lambda dtype: dtype == pl.Date,
    "datetime": lambda dtype: isinstance(dtype, pl.Datetime),
    "time": lambda dtype: dtype == pl.Time,
    "year": lambda dtype: dtype.is_integer(),
    "any": lambda _dtype: True,
}
_BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}


# The keys that rows refer to, by where they are.
_Known = dict[tuple[str, tuple[str, ...]], set[tuple[Any, ...]]]
# No table has a column of such a name.
_ROW = "\x1frow"


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table: their numbers, and a column for each field, null where the value is missing.

    The values are texts of a CSV file, or those of a Parquet file.
    """

    numbers: pl.Series
    values: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Breach:
    code: str
    field: str | None
    expected: str
    bad: pl.Expr


def validate(package: Package, folder: Path, hashes: list[str | None]) -> Report:
    """Check what frictionless does not.

    Args:
        package: a package that frictionless could load.
        folder: where its descriptor stands.
        hashes: the hash of each resource as its descriptor has it; frictionless drops those that it cannot read.
    """
    report = Report()
    keys: _Known = {}
    for resource, declared in zip(package.resources, hashes, strict=True):
        report += Report(findings=tuple(_file(resource, folder, declared)))
        if not isinstance(resource, TableResource) or not resource.schema.fields:
            continue
        try:
            findings, rows = _table(resource, package, folder, keys)
        except (Unsupported, FrictionlessException, pl.exceptions.PolarsError, OSError) as error:
            found = _at(resource, "FP727", f"{resource.name} is not checked by the strict profile: {error}")
            report += Report(findings=(found,))
            continue
        ran = Ran(stage="strict", subject=str(resource.name), rules=len(resource.schema.fields), rows=rows)
        report += Report(findings=tuple(findings), ran=(ran,))
    return report


def _at(resource: Resource, code: str, message: str, **more: Any) -> Finding:
    path = resource.path if isinstance(resource.path, str) else None
    return Finding(code=code, message=message, table=resource.name, file=path, **more)


def _file(resource: Resource, folder: Path, declared: str | None) -> Iterator[Finding]:
    """Check the size and the hash of a file, by whichever algorithm."""
    if not isinstance(resource.path, str) or resource.remote or resource.multipart:
        if declared is not None or resource.bytes:
            yield _at(resource, "FP727", f"{resource.name}: the size and hash of other than one local file")
        return
    file = folder / resource.path
    if not file.is_file():
        return
    if resource.bytes is not None and file.stat().st_size != resource.bytes:
        yield _at(resource, "FP722", f"{resource.path} has {file.stat().st_size} bytes, expected {resource.bytes}")
    if declared is None:
        return
    algorithm, _, expected = str(declared).rpartition(":")
    algorithm = (algorithm or "md5").lower().replace("-", "_")
    if algorithm not in hashlib.algorithms_available or not expected or algorithm.startswith("shake"):
        yield _at(resource, "FP722", f"{resource.path}: the hash {declared!r} is of no algorithm known here")
        return
    with file.open("rb") as opened:
        actual = hashlib.file_digest(opened, algorithm).hexdigest()
    if actual != expected.lower():
        yield _at(resource, "FP722", f"{resource.path} has the {algorithm} {actual}, expected {expected}")


def _table(resource: TableResource, package: Package, folder: Path, known: _Known) -> tuple[list[Finding], int]:
    """Check the rows of a table, block by block, and its keys once all have been read."""
    typed = resource.format == "parquet"
    findings = list(_types(resource)) if typed else []
    if findings:
        return findings, 0
    schema: pl.Schema | None = None
    rules: list[_Breach] = []
    counts: dict[int, int] = {}
    keys = _keys(resource, typed=typed)
    hashes: dict[int, list[pl.DataFrame]] = {}
    total = 0
    for rows in read(resource):
        if schema is None:
            schema = rows.values.schema
            rules = [
                *(rule for field in resource.schema.fields for rule in _rules(field, schema, typed=typed)),
                *_references(resource, package, folder, known, typed=typed),
            ]
        total += rows.values.height
        bad = rows.values.select(rule.bad.fill_null(value=False).alias(str(at)) for at, rule in enumerate(rules))
        for at, rule in enumerate(rules):
            marks = bad[str(at)]
            if marks.any():
                seen, counts[at] = counts.get(at, 0), counts.get(at, 0) + int(marks.sum())
                findings += _named(resource, rule, rows, marks, _MOST_ROWS - seen)
        for at, (_, columns) in enumerate(keys):
            hashes.setdefault(at, []).append(_hashed(rows, columns))
    for at, count in counts.items():
        if count > _MOST_ROWS:
            told = f"{resource.name}.{rules[at].field}: {count:,} rows in all are not {rules[at].expected}"
            findings.append(_at(resource, rules[at].code, told))
    for at, parts in hashes.items():
        findings += _repeated(resource, keys[at], parts)
    return findings, total


def _named(resource: TableResource, rule: _Breach, rows: Rows, marks: pl.Series, most: int) -> Iterator[Finding]:
    """Name the first rows that break a rule."""
    for position in marks.arg_true().head(max(most, 0)):
        value = rows.values[rule.field][position] if rule.field in rows.values.columns else None
        shown = "nothing" if value is None else repr(str(value))
        message = f"{resource.name}.{rule.field} is {shown} in row {rows.numbers[position]}, expected {rule.expected}"
        more = {"field": rule.field, "value": None if value is None else str(value), "expected": rule.expected}
        yield _at(resource, rule.code, message, **more)


def read(resource: TableResource) -> Iterator[Rows]:
    """Read the rows of a CSV or Parquet resource.

    Raises:
        Unsupported: it is neither, or not plain.
    """
    if resource.format == "parquet":
        frame = pl.read_parquet(str(resource.normpath), glob=False)
        there = [
            pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)
            for name in frame.select(pl.col(pl.String)).columns
        ]
        yield Rows(pl.int_range(1, frame.height + 1, eager=True), frame.with_columns(there))
        return
    if resource.format not in {"csv", "tsv"} or resource.remote or resource.multipart or resource.compression:
        raise Unsupported(f"it is no plain CSV or Parquet file, but {resource.format}")
    with resource.to_copy(schema=_without_keys(resource)) as opened:
        table = Table.of(opened)
        for block in table.file.read():
            columns = [
                pl.when(~pl.col(one.name).is_in(one.missing)).then(pl.col(one.name)).alias(name)
                for name, one in table.columns.items()
            ]
            yield Rows(block.frame["row"], block.frame.select(columns))


def _without_keys(resource: TableResource) -> Any:
    """Give the schema without references: opening a resource would read all that they refer to."""
    schema = resource.schema.to_copy()
    schema.foreign_keys = []
    return schema


def _types(resource: TableResource) -> Iterator[Finding]:
    """Compare the columns of a Parquet file with the fields: by name, and by type."""
    schema = pl.read_parquet_schema(str(resource.normpath))
    for field in resource.schema.fields:
        dtype = schema.get(field.name)
        if dtype is None:
            yield _at(resource, "FP721", f"{resource.path} has no column {field.name!r}", field=field.name)
        elif field.type in _TYPES and not _TYPES[field.type](dtype) and dtype != pl.String:
            message = f"{resource.name}.{field.name} is of type {dtype}, expected {field.type}"
            yield _at(resource, "FP721", message, field=field.name)


def _rules(field: Field, schema: pl.Schema, *, typed: bool) -> Iterator[_Breach]:
    values, text = pl.col(field.name), schema[field.name] == pl.String
    form = (
        _FORMS.get(field.type) if text and field.format == "default" and getattr(field, "bare_number", True) else None
    )
    if form is not None:
        plain = values
        for name, written in {"group_char": "", "decimal_char": "."}.items():
            if getattr(field, name, ""):
                plain = plain.str.replace_all(getattr(field, name), written, literal=True)
        expected = f"the lexical form of {'an' if field.type == 'integer' else 'a'} {field.type}"
        yield _Breach("FP721", field.name, expected, ~plain.str.contains(rf"\A(?:{form})\z"))
    pattern = field.constraints.get("pattern")
    if pattern is not None and text:
        # Python's \Z, which is the end of the text and nothing before it.
        yield _Breach("FP724", field.name, f"wholly of the pattern {pattern}", ~contains(values, rf"\A(?:{pattern})\Z"))
    for constraint in sorted(set(field.constraints) - {"unique", *field.supported_constraints}):
        yield _Breach(
            "FP727", field.name, f"checked: {constraint} is no constraint on {field.type}", pl.lit(value=True)
        )
    allowed = _categories(field)
    if allowed is not None:
        yield _Breach("FP724", field.name, "one of its categories", ~values.cast(pl.String).is_in(allowed))
    if typed:
        yield from _typed_rules(field, values, schema[field.name])


def _categories(field: Field) -> list[str] | None:
    """Give the categories of a field: values, or objects that label them."""
    listed = field.custom.get("categories")
    if listed is None:
        return None
    return [str(one["value"] if isinstance(one, dict) else one) for one in listed]


def _typed_rules(field: Field, values: pl.Expr, dtype: pl.DataType) -> Iterator[_Breach]:
    """Give the constraints of a field for values that have a type."""
    constraints = field.constraints
    if constraints.get("required"):
        yield _Breach("FP724", field.name, "a value", values.is_null())
    for name, compare in _BOUNDS.items():
        if name in constraints:
            bound, notes = type(field)(name=field.name).read_cell(constraints[name])
            limit = bound if type(bound) is date else float(bound) if not notes else None
            if limit is None or dtype == pl.String:
                yield _Breach("FP727", field.name, f"checked: {name} {constraints[name]}", pl.lit(value=True))
            else:
                yield _Breach("FP724", field.name, f"{name} {constraints[name]}", ~getattr(values, compare)(limit))
    if "enum" in constraints:
        allowed = [str(one) for one in constraints["enum"]]
        yield _Breach("FP724", field.name, f"one of {', '.join(allowed)}", ~values.cast(pl.String).is_in(allowed))
    for name, compare in {"minLength": "ge", "maxLength": "le"}.items():
        if name in constraints and dtype == pl.String:
            inside = getattr(values.str.len_chars(), compare)(constraints[name])
            yield _Breach("FP724", field.name, f"{name} {constraints[name]}", ~inside)


def _keys(resource: TableResource, *, typed: bool) -> list[tuple[str, list[str]]]:
    """Give the keys of a table: of a CSV file, those that frictionless does not look at."""
    listed = resource.schema.custom.get("uniqueKeys", [])
    keys = [("a unique key", [one] if isinstance(one, str) else list(one)) for one in listed]
    if typed:
        keys += [("unique", [field.name]) for field in resource.schema.fields if field.constraints.get("unique")]
        keys += [("the primary key", list(resource.schema.primary_key))] if resource.schema.primary_key else []
    return keys


def _hashed(rows: Rows, columns: list[str]) -> pl.DataFrame:
    """Hash the keys of rows; one of which a part is missing is like no other, as in SQL."""
    hashed = rows.values.select(hash=pl.struct(columns).hash(), there=pl.all_horizontal(pl.col(columns).is_not_null()))
    return hashed.with_columns(rows.numbers.cast(pl.Int64).alias("row")).filter("there").drop("there")


def _repeated(resource: TableResource, key: tuple[str, list[str]], parts: list[pl.DataFrame]) -> Iterator[Finding]:
    what, columns = key
    hashed = pl.concat(parts)
    again = hashed.filter(pl.col("hash").is_duplicated())["row"]
    if again.is_empty():
        return
    seen: dict[tuple[Any, ...], int] = {}
    told = 0
    for rows in read(resource):
        chosen = rows.values.select(columns).with_columns(rows.numbers.alias(_ROW))
        for *values, number in chosen.filter(pl.col(_ROW).is_in(again.implode())).iter_rows():
            before = seen.setdefault(tuple(values), number)
            if before != number and told < _MOST_ROWS:
                told += 1
                shown = ", ".join(map(str, values))
                message = f"{resource.name} has {what} {shown} in row {number} that row {before} has"
                yield _at(resource, "FP723", message, field=columns[0], value=shown)


def _references(
    resource: TableResource,
    package: Package,
    folder: Path,
    known: _Known,
    *,
    typed: bool,
) -> Iterator[_Breach]:
    """Give the foreign keys: of a CSV file those into other packages, which frictionless looks for in its own."""
    for key in resource.schema.foreign_keys:
        own, reference = key["fields"], key["reference"]
        own = [own] if isinstance(own, str) else list(own)
        other = reference.get("package")
        if other is None and not typed:
            continue
        fields = reference["fields"]
        fields = (fields,) if isinstance(fields, str) else tuple(fields)
        where = f"{other or ''}#{reference['resource'] or resource.name}"
        try:
            if (where, fields) not in known:
                known[where, fields] = _known(resource, package, folder, reference, fields)
            there = known[where, fields]
        except (Unsupported, FrictionlessException, OSError) as error:
            yield _Breach("FP727", own[0], f"checked: the keys of {where} cannot be read: {error}", pl.lit(value=True))
            continue
        yield _Breach("FP725", own[0], f"{', '.join(fields)} of {where}", ~_is_known(own, there))


def _known(
    resource: TableResource, package: Package, folder: Path, reference: dict[str, Any], fields: tuple[str, ...]
) -> set[tuple[Any, ...]]:
    other = reference.get("package")
    if other is not None:
        if re.match(r"[a-z][a-z0-9+.-]*:", str(other)) or Path(other).is_absolute():
            raise Unsupported("it is no package at a path from here")
        package = Package(str(folder / other))
    target: Any = package.get_resource(reference["resource"]) if reference["resource"] else resource
    return {key for rows in read(target) for key in rows.values.select(pl.col(fields).cast(pl.String)).iter_rows()}


def _is_known(own: list[str], there: set[tuple[Any, ...]]) -> pl.Expr:
    """Say which keys are there; one of which nothing is there refers to nothing."""
    names = [str(at) for at in range(len(own))]
    wanted = pl.DataFrame(list(there), schema=dict.fromkeys(names, pl.String), orient="row").to_struct("key")
    parts = pl.struct(pl.col(name).cast(pl.String).alias(names[at]) for at, name in enumerate(own))
    return parts.is_in(wanted.implode()) | pl.all_horizontal(pl.col(own).is_null())
