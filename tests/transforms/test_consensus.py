"""What counts as agreement between sources, held against a plain reading of the definition."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack.project import load_module

NUMBER = pl.Decimal(18, 6)
FACTS = {
    "fact_id": pl.String,
    "source_id": pl.String,
    "subject": pl.String,
    "predicate": pl.String,
    "object": pl.String,
    "value": pl.String,
    "low": NUMBER,
    "high": NUMBER,
    "date": pl.String,
    "date_min": pl.Date,
    "date_max": pl.Date,
    "modifier": pl.String,
    "polarity": pl.String,
}
PREDICATES = pl.LazyFrame(
    {
        "predicate": ["member_count", "founded", "term", "member_of", "said"],
        "value_type": ["integer", "date", "duration", "entity", "text"],
        "multiple": [False, False, False, True, True],
    }
)


@pytest.fixture(scope="module")
def consensus(repository):
    module = load_module(repository / "transforms" / "consensus.py")

    def transform(*claims):
        rows = [
            {"fact_id": f"f{n}", "source_id": f"s{n}", "subject": "brics"} | claim for n, claim in enumerate(claims)
        ]
        facts = pl.LazyFrame(rows, schema=FACTS, strict=False)
        return module.transform(facts, PREDICATES).sort("question").collect().rows(named=True)

    return transform


def number(value, low=..., high=...):
    value = Decimal(value)
    return {
        "predicate": "member_count",
        "value": str(value),
        "low": value if low is ... else low,
        "high": value if high is ... else high,
    }


def day(text, first, last):
    return {"predicate": "founded", "date": text, "date_min": first, "date_max": last}


def test_one_source_is_single_even_when_it_says_it_twice(consensus):
    (row,) = consensus(number(11) | {"source_id": "a"}, number(11) | {"source_id": "a"})
    assert (row["status"], row["value"], row["sources"], row["facts"]) == ("single", "11", 1, 2)


def test_one_source_that_contradicts_itself_is_contested(consensus):
    (row,) = consensus(number(11) | {"source_id": "a"}, number(10) | {"source_id": "a"})
    assert (row["status"], row["value"]) == ("contested", None)


def test_the_same_number_from_two_sources_is_corroborated(consensus):
    (row,) = consensus(number(10), number(10))
    assert (row["status"], row["value"], row["values"]) == ("corroborated", "10", ["10"])


def test_eleven_and_ten_are_contested_and_both_are_kept(consensus):
    (row,) = consensus(number(11), number(10))
    assert (row["status"], row["value"], row["values"]) == ("contested", None, ["10", "11"])


def test_a_number_refines_the_bound_that_it_satisfies(consensus):
    above = number(80, low=Decimal("80.000001"), high=None) | {"modifier": "more_than"}
    (row,) = consensus(above, number(90))
    assert (row["status"], row["value"]) == ("refined", "90")
    (row,) = consensus(above, number(80))
    assert row["status"] == "contested"


def test_a_day_refines_its_month_and_its_month_the_year(consensus):
    year = day("2025", date(2025, 1, 1), date(2025, 12, 31))
    month = day("2025-01", date(2025, 1, 1), date(2025, 1, 31))
    exact = day("2025-01-17", date(2025, 1, 17), date(2025, 1, 17))
    (row,) = consensus(year, exact, month)
    assert (row["status"], row["value"]) == ("refined", "2025-01-17")
    assert (row["date_min"], row["date_max"]) == (date(2025, 1, 17), date(2025, 1, 17))


def test_founded_in_two_different_years_is_contested_and_spans_both(consensus):
    first = day("2006", date(2006, 1, 1), date(2006, 12, 31))
    second = day("2009", date(2009, 1, 1), date(2009, 12, 31))
    (row,) = consensus(first, second)
    assert (row["status"], row["value"]) == ("contested", None)
    assert (row["date_min"], row["date_max"]) == (date(2006, 1, 1), date(2009, 12, 31))


def test_yes_from_one_source_and_no_from_another_is_contested(consensus):
    member = {"predicate": "member_of", "object": "brics", "subject": "saudi-arabia"}
    (row,) = consensus(member, member | {"polarity": "negated"})
    assert (row["status"], row["values"], row["qualifier"]) == ("contested", ["no", "yes"], "brics")
    (row,) = consensus(member | {"polarity": "negated"}, member | {"polarity": "negated"})
    assert (row["status"], row["value"]) == ("corroborated", "no")


def test_different_values_of_a_predicate_that_may_have_several_are_different_questions(consensus):
    words = {"predicate": "said", "subject": "xi-jinping"}
    rows = consensus(words | {"value": "one thing"}, words | {"value": "another"})
    assert [row["status"] for row in rows] == ["single", "single"]


def test_the_day_of_a_quotation_is_no_answer(consensus):
    words = {"predicate": "said", "value": "the same words"}
    first, second = date(2025, 6, 25), date(2025, 6, 26)
    (row,) = consensus(words | {"date_min": first, "date_max": first}, words | {"date_min": second, "date_max": second})
    assert row["status"] == "corroborated"


def test_text_that_cannot_be_compared_agrees_only_when_it_is_equal(consensus):
    (row,) = consensus({"predicate": "term", "value": "P20Y"}, {"predicate": "term", "value": "P25Y"})
    assert row["status"] == "contested"


DAYS = st.dates(date(2000, 1, 1), date(2000, 1, 12))


@st.composite
def dated_claims(draw):
    first = draw(DAYS)
    last = first + timedelta(days=draw(st.integers(0, 6)))
    return day(f"{first}/{last}", first, last) | {"source_id": draw(st.sampled_from("abc"))}


@given(claims=st.lists(dated_claims(), min_size=1, max_size=5))
def test_dates_are_contested_exactly_when_no_answer_lies_within_all_others(consensus, claims):
    (row,) = consensus(*claims)
    spans = {(claim["date_min"], claim["date_max"]) for claim in claims}
    within = [span for span in spans if all(first <= span[0] and span[1] <= last for first, last in spans)]
    if not within:
        expected = "contested"
    elif len({claim["source_id"] for claim in claims}) == 1:
        expected = "single"
    elif len(spans) > 1:
        expected = "refined"
    else:
        expected = "corroborated"
    assert row["status"] == expected
    if within:
        assert (row["date_min"], row["date_max"]) == within[0]
        assert row["value"] in {claim["date"] for claim in claims}


@given(
    bounds=st.lists(
        st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)).filter(
            lambda pair: pair != (None, None) and (None in pair or pair[0] <= pair[1])
        ),
        min_size=2,
        max_size=4,
    )
)
def test_numbers_refine_each_other_as_intervals_do(consensus, bounds):
    claims = [number(n, low=low, high=high) for n, (low, high) in enumerate(bounds)]
    (row,) = consensus(*claims)
    closed = {(-1 if low is None else low, 99 if high is None else high) for low, high in bounds}
    within = any(all(low <= one[0] and one[1] <= high for low, high in closed) for one in closed)
    expected = "contested" if not within else "refined" if len(closed) > 1 else "corroborated"
    assert row["status"] == expected
