"""`raw/anchors.lock` and `raw/coverage.lock`: what was found in the texts, for the machines that do not have them.

A lock has one line a fact (or source), sorted, of plain fields without quotation: it merges as any text does. The
last field of a line is a hash of the others, so that a line that was edited or merged by hand is caught. Hashes are
SHA-256, that of the words themselves (`exact`) whole and the others cut to 32 hexadecimal digits; that of a short
phrase can be found by trying phrases, so it proves sameness and hides nothing.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars_hash import CryptographicHashingNameSpace

from factpack.report import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from factpack.models import Project

ANCHORS = (
    "fact_id",
    "source_id",
    "text_sha256",
    "start",
    "end",
    "exact",
    "prefix",
    "suffix",
    "claim",
    "row",
    "verdict",
    "normaliser",
    "check",
)
COVERAGE = ("source_id", "text_sha256", "numerals", "carried", "waived", "inputs", "check")
_CONFLICT = r"\A(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)"
# A cell holds no control character, so this one keeps cells apart.
_BETWEEN = "\x1f"


def fingerprint(*columns: str) -> pl.Expr:
    """Hash the text of some columns of a row: the first 32 hexadecimal digits of their SHA-256."""
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in columns]
    return sha256(pl.concat_str(cells, separator=_BETWEEN)).str.head(32)


def sha256(text: pl.Expr) -> pl.Expr:
    """Hash each text, as UTF-8, to 64 hexadecimal digits."""
    return CryptographicHashingNameSpace(text).sha2_256()


def read(path: Path, columns: Sequence[str], project: Project) -> tuple[pl.DataFrame | None, tuple[Finding, ...]]:
    """Read a lock; None where there is none. A link is not followed: who edits `raw/` may point it anywhere.

    Returns:
        Its lines, all fields as text, with `_line`; and a finding for each line that has been edited or merged by
        hand, stands out of order or twice, or has not the fields of a line (FP622).
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return _none(columns), (_finding(project.relative(path), 1, "it is a link, or no regular file"),)
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None, ()
    except UnicodeDecodeError as error:
        return _none(columns), (_finding(project.relative(path), 1, f"it is not UTF-8 at byte {error.start + 1}"),)
    lines = content.split("\n")
    file = project.relative(path)
    if lines[0] != ",".join(columns):
        return _none(columns), (_finding(file, 1, f"the first line must be {','.join(columns)}"),)
    frame = pl.DataFrame({"line": lines[1:-1] if lines[-1] == "" else lines[1:]}, schema={"line": pl.String})
    frame = frame.with_row_index("_line", offset=2).with_columns(fields=pl.col("line").str.split(","))
    findings = [
        _finding(file, number, "a merge conflict stands here" if conflict else "it has not the fields of a line")
        for number, conflict in frame.filter(pl.col("fields").list.len() != len(columns))
        .select("_line", pl.col("line").str.contains(_CONFLICT))
        .iter_rows()
    ]
    whole = frame.filter(pl.col("fields").list.len() == len(columns))
    fields = whole.select(
        "_line", *(pl.col("fields").list.get(index).alias(name) for index, name in enumerate(columns))
    )
    return fields, (*findings, *_flaws(fields, columns, file))


def _none(columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={"_line": pl.UInt32} | dict.fromkeys(columns, pl.String))


def _flaws(fields: pl.DataFrame, columns: Sequence[str], file: str) -> list[Finding]:
    """Find the lines whose hash is not that of their fields, and those out of order."""
    key, *_ = columns
    checked = fields.with_columns(
        edited=fingerprint(*columns[:-1]) != pl.col("check"), misplaced=pl.col(key) <= pl.col(key).shift()
    ).filter(pl.col("edited") | pl.col("misplaced"))
    return [
        _finding(file, line, "it was edited by hand" if edited else f"{name} stands twice or out of order")
        for line, name, edited in checked.select("_line", key, "edited").iter_rows()
    ]


def _finding(file: str, line: int, message: str) -> Finding:
    return Finding(code="FP622", message=f"line {line}: {message}", file=file, line=line, column=1, table="anchors")


def write(path: Path, fields: pl.DataFrame, columns: Sequence[str]) -> None:
    """Write a lock in one step, sorted by its first column, with the hash of each line."""
    lines = (
        fields.with_columns(pl.col(columns[:-1]).cast(pl.String).fill_null(""))
        .sort(columns[0])
        .with_columns(check=fingerprint(*columns[:-1]))
        .select(line=pl.concat_str(columns, separator=","))
    )
    content = "\n".join([",".join(columns), *lines["line"], ""])
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".lock-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
