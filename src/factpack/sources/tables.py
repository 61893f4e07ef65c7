"""One raw table from its files, whatever their format; and the place of a cell in its file."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

import polars as pl

from factpack.report import Finding, Ran, Report
from factpack.sources import cells, csvfile, jsonlines, parquetfile, yamlfile
from factpack.sources.cells import Rows
from factpack.sources.files import read_bytes
from factpack.sources.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from factpack.models import Project
    from factpack.sources.cells import Flaw
    from factpack.sources.columns import Column
    from factpack.sources.spans import Finder


class Format(Protocol):
    """What a module that knows a file format offers."""

    def read(self, content: bytes, columns: Sequence[Column], file: str) -> Rows:
        """Read the content as text."""

    def finder(self, content: bytes) -> Finder:
        """Index the content, to find its cells."""


FORMATS: Mapping[str, Format] = {
    ".csv": csvfile,
    ".jsonl": jsonlines,
    ".parquet": parquetfile,
    ".yaml": yamlfile,
    ".yml": yamlfile,
}

# Other contents that are met under the names of tables. polars would inflate the compressed ones unasked.
_SIGNATURES = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"PAR1": "Parquet",
}


def read_table(path: Path, columns: Sequence[Column], project: Project) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Read a raw table strictly; its extension names its format (.csv, .jsonl, .yaml, .yml, .parquet).

    All formats give the same frame: the columns in their order and types, null where a cell is empty or has no value
    of its type, then `_file` (relative to the project) and `_line` (where the record starts, from 1; in Parquet the
    number of the row).

    Returns:
        The rows that can be trusted, and a finding with file, line and column for everything that is wrong (FP101 to
        FP114). Duplicate ids are `read`'s business.
    """
    frame, report = read_files([path], columns, project)
    return frame, report.findings


def read_files(paths: Sequence[Path], columns: Sequence[Column], project: Project) -> tuple[pl.DataFrame, Report]:
    """Read the files of one table as `read_table` does, and join their rows in the order of the paths."""
    contents = {project.relative(path): _content(path, project) for path in paths}
    sheets = {name: one for name, one in contents.items() if name.endswith(".csv") and isinstance(one, bytes)}
    together = csvfile.read_together(sheets, columns)
    read = [(file, together.get(file) or _rows(content, columns, file)) for file, content in contents.items()]
    findings = [finding for _, rows in read for finding in rows.findings]
    told = {(file, line, name) for file, rows in read for line, name in rows.told}
    frames, flaws = [], []
    # Files of one table have the same columns, so their cells are checked together; a file that lacks one is apart.
    for _, group in groupby(read, key=lambda item: item[1].frame.columns):
        some = list(group)
        heights = pl.DataFrame({"file": [file for file, _ in some], "rows": [rows.frame.height for _, rows in some]})
        files = heights.select(pl.col("file").repeat_by("rows").explode(empty_as_null=False)).to_series()
        joined = pl.concat([rows.frame for _, rows in some]).with_columns(_file=files)
        frame, faults = cells.check(joined, columns, told)
        frames.append(frame)
        flaws += faults
    findings += placed(flaws, project)
    rules = len(columns) + sum(column.required for column in columns)
    ran = tuple(Ran(stage="reading", subject=file, rules=rules, rows=rows.frame.height) for file, rows in read)
    frame = (
        pl.concat(frames)
        if frames
        else cells.check(pl.DataFrame(schema={"_file": pl.String, "_line": pl.Int64}), columns)[0]
    )
    return frame, Report(findings=tuple(sorted(findings, key=position)), ran=ran)


def locate(path: Path, line: int, field: str) -> tuple[int, int]:
    """Find the line and column where a cell begins.

    Args:
        path: a raw table.
        line: the line where the cell's record starts (`_line`); a quoted or folded cell may begin on a later one.
        field: the cell's column.

    Returns:
        Line and column from 1, columns in characters; the beginning of the record where it has no such cell.
    """
    span = _find(path)(line, field)
    return span.line, span.column


def placed(flaws: Iterable[Flaw], project: Project) -> list[Finding]:
    """Make a finding of each flaw, at the character that is at fault or else where its cell begins."""
    findings = []
    for flaw in flaws:
        span = _find(project.root / flaw.file)(flaw.line, flaw.field)
        line, column = (span.line, span.column) if flaw.offset is None else span.at(flaw.value or "", flaw.offset)
        findings.append(
            Finding(
                code=flaw.code,
                message=flaw.message,
                file=flaw.file,
                line=line,
                column=column,
                field=flaw.field,
                fact_id=flaw.fact_id,
                value=cells.shorten(flaw.value) if flaw.value is not None else None,
                expected=flaw.expected,
                phrase=flaw.phrase,
                hint=flaw.hint,
            )
        )
    return findings


def position(finding: Finding) -> tuple[str, int, int, str, str]:
    """Order findings by their place."""
    return finding.file or "", finding.line or 0, finding.column or 0, finding.code, finding.field or ""


def _content(path: Path, project: Project) -> bytes | Rows:
    """Read the bytes of a file; what keeps them from being read stands in the rows that it gives instead."""
    file = project.relative(path)
    if path.suffix not in FORMATS:
        what = f"{path.suffix or 'no extension'} is not a format of raw tables"
        return _none(file, what, "FP114", " or ".join(FORMATS))
    content, refused = read_bytes(path, file)
    if refused is not None:
        return Rows(frame=_no_frame(), findings=[refused])
    other = next((name for sign, name in _SIGNATURES.items() if content.startswith(sign)), None)
    if other is not None and not (other == "Parquet" and path.suffix == ".parquet"):
        return _none(file, f"holds {other}, not what {path.suffix} says", "FP114", path.suffix.removeprefix("."))
    return content


def _rows(content: bytes | Rows, columns: Sequence[Column], file: str) -> Rows:
    if not isinstance(content, bytes):
        return content
    rows = FORMATS[PurePath(file).suffix].read(content, columns, file)
    if rows.frame.is_empty() and not rows.findings:
        return _none(file, "the file has no rows", "FP110", "one row or more")
    return rows


def _none(file: str, message: str, code: str, expected: str) -> Rows:
    return Rows(
        frame=_no_frame(),
        findings=[Finding(code=code, message=message, file=file, line=1, column=1, expected=expected)],
    )


def _no_frame() -> pl.DataFrame:
    return pl.DataFrame(schema={"_line": pl.Int64})


def _find(path: Path) -> Finder:
    try:
        status = path.stat()
    except OSError:
        return lambda line, _: Span(line, 1)
    return _index(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _index(path: Path, changed: int, size: int) -> Finder:  # noqa: ARG001 - a file that changed is indexed anew
    content, refused = read_bytes(path, str(path))
    if refused is not None or path.suffix not in FORMATS:
        return lambda line, _: Span(line, 1)
    return FORMATS[path.suffix].finder(content)
