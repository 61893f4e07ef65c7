"""Locating phrases and grounding facts, beside what polars itself needs to touch the same data.

Locating: 100,000 phrases in 100 MB of articles, against a join and a literal find. Grounding: a million facts with
20,000 distinct phrases, against reading them from Parquet and joining their texts. Interleaved, the best of three;
and the peak memory of locating in a half and in the whole of the articles, each in a process of its own.

    python bench/grounding.py [SCALE]
"""

from __future__ import annotations

import hashlib
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from factpack.grounding import facts as grounding
from factpack.grounding import places, texts
from factpack.models import Project, Raw

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
ARTICLES, PHRASES, FACTS, DISTINCT = 16_000, 100_000, 1_000_000, 20_000
WORDS = [
    "the",
    "members",
    "of",
    "a",
    "new",
    "bank",
    "agreed",
    "on",
    "trade",
    "in",
    "oil",
    "and",
    "gas",
    "with",
    "partners",
    "from",
    "Asia",
    "while",
    "drones",
    "worth",
    "less",
    "than",
    "planned",
    "were",
    "sold",
    "abroad",
    "after",
    "a",
    "summit",
    "where",
    "ministers",
    "signed",
    "another",
    "treaty",
    "of",
    "the",
    "kind",
    "seen",
    "before",
]
# The aims: at most so many times what polars needs.
LOCATE, GROUND = 2.0, 3.0


def sentences(randoms: random.Random) -> list[str]:
    """Write a thousand ways to begin and end a paragraph of 52 words."""
    return [" ".join(randoms.choices(WORDS, k=24)) for _ in range(1000)]


def article(randoms: random.Random, parts: list[str]) -> str:
    """Write some 6,300 characters in 20 paragraphs; each states one number."""
    begun, ended = randoms.choices(parts, k=20), randoms.choices(parts, k=20)
    return "\n".join(
        f"{first} Iran sold {randoms.randrange(10_000_000)} drones {last}."
        for first, last in zip(begun, ended, strict=True)
    )


def corpus(count: int) -> pl.DataFrame:
    """Write articles, the same each time."""
    randoms = random.Random(1)  # noqa: S311
    parts = sentences(randoms)
    return pl.DataFrame(
        {"source_id": [f"s{n}" for n in range(count)], "text": [article(randoms, parts) for _ in range(count)]}
    )


def phrases(read: pl.DataFrame, count: int) -> pl.DataFrame:
    """Cut phrases of four words out of the articles, one in ten of them altered."""
    randoms = random.Random(2)  # noqa: S311
    rows = []
    ids, written = read["source_id"].to_list(), read["text"].to_list()
    for number in range(count):
        at = randoms.randrange(len(ids))
        paragraph = randoms.randrange(20)
        words = written[at].split("\n")[paragraph].split()[24:28]
        value = words[2]
        if number % 10 == 0:
            words[3] = "tanks"
        rows.append((ids[at], paragraph + 1, " ".join(words), value))
    return pl.DataFrame(rows, schema=["source_id", "paragraph", "phrase", "value"], orient="row")


def floor(wanted: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Find phrases as polars alone does: a join and a literal find."""
    found = (
        wanted.lazy()
        .join(read.lazy(), on="source_id")
        .with_columns(at=pl.col("text").str.find(pl.col("phrase"), literal=True))
    )
    return found.drop("text").collect()


def timed(work: Callable[[], object]) -> float:
    """Give the wall time of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def best(*works: Callable[[], object]) -> list[float]:
    """Let the works take turns, and give the best time of each."""
    rounds = [[timed(work) for work in works] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*rounds, strict=True)]


def locating(scale: float) -> bool:
    """Compare `places.locate` with the floor, for phrases with and without their paragraph."""
    read = corpus(int(ARTICLES * scale))
    wanted = phrases(read, int(PHRASES * scale))
    size = read["text"].str.len_bytes().sum() / 1e6
    whole = wanted.with_columns(paragraph=pl.lit(None, pl.Int64))
    base, ours, lone = best(
        lambda: floor(wanted, read),
        lambda: places.locate(wanted, read),
        lambda: places.locate(whole, read),
    )
    print(f"{wanted.height:,} phrases in {size:.0f} MB of {read.height:,} articles, one in ten altered")
    print(f"  polars join and find          {base:7.2f} s")
    print(f"  locate, paragraph given       {ours:7.2f} s   {ours / base:5.2f}x")
    print(f"  locate, in the whole article  {lone:7.2f} s   {lone / base:5.2f}x   (aim: at most {LOCATE:g}x)")
    return max(ours, lone) / base <= LOCATE


def project(folder: Path, articles: int, count: int) -> tuple[Raw, Project, Path]:
    """Write a project of facts on the 20 phrases of each article."""
    read = corpus(articles)
    (folder / "raw" / "articles").mkdir(parents=True)
    for source_id, text in read.iter_rows():
        (folder / "raw" / "articles" / f"{source_id}.txt").write_text(text, encoding="utf-8")
    lines = texts.paragraphs(read).select(
        "source_id", "paragraph", words=pl.col("passage").str.split(" ").list.slice(24, 4)
    )
    distinct = lines.with_columns(phrase=pl.col("words").list.join(" "), value=pl.col("words").list.get(2)).drop(
        "words"
    )
    rows = distinct.sample(count, with_replacement=True, seed=3).with_columns(
        fact_id=pl.format("f{}", pl.int_range(count)),
        subject=pl.lit("iran"),
        predicate=pl.lit("drones_sold"),
        _file=pl.lit("raw/facts/s.csv"),
        _line=pl.int_range(2, count + 2),
        **{
            name: pl.lit(None, pl.String)
            for name in ("object", "unit", "date", "as_of", "modifier", "polarity", "attributed_to", "note")
        },
    )
    rows.write_parquet(folder / "facts.parquet")
    digest = pl.Series([hashlib.sha256(text.encode()).hexdigest() for text in read["text"]])
    blank = {name: pl.lit(None, pl.String) for name in ("title", "dateline", "about")}
    sources = read.select("source_id", text_kind=pl.lit("article"), publisher=pl.lit("x"), **blank).with_columns(
        text_sha256=digest, published=pl.date(2025, 6, 26), _file=pl.lit("raw/sources.csv"), _line=pl.lit(2)
    )
    entities = pl.DataFrame(
        {"entity_id": ["iran"], "name": ["Iran"], "kind": ["country"], "aliases": [None]},
        schema_overrides={"aliases": pl.String},
    )
    empty = {name: pl.lit(None, pl.String) for name in ("names", "acts", "bounds")}
    predicates = pl.DataFrame(
        {"predicate": ["drones_sold"], "value_type": ["integer"], "future": [False], "denies": [False]}
    ).with_columns(**empty)
    raw = Raw(facts=rows, sources=sources, entities=entities, predicates=predicates)
    return (
        raw,
        Project(root=folder, name="x", version="1.0.0", title="x", description="x", licence="x"),
        folder / "facts.parquet",
    )


def grounded(scale: float) -> bool:
    """Compare grounding many facts on few phrases with reading and joining them."""
    with tempfile.TemporaryDirectory() as name:
        raw, loaded, parquet = project(Path(name), int(DISTINCT * scale) // 20, int(FACTS * scale))
        read = texts.read(raw, loaded, ()).frame

        def join() -> pl.DataFrame:
            return pl.scan_parquet(parquet).join(read.lazy(), on="source_id").collect()

        base, ours = best(join, lambda: grounding.ground(raw, loaded))
        outcome = grounding.ground(raw, loaded)
        if outcome.findings:
            raise SystemExit(f"not grounded: {outcome.findings[0]}")
    distinct = raw.facts.select("source_id", "paragraph", "phrase").n_unique()
    print(f"{raw.facts.height:,} facts on {distinct:,} distinct phrases")
    print(f"  polars read and join          {base:7.2f} s")
    print(f"  ground                        {ours:7.2f} s   {ours / base:5.2f}x   (aim: at most {GROUND:g}x)")
    return ours / base <= GROUND


def memory(scale: float) -> None:
    """Print the peak memory of grounding the same number of facts on a half and on all of the articles."""
    peaks = []
    for share in (scale / 2, scale):
        with tempfile.TemporaryDirectory() as name:
            raw, _, _ = project(Path(name), int(ARTICLES * share), DISTINCT)
            for field in fields(raw):
                getattr(raw, field.name).write_parquet(Path(name) / f"{field.name}.parquet")
            run = subprocess.run([sys.executable, __file__, "--peak", name], check=True, capture_output=True, text=True)
        peaks.append(float(run.stdout))
    halved, whole = peaks
    print(f"grounding {DISTINCT:,} facts took {halved:.0f} MB with half of the articles, {whole:.0f} MB with all")


def peak(folder: Path) -> None:
    """Ground a project, and print in MB what this process needed beyond the facts themselves."""
    raw = Raw(**{field.name: pl.read_parquet(folder / f"{field.name}.parquet") for field in fields(Raw)})
    loaded = Project(root=folder, name="x", version="1.0.0", title="x", description="x", licence="x")
    # Linux counts the peak anew from here.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = resident("VmRSS")
    for part in texts.batches(raw, loaded, ()):
        grounding.ground(part, loaded)
    print((resident("VmHWM") - before) / 1024)


def resident(name: str) -> int:
    """Read a figure of this process' memory, in kB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """Run both comparisons; exit with 1 where an aim is missed."""
    if sys.argv[1:2] == ["--peak"]:
        peak(Path(sys.argv[2]))
        return
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}")
    reached = [locating(scale), grounded(scale)]
    memory(scale)
    if not all(reached):
        print("An aim is missed.")


if __name__ == "__main__":
    main()
