"""Where the phrase of each fact stands in the text of its source: exactly once, or once in its paragraph."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from factpack.grounding import texts
from factpack.parse.text import Normal, normalise, normalised

# Facts with the same source, paragraph and phrase rest on the same place.
KEY = ("source_id", "paragraph", "phrase")
_PLACE = ("place", "occurrences", "start", "end")
# What folding takes out of a word or puts together: soft hyphens and combining marks.
_INNER = r"[\x{ad}\p{M}]"


def locate(facts: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Find the place of each distinct phrase, verbatim or else in other typography.

    Args:
        facts: `source_id`, `paragraph` and `phrase`.
        read: the texts at hand, as `source_id` and `text`.

    Returns:
        One row for each distinct phrase of a source that is at hand: the three columns, `place` (its number),
        `occurrences` in what was searched, none, one or more, and `start` and `end` in code points of the raw text,
        null without exactly one occurrence.
    """
    wanted = facts.lazy().select(KEY).unique(maintain_order=True).with_row_index("place")
    wanted = wanted.join(read.lazy().select("source_id"), on="source_id", how="semi", maintain_order="left")
    named, whole = wanted.filter(pl.col("paragraph").is_not_null()), wanted.filter(pl.col("paragraph").is_null())
    # Splitting every text into its paragraphs is for those who name one.
    counted = facts["paragraph"].null_count() < facts.height
    passages = texts.paragraphs(read if counted else read.clear()).lazy()
    found = pl.collect_all(
        [
            _verbatim(named.join(passages, on=["source_id", "paragraph"], how="left")),
            _verbatim(
                whole.join(read.lazy().select("source_id", passage="text", begins=pl.lit(0, pl.Int64)), on="source_id")
            ),
        ]
    )
    searched = pl.concat(found)
    missed = searched.filter(pl.col("occurrences") == 0, pl.col("passage").is_not_null())
    searched = searched.select(*KEY, *_PLACE)
    if missed.height and (folded := _folded(missed)).height:
        searched = pl.concat([searched.join(folded, on="place", how="anti"), folded])
    return searched.sort("place")


def _verbatim(searched: pl.LazyFrame) -> pl.LazyFrame:
    """Look for the phrase as it is spelt; a second occurrence may overlap the first."""
    passage, phrase, byte = pl.col("passage"), pl.col("phrase"), pl.col("byte")
    content = passage.cast(pl.Binary)
    before = content.bin.slice(0, byte).cast(pl.String).str.len_chars().cast(pl.Int64)
    behind = content.bin.slice(byte + phrase.str.head(1).str.len_bytes())
    # A slice of null length is the rest of the text, so what was not found is told apart by hand.
    found = byte.is_not_null()
    return (
        searched.with_columns(byte=passage.str.find(phrase, literal=True))
        .with_columns(
            occurrences=pl.when(~found)
            .then(0)
            .when(behind.bin.contains(phrase.cast(pl.Binary)))
            .then(2)
            .otherwise(1)
            .cast(pl.UInt32),
            start=pl.when(found).then(pl.col("begins") + before),
        )
        .with_columns(start=pl.when(pl.col("occurrences") == 1).then("start"))
        .with_columns(end=pl.col("start") + phrase.str.len_chars().cast(pl.Int64))
        .select(*KEY, *_PLACE, "begins", "passage")
    )


def _folded(missed: pl.DataFrame) -> pl.DataFrame:
    """Look for the phrase in the folded text, and lead its place back to the raw one.

    Folding changes no letter: where a word of the phrase does not stand in the text, the phrase cannot either.
    """
    words = (
        missed.lazy()
        .select("place", "passage", word=pl.col("phrase").str.extract_all(r"[\p{L}\p{N}]+"))
        .explode("word")
    )
    absent = words.filter(~pl.col("passage").str.contains(pl.col("word"), literal=True)).select("place").unique()
    # A word may be whole in the folded text alone; then nothing is said by its absence from the raw one.
    spelt = ~pl.col("passage").str.contains(_INNER) & ~pl.col("phrase").str.contains(_INNER)
    hopeless = missed.lazy().join(absent, on="place", how="semi").filter(spelt)
    left = missed.lazy().join(hopeless, on="place", how="anti").collect()
    spans = [
        _span(passage, phrase, begins)
        for passage, phrase, begins in left.select("passage", normalised(pl.col("phrase")), "begins").iter_rows()
    ]
    found = pl.DataFrame(spans, schema={"occurrences": pl.UInt32, "start": pl.Int64, "end": pl.Int64}, orient="row")
    return left.select(*KEY, "place").hstack(found).filter(pl.col("occurrences") > 0)


def _span(passage: str, phrase: str, begins: int) -> tuple[int, int | None, int | None]:
    normal = _fold(passage)
    at = normal.text.find(phrase) if phrase else -1
    if at < 0:
        return 0, None, None
    if normal.text.find(phrase, at + 1) >= 0:
        return 2, None, None
    start, end = normal.span(at, at + len(phrase))
    return 1, begins + start, begins + end


@lru_cache(maxsize=64)
def _fold(passage: str) -> Normal:
    """Fold a text once for the phrases that follow each other in it."""
    return normalise(passage)
