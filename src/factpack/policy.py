"""What `[tool.factpack]` says of single rules: their severity, their thresholds, and the waivers of their findings."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError
from factpack.models import Threshold, Waiver
from factpack.rulebook import RULES, essential

if TYPE_CHECKING:
    from pathlib import Path

_SEVERITIES = ("error", "warning", "info")


def threshold(file: Path, code: str, item: object) -> Threshold:
    """Read what a project makes of one rule.

    Raises:
        ConfigurationError: there is no such rule or key, or a value is out of its range.
    """
    _known(file, code)
    where = f"{file}: [tool.factpack.rules.{code}]"
    table = _table(where, item, Threshold)
    severity, most, share = (table.get(name) for name in ("severity", "most", "share"))
    if severity is not None and severity not in _SEVERITIES:
        raise ConfigurationError(f"{where}: severity is {severity!r}, expected one of {', '.join(_SEVERITIES)}.")
    if most is not None and (type(most) is not int or most < 0):
        raise ConfigurationError(f"{where}: most is {most!r}, expected a whole number, 0 or more.")
    if share is not None and (type(share) not in (int, float) or not 0 <= share <= 1):
        raise ConfigurationError(f"{where}: share is {share!r}, expected a number from 0 to 1.")
    return Threshold(**table)


def waiver(file: Path, item: object) -> Waiver:
    """Read one waiver.

    Raises:
        ConfigurationError: the rule, the reason or the day is missing, there is no such rule or key, or a value has
            another type.
    """
    where = f"{file}: [[tool.factpack.waivers]]"
    table = _table(where, item, Waiver)
    for name in ("rule", "reason", "until"):
        if not table.get(name):
            raise ConfigurationError(f"{where}: {name} is missing; a waiver has rule, reason, until, and file or fact.")
    _known(file, table["rule"])
    if type(table["until"]) is not date:
        raise ConfigurationError(f"{where}: until is {table['until']!r}, expected a day such as 2027-01-31, unquoted.")
    for name in ("reason", "file", "fact"):
        if not isinstance(table.get(name, ""), str):
            raise ConfigurationError(f"{where}: {name} is {table[name]!r}, expected text.")
    if not table.get("file") and not table.get("fact"):
        raise ConfigurationError(f"{where}: a waiver names a file or a fact; for a whole rule, set its severity.")
    return Waiver(**table)


def _table(where: str, item: object, record: type[Threshold | Waiver]) -> dict[str, Any]:
    known = [field.name for field in fields(record)]
    if not isinstance(item, dict) or not item:
        raise ConfigurationError(f"{where}: expected a table with some of {', '.join(known)}, not {item!r}.")
    for key in item:
        if key not in known:
            raise ConfigurationError(f"{where} has no key {key!r}. Known keys: {', '.join(known)}.")
    return item


def _known(file: Path, code: object) -> None:
    if code in RULES:
        if essential(str(code)):
            name = RULES[str(code)].name
            raise ConfigurationError(
                f"{file}: {code} {name} always counts, since tables are made of such rows; correct them."
            )
        return
    near = get_close_matches(str(code), RULES, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise ConfigurationError(f"{file}: there is no rule {code!r}.{meant} factpack explain lists them.")
