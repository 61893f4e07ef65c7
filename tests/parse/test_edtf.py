"""EDTF against the calendar of the standard library and against the `edtf` library."""

import calendar
import time
from datetime import date, timedelta
from itertools import pairwise

import edtf as library
import polars as pl
import pytest
from edtf.parser.edtf_exceptions import EDTFParseException
from hypothesis import given
from hypothesis import strategies as st

from factpack.parse import edtf


def read(text):
    column = pl.col("text")
    return (
        pl.DataFrame({"text": [text]}, schema={"text": pl.String})
        .select(
            is_edtf=edtf.is_edtf(column),
            is_possible=edtf.is_possible(column),
            earliest=edtf.earliest(column),
            latest=edtf.latest(column),
            precision=edtf.precision(column),
        )
        .row(0, named=True)
    )


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2025", "2025-01-01", "2025-12-31", "year"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2023-02", "2023-02-01", "2023-02-28", "month"),
        ("2025-01-17", "2025-01-17", "2025-01-17", "day"),
        ("2025-21", "2025-03-01", "2025-05-31", "season"),
        ("2025-22", "2025-06-01", "2025-08-31", "season"),
        ("2025-23", "2025-09-01", "2025-11-30", "season"),
        ("2024-24", "2024-12-01", "2025-02-28", "season"),
        ("2023-24", "2023-12-01", "2024-02-29", "season"),
        ("2025~", "2025-01-01", "2025-12-31", "year"),
        ("2025-01?", "2025-01-01", "2025-01-31", "month"),
        ("2025-01-17%", "2025-01-17", "2025-01-17", "day"),
        ("201X", "2010-01-01", "2019-12-31", "decade"),
        ("20XX", "2000-01-01", "2099-12-31", "century"),
        ("201X~", "2010-01-01", "2019-12-31", "decade"),
        ("2004-XX", "2004-01-01", "2004-12-31", "year"),
        ("1985-04-XX", "1985-04-01", "1985-04-30", "month"),
        ("1985-XX-XX", "1985-01-01", "1985-12-31", "year"),
        ("2004/2006", "2004-01-01", "2006-12-31", "interval"),
        ("2004-06/2004", "2004-06-01", "2004-12-31", "interval"),
        ("2004-02-01~/2005-22?", "2004-02-01", "2005-08-31", "interval"),
        ("../2004-06", None, "2004-06-30", "interval"),
        ("2004-06-11/..", "2004-06-11", None, "interval"),
        ("0001", "0001-01-01", "0001-12-31", "year"),
        ("9999", "9999-01-01", "9999-12-31", "year"),
    ],
)
def test_a_date_spans_the_days_it_can_mean(text, first, last, precision):
    found = read(text)

    assert found == {
        "is_edtf": True,
        "is_possible": True,
        "earliest": first and date.fromisoformat(first),
        "latest": last and date.fromisoformat(last),
        "precision": precision,
    }


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29", "2025-04-31", "2100-02-29", "0000", "000X", "9999-24", "2004-06/2004-05", "2005/2004",
        "2004-02-30/2005", "2004/2005-02-30", "../2005-02-30", "2005-02-30/..", "2004-01-02/2004-01-01",
    ],
)  # fmt: skip
def test_what_follows_the_grammar_may_still_be_impossible(text):
    found = read(text)

    assert (found["is_edtf"], found["is_possible"]) == (True, False)
    assert (found["earliest"], found["latest"]) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2025 ", " 2025", "2025\n", "25", "02025", "2025-1", "2025-1-7", "2025-13", "2025-00", "2025-20",
        "2025-25", "2025-01-32", "2025-01-00", "2025/01/17", "17.01.2025", "20250117", "2025-01-17T00:00", "-2025",
        "Y12025", "2025~~", "~2025", "2025-~01", "20X5", "2XXX", "XXXX", "2025-1X", "2025-01-1X", "2025-XX-17",
        "2004/", "/2004", "../..", "../", "2004/2005/2006", "201X/2020", "2004//2005", "2004--01",
        "\uff12\uff10\uff12\uff15",
        "2025-01-XX/2026", "today", "2025-21-03", "[2025,2026]", "2025/.. ",
    ],
)  # fmt: skip
def test_anything_else_is_no_edtf(text):
    found = read(text)

    assert found == {"is_edtf": False, "is_possible": False, "earliest": None, "latest": None, "precision": None}


def test_null_stays_null():
    assert set(read(None).values()) == {None}


days = st.dates(min_value=date(1, 1, 1))
qualifiers = st.sampled_from(["", "~", "?", "%"])


@given(days, qualifiers)
def test_every_day_is_itself(day, qualifier):
    found = read(f"{day.isoformat()}{qualifier}")

    assert (found["earliest"], found["latest"], found["precision"]) == (day, day, "day")


@given(st.integers(1, 9999), st.integers(1, 12), qualifiers)
def test_every_month_ends_where_the_calendar_says(year, month, qualifier):
    found = read(f"{year:04}-{month:02}{qualifier}")

    assert found["earliest"] == date(year, month, 1)
    assert found["latest"] == date(year, month, calendar.monthrange(year, month)[1])


@given(st.integers(1, 9998))
def test_the_seasons_of_a_year_follow_each_other_without_a_gap(year):
    seasons = [read(f"{year:04}-{code}") for code in (21, 22, 23, 24)]

    for one, other in pairwise(seasons):
        assert one["latest"] + timedelta(days=1) == other["earliest"]
    assert seasons[3]["latest"] + timedelta(days=1) == read(f"{year + 1:04}-21")["earliest"]


parts = st.one_of(
    st.integers(0, 2100).map("{:04}".format),
    st.tuples(st.integers(1990, 2030), st.integers(0, 26)).map(lambda pair: "{:04}-{:02}".format(*pair)),
    st.tuples(st.integers(1990, 2030), st.integers(0, 13), st.integers(0, 32)).map(
        lambda triple: "{:04}-{:02}-{:02}".format(*triple)
    ),
)
singles = st.tuples(parts, qualifiers).map("".join)
unspecified = st.sampled_from(["201X", "20XX", "2004-XX", "1985-04-XX", "1985-XX-XX", "1985-02-XX?", "199X~"])
intervals = st.tuples(st.one_of(singles, st.just("..")), st.one_of(singles, st.just(".."))).map("/".join)


def of_library(text):
    """Read a date with the library: its first and last day, or None where it refuses or gives no day."""
    try:
        parsed = library.parse_edtf(text)
        ends = (parsed.lower_strict(), parsed.upper_strict())
        return tuple(date(*end[:3]) if isinstance(end, time.struct_time) else None for end in ends)
    except (EDTFParseException, ValueError):
        return None


@pytest.mark.conformance
@given(st.one_of(singles, unspecified, intervals))
def test_the_library_agrees(text):
    found = read(text)

    # Where the project differs on purpose: winter runs into the next year; seasons take a qualifier outside of
    # intervals too; year 0000 and an interval that ends before it begins are impossible; `../..` says nothing.
    if "-24" in text or "0000" in text or text == "../.." or (text[5:7] in {"21", "22", "23"} and text[-1] in "~?%"):
        return
    theirs = of_library(text)
    if theirs is None:
        # It refuses 30 February, and gives 29 February in every year, which is no day.
        assert not found["is_possible"]
        return
    if not found["is_edtf"]:
        # Its level 2 takes more: seasons of the hemispheres.
        assert any(part[5:7] in {"25", "26"} for part in text.split("/"))
        return
    first, last = theirs
    if first is not None and last is not None and first > last:
        assert not found["is_possible"]
    else:
        assert (found["earliest"], found["latest"]) == (first, last)


@given(st.lists(st.one_of(singles, unspecified, intervals, st.none(), st.text(max_size=12)), max_size=30))
def test_a_column_is_read_like_its_cells_in_every_engine(texts):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    column = pl.col("text")
    ends = {"earliest": edtf.earliest(column), "latest": edtf.latest(column), "possible": edtf.is_possible(column)}

    eager = frame.select(**ends)

    assert eager.equals(frame.lazy().select(**ends).collect(engine="streaming"))
    assert eager.rows() == [(found["earliest"], found["latest"], found["is_possible"]) for found in map(read, texts)]
