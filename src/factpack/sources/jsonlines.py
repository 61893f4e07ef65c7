"""JSON Lines: one object a line, with the table's columns as its keys (RFC 8259).

A key that is missing, null or "" is an empty cell. Text stands in quotes; only an integer column takes a bare number,
and only a flag takes true and false. Nothing is rounded or converted: a number is read as the characters it has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from json.decoder import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any, NoReturn

from factpack.models import Place
from factpack.parse.characters import describe
from factpack.report import Finding
from factpack.sources import header
from factpack.sources.cells import Rows, gather, shorten
from factpack.sources.files import MAX_NESTING, bad_utf8, not_utf8
from factpack.sources.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from factpack.sources.cells import Record
    from factpack.sources.columns import Column
    from factpack.sources.spans import Finder

_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?')
_BRACKET = re.compile(r"[\[\]{}]")
_SPACE = re.compile(r"[ \t\r]*")
_CONSTANT = re.compile(r"NaN|-?Infinity")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FACT_ID = re.compile(r'"fact_id"\s*:\s*"([a-z0-9][a-z0-9-]*)"')
_PLAIN = JSONDecoder(parse_int=str, parse_float=str)


class _Number(str):
    """The characters of a JSON number, told apart from a string."""

    __slots__ = ()


class _DuplicateKeyError(ValueError):
    """An object has a key twice; the argument is the key."""


class _ConstantError(ValueError):
    """NaN or an infinity stands for a number; RFC 8259, section 6, permits neither."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a file, how findings name the file, and the line's number."""

    text: str
    file: str
    number: int

    def finding(self, code: str, message: str, at: int, expected: str) -> Finding:
        """Describe what is wrong at a character of the line, counted from 0."""
        found = _FACT_ID.search(self.text)
        return Finding(
            code=code,
            message=message,
            file=self.file,
            line=self.number,
            column=at + 1,
            fact_id=found.group(1) if found else None,
            expected=expected,
        )


def read(content: bytes, columns: Sequence[Column], file: str) -> Rows:
    """Read the bytes of a JSON Lines file as text; a line that is no well-formed object is reported and left out."""
    items: Iterator[Record | Finding]
    if not content or content.isspace():
        items = iter([_Line("", file, 1).finding("FP110", "the file is empty", 0, "one object a line")])
    else:
        items = _records(content, columns, file)
    return gather(items, columns, file)


def finder(content: bytes) -> Finder:
    """Index the lines of a JSON Lines file, to find cells by their line and key."""
    lines = content.split(b"\n")

    def find(line: int, name: str) -> Span:
        text = lines[line - 1].decode("utf-8", "replace") if 1 <= line <= len(lines) else ""
        for key, _, start, end in _members(text):
            if key == name:
                return Span(line, start + 1, text[start:end])
        return Span(line, 1)

    return find


def _records(content: bytes, columns: Sequence[Column], file: str) -> Iterator[Record | Finding]:
    bad = bad_utf8(content)
    known = {column.name: column for column in columns}
    told: set[str] = set()
    decoder = JSONDecoder(
        object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_refuse_constant
    )
    for number, raw in enumerate(content.removesuffix(b"\n").split(b"\n"), start=1):
        line = _Line(raw.decode("utf-8", "replace"), file, number)
        if number in bad:
            yield _damaged(line, not_utf8(content, file, number, bad[number]))
            continue
        value = _parsed(line, decoder)
        if isinstance(value, Finding):
            yield value
            continue
        for name in value:
            if name not in known and name not in told:
                told.add(name)
                yield _unknown(line, name, columns)
        yield from _record(line, value, known)


def _parsed(line: _Line, decoder: JSONDecoder) -> dict[str, Any] | Finding:
    """Parse a line, or say why it is no flat object."""
    if _too_deep(line.text):
        return line.finding("FP109", f"brackets are nested more than {MAX_NESTING} deep", 0, "one flat object")
    try:
        value = decoder.decode(line.text)
    except ValueError as error:
        return _refused(line, error)
    if not isinstance(value, dict):
        return line.finding("FP108", "the line is no object", _skip(line.text, 0), "one object a line")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKeyError(next(key for index, key in enumerate(keys) if key in keys[:index]))
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _too_deep(text: str) -> bool:
    """Measure the nesting before parsing, since the parser calls itself for each level."""
    if text.count("[") + text.count("{") <= MAX_NESTING:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > MAX_NESTING:
            return True
    return False


def _record(line: _Line, value: dict[str, Any], known: dict[str, Column]) -> Iterator[Record | Finding]:
    """Read the members of an object as cells, and refuse those that are not text."""
    cells: dict[str, str | None] = {}
    for name, member in value.items():
        if member is None or member == "" or name not in known:
            continue
        cells[name] = _cell(member, known[name])
        if cells[name] is None:
            yield _no_cell(line, name, member)
    yield line.number, cells


def _cell(member: object, column: Column) -> str | None:
    """Take the text of a member; None where it has none that its column takes."""
    if isinstance(member, bool):
        return ("yes" if member else "no") if column.type == "flag" else None
    if isinstance(member, _Number):
        return str(member) if column.type == "integer" else None
    return member if isinstance(member, str) and not _SURROGATE.search(member) else None


def _no_cell(line: _Line, name: str, member: object) -> Finding:
    """Say why a member is not the text of a cell."""
    start, end = next((start, end) for key, _, start, end in _members(line.text) if key == name)
    shown = shorten(line.text[start:end])
    lone = _SURROGATE.search(member) if isinstance(member, str) else None
    if lone is not None:
        found = f"{name} holds the lone surrogate U+{ord(lone.group()):04X}"
        finding = line.finding("FP102", found, start, "characters that show")
    elif isinstance(member, (dict, list)):
        found = f"{name} holds {'an object' if isinstance(member, dict) else 'an array'}"
        finding = line.finding("FP106", found, start, "text")
    else:
        finding = line.finding("FP106", f"{name} holds {shown}, which is not text", start, f'"{shown}"')
        finding = replace(finding, hint=f'Put it in quotes: "{shown}".')
    return replace(finding, field=name, value=shown)


def _unknown(line: _Line, name: str, columns: Sequence[Column]) -> Finding:
    """Say of a key what a header would say of the column."""
    start = next(start for key, start, _, _ in _members(line.text) if key == name)
    return header.unknown(name, Place(line.file, line.number, start + 1), columns)


def _refused(line: _Line, error: ValueError) -> Finding:
    """Describe why a line is not parsed, at the character that is to blame."""
    if isinstance(error, _DuplicateKeyError):
        name = str(error)
        places = [start for key, start, _, _ in _members(line.text) if key == name]
        at = places[1] if len(places) > 1 else max(line.text.rfind(f'"{name}"'), 0)
        return line.finding("FP107", f"the key {shorten(name)!r} stands there twice", at, "each key once")
    if isinstance(error, _ConstantError):
        place = _CONSTANT.search(_STRING.sub(lambda match: " " * len(match.group()), line.text))
        return line.finding("FP108", f"{error} is no JSON number", place.start() if place else 0, "a finite number")
    if not isinstance(error, JSONDecodeError):
        raise error
    if error.msg.startswith("Invalid control character"):
        message = f"a string holds {describe(line.text[error.pos])}"
        return line.finding("FP102", message, error.pos, "characters that show")
    return line.finding("FP108", f"not well-formed JSON: {error.msg.lower()}", error.pos, "one object")


def _damaged(line: _Line, finding: Finding) -> Finding:
    """Name the field and the fact of a byte that is no UTF-8, as far as the line can still be read."""
    at, fact_id = (finding.column or 1) - 1, _FACT_ID.search(line.text)
    name = next((key for key, _, start, end in _members(line.text) if start <= at < end), None)
    return replace(finding, field=name, fact_id=fact_id.group(1) if fact_id else None)


def _members(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Walk the members of an object as far as it is well-formed.

    Yields:
        Each key, where it begins, and the extent of its value.
    """
    position = len(text) if _too_deep(text) else _skip(text, 0) + 1
    while text[(position := _skip(text, position)) : position + 1] == '"':
        start = position
        try:
            key, position = _PLAIN.raw_decode(text, start)
            value = _skip(text, _skip(text, position) + 1)
            _, end = _PLAIN.raw_decode(text, value)
        except JSONDecodeError:
            return
        yield key, start, value, end
        position = _skip(text, end) + 1


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
