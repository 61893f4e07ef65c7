"""The relations, each with a row that keeps it and a row that breaks it."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from factpack.rules import (
    ForeignKey,
    Order,
    PartOfWhole,
    StatedCount,
    Sum,
    breaking,
    count,
    first_violations,
    violations,
)

NUMBER = pl.Decimal(18, 6)


def broken(relation, table, **tables):
    lazy = {name: frame.lazy() for name, frame in tables.items()}
    whole = violations(relation, table, lazy).sort("row").collect()
    # However many passes there are, they find the same.
    for passes in (1, 3):
        assert_frame_equal(first_violations(relation, table, lazy, 1_000, passes), whole, check_row_order=False)
    return whole.rows(named=True)


def measures(*rows):
    names = ["fact_id", "source_id", "subject", "predicate", "object", "low", "high", "as_of_max"]
    frame = pl.DataFrame(rows, schema=names, orient="row", strict=False)
    return frame.with_columns(
        pl.col("low", "high").cast(pl.String).cast(NUMBER),
        pl.col("object").cast(pl.String),
        pl.col("as_of_max").cast(pl.Date),
        value=pl.coalesce("low", "high").cast(pl.String).cast(NUMBER),
        fact_ids=pl.concat_list("fact_id"),
    )


def members(*rows):
    names = ["organization", "member", "role", "standing", "since_min", "since_max", "until_min", "until_max"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(
        pl.col("since_min", "since_max", "until_min", "until_max").cast(pl.Date), fact_ids=pl.concat_list("member")
    )


STATED = StatedCount(
    stated={"predicate": "member_count"},
    table="memberships",
    where={"role": "member"},
    on={"subject": "organization"},
    counted="member",
    standing="standing",
    since="since",
    until="until",
)


def stated(low, high, as_of=date(2025, 6, 26)):
    return measures(("f1", "s", "brics", "member_count", None, low, high, as_of))


BRICS = members(
    ("brics", "russia", "member", "asserted", None, None, None, None),
    ("brics", "china", "member", "asserted", date(2009, 1, 1), date(2009, 12, 31), None, None),
    ("brics", "saudi-arabia", "member", "contested", None, None, None, None),
    ("brics", "argentina", "member", "denied", None, None, None, None),
    ("brics", "kazakhstan", "partner", "asserted", None, None, None, None),
    ("sco", "iran", "member", "asserted", None, None, None, None),
)


@pytest.mark.parametrize(("low", "high"), [("2", "2"), ("3", "3"), ("2", "3"), (None, "2"), ("3", None)])
def test_a_stated_count_holds_between_the_certain_and_the_possible_members(low, high):
    assert broken(STATED, "measures", measures=stated(low, high), memberships=BRICS) == []


@pytest.mark.parametrize(("low", "high"), [("1", "1"), ("4", "4"), (None, "1"), ("4", None)])
def test_a_stated_count_outside_of_what_was_counted_is_named_with_the_members(low, high):
    (row,) = broken(STATED, "measures", measures=stated(low, high), memberships=BRICS)
    assert row["row"] == 0
    assert row["value"] == (low or high)
    assert row["expected"] == "2 to 3: china, russia; contested: saudi-arabia"
    assert row["fact_ids"] == ["china", "russia", "saudi-arabia"]


def test_members_of_a_later_day_do_not_count_and_those_of_an_uncertain_day_may():
    joined = members(
        ("brics", "before", "member", "asserted", date(2010, 1, 1), date(2010, 12, 31), None, None),
        ("brics", "perhaps", "member", "asserted", date(2025, 1, 1), date(2025, 12, 31), None, None),
        ("brics", "after", "member", "asserted", date(2026, 1, 1), date(2026, 1, 1), None, None),
        ("brics", "left", "member", "asserted", None, None, date(2020, 1, 1), date(2020, 1, 1)),
    )
    lazy = {"measures": stated("1", "1").lazy(), "memberships": joined.lazy()}
    (row,) = count(STATED, "measures", lazy).collect().rows(named=True)
    assert (row["certain"], row["contested"]) == (["before"], ["perhaps"])


def test_a_count_without_a_date_counts_everyone_who_has_not_left():
    joined = members(
        ("brics", "late", "member", "asserted", date(2030, 1, 1), date(2030, 1, 1), None, None),
        ("brics", "left", "member", "asserted", None, None, date(2020, 1, 1), date(2020, 1, 1)),
    )
    assert broken(STATED, "measures", measures=stated("1", "1", None), memberships=joined) == []
    assert len(broken(STATED, "measures", measures=stated("2", "2", None), memberships=joined)) == 1


def test_a_stated_count_of_an_organization_without_members_is_broken_unless_it_is_zero():
    nobody = BRICS.filter(pl.col("organization") == "sco")
    assert len(broken(STATED, "measures", measures=stated("2", "2"), memberships=nobody)) == 1
    assert broken(STATED, "measures", measures=stated("0", "0"), memberships=nobody) == []


def test_where_only_some_are_named_a_stated_count_may_be_higher_but_not_lower():
    some = StatedCount(
        stated=STATED.stated,
        table="memberships",
        where=STATED.where,
        on=STATED.on,
        counted="member",
        standing="standing",
        exhaustive=False,
    )
    assert broken(some, "measures", measures=stated("14", "14"), memberships=BRICS) == []
    assert len(broken(some, "measures", measures=stated("1", "1"), memberships=BRICS)) == 1


def test_a_member_named_by_two_sources_counts_once():
    twice = pl.concat([BRICS, BRICS])
    assert broken(STATED, "measures", measures=stated("3", "3"), memberships=twice) == []


def test_whom_one_source_asserts_and_another_contests_is_certain_and_counts_once():
    twice = members(
        ("brics", "russia", "member", "asserted", None, None, None, None),
        ("brics", "russia", "member", "contested", None, None, None, None),
    )
    assert broken(STATED, "measures", measures=stated(1, 1), memberships=twice) == []
    (found,) = broken(STATED, "measures", measures=stated(2, 2), memberships=twice)
    assert found["expected"] == "1: russia"


def test_of_very_many_members_the_first_are_named_and_numbers_are_counted_too():
    rows = pl.DataFrame({"subject": ["brics"] * 5000, "number": range(5000), "fact_ids": [["f"]] * 5000})
    relation = StatedCount(
        stated={"predicate": "member_count"}, table="rows", where={}, on={"subject": "subject"}, counted="number"
    )
    (found,) = broken(relation, "measures", measures=stated(11, 11), rows=rows)
    assert found["expected"].startswith("5000: 0, 1, 10, ")
    assert len(found["expected"]) < 500


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["asserted", "contested", "denied"])), max_size=8),
    st.integers(0, 5),
    st.booleans(),
)
def test_a_stated_count_is_held_against_sets_of_members(rows, number, exhaustive):
    table = members(*(("brics", name, "member", standing, None, None, None, None) for name, standing in rows))
    table = table if rows else members(("sco", "x", "member", "asserted", None, None, None, None))
    certain = {name for name, standing in rows if standing == "asserted"}
    possible = {name for name, standing in rows if standing != "denied"}
    bad = number < len(certain) or (exhaustive and number > len(possible))
    relation = replace(STATED, exhaustive=exhaustive)
    assert bool(broken(relation, "measures", measures=stated(number, number), memberships=table)) == bad
    lazy = {"measures": stated(number, number).lazy(), "memberships": table.lazy()}
    assert breaking(relation, "measures", lazy).collect()["row"].to_list() == [0] * bad


def test_a_foreign_key_looks_into_lists_and_skips_nulls():
    rows = pl.DataFrame({"fact_ids": [["a", "b"], ["a", "x"], [], None]}, schema={"fact_ids": pl.List(pl.String)})
    facts = pl.DataFrame({"fact_id": ["a", "b"]})
    found = broken(
        ForeignKey(field="fact_ids", table="facts", references="fact_id"), "events", events=rows, facts=facts
    )
    assert [(row["row"], row["value"]) for row in found] == [(1, "x")]


def test_a_foreign_key_of_a_plain_column_names_each_dangling_row():
    rows = pl.DataFrame({"subject": ["china", None, "chinna", "chinna"]})
    entities = pl.DataFrame({"entity_id": ["china"]})
    found = broken(
        ForeignKey(field="subject", table="entities", references="entity_id"), "facts", facts=rows, entities=entities
    )
    assert [row["row"] for row in found] == [2, 3]


def test_nobody_joins_before_the_founding():
    order = Order(
        field="since_max", table="organizations", on={"organization": "organization"}, not_before="founded_min"
    )
    founded = pl.DataFrame(
        {"organization": ["brics", "g7"], "founded_min": [date(2006, 1, 1), None], "fact_ids": [["f"], ["g"]]}
    )
    joined = members(
        ("brics", "early", "member", "asserted", date(2005, 1, 1), date(2005, 12, 31), None, None),
        ("brics", "same-year", "member", "asserted", date(2006, 1, 1), date(2006, 12, 31), None, None),
        ("brics", "undated", "member", "asserted", None, None, None, None),
        ("g7", "undated-body", "member", "asserted", date(1900, 1, 1), date(1900, 1, 1), None, None),
    )
    (row,) = broken(order, "memberships", memberships=joined, organizations=founded)
    assert (row["row"], row["value"], row["expected"]) == (0, "2005-12-31", "2006-01-01 or later")


PART = PartOfWhole(
    part={"predicate": "crude_supplied"},
    whole={"predicate": "crude_imports"},
    on={"object": "subject", "source_id": "source_id"},
)


@pytest.mark.parametrize(
    ("part", "whole", "breaks"),
    [
        (("2.1", "2.1"), ("11.1", "11.1"), False),
        (("11.1", "11.1"), ("11.1", "11.1"), False),
        (("11.2", "11.2"), ("11.1", "11.1"), True),
        (("4.900001", None), ("4.9", "4.9"), True),
        ((None, "99"), ("11.1", "11.1"), False),
        (("99", "99"), ("11.1", None), False),
    ],
)
def test_a_part_is_not_above_its_whole(part, whole, breaks):
    rows = measures(
        ("p", "s", "russia", "crude_supplied", "china", *part, None),
        ("w", "s", "china", "crude_imports", None, *whole, None),
        ("other", "s", "india", "crude_imports", None, "1", "1", None),
    )
    assert bool(broken(PART, "measures", measures=rows)) is breaks


SUM = Sum(
    whole={"predicate": "member_and_partner_count"},
    parts=({"predicate": "member_count"}, {"predicate": "partner_count"}),
    on=("subject", "source_id"),
)


@pytest.mark.parametrize(("whole", "breaks"), [("18", False), ("17", True), ("19", True)])
def test_parts_add_up_to_the_whole(whole, breaks):
    rows = measures(
        ("w", "s", "brics", "member_and_partner_count", None, whole, whole, None),
        ("m", "s", "brics", "member_count", None, "10", "10", None),
        ("p", "s", "brics", "partner_count", None, "8", "8", None),
        ("m2", "other", "brics", "member_count", None, "11", "11", None),
    )
    assert bool(broken(SUM, "measures", measures=rows)) is breaks


def test_a_sum_of_which_a_part_is_not_stated_is_not_judged():
    rows = measures(
        ("w", "s", "brics", "member_and_partner_count", None, "18", "18", None),
        ("m", "s", "brics", "member_count", None, "10", "10", None),
    )
    assert broken(SUM, "measures", measures=rows) == []


def test_a_sum_with_an_unbounded_part_has_no_upper_bound():
    rows = measures(
        ("w", "s", "brics", "member_and_partner_count", None, "30", "30", None),
        ("m", "s", "brics", "member_count", None, "10", None, None),
        ("p", "s", "brics", "partner_count", None, "8", "8", None),
    )
    assert broken(SUM, "measures", measures=rows) == []
