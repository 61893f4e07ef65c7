"""Where the phrase of each fact stands in the text of its source: exactly once, or once in its paragraph."""

from __future__ import annotations

import polars as pl

from factpack.grounding import texts
from factpack.parse.text import normalise, normalised

# Facts with the same source, paragraph and phrase rest on the same place.
KEY = ("source_id", "paragraph", "phrase")
# Columns of a place: `occurrences` in what was searched; `start` and `end` in code points of the raw text; the
# paragraph it stands in as `passage`, which begins at `begins`.
SCHEMA = {
    "place": pl.UInt32,
    "occurrences": pl.UInt32,
    "start": pl.Int64,
    "end": pl.Int64,
    "begins": pl.Int64,
    "passage": pl.String,
}


def locate(facts: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Find the place of each distinct phrase, verbatim or else in other typography.

    Args:
        facts: `source_id`, `paragraph` and `phrase`.
        read: the texts at hand, as `source_id` and `text`.

    Returns:
        One row for each distinct phrase of a source that is at hand: the three columns and those of `SCHEMA`. Without
        exactly one occurrence, `start` and what follows is null.
    """
    passages = texts.paragraphs(read)
    wanted = facts.lazy().select(KEY).unique(maintain_order=True).with_row_index("place")
    wanted = wanted.join(read.lazy().select("source_id"), on="source_id", how="semi", maintain_order="left")
    named = wanted.filter(pl.col("paragraph").is_not_null()).join(
        passages.lazy(), on=["source_id", "paragraph"], how="left", maintain_order="left"
    )
    whole = wanted.filter(pl.col("paragraph").is_null()).join(
        read.lazy().select("source_id", passage="text", begins=pl.lit(0, pl.Int64)), on="source_id", maintain_order="left"
    )
    searched = pl.concat([named, whole], how="diagonal").select(*KEY, "place", "begins", "passage")
    found = _verbatim(searched).collect()
    missed = found.filter(pl.col("occurrences") == 0, pl.col("passage").is_not_null())
    if missed.height:
        found = pl.concat([found.filter((pl.col("occurrences") > 0) | pl.col("passage").is_null()), _folded(missed)])
    return _in_paragraphs(found, passages)


def _verbatim(searched: pl.LazyFrame) -> pl.LazyFrame:
    """Look for the phrase as it is spelt; a second occurrence may overlap the first."""
    passage, phrase = pl.col("passage"), pl.col("phrase")
    before = passage.cast(pl.Binary).bin.slice(0, pl.col("byte")).cast(pl.String)
    return (
        searched.with_columns(byte=passage.str.find(phrase, literal=True))
        # A slice of null length is the rest of the text, so the place of what was not found is null by hand.
        .with_columns(at=pl.when(pl.col("byte").is_not_null()).then(before.str.len_chars().cast(pl.Int64)))
        .with_columns(again=passage.str.slice(pl.col("at") + 1).str.contains(phrase, literal=True))
        .with_columns(
            occurrences=pl.when(pl.col("at").is_null())
            .then(0)
            .when(pl.col("again"))
            .then(passage.str.count_matches(phrase, literal=True).clip(2))
            .otherwise(1)
            .cast(pl.UInt32)
        )
        .with_columns(
            start=pl.col("begins") + pl.col("at"), end=pl.col("begins") + pl.col("at") + phrase.str.len_chars().cast(pl.Int64)
        )
        .select(*KEY, "place", "begins", "passage", "occurrences", "start", "end")
    )


def _folded(missed: pl.DataFrame) -> pl.DataFrame:
    """Look for the phrase in the folded text, and lead its place back to the raw one."""
    # A text is folded once, however many phrases it is searched for.
    spelt = missed.select("passage").unique().with_columns(folded=normalised(pl.col("passage")))
    folded = (
        missed.drop("occurrences", "start", "end")
        .join(spelt, on="passage")
        .with_columns(folded_phrase=normalised(pl.col("phrase")))
        .with_columns(occurrences=pl.col("folded").str.count_matches(pl.col("folded_phrase"), literal=True))
    )
    spans: list[tuple[int, int] | tuple[None, None]] = []
    for begins, passage, phrase, count in folded.select("begins", "passage", "folded_phrase", "occurrences").iter_rows():
        normal = normalise(passage) if count else None
        at = normal.text.find(phrase) if normal else -1
        if normal is None or not phrase or at < 0 or normal.text.find(phrase, at + 1) >= 0:
            spans.append((None, None))
            continue
        start, end = normal.span(at, at + len(phrase))
        spans.append((begins + start, begins + end))
    columns = {"start": [span[0] for span in spans], "end": [span[1] for span in spans]}
    placed = folded.with_columns(pl.Series(name, values, dtype=pl.Int64) for name, values in columns.items())
    several = (pl.col("occurrences") == 1) & pl.col("start").is_null()
    return placed.with_columns(occurrences=pl.when(several).then(2).otherwise("occurrences").cast(pl.UInt32)).select(
        *KEY, "place", "begins", "passage", "occurrences", "start", "end"
    )


def _in_paragraphs(found: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Put the paragraph beside each place that was searched for in a whole text."""
    once = pl.col("occurrences") == 1
    blank = {"start": pl.Int64, "end": pl.Int64, "begins": pl.Int64, "passage": pl.String}
    cleared = found.with_columns(pl.when(once).then(name).otherwise(pl.lit(None, kind)).alias(name) for name, kind in blank.items())
    whole = cleared.filter(pl.col("paragraph").is_null(), once).sort("start")
    rest = cleared.filter(pl.col("paragraph").is_not_null() | ~once)
    placed = whole.drop("begins", "passage").join_asof(
        passages.drop("paragraph").sort("begins"), left_on="start", right_on="begins", by="source_id", coalesce=False, check_sortedness=False
    )
    columns = [*KEY, *SCHEMA]
    return pl.concat([rest.select(columns), placed.select(columns)]).sort("place")
