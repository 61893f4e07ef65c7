"""The texts of the sources: which are at hand, and whether they are the ones that the facts were taken from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from factpack.models import Project, Raw

# A text of more bytes is a book or an archive, and no article; reading it would take minutes.
LONGEST = 4_000_000
# Bytes of text that are held at a time; looking for phrases in them takes some three times as much.
_BATCH = 16_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts at hand, as `source_id` and `text`, with their files; the ids of those that are not; what is wrong."""

    frame: pl.DataFrame
    files: dict[str, str]
    absent: tuple[str, ...]
    findings: tuple[Finding, ...]


def read(raw: Raw, project: Project, articles: tuple[Path, ...]) -> Texts:
    """Read the text of each source that is at hand.

    Notes stand in `raw/notes/` and must be there. Articles are their publishers' and are never committed: they are
    looked for in `raw/articles/` and in the folders of `articles`, and may be absent.
    """
    texts: list[dict[str, str]] = []
    findings, absent = [], []
    files = {}
    for row in raw.sources.iter_rows(named=True):
        file = find(row["source_id"], row["text_kind"], project, articles)
        if file is None and row["text_kind"] == "note":
            missing = (
                f"raw/notes/{row['source_id']}.txt is missing, or no regular file; notes are kept in the repository"
            )
            findings.append(_finding(row, "FP603", missing, None))
        elif file is None:
            absent.append(row["source_id"])
        else:
            text, finding = _text(file, row, project)
            files[row["source_id"]] = project.relative(file)
            findings += [finding] if finding else []
            texts += [{"source_id": row["source_id"], "text": text}] if text is not None else []
    frame = pl.DataFrame(texts, schema={"source_id": pl.String, "text": pl.String})
    return Texts(frame=frame, files=files, absent=tuple(absent), findings=tuple(findings))


def find(source_id: str, kind: str, project: Project, articles: tuple[Path, ...]) -> Path | None:
    """Find the file of a source's text, where it is at hand.

    A note comes with the repository, so it is no link. Articles are the machine's own, and stand where its owner likes.
    """
    if kind == "note":
        note = project.raw / "notes" / f"{source_id}.txt"
        return note if note.is_file() and not note.is_symlink() else None
    folders = (project.raw / "articles", *articles)
    return next((path for folder in folders if (path := folder / f"{source_id}.txt").is_file()), None)


def batches(raw: Raw, project: Project, articles: tuple[Path, ...]) -> Iterator[Raw]:
    """Split the sources, each with its facts, so that a batch of texts is some megabytes, however many there are."""
    batch: list[str] = []
    size = 0
    for source_id, kind in raw.sources.select("source_id", "text_kind").iter_rows():
        file = find(source_id, kind, project, articles)
        weight = min(file.stat().st_size, LONGEST) if file else 0
        if batch and size + weight > _BATCH:
            yield _part(raw, batch)
            batch, size = [], 0
        batch.append(source_id)
        size += weight
    yield _part(raw, batch)


def _part(raw: Raw, sources: list[str]) -> Raw:
    chosen = pl.col("source_id").is_in(sources)
    return replace(raw, sources=raw.sources.filter(chosen), facts=raw.facts.filter(chosen))


def _text(file: Path, row: dict[str, Any], project: Project) -> tuple[str | None, Finding | None]:
    name = project.relative(file)
    size = file.stat().st_size
    if size > LONGEST:
        message = f"{name} has {size:,} bytes, expected at most {LONGEST:,}: one article a file"
        return None, _finding(row, "FP604", message, None)
    content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != row["text_sha256"]:
        message = f"{name} has the SHA-256 {found}, expected {row['text_sha256']}"
        return None, _finding(row, "FP603", message, found)
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8: byte {error.start + 1} is 0x{content[error.start]:02x}"
        return None, _finding(row, "FP101", message, found)


def paragraphs(texts: pl.DataFrame) -> pl.DataFrame:
    """Split texts into their paragraphs, which are the lines that are not blank.

    Returns:
        `source_id`, `paragraph` (from 1), `begins` (code points before it in its text) and `passage`.
    """
    lines = texts.lazy().with_columns(passage=pl.col("text").str.split("\n")).drop("text").explode("passage")
    length = pl.col("passage").str.len_chars().cast(pl.Int64) + 1
    return (
        lines.with_columns(begins=(length.cum_sum() - length).over("source_id"))
        .filter(pl.col("passage").str.strip_chars() != "")
        .with_columns(paragraph=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("source_id"))
        .select("source_id", "paragraph", "begins", "passage")
        .collect()
    )


def _finding(row: dict[str, Any], code: str, message: str, value: str | None) -> Finding:
    return Finding(
        code=code,
        message=message,
        file=row["_file"],
        line=row["_line"],
        table="sources",
        field="text_sha256",
        value=value,
        expected=row["text_sha256"],
    )
