"""The facts of a version as the script of its page reads them: columns of text, what repeats written once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.adapters.site import wording
from factpack.formats import characters
from factpack.grounding import passages
from factpack.parse import calendar
from factpack.reader import citation

if TYPE_CHECKING:
    from factpack.adapters.site.versions import Version

# What a row of the page shows, and what its panel tells.
_CODED = ("source_id", "subject", "predicate", "object", "unit", "modifier", "polarity", "attributed_to", "verdict")
_PLAIN = ("fact_id", "value", "date", "as_of", "phrase", "note", "paragraph")
# Marking the words that a value was read from takes milliseconds a phrase.
_MARKED = 5_000
# Where the id of a fact stands in a citation: a character that no text has.
_FACT = "\ue000"
_SOURCE = ("title", "publisher", "published", "url", "text_kind")


def write(version: Version, versions: list[Version]) -> str | None:
    """Write the script; None for a package without facts.

    It only assigns an object, so that a page from a disk, which may fetch nothing, can load it.
    """
    facts = version.tables.get("facts")
    if facts is None:
        return None
    facts = facts.sort("fact_id")
    names = {column: facts[column] for column in (*_CODED, *_PLAIN) if column in facts.columns}
    coded = {column: _coded(names[column]) for column in _CODED if column in names}
    coded["tables"] = _coded(_tables(version, facts))
    plain = {column: [wording.plain(value) for value in names[column]] for column in _PLAIN if column in names}
    content = {
        "package": version.opened.descriptor["name"],
        "version": version.opened.version,
        "root": version.opened.root,
        "citation": citation.cite(version.opened.descriptor, version.opened.root, _FACT),
        "fact": _FACT,
        "coded": coded,
        "plain": plain,
        "names": wording.names(version.tables),
        "sources": _sources(version),
        "together": _together(version),
        "history": _history(version, versions),
        "marks": _marks(version, facts),
    }
    return f"self.FACTPACK = {_script(content)};\n"


def _script(content: Any) -> str:
    """Write JSON that no place in a page can take for anything else; what would turn its text stands as an escape."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    text = wording.TURNING.sub(lambda found: "\\" + characters.visible(found[0]), text)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _coded(column: pl.Series) -> dict[str, Any]:
    values = column.cast(pl.String).fill_null("")
    known = values.unique().sort()
    at = pl.DataFrame({"value": values}).join(
        known.to_frame("value").with_row_index("at"), on="value", how="left", maintain_order="left"
    )
    return {"values": known.to_list(), "rows": at["at"].to_list()}


def _sources(version: Version) -> dict[str, dict[str, str]]:
    sources = version.tables.get("sources")
    if sources is None:
        return {}
    known = [name for name in _SOURCE if name in sources.columns]
    return {
        row["source_id"]: {name: wording.plain(row[name]) for name in known} for row in sources.iter_rows(named=True)
    }


def _together(version: Version) -> dict[str, list[Any]]:
    """Give, for each fact of a question that several facts answer, what they say together and who says it."""
    consensus = version.tables.get("consensus")
    if consensus is None:
        return {}
    several = consensus.filter(pl.col("fact_ids").list.len() > 1).select("status", "values", "fact_ids")
    found: dict[str, list[Any]] = {}
    for status, values, ids in several.iter_rows():
        for fact in ids:
            found.setdefault(fact, []).append([status, values, [one for one in ids if one != fact]])
    return found


def _history(version: Version, versions: list[Version]) -> dict[str, list[list[str]]]:
    """Give what earlier versions said of a fact, where that was something else."""
    told: dict[str, list[list[str]]] = {}
    now = version.tables["facts"]
    shared = ["value", "unit", "date", "as_of", "modifier", "polarity", "phrase"]
    for other in versions:
        before = other.tables.get("facts")
        if other.sequence >= version.sequence or before is None:
            continue
        names = [name for name in shared if name in now.columns and name in before.columns]
        both = now.select("fact_id", *names).join(before.select("fact_id", *names), on="fact_id", suffix="_before")
        changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in names)
        for row in both.filter(changed).iter_rows(named=True):
            cells = [
                f"{name}: {wording.plain(row[f'{name}_before'])}"
                for name in names
                if row[name] != row[f"{name}_before"]
            ]
            told.setdefault(row["fact_id"], []).append([other.opened.version, "; ".join(cells)])
    return told


def _tables(version: Version, facts: pl.DataFrame) -> pl.Series:
    """Name for each fact the tables whose rows rest on it: their checks touch it."""
    resting = [
        table.select(fact_id=pl.col("fact_ids").explode()).drop_nulls().unique().with_columns(table=pl.lit(name))
        for name, table in version.tables.items()
        if "fact_ids" in table.columns
    ]
    if not resting:
        return pl.Series("tables", [""] * facts.height)
    named = pl.concat(resting).sort("table").group_by("fact_id").agg(tables=pl.col("table").str.join(", "))
    return facts.select("fact_id").join(named, on="fact_id", how="left", maintain_order="left")["tables"]


def _marks(version: Version, facts: pl.DataFrame) -> dict[str, list[list[int]]]:
    """Find in each phrase the words that its value, date or day were read from, where the phrase alone tells."""
    if facts.height > _MARKED:
        return {}
    sources = version.tables["sources"]
    days = dict(sources.select("source_id", "published").iter_rows()) if "published" in sources.columns else {}
    marks = {}
    known = [name for name in ("value", "date", "as_of") if name in facts.columns]
    for fact_id, source_id, phrase, *claimed in facts.select("fact_id", "source_id", "phrase", *known).iter_rows():
        wanted = {wording.plain(value) for value in claimed if value is not None}
        read = passages.readings(phrase, days.get(source_id), calendar.PAST)
        normal = passages.folded(phrase)
        spans = sorted({normal.span(one.start, one.end) for one in read if wording.plain(one.value) in wanted})
        if spans:
            marks[fact_id] = [list(span) for span in spans]
    return marks
