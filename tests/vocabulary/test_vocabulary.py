"""What a fact may say, by its predicate: each rule with a fact that keeps it and facts that break it."""

from datetime import date

import polars as pl
import pytest

from factpack import vocabulary
from factpack.models import Project, Raw

ENTITIES = {
    "brics": "organization",
    "china": "country",
    "iran": "country",
    "xi": "person",
    "summit": "event",
    "treaty": "agreement",
    "shahed": "product",
}
PREDICATES = [
    # predicate, subject_kind, value_type, unit, object_kind, multiple, requires, future
    ("member_count", "organization group", "integer", "states", None, False, None, False),
    ("share", "country", "percent", "percent", "country", False, "object", False),
    ("unit_cost", "product", "money", "USD", None, False, None, False),
    ("term", "agreement", "duration", None, None, False, None, False),
    ("joined", "country", "date", None, "organization", False, "date object", False),
    ("planned", "country", "date", None, "organization", False, "date object", True),
    ("member_of", "country", "entity", None, "organization", True, "object", False),
    ("said", "person", "text", None, None, True, None, False),
]
SCHEMA = ["predicate", "subject_kind", "value_type", "unit", "object_kind", "multiple", "requires", "future"]
COLUMNS = [
    *("fact_id", "subject", "predicate", "object", "value", "unit", "date", "as_of", "modifier", "polarity"),
    *("attributed_to", "phrase", "note", "source_id"),
]
COUNT = {"subject": "brics", "predicate": "member_count", "value": "11", "unit": "states"}
SHARE = {"subject": "china", "predicate": "share", "object": "iran", "value": "90", "unit": "percent"}
JOINED = {"subject": "iran", "predicate": "joined", "object": "brics", "date": "2024"}
MEMBER = {"subject": "iran", "predicate": "member_of", "object": "brics"}
SAID = {"subject": "xi", "predicate": "said", "value": "some words"}
TERM = {"subject": "treaty", "predicate": "term", "value": "P20Y"}
COST = {"subject": "shahed", "predicate": "unit_cost", "value": "7000", "unit": "USD"}


def placed(frame, file):
    return frame.with_columns(_file=pl.lit(file), _line=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))


def raw(*facts):
    rows = [{"fact_id": f"f{n}", "source_id": "s1", "phrase": "a few words"} | fact for n, fact in enumerate(facts)]
    everyone = [{**COUNT, "attributed_to": name, "source_id": "s1"} for name in ENTITIES]
    used = [{**fact, "fact_id": f"used{n}", "phrase": "x"} for n, fact in enumerate([*everyone, *GOOD])]
    sources = pl.DataFrame(
        {"source_id": ["s1", "s2"], "published": [date(2025, 6, 26), None]}, schema_overrides={"published": pl.Date}
    )
    frame = pl.DataFrame(rows + [u | {"source_id": "s2"} for u in used], schema=dict.fromkeys(COLUMNS, pl.String))
    return Raw(
        facts=placed(frame, "raw/facts/s1.csv").with_columns(paragraph=pl.lit(None, dtype=pl.Int64)),
        sources=placed(sources, "raw/sources.csv"),
        entities=placed(
            pl.DataFrame({"entity_id": list(ENTITIES), "kind": list(ENTITIES.values())}), "raw/entities.csv"
        ),
        predicates=placed(pl.DataFrame(PREDICATES, schema=SCHEMA, orient="row").with_columns(base=None), "p.csv"),
    )


PLANNED = JOINED | {"predicate": "planned", "date": "2030"}
GOOD = [COUNT, SHARE, JOINED, MEMBER, SAID, TERM, COST, PLANNED]


def check(tmp_path, *facts):
    project = Project(
        root=tmp_path, name="x", version="1.0.0", title="x", description="x", licence="CC-BY-4.0", phrase_words=4
    )
    return vocabulary.check(raw(*facts), project)


def test_good_facts_have_no_findings_and_are_counted(tmp_path):
    report = check(tmp_path, *GOOD, SHARE | {"value": "41.41"}, SHARE | {"value": "0"}, SHARE | {"value": "100"})
    assert report.findings == ()
    assert report.ran[0].rows == 11 + len(GOOD) + len(ENTITIES)
    assert report.ran[0].rules > 20


@pytest.mark.parametrize(
    ("fact", "code", "field"),
    [
        (COUNT | {"predicate": "members"}, "FP201", "predicate"),
        (COUNT | {"subject": "brick"}, "FP202", "subject"),
        (SHARE | {"object": "irn"}, "FP202", "object"),
        (COUNT | {"attributed_to": "nobody"}, "FP202", "attributed_to"),
        (COUNT | {"source_id": "s9"}, "FP203", "source_id"),
        (COUNT | {"subject": "china"}, "FP204", "subject"),
        (JOINED | {"object": "china"}, "FP204", "object"),
        (COUNT | {"value": "11.0"}, "FP205", "value"),
        (COUNT | {"value": "eleven"}, "FP205", "value"),
        (COUNT | {"value": "011"}, "FP205", "value"),
        (COUNT | {"value": "1" * 13}, "FP205", "value"),
        (SHARE | {"value": "190"}, "FP205", "value"),
        (SHARE | {"value": "100.1"}, "FP205", "value"),
        (SHARE | {"value": "-1"}, "FP205", "value"),
        (SHARE | {"value": "90%"}, "FP205", "value"),
        (SHARE | {"value": "0.1234567"}, "FP205", "value"),
        (TERM | {"value": "20 years"}, "FP205", "value"),
        (COST | {"value": "7,000"}, "FP205", "value"),
        (COUNT | {"unit": "countries"}, "FP206", "unit"),
        (COUNT | {"unit": None}, "FP206", "unit"),
        (TERM | {"unit": "years"}, "FP206", "unit"),
        (COUNT | {"value": None}, "FP207", "value"),
        (SAID | {"value": None}, "FP207", "value"),
        (JOINED | {"date": None}, "FP207", "date"),
        (JOINED | {"object": None}, "FP207", "object"),
        (JOINED | {"value": "2024"}, "FP208", "value"),
        (MEMBER | {"value": "brics"}, "FP208", "value"),
        (COUNT | {"object": "china"}, "FP208", "object"),
        (JOINED | {"date": "2032"}, "FP209", "date"),
        (JOINED | {"date": "2025-06-27"}, "FP209", "date"),
        (COUNT | {"as_of": "2025-06-27"}, "FP209", "as_of"),
        (COUNT | {"phrase": "one two three four five"}, "FP210", "phrase"),
    ],
)
def test_a_breach_is_named_with_its_column(tmp_path, fact, code, field):
    report = check(tmp_path, COUNT, fact)
    assert [(one.code, one.field, one.fact_id, one.line) for one in report.findings] == [(code, field, "f1", 3)]
    assert repr(fact.get(field)) in report.findings[0].message or "nothing" in report.findings[0].message


def test_subject_and_object_the_wrong_way_round_are_both_named(tmp_path):
    report = check(tmp_path, JOINED | {"subject": "brics", "object": "iran"})
    assert [(one.code, one.field) for one in report.findings] == [("FP204", "subject"), ("FP204", "object")]


def test_a_date_may_be_the_day_of_publication_and_as_vague_as_its_year(tmp_path):
    facts = [JOINED | {"date": text} for text in ("2025-06-26", "2025", "2025-06~", "2025-01-01/2025-12-31")]
    assert check(tmp_path, *facts).findings == ()


def test_where_a_source_has_no_date_the_newest_source_bounds_it(tmp_path):
    late, early = JOINED | {"source_id": "s2", "date": "2032"}, JOINED | {"source_id": "s2", "date": "2024"}
    found = check(tmp_path, COUNT, late, early).findings
    assert [(one.code, one.fact_id) for one in found] == [("FP209", "f1")]


def test_unused_entities_and_predicates_are_warnings_and_unused_sources_errors(tmp_path):
    content = raw(COUNT)
    alone = Raw(
        facts=content.facts.filter(pl.col("fact_id") == "f0"),
        sources=content.sources,
        entities=content.entities,
        predicates=content.predicates,
    )
    project = Project(root=tmp_path, name="x", version="1.0.0", title="x", description="x", licence="x")
    found = [(one.table, str(one.severity), one.value) for one in vocabulary.check(alone, project).findings]
    assert ("sources", "error", "s2") in found
    assert ("entities", "warning", "china") in found
    assert ("predicates", "warning", "joined") in found
    assert all(one[2] not in {"s1", "brics", "member_count"} for one in found)
