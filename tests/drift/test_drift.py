"""Data that thins out or shifts while every row of it is well-formed."""

from datetime import date

import polars as pl
import pytest

from factpack import drift

MODELS = {"t": None}


def found(old, new, allowed=0.1, retracted=0):
    breaches, report = drift.compare({"t": old.lazy()}, {"t": new.lazy()}, MODELS, allowed, retracted)
    assert report.ran[0].rows == old.height
    return [(one.code, one.field) for one in breaches]


BEFORE = pl.DataFrame(
    {
        "id": [f"i{number}" for number in range(1000)],
        "number": range(1000),
        "kind": ["a", "b"] * 500,
        "day": [date(2025, 1, 1)] * 1000,
    }
)


def test_the_same_is_no_finding():
    assert found(BEFORE, BEFORE) == []
    assert found(BEFORE, BEFORE.sample(fraction=1.0, shuffle=True, seed=1)) == []


@pytest.mark.parametrize(("kept", "retracted", "codes"), [(900, 0, []), (899, 0, ["FP731"]), (800, 100, [])])
def test_rows_may_not_just_go(kept, retracted, codes):
    new = BEFORE.sample(kept, seed=3)
    assert [code for code, _ in found(BEFORE, new, retracted=retracted)] == codes


def test_a_column_that_empties_is_named():
    new = BEFORE.with_columns(day=pl.when(pl.col("number") % 5 > 0).then("day"))
    assert found(BEFORE, new) == [("FP732", "day")]
    assert found(BEFORE, new, allowed=0.25) == []


def test_numbers_in_another_unit_and_another_mix_of_kinds_are_shifts():
    assert found(BEFORE, BEFORE.with_columns(number=pl.col("number") * 1000)) == [("FP733", "number")]
    mixed = BEFORE.with_columns(kind=pl.when(pl.col("number") % 10 > 0).then(pl.lit("a")).otherwise("kind"))
    assert found(BEFORE, mixed) == [("FP733", "kind")]


def test_few_rows_and_names_say_nothing():
    assert found(BEFORE.head(19), BEFORE.head(1)) == []
    assert found(BEFORE, BEFORE.with_columns(id=pl.col("id").str.reverse())) == []
    assert found(BEFORE, BEFORE.clear()) == [("FP731", None)]
