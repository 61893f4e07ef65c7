"""What a passage states: each rule of the language with its example, and what must never be read."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack.parse import duration
from factpack.parse.passage import read
from factpack.parse.reading import canonical
from factpack.parse.text import normalise

# A Thursday.
PUBLISHED = date(2025, 6, 26)


def stated(text, prefer="past", reference=PUBLISHED):
    return [(one.kind, one.value, one.modifier) for one in read(normalise(text).text, reference, prefer)]


def values(text, kind, prefer="past", reference=PUBLISHED):
    return [one.value for one in read(normalise(text).text, reference, prefer) if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("eleven members", "11"),
        ("now has 1,234,567 people", "1234567"),
        ("1 200 000 men", "1200000"),
        ("twenty-one", "21"),
        ("one hundred and five", "105"),
        ("nineteen hundred seventy-three men", "1973"),
        ("two million, three hundred thousand", "2300000"),
        ("three thousand millions", "3000000000"),
        ("two point five million", "2500000"),
        ("1.4 billion people", "1400000000"),
        ("12 crore voters", "120000000"),
        ("2 lakh", "200000"),
        ("half a million", "500000"),
        ("one and a half million", "1500000"),
        ("two and a half dozen", "30"),
        ("a million and a half", "1500000"),
        ("3.5bn", "3500000000"),
        ("300k", "300000"),
        ("a dozen states", "12"),
        ("a couple of states", "2"),
        ("minus five", "-5"),
        ("-7 degrees", "-7"),
        ("2½ cups", "2.5"),
        ("forty-five (45) sites", "45"),
        ("one quintillion", "1000000000000000000"),
    ],
)
def test_numbers_are_read_exactly(text, value):
    assert values(text, "number") == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the 22nd gathering", "22"),
        ("ranks fourth", "4"),
        ("the thirty-first", "31"),
        ("one hundredth", "100"),
        ("a third country", "3"),
        ("twenty-fifth", "25"),
    ],
)
def test_ordinals(text, value):
    assert values(text, "ordinal") == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two-thirds", "2/3"),
        ("a third of exports", "1/3"),
        ("one-tenth", "0.1"),
        ("three quarters of them", "0.75"),
        ("nine out of ten", "0.9"),
        ("one in five people", "0.2"),
        ("3/8", "0.375"),
        ("half of exports", "0.5"),
    ],
)
def test_parts_of_a_whole(text, value):
    assert values(text, "fraction") == [value]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("an estimated 90%", ("percent", "90", "approximate")),
        ("above 80 per cent", ("percent", "80", "more_than")),
        ("41.41 percent", ("percent", "41.41", None)),
        ("two percentage points", ("points", "2", None)),
        ("at least 1,200 people", ("number", "1200", "at_least")),
        ("no fewer than ten", ("number", "10", "at_least")),
        ("up to 70 destroyed", ("number", "70", "at_most")),
        ("as many as 500", ("number", "500", "at_most")),
        ("fewer than six", ("number", "6", "less_than")),
        ("nearly 540", ("number", "540", "approximate")),
        ("some 300 drones", ("number", "300", "approximate")),
        ("500-odd men", ("number", "500", "approximate")),
        ("10,000+ men", ("number", "10000", "at_least")),
        ("twelve or more", ("number", "12", "at_least")),
        ("thousands of drones", ("number", "2000", "bound")),
        ("tens of thousands of men", ("number", "20000", "bound")),
        ("several hundred", ("number", "200", "bound")),
        ("$20 billion", ("money", "20000000000", None)),
        ("roughly 7,000 dollars", ("money", "7000", "approximate")),
        ("US$1.5m", ("money", "1500000", None)),
        ("twenty dollars and 43 cents", ("money", "20.43", None)),
        ("a 20-year treaty", ("duration", "P20Y", None)),
        ("for half a century", ("duration", "P50Y", None)),
        ("for a year and a half", ("duration", "P1Y6M", None)),
        ("two years and three months", ("duration", "P2Y3M", None)),
        ("36 hours", ("duration", "PT36H", None)),
        ("two weeks", ("duration", "P2W", None)),
        ("annually", ("frequency", "P1Y", None)),
        ("every two years", ("frequency", "P2Y", None)),
        ("twice a year", ("frequency", "P6M", None)),
    ],
)
def test_percentages_money_durations_and_their_hedges(text, reading):
    kind, value, modifier = reading
    assert stated(text) == [(kind, value, modifier)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("10-12 states", "10", "12"),
        ("between 10 and 12 states", "10", "12"),
        ("10 to 12 states", "10", "12"),
        ("2-3 million", "2000000", "3000000"),
        ("between one hundred and two thousand", "100", "2000"),
        ("$10-$20", "10", "20"),
        ("40-50%", "40", "50"),
    ],
)
def test_ranges_have_two_ends(text, low, high):
    (one,) = read(text)
    assert (one.value, one.high) == (low, high)


def test_a_change_is_no_range():
    assert values("rose from 10 to 20", "number") == ["10", "20"]
    assert values("a 5-4 vote", "number") == ["5", "4"]
    assert stated("fell 1.5% to 92.3") == [("percent", "1.5", None), ("number", "92.3", None)]


def test_currencies_are_told_apart_as_far_as_the_words_do():
    units = {
        text: read(text)[0].unit for text in ("$5", "C$5", "5 yuan", "¥5", "5 Egyptian pounds", "EUR 5", "5 rupees")
    }
    assert units == {
        "$5": "USD",
        "C$5": "CAD",
        "5 yuan": "CNY",
        "¥5": "CNY|JPY",
        "5 Egyptian pounds": "EGP",
        "EUR 5": "EUR",
        "5 rupees": "INR|LKR|NPR|PKR",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on 17 January 2025", "2025-01-17"),
        ("January 17, 2025", "2025-01-17"),
        ("the 17th of January, 2025", "2025-01-17"),
        ("2025-01-17", "2025-01-17"),
        ("31/10/1974", "1974-10-31"),
        ("31.10.1974", "1974-10-31"),
        ("in March 2023", "2023-03"),
        ("in 2009", "2009"),
        ("the 1990s", "199X"),
        ("the '90s", "199X"),
        ("the 19th century", "18XX"),
        ("spring 2022", "2022-21"),
        ("the third quarter of 2018", "2018-07/2018-09"),
        ("H1 2025", "2025-01/2025-06"),
        ("mid-June", "2025-06-11~/2025-06-20~"),
        ("early 1990s", "1990~/1993~"),
        ("circa 1860", "1860~"),
        ("6-7 July 2025", "2025-07-06/2025-07-07"),
        ("July 13-15, 2024", "2024-07-13/2024-07-15"),
        ("from 1 January to 31 December 2025", "2025-01-01/2025-12-31"),
        ("between 2009 and 2012", "2009/2012"),
        ("1910-30", "1910/1930"),
        ("before 1928", "../1928"),
        ("after 22 June 2025", "2025-06-22/.."),
        ("since 2001", "2001"),
        ("nineteen seventy-three", "1973"),
        ("64 AD", "0064"),
    ],
)
def test_dates_as_precise_as_the_words(text, value):
    assert values(text, "date") == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("today", "2025-06-26"),
        ("yesterday", "2025-06-25"),
        ("the day before yesterday", "2025-06-24"),
        ("on Thursday", "2025-06-26"),
        ("on Monday", "2025-06-23"),
        ("on Friday", "2025-06-20"),
        ("last Thursday", "2025-06-19"),
        ("next Thursday", "2025-07-03"),
        ("last year", "2024"),
        ("earlier this year", "2025"),
        ("last month", "2025-05"),
        ("last week", "2025-06-16/2025-06-22"),
        ("two years ago", "2023"),
        ("three weeks ago", "2025-06-05"),
        ("two decades ago", "2005~"),
        ("in April", "2025-04"),
        ("in September", "2024-09"),
        ("on 2 October", "2024-10-02"),
        ("last June", "2024-06"),
        ("last summer", "2024-22"),
        ("the first Monday of March", "2025-03-03"),
        ("Monday of last week", "2025-06-16"),
        ("the 20th of last month", "2025-05-20"),
    ],
)
def test_dates_that_count_from_the_day_of_publication(text, value):
    assert values(text, "date") == [value]


def test_plans_look_to_the_nearest_or_the_next_date():
    assert values("6-7 July", "date", "nearest") == ["2025-07-06/2025-07-07"]
    assert values("in October", "date", "future") == ["2025-10"]
    assert values("on Monday", "date", "future") == ["2025-06-30"]
    assert values("in three weeks", "date", "future") == ["2025-07-17"]


def test_a_weekday_says_which_year_and_an_impossible_one_is_told():
    assert stated("Monday 1 January") == [("date", "2024-01-01", None)]
    assert stated("Friday, 5 June 2025") == [("date", "2025-06-05", "inconsistent")]


def test_without_a_day_of_publication_the_year_stays_open():
    assert values("on 8 April", "date", reference=None) == ["XXXX-04-08"]
    assert stated("last year", reference=None) == [("date", None, "unresolved")]
    assert stated("on Thursday", reference=None) == [("date", None, "unresolved")]


@pytest.mark.parametrize(
    ("text", "modifier"),
    [
        ("in recent years", "vague"),
        ("recently", "vague"),
        ("over the past few months", "vague"),
        ("just weeks before Russia invaded", "event"),
        ("two days after the vote", "event"),
        ("10/7/2008", "ambiguous"),
        ("in 2023/24", "ambiguous"),
    ],
)
def test_what_is_no_date_is_read_as_such(text, modifier):
    assert stated(text) == [("date", None, modifier)]


@pytest.mark.parametrize(
    "text",
    [
        "the G7 and the Su-35",
        "COVID-19 and A4 and B2B",
        "no one, the one, one another",
        "as soon as possible",
        "May said that he may march on",
        "they fall, they spring back",
        "in the 3rd century BC",
        "for months",
        "barrels a day",
        "call 650-650-6500",
        "exactly dollars",
    ],
)
def test_what_states_nothing_reads_as_nothing(text):
    assert [one for one in stated(text) if one[0] != "ordinal"] == []
    assert values(text, "date") == []
    assert values(text, "money") == []
    assert values(text, "duration") == []


def test_four_digits_before_a_noun_may_be_a_year_or_a_count():
    assert {one[:2] for one in stated("The 2024 round")} == {("date", "2024"), ("number", "2024")}
    assert stated("in 2024 Russia") == [("date", "2024", None)]
    assert stated("2,024 drones") == [("number", "2024", None)]


@pytest.mark.parametrize("text", ["15:30", "9:01:10", "3 pm", "3 p.m."])
def test_a_time_of_day_is_no_number(text):
    assert [one.kind for one in read(f"at {text} sharp")] == ["time"]


def test_a_heading_gives_its_scale_to_the_numbers_of_its_list():
    text = "Suppliers, million barrels a day: Russia 2.1, Malaysia 1.4. Of 3 ports."
    assert values(text, "number") == ["2100000", "1400000", "3"]


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def spell(number):
    """Spell a number as British English does: an independent and plain account of the rule."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{ONES[number // 100]} hundred" + (f" and {spell(number % 100)}" if number % 100 else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= size:
            rest = number % size
            joint = " and " if 0 < rest < 100 else " "
            return f"{spell(number // size)} {name}" + (f"{joint}{spell(rest)}" if rest else "")
    raise AssertionError


@given(st.integers(0, 10**12 - 1))
def test_every_number_that_is_spelt_is_read_back(number):
    assert values(f"there were {spell(number)} men", "number") in ([str(number)], [] if number == 1 else [str(number)])
    assert values(f"there were {number:,} men", "number") == [str(number)] or 1500 <= number <= 2100


@given(st.fractions())
def test_canonical_numbers_are_exact(value):
    assert Fraction(canonical(value)) == value


@given(st.dates(date(1600, 1, 1), date(2100, 12, 31)))
def test_every_spelt_day_is_read_back(day):
    for text in (
        f"on {day.day} {day:%B} {day.year}",
        f"on {day:%B} {day.day}, {day.year}",
        f"{day:%A}, {day.day} {day:%B} {day.year}",
    ):
        assert values(text, "date") == [day.isoformat()]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_without_its_year_is_the_last_one_before_publication(day, published):
    (read_,) = values(f"on {day.day} {day:%B}", "date", reference=published)
    found = date.fromisoformat(read_)
    assert (found.month, found.day) == (day.month, day.day)
    assert found <= published
    assert (day.month, day.day) == (2, 29) or (published - found).days < 366


@given(st.integers(1, 40), st.integers(0, 11), st.integers(0, 300))
def test_durations_are_written_and_read_back(years, months, days):
    span = duration.Span(Fraction(12 * years + months), Fraction(days), Fraction(0))
    assert duration.parse(span.iso()) == span


WORDS = "about at least two three million % percent - to and the of in 2024 May Monday last year 5 $ dollars".split()
WORDS += ["half", "a", "1.5"]


@given(
    st.lists(st.sampled_from([*WORDS, "(", ")", ",", ".", "/", ":", "BRICS", "th", "s", "'"]), max_size=14),
    st.booleans(),
)
def test_readings_are_in_their_text_in_order_and_never_fail(words, spaced):
    text = normalise((" " if spaced else "").join(words)).text
    end = 0
    for one in read(text, PUBLISHED):
        assert 0 <= one.start < one.end <= len(text)
        assert one.start >= end or one.kind != "date"
        end = max(end, one.start)
        if one.value is not None and one.kind in {"number", "percent", "money", "fraction", "ordinal"}:
            assert canonical(Fraction(one.value)) == one.value


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text):
    normal = normalise(text).text
    for one in read(normal, PUBLISHED, "future"):
        assert normal[one.start : one.end]


def test_words_that_look_like_something_else_at_first():
    assert values("the 5G network of 4G phones", "number") == []
    assert values("fell by a fifth last week", "fraction") == ["0.2"]
    assert values("a fifth column", "ordinal") == ["5"]
    assert values("the early 2000s", "date") == ["2000~/2003~"]
    assert values("by the end of next year", "date") == ["2026-09~/2026-12~"]
    assert values("in Q2", "date") == ["2025-04/2025-06"]
