"""Where a dataset project is, what its `[tool.factpack]` says, and how its own code is loaded."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
import traceback
from dataclasses import MISSING, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from factpack import policy
from factpack.errors import ConfigurationError
from factpack.models import Contributor, Project

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

# Data Package v2, `name`: lower-case, and usable in a URL.
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
# https://semver.org, item 2, with the optional pre-release of item 9.
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?", re.ASCII)

_TYPES: dict[str, type] = {
    "keywords": list,
    "contributors": list,
    "keys": list,
    "phrase_words": int,
    "coverage": int,
    "drift": float,
    "rules": dict,
    "waivers": list,
}


def load(root: Path) -> Project:
    """Read the project whose `pyproject.toml` stands in `root`.

    Raises:
        ConfigurationError: there is no such file, it is no TOML, or `[tool.factpack]` is missing, has an unknown key,
            lacks a required one or holds a value of the wrong type.
    """
    file = root.resolve() / "pyproject.toml"
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{root}: no pyproject.toml here. Run factpack in the folder of a dataset, or pass it."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from error
    table = document.get("tool", {}).get("factpack")
    if not isinstance(table, dict):
        raise ConfigurationError(f"{file}: the table [tool.factpack] is missing; it names the dataset.")
    return _project(file, table)


def load_module(file: Path) -> ModuleType:
    """Run a Python file of the project (a transform, a schema) by its path, without importing its folder.

    Raises:
        ConfigurationError: the file does not compile or raises; the message ends in its own line.
    """
    spec = importlib.util.spec_from_file_location(f"factpack_project.{file.parent.name}.{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{file}: not a Python file.")
    module = importlib.util.module_from_spec(spec)
    # Whoever resolves the annotations of a class looks its module up here.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        lines = [entry.lineno for entry in traceback.extract_tb(error.__traceback__) if entry.filename == str(file)]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else 1
        raise ConfigurationError(f"{file}:{line}: {type(error).__name__}: {error}") from error
    return module


def _project(file: Path, table: dict[str, Any]) -> Project:
    declared = {item.name: item for item in fields(Project) if item.name != "root"}
    for key, value in table.items():
        if key not in declared:
            near = get_close_matches(key, declared, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else f" Known keys: {', '.join(declared)}."
            raise ConfigurationError(f"{file}: [tool.factpack] has no key {key!r}.{meant}")
        expected = _TYPES.get(key, str)
        if type(value) is not expected:
            raise ConfigurationError(f"{file}: {key} must be of type {expected.__name__}, not {value!r}.")
    required = [name for name, item in declared.items() if item.default is item.default_factory is MISSING]
    missing = [name for name in required if name not in table]
    if missing:
        raise ConfigurationError(f"{file}: [tool.factpack] lacks {', '.join(missing)}.")
    if not _NAME.fullmatch(table["name"]):
        raise ConfigurationError(
            f"{file}: name {table['name']!r} must be lower-case letters, digits, '.', '_' and '-'."
        )
    if "version" in table and not _VERSION.fullmatch(table["version"]):
        raise ConfigurationError(f"{file}: version {table['version']!r} is not a semantic version such as 1.0.0.")
    if table.get("phrase_words", 1) < 1:
        raise ConfigurationError(f"{file}: phrase_words must be 1 or more.")
    if not 0 <= table.get("coverage", 0) <= 100:
        raise ConfigurationError(f"{file}: coverage is a percentage from 0 to 100, not {table['coverage']}.")
    if not 0 <= table.get("drift", 0) <= 1:
        raise ConfigurationError(f"{file}: drift is a share from 0.0 to 1.0, not {table['drift']}.")
    keywords = tuple(_strings(file, "keywords", table.get("keywords", [])))
    contributors = tuple(_contributor(file, item) for item in table.get("contributors", []))
    lists: dict[str, tuple[Any, ...]] = {"keywords": keywords, "contributors": contributors}
    lists["keys"] = tuple(_strings(file, "keys", table.get("keys", [])))
    lists["waivers"] = tuple(policy.waiver(file, item) for item in table.get("waivers", []))
    rules = {code: policy.threshold(file, code, item) for code, item in table.get("rules", {}).items()}
    return Project(root=file.parent, **{**table, **lists, "rules": rules})


def _strings(file: Path, key: str, values: list[Any]) -> list[str]:
    for value in values:
        if not isinstance(value, str):
            raise ConfigurationError(f"{file}: {key} holds {value!r}, which is not text.")
    return values


def _contributor(file: Path, item: object) -> Contributor:
    known = {field.name for field in fields(Contributor)}
    if not isinstance(item, dict) or not {"title", "role"} <= item.keys() <= known:
        raise ConfigurationError(f"{file}: a contributor has the keys title, role and perhaps path, not {item!r}.")
    _strings(file, "contributors", list(item.values()))
    return Contributor(**item)
