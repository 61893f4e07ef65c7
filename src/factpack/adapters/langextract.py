"""LangExtract's JSON Lines as raw facts; every span is verified anew, and none is believed.

One annotated document a line (`langextract.io.save_annotated_documents`): `document_id`, `text` and `extractions`,
each with `extraction_class`, `extraction_text`, `char_interval` and `attributes`. Its aligner anchors altered quotes
as MATCH_LESSER, so the status is not looked at: the words stand in the text as they are given, or they do not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factpack.parse.text import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Raw rows, in the order of the file, and what was refused: each with its line and the reason."""

    rows: tuple[dict[str, str], ...]
    refused: tuple[str, ...]


def read(path: Path, columns: Sequence[str], text: str | None = None) -> Imported:
    """Read the extractions of a file into raw rows.

    An attribute that has the name of a column of raw facts fills it; the class is the predicate where no attribute
    gives one; the words become the phrase, and their paragraph is counted in the text. `text` is that of the source,
    where it is at hand: then a document with another text is refused.

    Raises:
        OSError: the file cannot be read.
    """
    rows: list[dict[str, str]] = []
    refused: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        document = _document(line)
        if isinstance(document, str):
            refused.append(f"line {number}: {document}")
        elif text is not None and normalise(document["text"]).text != normalise(text).text:
            refused.append(f"line {number}: document {document.get('document_id')!r} has another text than the source")
        else:
            for extraction in document["extractions"]:
                row = _row(extraction, document["text"], columns)
                if isinstance(row, str):
                    refused.append(f"line {number}: {row}")
                else:
                    rows.append(row)
    if not rows and not refused:
        refused.append("the file has no extraction")
    return Imported(rows=tuple(rows), refused=tuple(refused))


def _document(line: str) -> dict[str, Any] | str:
    try:
        document = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        return "no annotated document: it has no text"
    if not isinstance(document.get("extractions"), list):
        return "no annotated document: it has no list of extractions"
    return document


def _row(extraction: Any, text: str, columns: Sequence[str]) -> dict[str, str] | str:
    """Make a row of an extraction, or say why it is refused."""
    if not isinstance(extraction, dict) or not isinstance(extraction.get("extraction_text"), str):
        return "an extraction without extraction_text"
    words = extraction["extraction_text"].strip()
    start = _verified(text, words, extraction.get("char_interval"))
    if isinstance(start, str):
        return f"{words!r} {start}"
    attributes = extraction.get("attributes") or {}
    strange = sorted(name for name in attributes if name not in columns)
    row = dict.fromkeys(columns, "") | {name: str(value) for name, value in attributes.items() if name in columns}
    row["predicate"] = row["predicate"] or str(extraction.get("extraction_class") or "")
    row["paragraph"] = str(sum(bool(line.strip()) for line in text[:start].split("\n")) or 1)
    row["phrase"] = words
    if strange:
        row["note"] = "; ".join(filter(None, [row["note"], *(f"{name}: {attributes[name]}" for name in strange)]))
    return row


def _verified(text: str, words: str, interval: Any) -> int | str:
    """Give where the words begin in the text; or say why they are not believed."""
    if not words:
        return "is empty"
    if isinstance(interval, dict) and isinstance(interval.get("start_pos"), int):
        start: int = interval["start_pos"]
        if start >= 0 and normalise(text[start : start + len(words)]).text == normalise(words).text:
            return start
    count = text.count(words)
    if count == 1:
        return text.index(words)
    return (
        "does not stand in its text"
        if count == 0
        else f"stands {count} times in its text, and not at its char_interval"
    )
