"""The grammars of numbers, amounts and durations: what they take, and what looks like it."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack.parse import number


def follows(grammar, text):
    return pl.select(grammar(pl.lit(text, dtype=pl.String))).item()


TAKEN = {
    number.is_integer: ["0", "7", "-7", "10", "9007199254740993", "9" * 40, "-0"],
    number.is_decimal: ["0", "-0.5", "12.50", "0.0", "9" * 30 + ".1"],
    number.is_percent: ["0", "7", "41.41", "99.999", "100", "100.0", "0.5"],
    number.is_money: ["0", "7000", "12.50", "0.123456"],
    number.is_duration: [
        "P20Y", "P1Y6M", "P1Y2M3D", "P6M", "P6M1D", "P3D", "P2W", "PT36H", "PT1H30M", "PT5M", "PT5M1S", "PT0.5S",
        "PT1H1S", "P1DT12H", "P1YT1S", "P0D",
    ],
}  # fmt: skip
NOT_NUMBERS = [
    "", " ", "007", "00", "1_000", "1,000", "1 000", "+1", "1e3", "1E5", "NaN", "nan", "inf", "-inf", "1e309",
    "\uff11\uff11",
    "\u0661\u0661", ".5", "5.", "--1", "1-", " 1", "1 ", "1\n", "0x1f", "true", "NA", "\xbd", "1.1.1",
]  # fmt: skip
REFUSED = {
    number.is_integer: [*NOT_NUMBERS, "1.0", "-"],
    number.is_decimal: [*NOT_NUMBERS, "-"],
    number.is_percent: [*NOT_NUMBERS, "-1", "-0", "100.1", "101", "1000", "41%", "041"],
    number.is_money: [*NOT_NUMBERS, "-1", "$7", "7 USD", "0.1234567"],
    number.is_duration: [
        "", "P", "PT", "P1", "1Y", "P1YT", "P1S", "PT1D", "P1M1Y", "P1W1D", "P-1Y", "-P1Y", "P1.5Y", "PT1.5H", "P01Y",
        "P1Y ", "P1Y\n", "p1y", "20 years", "PT1S1M", "P1Y1Y",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("grammar", "text"), [(grammar, text) for grammar, texts in TAKEN.items() for text in texts])
def test_well_formed_texts_are_taken(grammar, text):
    assert follows(grammar, text) is True


@pytest.mark.parametrize(("grammar", "text"), [(grammar, text) for grammar, texts in REFUSED.items() for text in texts])
def test_texts_that_only_look_like_it_are_refused(grammar, text):
    assert follows(grammar, text) is False


@pytest.mark.parametrize("grammar", TAKEN)
def test_null_stays_null(grammar):
    assert follows(grammar, None) is None


@given(st.integers())
def test_every_integer_is_one_as_python_writes_it(value):
    assert follows(number.is_integer, str(value))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_percentage_is_a_decimal_of_0_to_100(value):
    text = f"{value:f}"

    assert follows(number.is_decimal, text)
    assert follows(number.is_percent, text) == (0 <= Decimal(text) <= 100 and not text.startswith("-"))
