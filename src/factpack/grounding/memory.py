"""What reading the texts gave, kept on this machine: a source is read again once anything it follows from differs.

The key of an entry is a hash of all that goes into it: the facts of the source, its own row, the bytes of its
text, all entities, predicates and waivers, and the code that reads. Nothing is looked up by name, date or path, so
there is no entry that could be stale. Only sources about which nothing was found are kept: what is wrong is read anew.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from factpack.grounding import lock, texts
from factpack.grounding.coverage import Coverage

if TYPE_CHECKING:
    from factpack.grounding.facts import Grounding
    from factpack.models import Project, Raw

# Entries of projects that nobody has checked for so many days are swept.
_DAYS = 30
_PLACES = ["_file", "_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of the sources of a run: `keys` of those whose text is at hand, and the entries found."""

    file: Path
    keys: pl.DataFrame
    entries: pl.DataFrame

    @property
    def known(self) -> pl.Series:
        """The sources that need not be read."""
        return self.entries["source_id"]

    def anchors(self) -> list[pl.DataFrame]:
        """Give the anchors of the sources that are known."""
        return [] if self.entries.is_empty() else [self.entries.select(pl.col("anchors").explode()).unnest("anchors")]

    def covered(self) -> list[Coverage]:
        """Give the coverage of the sources that are known."""
        if self.entries.is_empty():
            return []
        counted = self.entries.select("source_id", "counted").unnest("counted")
        unclaimed = self.entries.select(pl.col("unclaimed").explode(empty_as_null=False)).unnest("unclaimed")
        return [Coverage(sources=counted, unclaimed=unclaimed, findings=())]


def recall(raw: Raw, project: Project, articles: tuple[Path, ...], waivers: pl.DataFrame | None) -> Memory:
    """Find the sources of which all that they follow from is as it was when they were read."""
    keys = _keys(raw, project, articles, waivers)
    base = os.environ.get("FACTPACK_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "factpack"
    name = hashlib.sha256(str(project.root).encode(errors="surrogateescape")).hexdigest()[:32]
    file = Path(base).expanduser() / "grounding" / f"{name}.parquet"
    try:
        kept = pl.read_parquet(file).join(keys, on=["source_id", "key"], how="semi")
    except (OSError, pl.exceptions.PolarsError):
        # There is none, or it is torn: everything is read, as the first time.
        kept = pl.DataFrame(schema={"source_id": pl.String, "key": pl.String})
    return Memory(file=file, keys=keys, entries=kept)


def unknown(raw: Raw, memory: Memory) -> Raw:
    """Leave out the sources that are known."""
    if memory.known.is_empty():
        return raw
    new = ~pl.col("source_id").is_in(memory.known.implode())
    return replace(raw, sources=raw.sources.filter(new), facts=raw.facts.filter(new))


def entries(raw: Raw, grounded: Grounding, covered: Coverage, memory: Memory) -> pl.DataFrame:
    """Make an entry of each source that was read and about which nothing was found."""
    found = [finding.fact_id for finding in grounded.findings if finding.fact_id]
    suspect = raw.facts.filter(pl.col("fact_id").is_in(found))["source_id"]
    # A finding that names no fact may be about any source.
    if covered.findings or len(found) < len(grounded.findings):
        return memory.entries.clear()
    anchors = grounded.anchors.group_by("source_id").agg(anchors=pl.struct(grounded.anchors.columns))
    counted = covered.sources.select("source_id", counted=pl.struct(pl.exclude("source_id")))
    unclaimed = covered.unclaimed.group_by("source_id").agg(unclaimed=pl.struct(covered.unclaimed.columns))
    return (
        memory.keys.filter(~pl.col("source_id").is_in(suspect.implode()))
        .join(anchors, on="source_id")
        .join(counted, on="source_id")
        .join(unclaimed, on="source_id", how="left")
        .with_columns(pl.col("unclaimed").fill_null([]))
    )


def remember(memory: Memory, new: list[pl.DataFrame]) -> None:
    """Keep the entries of this run, in one step, in place of those of the last; and sweep what is old."""
    fresh = [frame for frame in new if frame.height]
    if not fresh:
        return
    try:
        memory.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=memory.file.parent)
        os.close(descriptor)
        pl.concat([frame for frame in (memory.entries, *fresh) if frame.height]).write_parquet(name)
        Path(name).replace(memory.file)
        old = time.time() - _DAYS * 86_400
        for file in memory.file.parent.iterdir():
            if file.stat().st_mtime < old:
                file.unlink(missing_ok=True)
    except OSError:
        # A machine that keeps nothing reads everything, every time.
        return


def _keys(raw: Raw, project: Project, articles: tuple[Path, ...], waivers: pl.DataFrame | None) -> pl.DataFrame:
    """Hash what each source follows from; a source whose text is not at hand has no key."""
    shared = "".join(_whole(frame) for frame in (raw.entities, raw.predicates, waivers)) + _code()
    rows = raw.facts.drop(_PLACES)
    facts = (
        rows.select("source_id", fact=lock.sha256(_text(rows)))
        .group_by("source_id", maintain_order=True)
        .agg(pl.col("fact").str.join())
    )
    own = raw.sources.drop(_PLACES)
    read = [
        (row[0], _content(row[0], row[1], project, articles)) for row in own.select("source_id", "text_kind").rows()
    ]
    content = pl.DataFrame(read, schema={"source_id": pl.String, "content": pl.String}, orient="row")
    return (
        own.select("source_id", row=lock.sha256(_text(own)))
        .join(facts, on="source_id")
        .join(content.drop_nulls(), on="source_id")
        .select("source_id", key=lock.sha256(pl.concat_str("row", "fact", "content", pl.lit(shared))))
    )


def _text(frame: pl.DataFrame) -> pl.Expr:
    """Write rows as text that tells one from any other: names, and nulls as what no cell can hold."""
    cells = [pl.col(name).cast(pl.String).fill_null("\x1e") for name in frame.columns]
    return pl.concat_str(pl.lit("\x1f".join(frame.columns)), *cells, separator="\x1f")


def _whole(frame: pl.DataFrame | None) -> str:
    if frame is None:
        return "none"
    known = frame.drop(_PLACES)
    rows = known.select(_text(known).alias("row"))["row"]
    return hashlib.sha256("\x1d".join(rows).encode()).hexdigest()


def _content(source_id: str, kind: str, project: Project, articles: tuple[Path, ...]) -> str | None:
    """Hash the bytes of a text, and where it stands."""
    file = texts.find(source_id, kind, project, articles)
    if file is None:
        return None
    return hashlib.sha256(file.read_bytes()).hexdigest() + project.relative(file)


@cache
def _code() -> str:
    """Hash the code that reads, and what it is run by."""
    package = Path(__file__).parent.parent
    hashed = hashlib.sha256(f"{sys.version} {platform.machine()} {pl.__version__}".encode())
    for folder in ("grounding", "parse"):
        for file in sorted((package / folder).glob("*.py")):
            hashed.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return hashed.hexdigest()
