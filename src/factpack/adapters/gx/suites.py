"""Suite files: read and checked against a closed form before Great Expectations sees them.

A file is `{"table": ..., "expectations": [{"type", "kwargs", "severity", "notes", "meta"}]}`; `meta` may be left out.
Great Expectations itself is lenient: it drops what it does not know, and executes a `row_condition` that is a string.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factpack.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from factpack.models import Project

_SUITE_KEYS = {"table", "expectations"}
_REQUIRED = {"type", "kwargs", "severity", "notes"}
_KNOWN = _REQUIRED | {"meta"}
_SEVERITIES = ("critical", "warning", "info")

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """One expectation as its suite declares it, and the line and column where it begins."""

    content: dict[str, Any]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations of one table, and the file they stand in."""

    table: str
    file: str
    expectations: tuple[Declared, ...]


def read(project: Project, tables: set[str]) -> tuple[dict[str, Suite], tuple[Finding, ...]]:
    """Read the suite of every table from the project's checks folder.

    Returns:
        The suites by table, without those that have findings; and the findings: a file that is not of the closed form
        (FP502), a table without a suite or a suite without expectations (FP503).
    """
    suites, findings = {}, []
    for file in sorted(project.checks.glob("*.json")):
        found = list(_breaches(file, project, tables))
        findings += found
        if not found:
            suites[file.stem] = _suite(file, project)
    missing = sorted(tables - {file.stem for file in project.checks.glob("*.json")})
    findings += [
        Finding(code="FP503", message=f"the table {table} has no suite", file=f"checks/{table}.json", table=table)
        for table in missing
    ]
    return suites, tuple(findings)


def _suite(file: Path, project: Project) -> Suite:
    text = file.read_text(encoding="utf-8")
    content, places = json.loads(text), dict(_walk(text))
    declared = [
        Declared(one, *_position(text, places["expectations", number]))
        for number, one in enumerate(content["expectations"])
    ]
    return Suite(table=file.stem, file=project.relative(file), expectations=tuple(declared))


def _breaches(file: Path, project: Project, tables: set[str]) -> Iterator[Finding]:
    """Name whatever in a file is not of the closed form."""
    where = project.relative(file)
    try:
        text = file.read_bytes().decode("utf-8")
        content = json.loads(text, parse_constant=_refuse)
        places = list(_walk(text))
    except UnicodeDecodeError as error:
        yield Finding(code="FP101", message=f"not UTF-8: byte {error.start + 1}", file=where, table=file.stem)
        return
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}"
        yield Finding(code="FP502", message=message, file=where, line=error.lineno, column=error.colno, table=file.stem)
        return
    except (ValueError, RecursionError) as error:
        yield Finding(code="FP502", message=f"not JSON: {error}", file=where, line=1, column=1, table=file.stem)
        return
    at: dict[Steps, int] = {}
    problems = []
    for path, offset in places:
        if path in at:
            problems.append((path, "FP502", f"the key {path[-1]!r} stands twice"))
        at[path] = offset
    problems += _problems(content, file.stem, tables)
    for path, code, message in problems:
        # What is missing has no place of its own; it is missing from what is around it.
        nearest = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in at)
        line, column = _position(text, at[nearest])
        yield Finding(code=code, message=message, file=where, line=line, column=column, table=file.stem)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _problems(content: Any, table: str, tables: set[str]) -> Iterator[tuple[Steps, str, str]]:
    if not isinstance(content, dict):
        yield (), "FP502", "a suite is an object with the keys table and expectations"
        return
    for key in content.keys() ^ _SUITE_KEYS:
        yield (key,), "FP502", f"{'unknown' if key in content else 'missing'} key {key!r}"
    if content.get("table", table) != table:
        yield ("table",), "FP502", f"table is {content['table']!r}, expected {table!r}, the name of the file"
    elif table not in tables:
        yield ("table",), "FP502", f"there is no table {table!r}"
    expectations = content.get("expectations", [])
    if not isinstance(expectations, list):
        yield ("expectations",), "FP502", "expectations is a list"
    elif not expectations:
        yield ("expectations",), "FP503", f"the suite of {table} has no expectations"
    else:
        yield from _list_problems(expectations)


def _list_problems(expectations: list[Any]) -> Iterator[tuple[Steps, str, str]]:
    seen: list[Any] = []
    for number, one in enumerate(expectations):
        for path, message in _expectation_problems(one):
            yield ("expectations", number, *path), "FP502", message
        same = (one.get("type"), one.get("kwargs")) if isinstance(one, dict) else None
        if same in seen:
            yield ("expectations", number), "FP502", "the same expectation stands twice, with the same arguments"
        seen.append(same)


def _expectation_problems(one: Any) -> Iterator[tuple[Steps, str]]:
    if not isinstance(one, dict):
        yield (), "an expectation is an object"
        return
    for key in sorted((one.keys() - _KNOWN) | (_REQUIRED - one.keys())):
        yield (key,), f"{'unknown' if key in one else 'missing'} key {key!r}"
    if not isinstance(one.get("type", ""), str):
        yield ("type",), "type is the name of an expectation"
    if one.get("severity", "critical") not in _SEVERITIES:
        yield ("severity",), f"severity is {one['severity']!r}, expected one of {', '.join(_SEVERITIES)}"
    notes = one.get("notes", "x")
    if not isinstance(notes, str) or not notes.strip():
        yield ("notes",), "notes say in a sentence why this is expected"
    kwargs = one.get("kwargs", {})
    if not isinstance(kwargs, dict):
        yield ("kwargs",), "kwargs is an object"
    elif isinstance(kwargs.get("row_condition"), str):
        # GX hands the text to pandas.eval, which calls any function it names.
        message = "row_condition is text, which would be executed; write it as an object with type, column, operator"
        yield ("kwargs", "row_condition"), message
    elif "condition_parser" in kwargs:
        yield ("kwargs", "condition_parser"), "condition_parser only serves conditions that are text"


def _position(text: str, offset: int) -> tuple[int, int]:
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _walk(text: str) -> Iterator[tuple[Steps, int]]:
    """Give the path of every value of a valid JSON text, and where it (or the key before it) begins."""
    decoder = json.JSONDecoder()

    def skip(index: int, also: str = "") -> int:
        while text[index] in " \t\r\n" + also:
            index += 1
        return index

    def walk(index: int, path: Steps, begins: int) -> Iterator[tuple[Steps, int]]:
        yield path, begins
        if text[index] not in "{[":
            return
        closing, number = "}" if text[index] == "{" else "]", 0
        index = skip(index + 1)
        while text[index] != closing:
            begins = index
            key: str | int = number
            if closing == "}":
                key, index = decoder.raw_decode(text, index)
                index = skip(index, ":")
            yield from walk(index, (*path, key), begins)
            _, index = decoder.raw_decode(text, index)
            index, number = skip(index, ","), number + 1

    start = skip(0)
    yield from walk(start, (), start)
