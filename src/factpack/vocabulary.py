"""Whether each raw fact says what its predicate can say: kinds, types, units, required columns, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from factpack.parse import edtf, number
from factpack.report import Finding, Ran, Report, Severity

if TYPE_CHECKING:
    from factpack.models import Project, Raw

# Columns that any fact may fill, whatever its predicate.
_FREE = {"as_of", "attributed_to", "modifier", "paragraph", "phrase", "polarity", "note", "date"}


def check(raw: Raw, project: Project) -> Report:
    """Check every raw fact against its predicate, its entities and its source; and whether each of these is used.

    Returns:
        A report with a finding for each cell at fault; its place is the row's (columns are located by the caller).
    """
    return check_facts(raw, project) + unused(raw)


def check_facts(raw: Raw, project: Project) -> Report:
    """Check raw facts, all or some, against their predicates, entities and sources."""
    facts = _joined(raw)
    findings: list[Finding] = []
    rules = _rules(project)
    for code, (field, breach, expected) in rules:
        failing = facts.filter(breach.fill_null(value=False)).select(
            "_file", "_line", "fact_id", "phrase", value=pl.col(field).cast(pl.String), expected=expected
        )
        for row in failing.iter_rows(named=True):
            shown = "nothing" if row["value"] is None else repr(row["value"])
            findings.append(
                Finding(
                    code=code,
                    message=f"{field} is {shown}, expected {row['expected']}",
                    file=row["_file"],
                    line=row["_line"],
                    table="facts",
                    field=field,
                    fact_id=row["fact_id"],
                    value=row["value"],
                    expected=row["expected"],
                    phrase=row["phrase"],
                )
            )
    # Two more are those of `unused`.
    ran = Ran(stage="vocabulary", subject="facts", rules=len(rules) + 2, rows=facts.height)
    return Report(findings=tuple(findings), ran=(ran,))


def _joined(raw: Raw) -> pl.DataFrame:
    """Put beside each fact its predicate's row, the kinds of its entities and the day its source was published."""
    kinds = raw.entities.select("entity_id", "kind")
    sources = raw.sources.select("source_id", "published", known_source=True)
    # Where a source does not say when it was published, nothing can be later than the newest source of all.
    newest = raw.sources["published"].max()
    predicates = raw.predicates.select(
        "predicate",
        "value_type",
        "multiple",
        "future",
        predicate_unit="unit",
        subject_kinds=pl.col("subject_kind").str.split(" "),
        object_kinds=pl.col("object_kind").str.split(" "),
        required=pl.col("requires").str.split(" ").fill_null([]),
        known_predicate=True,
    )
    return (
        raw.facts.join(predicates, on="predicate", how="left", maintain_order="left")
        .join(
            kinds.select(subject="entity_id", is_subject="kind"),
            on="subject",
            how="left",
            maintain_order="left",
        )
        .join(kinds.select(object="entity_id", is_object="kind"), on="object", how="left", maintain_order="left")
        .join(
            kinds.select(attributed_to="entity_id", is_source="kind"),
            on="attributed_to",
            how="left",
            maintain_order="left",
        )
        .join(sources, on="source_id", how="left", maintain_order="left")
        .with_columns(bound=pl.col("published").fill_null(pl.lit(newest, dtype=pl.Date)))
    )


def _rules(project: Project) -> list[tuple[str, tuple[str, pl.Expr, pl.Expr]]]:
    """List each rule as its code, the column at fault, the breach, and what was expected."""
    known = pl.col("known_predicate").is_not_null()
    words = pl.col("phrase").str.count_matches(r"\S+")
    latest = pl.col("date").pipe(edtf.earliest)
    return [
        ("FP201", ("predicate", ~known, pl.lit("a predicate of schemas/predicates.csv"))),
        ("FP203", ("source_id", pl.col("known_source").is_null(), pl.lit("a source_id of raw/sources"))),
        *_entity_rules(),
        *_value_rules(known),
        *[
            (
                "FP207",
                (
                    column,
                    known & pl.col("required").list.contains(column) & pl.col(column).is_null(),
                    pl.format("a value: {} requires it", "predicate"),
                ),
            )
            for column in ("object", "date", "as_of", "attributed_to", "paragraph")
        ],
        (
            "FP208",
            (
                "object",
                known & pl.col("object").is_not_null() & pl.col("object_kinds").is_null(),
                pl.lit("no object"),
            ),
        ),
        (
            "FP209",
            (
                "date",
                known & ~pl.col("future").fill_null(value=False) & (latest > pl.col("bound")),
                pl.format("{} or earlier, the publication of the source", "bound"),
            ),
        ),
        (
            "FP209",
            (
                "as_of",
                edtf.earliest(pl.col("as_of")) > pl.col("bound"),
                pl.format("{} or earlier, the publication of the source", "bound"),
            ),
        ),
        ("FP210", ("phrase", words > project.phrase_words, pl.lit(f"at most {project.phrase_words} words"))),
    ]


def _entity_rules() -> list[tuple[str, tuple[str, pl.Expr, pl.Expr]]]:
    unknown = pl.lit("an entity_id of raw/entities")
    subject_kinds = pl.format("an entity that is one of: {}", pl.col("subject_kinds").list.join(", "))
    object_kinds = pl.format("an entity that is one of: {}", pl.col("object_kinds").list.join(", "))
    return [
        ("FP202", ("subject", pl.col("is_subject").is_null(), unknown)),
        ("FP202", ("object", pl.col("object").is_not_null() & pl.col("is_object").is_null(), unknown)),
        (
            "FP202",
            ("attributed_to", pl.col("attributed_to").is_not_null() & pl.col("is_source").is_null(), unknown),
        ),
        ("FP204", ("object", pl.col("object") == pl.col("subject"), pl.lit("another entity than the subject"))),
        ("FP204", ("subject", _other_kind("subject_kinds", "is_subject"), subject_kinds)),
        ("FP204", ("object", _other_kind("object_kinds", "is_object"), object_kinds)),
    ]


def _other_kind(kinds: str, kind: str) -> pl.Expr:
    # An entity that is missing or unknown is another rule's business, and `contains` takes null for a value.
    return pl.col(kind).is_not_null() & ~pl.col(kinds).list.contains(pl.col(kind))


def _value_rules(known: pl.Expr) -> list[tuple[str, tuple[str, pl.Expr, pl.Expr]]]:
    value, kind = pl.col("value"), pl.col("value_type")
    grammars = {
        "integer": (number.is_integer(value), "an integer such as 11"),
        "ordinal": (number.is_integer(value) & ~value.str.starts_with("-"), "a rank such as 4"),
        "percent": (number.is_percent(value), "a number from 0 to 100, such as 41.41"),
        "money": (number.is_money(value), "an amount such as 7000 or 12.50"),
        "duration": (number.is_duration(value), "an ISO 8601 duration such as P20Y"),
    }
    elsewhere = {
        "date": "no value: the date column carries it",
        "entity": "no value: the object column carries it",
    }
    unit = pl.col("predicate_unit")
    # What a Decimal(18, 6) holds: nothing is rounded, and nothing overflows, on the way into the tables.
    fits = value.str.contains(r"\A-?[0-9]{1,12}(?:\.[0-9]{1,6})?\z")
    return [
        (
            "FP205",
            (
                "value",
                kind.is_in(["integer", "ordinal", "percent", "money"]) & ~fits & number.is_decimal(value),
                pl.lit("at most 12 digits before the point and 6 behind it"),
            ),
        ),
        *[
            ("FP205", ("value", (kind == name) & ~valid, pl.lit(expected)))
            for name, (valid, expected) in grammars.items()
        ],
        *[
            ("FP208", ("value", (kind == name) & value.is_not_null(), pl.lit(expected)))
            for name, expected in elsewhere.items()
        ],
        (
            "FP207",
            (
                "value",
                known & value.is_null() & ~kind.is_in(list(elsewhere)),
                pl.format("a value: {} states one", "predicate"),
            ),
        ),
        (
            "FP206",
            ("unit", known & pl.col("unit").ne_missing(unit), pl.format("{}", unit.fill_null("no unit"))),
        ),
    ]


def unused(raw: Raw) -> Report:
    """Name the sources without facts, and the entities and predicates that no fact names."""
    facts = raw.facts
    named = pl.concat([facts["subject"], facts["object"], facts["attributed_to"]]).drop_nulls().unique()
    sources = raw.sources.filter(~pl.col("source_id").is_in(facts["source_id"].unique().implode()))
    entities = raw.entities.filter(~pl.col("entity_id").is_in(named.implode()))
    predicates = raw.predicates.filter(~pl.col("predicate").is_in(facts["predicate"].unique().implode()))
    rows = [
        *[("sources", "source_id", "no fact was taken from it", row) for row in sources.iter_rows(named=True)],
        *[("entities", "entity_id", "no fact names it", row) for row in entities.iter_rows(named=True)],
        *[("predicates", "predicate", "no fact uses it", row) for row in predicates.iter_rows(named=True)],
    ]
    findings = tuple(
        Finding(
            code="FP211",
            severity=Severity.ERROR if table == "sources" else Severity.WARNING,
            message=f"{row[key]}: {why}",
            file=row["_file"],
            line=row["_line"],
            table=table,
            field=key,
            value=row[key],
        )
        for table, key, why, row in rows
    )
    return Report(findings=findings)
