"""Tables that `raw/tables/` holds as they are: no facts of articles, and their columns are those of their models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from factpack.errors import ConfigurationError
from factpack.parse import number
from factpack.report import Finding, Report
from factpack.sources.columns import Column, Type
from factpack.sources.tables import FORMATS, placed, read_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from factpack.models import Project
    from factpack.schemas import TableModel

_TYPES: Mapping[type[pl.DataType], Type] = {
    pl.String: "text",
    pl.Int64: "integer",
    pl.Date: "date",
    pl.Boolean: "boolean",
    pl.Decimal: "decimal",
}


def folder(project: Project) -> Path:
    """Give the folder of plain tables."""
    return project.raw / "tables"


def read(project: Project, models: Mapping[str, TableModel]) -> tuple[dict[str, pl.DataFrame], Report]:
    """Read every file of `raw/tables/` strictly, into the types of the model that has its name.

    Returns:
        The tables with their columns, `_file` and `_line`; and what is wrong: a file without a model is (FP114).

    Raises:
        ConfigurationError: a column of a model has a type that a raw table cannot have.
    """
    tables, report = {}, Report()
    for path in sorted(folder(project).iterdir()) if folder(project).is_dir() else ():
        if path.name.startswith("."):
            continue
        model = models.get(path.stem)
        if model is None or path.suffix not in FORMATS or path.stem in tables:
            report += Report(findings=(_refused(path, project, double=path.stem in tables),))
            continue
        frame, told = read_files([path], _columns(model), project)
        tables[path.stem], exact = _decimals(frame, model, project)
        report += told + exact
    return tables, report


def _refused(path: Path, project: Project, *, double: bool) -> Finding:
    if path.suffix not in FORMATS:
        message, expected = f"{path.suffix or path.name} is not a format of raw tables", " or ".join(FORMATS)
    elif double:
        message, expected = f"{path.stem} stands in another file too", "one file a table"
    else:
        message, expected = f"there is no model schemas/{path.stem}.py", "a model for each table"
    return Finding(code="FP114", message=message, file=project.relative(path), expected=expected)


def _columns(model: TableModel) -> list[Column]:
    columns = []
    for name, column in model.schema.columns.items():
        kind = _TYPES.get(column.dtype.type.base_type())
        if kind is None:
            known = ", ".join(one.__name__ for one in _TYPES)
            raise ConfigurationError(
                f"schemas/{model.name}.py: {name} is of type {column.dtype.type}; tables of raw/tables have {known}."
            )
        columns.append(Column(name, kind, required=not column.nullable))
    return columns


def _decimals(frame: pl.DataFrame, model: TableModel, project: Project) -> tuple[pl.DataFrame, Report]:
    """Read decimals into the precision of the model, and name those that have more digits: none is rounded."""
    from factpack.sources.cells import Flaw

    flaws = []
    for name, column in model.schema.columns.items():
        dtype = column.dtype.type
        if not isinstance(dtype, pl.Decimal):
            continue
        text, exact = pl.col(name), pl.col(name).cast(dtype, strict=False)
        digits = text.str.extract(r"\.([0-9]+)").str.strip_chars_end("0").str.len_bytes().fill_null(0)
        # What is no number at all has been named.
        lost = number.is_decimal(text) & (exact.is_null() | (digits > dtype.scale))
        expected = f"a number of at most {dtype.precision} digits, {dtype.scale} of them behind the point"
        flaws += [
            Flaw(
                code="FP106",
                message=f"{name} is {value!r}; expected {expected}",
                file=file,
                line=line,
                field=name,
                value=value,
                expected=expected,
            )
            for file, line, value in frame.filter(lost).select("_file", "_line", name).iter_rows()
        ]
        frame = frame.with_columns(exact)
    return frame, Report(findings=tuple(placed(flaws, project)))
