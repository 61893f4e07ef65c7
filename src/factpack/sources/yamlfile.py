"""YAML as a list of maps, read as events: every scalar is text, and nothing is resolved.

So `no` is the text no, `1.10` keeps its zero and 2025-02-30 is left to the date column to refuse. Anchors, aliases,
tags, merge keys, directives and further documents are refused, since a reviewer cannot see what they make of a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from factpack.models import Place
from factpack.report import Finding
from factpack.sources import header
from factpack.sources.cells import Rows, gather, shorten
from factpack.sources.files import MAX_NESTING, MAX_NODES, bad_utf8, not_utf8
from factpack.sources.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from factpack.sources.cells import Record
    from factpack.sources.columns import Column
    from factpack.sources.spans import Finder

# Characters that YAML's reader stops at or takes for a line break. To get past them to the cell they stand in, each is
# read as one of private use, which no cell may hold either, and put back into the value.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_STAND_IN = re.compile("[\U000f0000-\U000fffff]")
_PRIVATE = 0xF0000
# What YAML 1.1 and 1.2 read as null where it is not in quotes. (An empty scalar is an empty cell.)
_NULLS = {"~", "null", "Null", "NULL"}


class _StopError(Exception):
    """The file cannot be read on from here; the argument is the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file as text, how findings name it, and its lines that are not UTF-8 and have not been told yet."""

    text: str
    file: str
    bad: dict[int, Finding]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value of a map, None where it is refused; where it stands, and where its key does."""

    value: str | None
    span: Span
    key: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Map:
    """A record: where it begins, and its cells by their keys."""

    start: Span
    cells: dict[str, _Cell]


def read(content: bytes, columns: Sequence[Column], file: str) -> Rows:
    """Read the bytes of a YAML file as text.

    A record begins on a line of its own. A map or cell that uses what raw data may not is reported and left out; where
    the syntax breaks, the records before that are read.
    """
    return gather(_records(content, columns, file), columns, file)


def finder(content: bytes) -> Finder:
    """Parse a YAML file, to find cells by the first line of their map and their key."""
    maps = (item for item in _maps(content, file="") if not isinstance(item, Finding))
    records = {item.start.line: item for item in maps}

    def find(line: int, name: str) -> Span:
        record = records.get(line, _Map(Span(line, 1), {}))
        return record.cells[name].span if name in record.cells else record.start

    return find


def _records(content: bytes, columns: Sequence[Column], file: str) -> Iterator[Record | Finding]:
    known = [column.name for column in columns]
    unknown: set[str] = set()
    for item in _maps(content, file):
        if isinstance(item, Finding):
            yield item
            continue
        for name, cell in item.cells.items():
            if name not in known and name not in unknown:
                unknown.add(name)
                yield header.unknown(name, Place(file, *cell.key), columns)
        filled = {name: cell.value for name, cell in item.cells.items() if cell.value != "" and name in known}
        yield item.start.line, filled


def _maps(content: bytes, file: str) -> Iterator[_Map | Finding]:
    """Walk the maps of a file and what is wrong with it."""
    text = content.decode("utf-8", "replace")
    bad = {line: not_utf8(content, file, line, offset) for line, offset in bad_utf8(content).items()}
    sheet = _Sheet(text, file, bad)
    readable = _UNREADABLE.sub(lambda match: chr(_PRIVATE + ord(match.group())), text)
    try:
        yield from _document(_events(readable, file), sheet)
    except _StopError as stop:
        yield stop.finding
    # Bad bytes in a cell were told with it.
    yield from sheet.bad.values()


def _events(text: str, file: str) -> Iterator[Any]:
    """Parse into events, which takes no recursion; refuse what is too deep or too much."""
    import yaml

    depth = 0
    try:
        for count, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_NESTING:
                message = f"the file is nested more than {MAX_NESTING} deep"
                raise _StopError(_finding("FP109", message, file, event.start_mark, "a list of flat maps"))
            if count > MAX_NODES:
                message = f"the file has more than {MAX_NODES:,} nodes"
                raise _StopError(_finding("FP109", message, file, event.start_mark, "several smaller files"))
            yield event
    except yaml.MarkedYAMLError as error:
        message = f"not well-formed YAML: {error.problem or error.context}"
        # The mark of what is missing at the end of a file may stand on a line that the file does not have.
        before = text if error.problem_mark is None else text[: error.problem_mark.index]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        finding = _finding("FP108", message, file, None, "a list of flat maps")
        raise _StopError(replace(finding, line=line, column=column)) from error


def _document(events: Iterator[Any], sheet: _Sheet) -> Iterator[_Map | Finding]:
    """Walk the one document that a file may hold."""
    import yaml

    next(events)
    start = next(events)
    if isinstance(start, yaml.StreamEndEvent):
        yield _finding("FP110", "the file is empty", sheet.file, None, "a list of maps")
        return
    if start.version or start.tags:
        yield _finding("FP108", "the file has a directive", sheet.file, start.start_mark, "no line that begins with %")
    top = next(events)
    if not isinstance(top, yaml.SequenceStartEvent):
        yield _finding("FP108", "the file is not a list", sheet.file, top.start_mark, "maps, each begun with -")
        return
    yield from _unseen(top, sheet.file)
    yield from _items(events, sheet)
    next(events)
    following = next(events)
    if isinstance(following, yaml.DocumentStartEvent):
        yield _finding("FP108", "a second document begins", sheet.file, following.start_mark, "one document")


def _items(events: Iterator[Any], sheet: _Sheet) -> Iterator[_Map | Finding]:
    """Walk the items of the list."""
    import yaml

    previous = 0
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.MappingStartEvent):
            yield _finding("FP108", "an item of the list is not a map", sheet.file, event.start_mark, "a map")
            _skip(event, events)
            continue
        if line == previous:
            message = "two maps begin on one line"
            yield _finding("FP108", message, sheet.file, event.start_mark, "each map on lines of its own")
        previous = line
        yield from _map(event, events, sheet)


def _map(start: Any, events: Iterator[Any], sheet: _Sheet) -> Iterator[_Map | Finding]:
    """Walk the keys and values of a map."""
    import yaml

    cells: dict[str, _Cell] = {}
    found = list(_unseen(start, sheet.file))
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        value = key
        if isinstance(key, yaml.ScalarEvent):
            value = next(events)
            found += [*_unseen(key, sheet.file), *_member(key, value, cells, sheet)]
        else:
            found.append(_finding("FP108", "a key is not plain text", sheet.file, key.start_mark, "a column's name"))
            _skip(key, events)
            value = next(events)
        _skip(value, events)
    fact = cells.get("fact_id")
    yield from (replace(finding, fact_id=fact.value if fact is not None else None) for finding in found)
    yield _Map(Span(start.start_mark.line + 1, start.start_mark.column + 1), cells)


def _member(key: Any, value: Any, cells: dict[str, _Cell], sheet: _Sheet) -> list[Finding]:
    """Add a value to the cells of its map, and say what is wrong with it or its key."""
    name = key.value
    if name == "<<" and not key.style:
        return [_finding("FP108", "a merge key (<<)", sheet.file, key.start_mark, "all keys written out")]
    if name in cells:
        cells[name] = replace(cells[name], value=None)
        message = f"the key {shorten(name)!r} stands there twice"
        return [replace(_finding("FP107", message, sheet.file, key.start_mark, "each key once"), field=name)]
    mark, end = value.start_mark, value.end_mark
    span = Span(mark.line + 1, mark.column + 1, sheet.text[mark.index : end.index])
    why = _refusals(value, span, sheet)
    text = None if why else _STAND_IN.sub(lambda match: chr(ord(match.group()) - _PRIVATE), value.value)
    cells[name] = _Cell(text, span, (key.start_mark.line + 1, key.start_mark.column + 1))
    return [replace(finding, field=name) for finding in why]


def _refusals(value: Any, span: Span, sheet: _Sheet) -> list[Finding]:
    """Say why a value is not the text of a cell."""
    import yaml

    why = list(_unseen(value, sheet.file))
    if why:
        return why
    if isinstance(value, yaml.CollectionStartEvent):
        kind = "map" if isinstance(value, yaml.MappingStartEvent) else "list"
        return [_finding("FP106", f"a {kind} stands for a cell", sheet.file, value.start_mark, "text")]
    if not value.style and value.value in _NULLS:
        message = f"{value.value} without quotes is null to some readers and text to others"
        return [_finding("FP106", message, sheet.file, value.start_mark, "nothing, or text in quotes")]
    lines = range(span.line, span.line + span.text.count("\n") + 1)
    return [sheet.bad.pop(line) for line in lines if line in sheet.bad and "\ufffd" in value.value]


def _unseen(event: Any, file: str) -> Iterator[Finding]:
    """Refuse what makes more of a node than is written there."""
    import yaml

    if isinstance(event, yaml.AliasEvent):
        yield _finding("FP108", f"an alias (*{shorten(event.anchor or '')})", file, event.start_mark, "the text itself")
        return
    if event.anchor is not None:
        yield _finding("FP108", f"an anchor (&{shorten(event.anchor)})", file, event.start_mark, "no anchors")
    if event.tag is not None:
        yield _finding("FP108", f"a tag ({shorten(event.tag)})", file, event.start_mark, "no tags")


def _skip(start: Any, events: Iterator[Any]) -> None:
    """Pass over the rest of a node whose first event is `start`."""
    import yaml

    depth = int(isinstance(start, yaml.CollectionStartEvent))
    while depth:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def _finding(code: str, message: str, file: str, mark: Any, expected: str) -> Finding:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Finding(code=code, message=message, file=file, line=line, column=column, expected=expected)
