"""Whether the columns of a file are the ones of its table."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from factpack.report import Finding
from factpack.sources.cells import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from factpack.models import Place
    from factpack.sources.columns import Column


def check(names: Sequence[str], places: Sequence[Place], end: Place, columns: Sequence[Column]) -> list[Finding]:
    """Find every column that is blank, padded, doubled, not in lower case, unknown or missing (FP103).

    Args:
        names: the columns as the file names them.
        places: where each name stands.
        end: where a further name would stand; a missing column is reported there.
        columns: what they should be; their order in the file is free.
    """
    known = {column.name for column in columns}
    folded = {name.lower() for name in known}
    if names and not folded.intersection(name.strip().lower() for name in names):
        message = f"none of the columns is one of this table; the first is {shorten(names[0])!r}"
        return [_finding(message, places[0], f"the columns {', '.join(column.name for column in columns)}", None)]
    missing = [column.name for column in columns if column.name not in names and not column.optional]
    findings = []
    for index, (name, place) in enumerate(zip(names, places, strict=True)):
        first = name not in names[:index]
        if first and name in known:
            continue
        finding = unknown(name, place, columns, missing) if first else _doubled(name, place)
        # Whoever corrects this name finds the column: it is not reported as missing too.
        missing = [other for other in missing if other != finding.expected]
        findings.append(finding)
    return findings + [_finding(f"the column {name!r} is missing", end, name, None) for name in missing]


def unknown(name: str, place: Place, columns: Sequence[Column], missing: Sequence[str] = ()) -> Finding:
    """Say of a name that is no column what may have been meant, first of all of those that are `missing`."""
    known = [column.name for column in columns]
    shown, bare, any_of = shorten(name), name.strip().lower(), f"one of {', '.join(known)}"
    if not bare:
        return _finding("a column has no name", place, any_of, "Delete the column, or name it.")
    if bare in known:
        what = "has white space around it" if name.strip() in known else "is not in lower case"
        return _finding(f"the column {shown!r} {what}", place, bare, f"Write {bare!r}.")
    near = get_close_matches(shown.lower(), missing, n=1) or get_close_matches(shown.lower(), known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"The columns are {', '.join(known)}."
    return _finding(f"the column {shown!r} is not one of this table", place, near[0] if near else any_of, hint)


def _doubled(name: str, place: Place) -> Finding:
    return _finding(f"the column {shorten(name)!r} stands there twice", place, "each column once", None)


def _finding(message: str, place: Place, expected: str, hint: str | None) -> Finding:
    return Finding(
        code="FP103",
        message=message,
        file=place.file,
        line=place.line,
        column=place.column,
        expected=expected,
        hint=hint,
    )
