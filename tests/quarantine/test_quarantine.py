"""Good rows and bad rows part: none is lost, none is changed, and each bad one is told what it breaks."""

from typing import Annotated

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from factpack.quarantine import NUMBER, RULES, quarantine
from factpack.rules import ForeignKey
from factpack.schemas import TableModel


class Claims(pa.DataFrameModel):
    """Claims of sources."""

    claim: str = pa.Field(str_matches=r"^c[0-9]+$")
    source: str = pa.Field()
    number: int = pa.Field(ge=0, nullable=True)
    fact_ids: Annotated[pl.List, pl.String] = pa.Field()

    class Config:
        strict = True
        unique = ["claim"]


FIELDS = {"claim": pl.String, "source": pl.String, "number": pl.Int64, "fact_ids": pl.List(pl.String)}
MODEL = TableModel(
    name="claims",
    schema=Claims.to_schema(),
    key=("claim",),
    relations=(
        ForeignKey(field="source", table="sources", references="source"),
        ForeignKey(field="fact_ids", table="facts", references="fact"),
    ),
)
OTHERS = {"sources": pl.DataFrame({"source": ["s1", "s2"]}), "facts": pl.DataFrame({"fact": ["f", "g"]})}


def part(rows, folder):
    frame = pl.DataFrame(rows, schema=FIELDS, orient="row")
    return frame, quarantine("claims", {"claims": frame.lazy(), **OTHERS}, MODEL, folder)


def test_each_row_goes_to_its_place_with_the_rules_that_it_breaks(tmp_path):
    rows = [
        ("c1", "s1", 1, ["f"]),
        ("c2", "s1", 1, ["f", "g"]),
        ("x", "s1", -1, ["f"]),
        ("c2", "s2", None, ["f"]),
        ("c3", "nobody", 1, ["f", "nothing"]),
        (None, "s1", 1, None),
    ]
    frame, parted = part(rows, tmp_path)
    assert (parted.rows, parted.held) == (6, 5)
    assert_frame_equal(pl.read_parquet(parted.good), frame[:1])
    bad = pl.read_parquet(parted.bad)
    assert_frame_equal(bad.select(frame.columns), frame[1:])
    told = dict(bad.select(NUMBER, RULES).iter_rows())
    assert told[1] == told[3] == ["unique(claim)"]
    assert told[2] == ["claim: str_matches", "number: greater_than_or_equal_to"]
    assert told[4] == ["foreign key(source)", "foreign key(fact_ids)"]
    assert told[5] == ["claim: missing", "fact_ids: missing"]
    written = pl.read_csv(parted.bad_csv)
    assert written[RULES].to_list() == ["; ".join(rules) for rules in bad[RULES]]
    assert written["fact_ids"].to_list()[0] == "f; g"


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["c1", "c2", "c3", "x", None]),
            st.sampled_from(["s1", "s2", "s3", None]),
            st.sampled_from([-1, 0, None]),
            st.sampled_from([["f"], ["h"], [], None]),
        ),
        max_size=30,
    )
)
def test_no_row_is_lost_and_none_is_changed(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("parted")
    frame, parted = part(rows, folder)
    bad = pl.read_parquet(parted.bad)
    numbered = frame.with_row_index(NUMBER)
    good = numbered.join(bad.select(NUMBER), on=NUMBER, how="anti", maintain_order="left").drop(NUMBER)
    assert_frame_equal(pl.read_parquet(parted.good), good)
    assert_frame_equal(bad.select(NUMBER, *frame.columns), numbered.filter(pl.col(NUMBER).is_in(bad[NUMBER].implode())))
    claims = [row[0] for row in rows]
    expected = [
        claims.count(claim) > 1
        or claim in {"x", None}
        or source in {"s3", None}
        or number == -1
        or facts is None
        or "h" in facts
        for claim, source, number, facts in rows
    ]
    assert bad[NUMBER].to_list() == [at for at, wrong in enumerate(expected) if wrong]
    assert [file.name for file in sorted(folder.iterdir())] == [
        "claims.bad.csv",
        "claims.bad.parquet",
        "claims.good.parquet",
    ]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    frame = pl.DataFrame([("c1", "s1", 1, ["f"])], schema=FIELDS, orient="row")
    broken = frame.lazy().with_columns(pl.col("claim").map_batches(lambda _: 1 / 0, return_dtype=pl.String))
    with pytest.raises(ZeroDivisionError):
        quarantine("claims", {"claims": broken, **OTHERS}, MODEL, tmp_path / "parted")
    assert list((tmp_path / "parted").glob("*")) == []


def test_columns_that_are_not_the_models_are_refused(tmp_path):
    with pytest.raises(ValueError, match="the columns of claims are"):
        quarantine("claims", {"claims": pl.DataFrame({"claim": ["c1"]}), **OTHERS}, MODEL, tmp_path)
