"""What the pages show, as plain values: templates lay it out and decide nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.adapters.site import changes, timeline, wording

if TYPE_CHECKING:
    from factpack.adapters.site.versions import Version

# Rows that stand in a page before its script has run; a reader without scripts sees these and the files.
_FIRST = 25
# Rows of a table in a page; the file of the table has them all.
_MOST, _LARGEST = 200, 20
_JAVASCRIPT = """import {{ asyncBufferFromUrl, parquetReadObjects }} from "hyparquet"

const file = await asyncBufferFromUrl({{ url: "{}.parquet" }})
const rows = await parquetReadObjects({{ file }})"""
_STAGES = {
    "reading": ("Raw files", "Every cell follows the grammar of its column."),
    "vocabulary": ("Vocabulary", "Every fact says what its predicate can say, of entities that are known."),
    "grounding": ("Words", "The words of every fact were read again, and give what the fact says."),
    "schema": ("Tables", "Every row follows the pandera model of its table."),
    "relations": ("Relations", "References lead somewhere, stated numbers are the numbers counted, parts add up."),
    "suite": ("Expectation suites", "The Great Expectations suites of each table are met."),
    "corrections": ("Corrections", "Every correction still applies to what it corrects."),
    "eager": ("Other checks", "Checks that pandera ran on whole tables."),
}


def package(found: list[Version]) -> dict[str, Any]:
    """Show a package: its versions with their reasons, and how to load and cite it."""
    newest = found[0]
    shown = _about(newest)
    return shown | {
        "versions": [_entry(one) for one in found],
        "rows": _counts(newest),
        "state": _state(newest),
        "snippets": snippets(newest),
        "citation": newest.opened.cite(),
        "bibtex": newest.opened.cite(form="bibtex"),
        "files": _files(newest),
    }


def version(one: Version, previous: Version | None) -> dict[str, Any]:
    """Show one version: what is in it, why it is believed, who says otherwise, and what has changed."""
    long = {
        "memberships": timeline.memberships(one.tables),
        "stated": _stated(one),
        "contested": _contested(one),
        "measures": _measures(one),
        "sources": _sources(one),
    }
    most = {"memberships": _LARGEST}
    shown = {name: rows[: most.get(name, _MOST)] for name, rows in long.items()}
    return (
        _about(one)
        | shown
        | {
            "left": {name: len(rows) - len(shown[name]) for name, rows in long.items()},
            "rows": _counts(one),
            "root": one.opened.root,
            "files": _files(one),
            "facts": _first(one),
            "fact_count": one.tables["facts"].height if "facts" in one.tables else 0,
            "timeline": timeline.events(one.tables),
            "checks": _checks(one),
            "state": _state(one),
            "changes": changes.of_version(one, previous),
            "snippets": snippets(one),
            "citation": one.opened.cite(),
            "bibtex": one.opened.cite(form="bibtex"),
        }
    )


def _about(one: Version) -> dict[str, Any]:
    descriptor = one.opened.descriptor
    return {
        "name": descriptor["name"],
        "title": descriptor["title"],
        "description": descriptor.get("description", ""),
        "version": one.opened.version,
        "created": descriptor["created"][:10],
        "licences": [licence.get("name", "") for licence in descriptor.get("licenses", ())],
        "contributors": [who["title"] for who in descriptor.get("contributors", ())],
        "keywords": descriptor.get("keywords", []),
    }


def _entry(one: Version) -> dict[str, Any]:
    change = changes.difference(one) or {}
    reasons = [f"{reason['reason']} ({reason['level']})" for reason in change.get("reasons", ())]
    return {
        "version": one.opened.version,
        "created": one.opened.descriptor["created"][:10],
        "bump": one.entry.get("bump") or "first",
        "reasons": reasons,
        "rows": sum(table.height for table in one.tables.values()),
    }


def _counts(one: Version) -> list[tuple[str, int, str]]:
    """List the tables with their rows and what each is."""
    said = {resource["name"]: resource.get("description", "") for resource in one.opened.descriptor["resources"]}
    return [(name, table.height, said.get(name, "").split("\n")[0]) for name, table in one.tables.items()]


def _files(one: Version) -> list[dict[str, Any]]:
    return [
        {
            "table": resource["name"].removesuffix("-parquet"),
            "path": file["path"],
            "format": Path(file["path"]).suffix.removeprefix(".").upper(),
            "bytes": file.get("bytes"),
            "hash": str(file.get("hash", "")).removeprefix("sha256:"),
        }
        for resource in one.opened.descriptor["resources"]
        for file in (resource.get("factpack:parts") or [resource])
        if isinstance(file.get("path"), str)
    ]


def _first(one: Version) -> list[dict[str, str]]:
    facts = one.tables.get("facts")
    if facts is None:
        return []
    shown = ["fact_id", "subject", "object", "date", "phrase", "source_id"]
    return [
        {name: "" if row.get(name) is None else str(row[name]) for name in shown}
        | {
            "predicate": f"{'not ' if row.get('polarity') else ''}{wording.words(row['predicate'])}",
            "value": wording.value(row),
        }
        for row in facts.sort("fact_id").head(_FIRST).iter_rows(named=True)
    ]


def _measures(one: Version) -> list[dict[str, Any]]:
    """Group the numbers by what is measured and of whom, so that what sources say stands side by side."""
    measures = one.tables.get("measures")
    if measures is None or not {"subject", "predicate", "fact_ids"} <= set(measures.columns):
        return []
    number = "value" if "value" in measures.columns else "low"
    optional = [name for name in ("object", "modifier", "as_of", "source_id") if name in measures.columns]
    rows = measures.sort("predicate", "subject").select("subject", "predicate", number, "unit", "fact_ids", *optional)
    names = wording.names(one.tables)
    return [
        {
            "subject": names.get(row["subject"], row["subject"]),
            "predicate": wording.words(row["predicate"]),
            "object": names.get(row.get("object"), row.get("object") or ""),
            "value": wording.plain(row[number]),
            "unit": row["unit"],
            "modifier": wording.words(row.get("modifier")),
            "as_of": row.get("as_of") or "",
            "source": row.get("source_id") or "",
            "fact": row["fact_ids"][0] if row["fact_ids"] else "",
        }
        for row in rows.iter_rows(named=True)
    ]


def _stated(one: Version) -> list[dict[str, Any]]:
    """Hold the numbers that sources state beside what was counted for each, and who is in it."""
    facts = one.tables.get("facts")
    counts = one.document("reports/counts.json")
    if facts is None or not counts:
        return []
    names = wording.names(one.tables)
    said = {row["fact_id"]: row for row in facts.iter_rows(named=True)}
    return [
        {
            "fact": count["fact_id"],
            "what": _about_what(said[count["fact_id"]], names),
            "stated": count["stated"],
            "as_of": count["as_of"] or "",
            "source": said[count["fact_id"]]["source_id"],
            "certain": [names.get(member, member) for member in count["certain"]],
            "contested": [names.get(member, member) for member in count["contested"]],
        }
        for count in counts
        if count["fact_id"] in said
    ]


def _about_what(fact: dict[str, Any], names: dict[str | None, str]) -> str:
    about = [names.get(fact["subject"], fact["subject"]), wording.words(fact["predicate"])]
    return ": ".join(str(part) for part in about)


def _contested(one: Version) -> list[dict[str, Any]]:
    """Put the answers of a question on which sources do not agree side by side, each with who gives it."""
    consensus, facts = one.tables.get("consensus"), one.tables.get("facts")
    if consensus is None or facts is None:
        return []
    said = {row["fact_id"]: row for row in facts.iter_rows(named=True)}
    names, notes = wording.names(one.tables), _notes(one)
    found = []
    for row in consensus.filter(pl.col("status") == "contested").iter_rows(named=True):
        answers = [
            {
                "fact": fact,
                "source": said[fact]["source_id"],
                "note": said[fact]["source_id"] in notes,
                "says": _says(said[fact], names, row.get("qualifier")),
                "phrase": said[fact]["phrase"],
            }
            for fact in row["fact_ids"]
            if fact in said
        ]
        about = [wording.words(row["predicate"])]
        if row.get("qualifier"):
            about.append(names.get(row["qualifier"], str(row["qualifier"])))
        found.append(
            {"question": f"{names.get(row['subject'], row['subject'])}: {' '.join(about)}", "answers": answers}
        )
    return found


def _notes(one: Version) -> set[str]:
    """Name the sources of which only a note of ours is here: its words are no quotation."""
    sources = one.tables.get("sources")
    if sources is None or "text_kind" not in sources.columns:
        return set()
    return set(sources.filter(pl.col("text_kind") == "note")["source_id"])


def _says(fact: dict[str, Any], names: dict[str | None, str], qualifier: str | None) -> str:
    value = " ".join(str(part) for part in (fact.get("modifier"), fact.get("value"), fact.get("unit")) if part)
    when = f" (as of {fact['as_of']})" if fact.get("as_of") else ""
    if not value and not fact.get("date") and fact.get("object") in (None, qualifier):
        return f"{'no' if fact.get('polarity') else 'yes'}{when}"
    said = value or fact.get("date") or names.get(fact["object"], fact["object"])
    return f"{'not ' if fact.get('polarity') else ''}{str(said).replace('_', ' ')}{when}"


def _sources(one: Version) -> list[dict[str, Any]]:
    sources, facts = one.tables.get("sources"), one.tables.get("facts")
    if sources is None or facts is None:
        return []
    covered = {row["source_id"]: row for row in one.document("reports/coverage.json") or []}
    notes = _notes(one)
    verdicts: dict[str, list[str]] = {}
    if "verdict" in facts.columns:
        counted = facts.group_by("source_id", "verdict").len().sort("source_id", "len", descending=True)
        for source, verdict, count in counted.iter_rows():
            verdicts.setdefault(source, []).append(f"{count} {verdict.replace('_', ' ')}")
    taken = dict(facts.group_by("source_id").len().iter_rows())
    return [
        {
            "id": row["source_id"],
            "title": row.get("title") or row["source_id"],
            "publisher": row.get("publisher") or "",
            "published": str(row.get("published") or ""),
            "url": row.get("url"),
            "note": row["source_id"] in notes,
            "facts": taken.get(row["source_id"], 0),
            "verdicts": ", ".join(verdicts.get(row["source_id"], [])),
            "coverage": _share(covered.get(row["source_id"])),
        }
        for row in sources.sort("source_id").iter_rows(named=True)
    ]


def _share(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if not row["numerals"]:
        return "no numerals"
    waived = f", {row['waived']} waived" if row["waived"] else ""
    return f"{row['carried']} of {wording.counted(row['numerals'], 'numeral')}{waived}"


def _checks(one: Version) -> list[dict[str, Any]]:
    """Sum up what was checked, stage by stage, with what each stage means."""
    report = one.document("reports/validation.json") or {}
    stages: dict[str, list[tuple[str, int, int]]] = {}
    for ran in report.get("ran", ()):
        stages.setdefault(ran["stage"], []).append((ran["subject"], ran["rules"], ran["rows"]))
    shown = []
    for stage, parts in stages.items():
        title, meaning = _STAGES.get(stage, (stage, ""))
        left = max(0, len(parts) - _MOST)
        shown.append({"title": title, "meaning": meaning, "count": len(parts), "parts": parts[:_MOST], "left": left})
    return shown


def _state(one: Version) -> dict[str, Any]:
    report = one.document("reports/validation.json") or {}
    findings = report.get("findings", [])
    return {
        "checked": sum(ran["rules"] for ran in report.get("ran", ())),
        "findings": [f"{one_['code']}: {one_['message']}" for one_ in findings],
        "suites": report.get("suites", "run"),
    }


def snippets(one: Version) -> list[tuple[str, str]]:
    """Show how to load a table of the package in other tools; a name with a quote in it is none (Data Package)."""
    name, version = one.opened.descriptor["name"], one.opened.version
    table = "facts" if "facts" in one.tables else next(iter(one.tables))
    folder = f"{name}/v{version}/data/{table}"
    return [
        ("Python", f'import factpack\n\nfactpack.open("{name}@{version}").table("{table}").collect()'),
        ("pandas", f'import pandas\n\npandas.read_csv("{folder}.csv")'),
        ("polars", f'import polars\n\npolars.read_parquet("{folder}.parquet")'),
        ("DuckDB", f"FROM '{folder}.parquet'"),
        ("R", f'read.csv("{folder}.csv")'),
        ("JavaScript", _JAVASCRIPT.format(folder)),
    ]
