"""What is written reads back exactly, in CSV and Parquet, whatever the cells hold."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from polars.testing.parametric import column, dataframes

from factpack import parts
from factpack.errors import InternalError
from factpack.reader.tables import read_csv

# Any text but the empty one, which CSV cannot tell from no value. Items of lists have no delimiter.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)
ITEM = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters=";"), min_size=1)
FRAMES = dataframes(
    [
        column("key", dtype=pl.Int64, allow_null=False),
        column("text", strategy=TEXT, dtype=pl.String, allow_null=True),
        column("number", dtype=pl.Decimal(18, 6), allow_null=True),
        column("day", dtype=pl.Date, allow_null=True),
        column("flag", dtype=pl.Boolean, allow_null=True),
        column("items", strategy=st.lists(ITEM, max_size=4), dtype=pl.List(pl.String), allow_null=False),
    ],
    max_size=8,
    allow_masked=False,
)
YEARS = pl.col("day").dt.year().is_between(1, 9999) | pl.col("day").is_null()


@given(frame=FRAMES)
def test_any_table_reads_back_from_csv_as_it_was(tmp_path_factory, frame):
    frame = frame.filter(YEARS)
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    parts.write_csv(frame, path, "table")
    assert_frame_equal(read_csv(path, frame.schema), frame)


def test_decimals_and_lists_are_written_plainly(tmp_path):
    frame = pl.DataFrame(
        {"number": ["11", "41.41", "0.000001", "-100", None], "items": [["a", "b"], [], ["c"], ["d"], ["e"]]},
    ).with_columns(pl.col("number").cast(pl.Decimal(18, 6)))
    parts.write_csv(frame, tmp_path / "x.csv", "x")
    expected = "number,items\n11,a;b\n41.41,\n0.000001,c\n-100,d\n,e\n"
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    "frame", [pl.DataFrame({"a": ["x", ""]}), pl.DataFrame({"a": [["x;y"]]}), pl.DataFrame({"a": [[""]]})]
)
def test_what_csv_cannot_hold_is_refused(tmp_path, frame):
    with pytest.raises(InternalError, match=r"x\.a"):
        parts.write_csv(frame, tmp_path / "x.csv", "x")
