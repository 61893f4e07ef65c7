"""CSV as RFC 4180 has it: commas, double quotes, a header, and as many cells in each row.

A file in which every line is one well-formed record is proved so by one regular expression over its lines, in polars.
Any other file is walked record by record, which is exact and slower: it places what is wrong, and reads on behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import polars as pl

from factpack.errors import InternalError
from factpack.models import Place
from factpack.report import Finding
from factpack.sources import header
from factpack.sources.cells import Rows, part, shorten
from factpack.sources.files import MAX_COLUMNS, bad_utf8, not_utf8
from factpack.sources.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from factpack.sources.columns import Column
    from factpack.sources.spans import Finder

_QUOTED = rb'"[^"]*+(?:""[^"]*+)*+"'
_UNQUOTED = rb'[^",\r\n]*+'
_CELL = re.compile(rb"%b|%b" % (_QUOTED, _UNQUOTED))
_ID = re.compile(rb"[a-z0-9][a-z0-9-]*")
# So many bytes are read together at most.
_AT_ONCE = 64 * 1024**2
_LINE_FEED = re.compile(rb"\n")

_Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Run:
    """Records that can be trusted: the first line, how many there are, and their extent in the content.

    Records of several lines stand alone in their runs, so that the others begin on one line after another.
    """

    line: int
    rows: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file, how findings name it, the names of its columns, and what the frame calls them.

    A column that is unknown or stands there twice is called by its place, so that it is not taken for another.
    """

    content: bytes
    file: str
    names: list[str]
    labels: list[str]


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a record cannot be told into cells: a rule, what is wrong, where, and whether rows may have run together."""

    code: str
    message: str
    offset: int
    swallows: bool = False


def read(content: bytes, columns: Sequence[Column], file: str) -> Rows:
    """Read the bytes of a CSV file as text.

    The order of the columns is free. Line ends are LF or CRLF; a quoted cell may hold LF. Rows that do not have a cell
    for each column, that hold bad bytes or whose quotes are broken are reported and left out.
    """
    spans, end, trouble = _scan(content, 0)
    refused = _no_header(content, file, spans, trouble)
    if refused:
        return Rows(frame=pl.DataFrame(schema={"_line": pl.Int64}), findings=refused)
    names, known = [_text(content[start:end]) for start, end in spans], [column.name for column in columns]
    labels = [name if name in known and names.count(name) == 1 else str(at) for at, name in enumerate(names)]
    sheet = _Sheet(content, file, names, labels)
    places = [Place(file, *_place(content, start, 1)) for start, _ in spans]
    findings = header.check(names, places, Place(file, *_place(content, end, 1)), columns)
    if not any(name in known for name in names):
        return Rows(frame=pl.DataFrame(schema={"_line": pl.Int64}), findings=findings)
    kept = [label for label in labels if label in known]
    odd = _odd_lines(sheet)
    if not odd:
        return Rows(frame=_whole(sheet).select(*kept, "_line"), findings=findings)
    frame, found = _walked(sheet, _after(content, end), odd)
    return Rows(frame=frame.select(*kept, "_line"), findings=[*findings, *found])


def read_together(contents: Mapping[str, bytes], columns: Sequence[Column]) -> dict[str, Rows]:
    """Read files of the same header at once: a thousand small files cost as much as one large one.

    A file is left out that `read` must look at by itself: one in which some line is not proved to be one record.
    """
    alike: dict[bytes, list[str]] = {}
    for file, content in contents.items():
        if content.count(b"\n") > content.endswith(b"\n") and not content.endswith(b"\r"):
            alike.setdefault(content[: content.index(b"\n") + 1], []).append(file)
    found: dict[str, Rows] = {}
    for first, files in alike.items():
        for some in _portions(files, contents):
            found |= _together(first, {file: contents[file][len(first) :] for file in some}, columns)
    return found


def _portions(files: list[str], contents: Mapping[str, bytes]) -> Iterator[list[str]]:
    """Part files so that what is read at once stays small."""
    portion: list[str] = []
    size = 0
    for file in files:
        portion.append(file)
        size += len(contents[file])
        if size > _AT_ONCE:
            yield portion
            portion, size = [], 0
    yield portion


def _together(first: bytes, bodies: dict[str, bytes], columns: Sequence[Column]) -> dict[str, Rows]:
    lines = {file: body.count(b"\n") + (not body.endswith(b"\n")) for file, body in bodies.items()}
    joined = first + b"".join(body if body.endswith(b"\n") else body + b"\n" for body in bodies.values())
    spans, _, trouble = _scan(first, 0)
    names = [_text(first[start:end]) for start, end in spans]
    known = {column.name for column in columns}
    needed = {column.name for column in columns if not column.optional}
    plain = trouble is None and len(set(names)) == len(names) and needed <= set(names) <= known
    if not plain or len(bodies) < 2:
        return {}
    sheet = _Sheet(joined, next(iter(bodies)), names, names)
    ends = list(accumulate(lines.values(), initial=1))
    odd = {bisect_left(ends, line) - 1 for line in _odd_lines(sheet)}
    if odd:
        return _together(
            first, {file: body for at, (file, body) in enumerate(bodies.items()) if at not in odd}, columns
        )
    counts = pl.DataFrame({"rows": list(lines.values())})
    frame = _whole(sheet).with_columns(_line=counts.select(pl.int_ranges(2, pl.col("rows") + 2).explode()).to_series())
    return {file: Rows(frame=frame.slice(end - 1, lines[file])) for file, end in zip(lines, ends, strict=False)}


def finder(content: bytes) -> Finder:
    """Index the lines of a CSV file, to find cells by the first line of their record and their column."""
    spans, _, _ = _scan(content, 0)
    names = [_text(content[start:end]) for start, end in spans]
    lines = [0, *(match.end() for match in _LINE_FEED.finditer(content))]

    def find(line: int, name: str) -> Span:
        if not 1 <= line <= len(lines):
            return Span(1, 1)
        cells, _, _ = _scan(content, lines[line - 1])
        if name not in names or names.index(name) >= len(cells):
            return Span(line, 1)
        start, end = cells[names.index(name)]
        return Span(*_place(content, start, bisect_right(lines, start)), content[start:end].decode("utf-8", "replace"))

    return find


def _no_header(content: bytes, file: str, spans: _Spans, trouble: _Trouble | None) -> list[Finding]:
    """Say why the first record is no header that rows could be read by."""
    first = Place(file, 1)
    if not content or content.isspace():
        return [_finding("FP110", "the file is empty", first, "a header and rows")]
    if trouble is not None:
        return [_troubled(trouble, Place(file, *_place(content, trouble.offset, 1)))]
    if len(spans) > MAX_COLUMNS:
        place = Place(file, *_place(content, spans[MAX_COLUMNS][0], 1))
        return [_finding("FP109", f"the header has more than {MAX_COLUMNS:,} columns", place, "fewer columns")]
    bad = bad_utf8(content[: spans[-1][1]])
    if bad:
        return [not_utf8(content, file, line, offset) for line, offset in bad.items()]
    name = _text(content[slice(*spans[0])])
    other = next((sign for sign in ";\t|" if len(spans) == 1 and sign in name), None)
    if other is not None:
        message = f"the header is one name, {shorten(name)!r}; the columns seem to be parted by {other!r}"
        return [_finding("FP103", message, first, "columns parted by commas")]
    return []


def _odd_lines(sheet: _Sheet) -> Sequence[int]:
    """List the lines, from 1, that are not proved to be one record each; all of them where the file is not UTF-8."""
    cell = r'(?:[^",\r]*|"(?:[^"]|"")*")'
    record = pl.col("text").str.contains(rf"\A{cell}(?:,{cell}){{{len(sheet.names) - 1}}}\z")
    lines = pl.scan_lines(sheet.content, name="text", row_index_name="line", row_index_offset=1)
    last = sheet.content.count(b"\n") + 1
    try:
        unproved = lines.filter(~record | (pl.col("text") == "")).select("line").collect(engine="streaming")
    except pl.exceptions.ComputeError:
        return range(1, last + 1)
    odd = unproved["line"].sort().to_list()
    # polars takes a carriage return at the very end for a line end.
    return [*odd, last] if sheet.content.endswith(b"\r") and last not in odd[-1:] else odd


def _whole(sheet: _Sheet) -> pl.DataFrame:
    """Read a file whose every line is one record."""
    frame = _cells(sheet.content, sheet.labels, skip=1)
    rows = sheet.content.count(b"\n") - sheet.content.endswith(b"\n")
    if frame.height != rows:
        raise InternalError(f"{sheet.file}: {rows} records were read as {frame.height} rows.")
    return frame.with_columns(_line=pl.int_range(2, pl.len() + 2))


def _walked(sheet: _Sheet, start: int, odd: Sequence[int]) -> tuple[pl.DataFrame, list[Finding]]:
    """Read the records that can be trusted, and list what is wrong with the others."""
    runs, findings = part(_records(sheet, start, odd), sheet.file)
    frame = _cells(b"".join(sheet.content[run.start : run.end] + b"\n" for run in runs), sheet.labels)
    rows = sum(run.rows for run in runs)
    if frame.height != rows:
        raise InternalError(f"{sheet.file}: {rows} records were read as {frame.height} rows.")
    lines = [line for run in runs for line in range(run.line, run.line + run.rows)]
    return frame.with_columns(_line=pl.Series(lines, dtype=pl.Int64)), findings


def _records(sheet: _Sheet, position: int, odd: Sequence[int]) -> Iterator[_Run | Finding]:
    """Walk the records behind the header, line by line only where lines are `odd`.

    Yields:
        The records that can be trusted, in runs, and what is wrong with each that cannot.
    """
    content = sheet.content
    lines = [0, *(match.end() for match in _LINE_FEED.finditer(content))]
    # Only where the file is not UTF-8 are all of its lines odd.
    bad = bad_utf8(content) if isinstance(odd, range) else {}
    cell = rb"(?:%b|%b)" % (_QUOTED, _UNQUOTED)
    whole = re.compile(rb"(?!\r?\n)%b(?:,%b){%d}(?=\r?\n|\Z)" % (cell, cell, len(sheet.names) - 1))
    line, lost = bisect_right(lines, position), False
    while position < len(content):
        at = bisect_left(odd, line)
        even = odd[at] if at < len(odd) else len(lines) + (lines[-1] < len(content))
        if even > line:
            end = lines[even - 1] if even <= len(lines) else len(content)
            yield _Run(line, even - line, position, end - content.endswith(b"\n", position, end))
            line, position, lost = even, end, False
            continue
        match = whole.match(content, position)
        end, fault = position, None
        if match is not None:
            end, lost = match.end(), False
        elif not lost:
            end, fault, lost = _fault(sheet, position, line)
        following = bisect_right(lines, end) + 1
        damaged = [number for number in range(line, following) if number in bad] if bad else []
        yield from (_damaged(sheet, position, number, bad[number]) for number in damaged)
        if fault is not None:
            yield fault
        elif match is not None and not damaged:
            yield _Run(line, 1, position, end)
        line, position = following, lines[following - 1] if following <= len(lines) else len(content)


def _fault(sheet: _Sheet, position: int, line: int) -> tuple[int, Finding, bool]:
    """Say what is wrong with a record.

    Returns:
        Where to read on, the finding, and whether rows may have run together there. Those are parted again at the next
        line that is a whole record.
    """
    content = sheet.content
    spans, end, trouble = _scan(content, position)
    if trouble is None:
        return end, _ragged(sheet, position, line, spans), False
    place = Place(sheet.file, *_place(content, trouble.offset, line + content.count(b"\n", position, trouble.offset)))
    field = sheet.names[len(spans) - 1] if len(spans) <= len(sheet.names) else None
    finding = replace(_troubled(trouble, place), field=field, fact_id=_fact_id(sheet, spans[:-1]))
    return position, finding, trouble.swallows or place.line > line


def _scan(content: bytes, position: int) -> tuple[_Spans, int, _Trouble | None]:
    """Tell a record into cells.

    Returns:
        The extent of each cell with its quotes (of no more than one above `MAX_COLUMNS`), where the last of them ends,
        and what stopped the scan before the end of the record.
    """
    spans: _Spans = []
    while True:
        match = _CELL.match(content, position)
        if match is None:  # pragma: no cover - an unquoted cell may be empty, so something always matches
            raise InternalError("a cell that is not even empty")
        start, end = match.span()
        spans.append((start, end))
        following = content[end : end + 1]
        if following == b"," and len(spans) <= MAX_COLUMNS:
            position = end + 1
        elif following in (b"", b"\n", b",") or content[end : end + 2] == b"\r\n":
            return spans, end, None
        else:
            return spans, end, _trouble(content, start, end)


def _trouble(content: bytes, start: int, end: int) -> _Trouble:
    """Say why a cell is followed neither by a comma nor by the end of its line."""
    if content[end : end + 1] == b"\r":
        return _Trouble("FP102", "a carriage return (U+000D) stands without a line feed", end)
    if content[start : start + 1] != b'"':
        return _Trouble("FP105", "a double quote stands in a cell that is not in double quotes", end)
    # The cell is empty where its own double quote stopped it: no other follows in the file.
    if start == end or b"\n" in content[start:end]:
        return _Trouble("FP105", "the double quote that begins here is not closed in its row", start, swallows=True)
    return _Trouble("FP105", "a double quote in a quoted cell is not doubled, or text follows the closing one", end - 1)


def _troubled(trouble: _Trouble, place: Place) -> Finding:
    expected = (
        "LF or CRLF at the end of a line"
        if trouble.code == "FP102"
        else 'quoted cells, with "" for each double quote in them'
    )
    return _finding(trouble.code, trouble.message, place, expected)


def _ragged(sheet: _Sheet, position: int, line: int, spans: _Spans) -> Finding:
    content, width = sheet.content, len(sheet.names)
    at = spans[width][0] if len(spans) > width else spans[-1][1]
    blank = spans[-1][1] == position
    count = f"more than {MAX_COLUMNS:,}" if len(spans) > MAX_COLUMNS else len(spans)
    message = "the line is blank" if blank else f"cells in the row: {count}; in the header: {width}"
    place = Place(sheet.file, *_place(content, at, line + content.count(b"\n", position, at)))
    finding = _finding("FP104", message, place, f"{width} cells")
    return replace(finding, fact_id=_fact_id(sheet, spans), hint="Delete the line." if blank else None)


def _damaged(sheet: _Sheet, position: int, line: int, offset: int) -> Finding:
    """Describe a byte that is no UTF-8, with its cell and its fact where the record can be told into cells."""
    finding = not_utf8(sheet.content, sheet.file, line, offset)
    spans, _, trouble = _scan(sheet.content, position)
    if trouble is not None or len(spans) != len(sheet.names):
        return finding
    index = next((index for index, (start, end) in enumerate(spans) if start <= offset < end), None)
    return replace(finding, field=None if index is None else sheet.names[index], fact_id=_fact_id(sheet, spans))


def _fact_id(sheet: _Sheet, spans: _Spans) -> str | None:
    """Read the id of a row that is at fault elsewhere."""
    index = sheet.names.index("fact_id") if "fact_id" in sheet.names else len(spans)
    if index >= len(spans):
        return None
    match = _ID.fullmatch(sheet.content[slice(*spans[index])].strip(b'"'))
    return match.group().decode("ascii") if match else None


def _finding(code: str, message: str, place: Place, expected: str) -> Finding:
    return Finding(code=code, message=message, file=place.file, line=place.line, column=place.column, expected=expected)


def _cells(content: bytes, labels: list[str], skip: int = 0) -> pl.DataFrame:
    schema = dict.fromkeys(labels, pl.String)
    if not content:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(
        content,
        has_header=False,
        skip_lines=skip,
        schema=schema,
        infer_schema=False,
        empty_string_is_null=False,
    )


def _text(cell: bytes) -> str:
    text = cell.decode("utf-8", "replace")
    return text[1:-1].replace('""', '"') if text.startswith('"') and len(text) > 1 else text


def _after(content: bytes, end: int) -> int:
    """Find where the line behind `end` begins."""
    line_end = content.find(b"\n", end)
    return len(content) if line_end == -1 else line_end + 1


def _place(content: bytes, offset: int, line: int) -> tuple[int, int]:
    start = content.rfind(b"\n", 0, offset) + 1
    return line, len(content[start:offset].decode("utf-8", "replace")) + 1
