"""Parquet files that are not what the table needs."""

import datetime as dt
from io import BytesIO

import polars as pl
import pytest

from factpack.sources import FACTS, PREDICATES, SOURCES, locate, read_table

ROW = {
    "fact_id": "f-1", "subject": "brics", "predicate": "member_count", "object": None, "value": "11", "unit": "states",
    "date": None, "as_of": "2025", "modifier": None, "polarity": None, "attributed_to": None, "paragraph": 3,
    "phrase": "eleven members", "note": "",
}  # fmt: skip
SCHEMA = {column.name: pl.Int64 if column.type == "integer" else pl.String for column in FACTS}


@pytest.fixture
def find(project):
    def _find(frame, columns=FACTS):
        path = project.root / "f.parquet"
        if isinstance(frame, bytes):
            path.write_bytes(frame)
        else:
            frame.write_parquet(path)
        return read_table(path, columns, project)

    return _find


def test_typed_and_text_columns_give_the_same_frame(find):
    typed = pl.DataFrame([ROW], schema=SCHEMA)
    text = typed.with_columns(pl.col("paragraph").cast(pl.String))

    frame, findings = find(typed)

    assert findings == ()
    assert frame.equals(find(text)[0])
    assert frame.row(0, named=True) == {**ROW, "note": None, "_file": "f.parquet", "_line": 1}


def test_dates_and_flags_may_be_typed(find):
    row = {
        "source_id": "a", "title": None, "publisher": "p", "author": None, "url": "https://example.org/a?b=ü",
        "published": dt.date(2025, 1, 17), "language": "en", "licence": "CC0-1.0", "text_kind": "note",
        "text_sha256": "0" * 64, "note": None,
    }  # fmt: skip
    schema = {**{column.name: pl.String for column in SOURCES}, "published": pl.Date}

    frame, findings = find(pl.DataFrame([row], schema=schema), SOURCES)

    assert findings == ()
    assert frame["published"].to_list() == [dt.date(2025, 1, 17)]

    flags = {column.name: "x" for column in PREDICATES if not column.optional}
    flags |= {"value_type": "date", "multiple": True, "future": False}
    frame, findings = find(pl.DataFrame([flags]), PREDICATES)
    assert findings == ()
    assert frame.select("multiple", "future").row(0) == (True, False)


def test_a_cell_at_fault_is_placed_by_row_and_position(find, project):
    rows = [ROW, {**ROW, "fact_id": "f-2", "date": "2025-02-30"}, {**ROW, "fact_id": "f-3", "phrase": None}]

    _, findings = find(pl.DataFrame(rows, schema=SCHEMA))

    assert [(finding.code, finding.line, finding.column, finding.fact_id) for finding in findings] == [
        ("FP113", 2, 7, "f-2"),
        ("FP111", 3, 13, "f-3"),
    ]
    assert locate(project.root / "f.parquet", 2, "date") == (2, 7)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda frame: frame.with_columns(pl.col("value").cast(pl.Int64)), 5),
        (lambda frame: frame.with_columns(pl.col("paragraph").cast(pl.Int32)), 12),
        (lambda frame: frame.with_columns(pl.col("paragraph").cast(pl.Float64)), 12),
        (lambda frame: frame.with_columns(pl.col("phrase").cast(pl.Binary)), 13),
        (lambda frame: frame.with_columns(pl.concat_list("phrase").alias("phrase")), 13),
        (lambda frame: frame.rename({"subject": "subjct"}), 2),
        (lambda frame: frame.with_columns(colour=pl.lit("red")), 15),
        (lambda frame: frame.drop("note"), 14),
    ],
)
def test_other_columns_and_types_are_refused(find, change, column):
    frame, findings = find(change(pl.DataFrame([ROW], schema=SCHEMA)))

    assert [(finding.code, finding.column) for finding in findings] == [("FP103", column)]
    assert frame.is_empty()


def test_a_file_without_rows_is_no_pass(find):
    assert [finding.code for finding in find(pl.DataFrame(schema=SCHEMA))[1]] == ["FP110"]


@pytest.mark.parametrize("cut", [0, 4, 8, 100, -4, -8, -100])
def test_what_is_no_parquet_file_is_refused(find, cut):
    stream = BytesIO()
    pl.DataFrame([ROW], schema=SCHEMA).write_parquet(stream)

    frame, findings = find(stream.getvalue()[:cut])

    assert [finding.code for finding in findings] == ["FP108"]
    assert frame.is_empty()
