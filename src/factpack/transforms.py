"""From raw facts to tables: runs the project's polars transforms in the order their parameters ask for."""

from __future__ import annotations

import inspect
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import polars as pl

from factpack.errors import ConfigurationError
from factpack.project import load_module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from factpack.models import Project, Raw


def load(project: Project) -> dict[str, Callable[..., pl.LazyFrame]]:
    """Load `transform` from each file of the project's transforms folder; the file's name is its table's.

    Raises:
        ConfigurationError: the folder has no transforms, or a file defines none.
    """
    found: dict[str, Callable[..., pl.LazyFrame]] = {}
    for file in sorted(project.transforms.glob("*.py")):
        transform = getattr(load_module(file), "transform", None)
        if not inspect.isfunction(transform):
            raise ConfigurationError(f"{project.relative(file)}: defines no function transform(...) -> LazyFrame.")
        found[file.stem] = transform
    if not found and not (project.raw / "tables").is_dir():
        raise ConfigurationError(f"{project.relative(project.transforms)}/: no transforms, so there are no tables.")
    return found


def transform(
    transforms: Mapping[str, Callable[..., pl.LazyFrame]], raw: Raw, columns: Mapping[str, tuple[str, ...]]
) -> dict[str, pl.DataFrame]:
    """Build every table, with those of its `columns` that it has.

    A parameter of a transform names its input: `raw_facts`, `raw_sources`, `raw_entities` and `predicates` are what
    was read, and so are `raw_retractions` and `raw_corrections` where the project has them, and each file of
    `raw/tables/`; any other name is the table of that name, as its own transform made it.

    Raises:
        ConfigurationError: a parameter names no input, tables need each other in a circle, or a transform does not
            return a LazyFrame.
    """
    optional = {"retractions": raw.retractions, "corrections": raw.corrections}
    inputs = {
        "raw_facts": raw.facts.lazy(),
        "raw_sources": raw.sources.lazy(),
        "raw_entities": raw.entities.lazy(),
        "predicates": raw.predicates.lazy(),
        **{f"raw_{name}": frame.lazy() for name, frame in optional.items() if frame is not None},
        **{f"raw_{name}": frame.lazy() for name, frame in raw.tables.items()},
    }
    needs = {name: tuple(inspect.signature(function).parameters) for name, function in transforms.items()}
    for name, parameters in needs.items():
        for parameter in parameters:
            if parameter not in inputs and parameter not in transforms:
                known = ", ".join([*inputs, *transforms])
                raise ConfigurationError(
                    f"transforms/{name}.py: the parameter {parameter!r} is no input; there are {known}."
                )
    made: dict[str, pl.DataFrame] = {}
    for name in _order(needs):
        if name in inputs:
            continue
        table = transforms[name](*[made[need].lazy() if need in made else inputs[need] for need in needs[name]])
        if not isinstance(table, pl.LazyFrame):
            raise ConfigurationError(f"transforms/{name}.py: returned {type(table).__name__}, not a polars LazyFrame.")
        # Collected once: a lazy frame that four others read would be computed four times.
        made[name] = table.collect()
    return {name: made[name].select(one for one in columns[name] if one in made[name].columns) for name in transforms}


def _order(needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise ConfigurationError(f"transforms: {' needs '.join(error.args[1])}: a circle.") from error
