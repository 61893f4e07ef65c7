"""From raw facts to tables: runs the project's polars transforms in the order their parameters ask for."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.errors import ConfigurationError
from factpack.project import load_module

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from factpack.models import Project, Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """How a table is made: `transform` of its file, whose parameters name its `inputs`; and `SPLIT`, how in parts.

    `split` names inputs, and for each the keys that lead its rows: all rows of which a row of the table is made have
    a key in common. No key is for an input whose rows have nothing to do with each other. Inputs that it does not
    name are given whole. One machine makes a table at once, and needs none of it; a cluster makes it in parts.
    """

    name: str
    function: Callable[..., pl.LazyFrame]
    split: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of the parameters."""
        return tuple(inspect.signature(self.function).parameters)

    def run(self, inputs: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
        """Make the table, or the part of it that parts of the inputs make.

        Raises:
            ConfigurationError: the function does not return a LazyFrame.
        """
        table = self.function(*(inputs[name] for name in self.inputs))
        if not isinstance(table, pl.LazyFrame):
            raise ConfigurationError(
                f"transforms/{self.name}.py: returned {type(table).__name__}, not a polars LazyFrame."
            )
        return table


def load(project: Project) -> dict[str, Transform]:
    """Load `transform` from each file of the project's transforms folder; the file's name is its table's.

    Raises:
        ConfigurationError: the folder has no transforms, a file defines none, or its SPLIT is none.
    """
    found: dict[str, Transform] = {}
    for file in sorted(project.transforms.glob("*.py")):
        module = load_module(file)
        transform = getattr(module, "transform", None)
        if not inspect.isfunction(transform):
            raise ConfigurationError(f"{project.relative(file)}: defines no function transform(...) -> LazyFrame.")
        made = Transform(name=file.stem, function=transform)
        split = _split(project.relative(file), getattr(module, "SPLIT", {}), made.inputs)
        found[file.stem] = Transform(name=file.stem, function=transform, split=split)
    if not found and not (project.raw / "tables").is_dir():
        raise ConfigurationError(f"{project.relative(project.transforms)}/: no transforms, so there are no tables.")
    return found


def _split(file: str, declared: Any, inputs: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Read a `SPLIT`: for each input a list of keys, each a column or a tuple of columns."""
    if not isinstance(declared, dict):
        raise ConfigurationError(f"{file}: SPLIT is {declared!r}, expected inputs with lists of keys.")
    split = {}
    for name, keys in declared.items():
        if name not in inputs:
            raise ConfigurationError(f"{file}: SPLIT names {name!r}, which is no input of transform(...).")
        if not isinstance(keys, list):
            raise ConfigurationError(
                f"{file}: SPLIT[{name!r}] is {keys!r}, expected a list of columns, or of tuples of them."
            )
        split[name] = tuple((key,) if isinstance(key, str) else tuple(key) for key in keys)
    if len(split) > 1 and not all(split.values()):
        raise ConfigurationError(f"{file}: an input of SPLIT without a key cannot meet the others.")
    return split


def transform(
    transforms: Mapping[str, Transform], raw: Raw, columns: Mapping[str, tuple[str, ...]]
) -> dict[str, pl.DataFrame]:
    """Build every table, with those of its `columns` that it has.

    A parameter of a transform names its input: `raw_facts`, `raw_sources`, `raw_entities` and `predicates` are what
    was read, and so are `raw_retractions` and `raw_corrections` where the project has them, and each file of
    `raw/tables/`; any other name is the table of that name, as its own transform made it.

    Raises:
        ConfigurationError: a parameter names no input, tables need each other in a circle, or a transform does not
            return a LazyFrame.
    """
    inputs = {"raw_facts": raw.facts, **given(raw)}
    made: dict[str, pl.DataFrame] = {}
    for one in ordered(transforms, inputs.keys()):
        # Collected once: a lazy frame that four others read would be computed four times.
        made[one.name] = one.run(
            {name: (made if name in made else inputs)[name].lazy() for name in one.inputs}
        ).collect()
    return {name: made[name].select(one for one in columns[name] if one in made[name].columns) for name in transforms}


def given(raw: Raw) -> dict[str, pl.DataFrame]:
    """Give the inputs that transforms may name, without the facts."""
    optional = {"retractions": raw.retractions, "corrections": raw.corrections}
    return {
        "raw_sources": raw.sources,
        "raw_entities": raw.entities,
        "predicates": raw.predicates,
        **{f"raw_{name}": frame for name, frame in optional.items() if frame is not None},
        **{f"raw_{name}": frame for name, frame in raw.tables.items()},
    }


def ordered(transforms: Mapping[str, Transform], inputs: Collection[str]) -> list[Transform]:
    """Put transforms in an order in which each comes after those that make its inputs.

    Raises:
        ConfigurationError: a parameter names no input, or tables need each other in a circle.
    """
    for one in transforms.values():
        for name in one.inputs:
            if name not in inputs and name not in transforms:
                known = ", ".join([*inputs, *transforms])
                raise ConfigurationError(
                    f"transforms/{one.name}.py: the parameter {name!r} is no input; there are {known}."
                )
    needs = {name: [need for need in one.inputs if need not in inputs] for name, one in transforms.items()}
    try:
        return [transforms[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        raise ConfigurationError(f"transforms: {' needs '.join(error.args[1])}: a circle.") from error
