"""Whether the words of each fact stand in the text of its source, wherever that text is at hand."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.report import Finding, Ran, Report

if TYPE_CHECKING:
    from pathlib import Path

    from factpack.models import Project, Raw


def check(raw: Raw, project: Project, articles: tuple[Path, ...] = ()) -> Report:
    """Look every phrase up in its own source: verbatim, once, and in the paragraph that the fact names.

    Notes stand in `raw/notes/` and must be there. Articles are their publishers' and are never committed: they are
    looked for in `raw/articles/` and the folders of `articles`, and the report names those that were not at hand.
    A paragraph is a line of the text that is not empty; the first is number 1.
    """
    texts, changed, absent = _texts(raw, project, articles)
    counts = _occurrences(raw.facts, texts)
    findings = [*changed, *(_finding(row) for row in counts.iter_rows(named=True) if not _stands(row))]
    taken = dict(raw.facts.group_by("source_id").len().iter_rows())
    skipped = tuple(f"phrases of {name}: its text is not at hand ({taken.get(name, 0)} facts)" for name in absent)
    ran = Ran(stage="grounding", subject="facts", rules=1, rows=counts.height)
    return Report(findings=tuple(findings), ran=(ran,), skipped=skipped)


def _texts(raw: Raw, project: Project, articles: tuple[Path, ...]) -> tuple[pl.DataFrame, list[Finding], list[str]]:
    """Read the texts at hand; say which are not the ones that were read before, and which are missing."""
    texts: list[dict[str, str]] = []
    changed, absent = [], []
    for row in raw.sources.iter_rows(named=True):
        note = row["text_kind"] == "note"
        folders = (project.raw / "notes",) if note else (project.raw / "articles", *articles)
        file = next((path for folder in folders if (path := folder / f"{row['source_id']}.txt").is_file()), None)
        if file is None:
            if note:
                missing = f"raw/notes/{row['source_id']}.txt is missing; notes are kept in the repository"
                changed.append(_source_finding(row, "FP603", missing, None))
            else:
                absent.append(row["source_id"])
            continue
        content = file.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != row["text_sha256"]:
            message = f"{project.relative(file)} has the SHA-256 {found}, expected {row['text_sha256']}"
            changed.append(_source_finding(row, "FP603", message, found))
            continue
        try:
            texts.append({"source_id": row["source_id"], "text": content.decode("utf-8")})
        except UnicodeDecodeError as error:
            message = f"{project.relative(file)} is not UTF-8: byte {error.start + 1} is 0x{content[error.start]:02x}"
            changed.append(_source_finding(row, "FP101", message, found))
    return pl.DataFrame(texts, schema={"source_id": pl.String, "text": pl.String}), changed, absent


def _source_finding(row: dict[str, Any], code: str, message: str, value: str | None) -> Finding:
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


def _occurrences(facts: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Count each phrase in its whole text and in the paragraph that its fact names."""
    lines = pl.col("text").str.split("\n").list.eval(pl.element().filter(pl.element().str.strip_chars() != ""))
    return (
        facts.lazy()
        .join(texts.lazy().with_columns(paragraphs=lines), on="source_id", maintain_order="left")
        .with_columns(named=pl.col("paragraphs").list.get(pl.col("paragraph") - 1, null_on_oob=True))
        .select(
            "_file",
            "_line",
            "fact_id",
            "source_id",
            "phrase",
            "paragraph",
            in_text=pl.col("text").str.count_matches(pl.col("phrase"), literal=True),
            in_paragraph=pl.col("named").str.count_matches(pl.col("phrase"), literal=True).fill_null(0),
        )
        .collect()
    )


def _stands(row: dict[str, Any]) -> bool:
    return bool(row["in_text" if row["paragraph"] is None else "in_paragraph"] == 1)


def _finding(row: dict[str, Any]) -> Finding:
    place = f"paragraph {row['paragraph']} of {row['source_id']}" if row["paragraph"] else row["source_id"]
    count = row["in_paragraph"] if row["paragraph"] else row["in_text"]
    elsewhere = " (it stands in another paragraph)" if row["paragraph"] and not count and row["in_text"] else ""
    missing = count == 0
    return Finding(
        code="FP601" if missing else "FP602",
        message=f"the phrase does not stand in {place}{elsewhere}"
        if missing
        else f"the phrase stands {count} times in {place}",
        file=row["_file"],
        line=row["_line"],
        table="facts",
        field="paragraph" if elsewhere else "phrase",
        fact_id=row["fact_id"],
        value=str(row["paragraph"]) if elsewhere else row["phrase"],
        expected="the words of the source, exactly once",
        phrase=row["phrase"],
    )
