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
    bad = bad_utf8(content)
    if bad:
        # Where bytes are lost, no indentation behind them can be trusted.
        yield from (not_utf8(content, file, line, offset) for line, offset in bad.items())
        return
    text = content.decode("utf-8")
    readable = _UNREADABLE.sub(lambda match: chr(_PRIVATE + ord(match.group())), text)
    try:
        yield from _document(_events(readable, file), text, file)
    except _StopError as stop:
        yield stop.finding


def _events(text: str, file: str) -> Iterator[Any]:
    """Parse into events, which takes no recursion; refuse what is too deep or too much."""
    import yaml

    depth = 0
    try:
        for count, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_NESTING or count > MAX_NODES:
                what = (
                    f"is nested more than {MAX_NESTING} deep"
                    if depth > MAX_NESTING
                    else f"has more than {MAX_NODES:,} nodes"
                )
                raise _StopError(_finding("FP109", f"the file {what}", file, event.start_mark, "a list of flat maps"))
            yield event
    except yaml.MarkedYAMLError as error:
        problem = f"not well-formed YAML: {error.problem or error.context}"
        raise _StopError(_finding("FP108", problem, file, error.problem_mark, "a list of flat maps")) from error


def _document(events: Iterator[Any], text: str, file: str) -> Iterator[_Map | Finding]:
    import yaml

    next(events)
    start = next(events)
    if isinstance(start, yaml.StreamEndEvent):
        yield Finding(code="FP110", message="the file is empty", file=file, line=1, column=1, expected="a list of maps")
        return
    if start.version or start.tags:
        yield _finding("FP108", "the file has a directive", file, start.start_mark, "no lines that begin with %")
    top = next(events)
    if not isinstance(top, yaml.SequenceStartEvent):
        yield _finding("FP108", "the file is not a list", file, top.start_mark, "a list of maps, each begun with -")
        return
    yield from _unseen(top, file)
    previous = 0
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.MappingStartEvent):
            yield _finding("FP108", "an item of the list is not a map", file, event.start_mark, "a map")
            _skip(event, events)
            continue
        if line == previous:
            yield _finding(
                "FP108", "two maps begin on one line", file, event.start_mark, "each map on lines of its own"
            )
        previous = line
        yield from _map(event, events, text, file)
    next(events)
    following = next(events)
    if isinstance(following, yaml.DocumentStartEvent):
        yield _finding("FP108", "a second document begins", file, following.start_mark, "one document")


def _map(start: Any, events: Iterator[Any], text: str, file: str) -> Iterator[_Map | Finding]:
    import yaml

    cells: dict[str, _Cell] = {}
    found = list(_unseen(start, file))
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        if not isinstance(key, yaml.ScalarEvent):
            found.append(_finding("FP108", "a key is not plain text", file, key.start_mark, "a column's name"))
            _skip(key, events)
            _skip(next(events), events)
            continue
        found += _unseen(key, file)
        value = next(events)
        if key.value == "<<" and not key.style:
            found.append(_finding("FP108", "a merge key (<<)", file, key.start_mark, "all keys written out"))
        elif key.value in cells:
            message = f"the key {shorten(key.value)!r} stands there twice"
            found.append(replace(_finding("FP107", message, file, key.start_mark, "each key once"), field=key.value))
            cells[key.value] = replace(cells[key.value], value=None)
        else:
            cells[key.value], why = _cell(key, value, text, file)
            found += [replace(finding, field=key.value) for finding in why]
        _skip(value, events)
    fact = cells.get("fact_id")
    fact_id = fact.value if fact is not None else None
    yield from (replace(finding, fact_id=fact_id) for finding in found)
    yield _Map(Span(start.start_mark.line + 1, start.start_mark.column + 1), cells)


def _cell(key: Any, event: Any, text: str, file: str) -> tuple[_Cell, list[Finding]]:
    """Take the text of a value, or say why it is none."""
    import yaml

    mark, key_place = event.start_mark, (key.start_mark.line + 1, key.start_mark.column + 1)
    span = Span(mark.line + 1, mark.column + 1, text[mark.index : event.end_mark.index])
    why = list(_unseen(event, file))
    if why:
        return _Cell(None, span, key_place), why[:1]
    if isinstance(event, yaml.CollectionStartEvent):
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
        why.append(_finding("FP106", f"a {kind} stands for a cell", file, mark, "text"))
    elif isinstance(event, yaml.ScalarEvent) and not event.style and event.value in _NULLS:
        message = f"{event.value} without quotes is null to some readers and text to others"
        why.append(_finding("FP106", message, file, mark, "nothing, or text in quotes"))
    if why:
        return _Cell(None, span, key_place), why
    return _Cell(_STAND_IN.sub(lambda match: chr(ord(match.group()) - _PRIVATE), event.value), span, key_place), []


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
