"""The project's own declaration of its tables: a pandera model a table, with its key and its relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError
from factpack.project import load_module
from factpack.report import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pandera.api.polars.container import DataFrameSchema

    from factpack.models import Project
    from factpack.rules import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class TableModel:
    """What a table must be: its pandera schema, its primary key (`Config.unique`), and its relations to others.

    `proposed` says that it was inferred from data, and that nobody has adopted it.
    """

    name: str
    schema: DataFrameSchema
    key: tuple[str, ...]
    relations: tuple[Relation, ...]
    proposed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.schema.columns)

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """The metadata of each column: its `unit`, the `raw` column and the `predicate` it is made from."""
        return {name: column.metadata or {} for name, column in self.schema.columns.items()}


def load(project: Project) -> dict[str, TableModel]:
    """Load the model of each table from the project's schemas folder; the file's name is the table's.

    Raises:
        ConfigurationError: the folder has no models, or a file does not hold exactly one model with a key.
    """
    models = {file.stem: _read(file, project) for file in sorted(project.schemas.glob("*.py"))}
    if not models:
        raise ConfigurationError(f"{project.relative(project.schemas)}/: no schemas, so nothing could be checked.")
    return models


def _read(file: Path, project: Project) -> TableModel:
    from pandera.polars import DataFrameModel

    where = project.relative(file)
    module = load_module(file)
    models = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, DataFrameModel) and value.__module__ == module.__name__
    ]
    if len(models) != 1:
        raise ConfigurationError(f"{where}: defines {len(models)} pandera models, expected exactly one.")
    schema = models[0].to_schema()
    key = schema.unique
    if not isinstance(key, list) or not key:
        raise ConfigurationError(f"{where}: {models[0].__name__}.Config has no unique = [...]; every table has a key.")
    if not schema.strict:
        raise ConfigurationError(f"{where}: {models[0].__name__}.Config must say strict = True.")
    relations = tuple(getattr(module, "RELATIONS", ()))
    proposed = bool(getattr(module, "PROPOSED", False))
    return TableModel(name=file.stem, schema=schema, key=tuple(key), relations=relations, proposed=proposed)


def proposed(models: Mapping[str, TableModel]) -> tuple[Finding, ...]:
    """Name the models that `factpack init` proposed and nobody has adopted yet."""
    return tuple(
        Finding(
            code="FP306",
            severity=Severity.WARNING,
            message=f"the model of {name} was inferred, and nobody has adopted it",
            file=f"schemas/{name}.py",
            table=name,
        )
        for name, model in models.items()
        if model.proposed
    )
