"""Properties over arbitrary rows: formats agree, one corruption is found where it is, and nothing crashes."""

import csv
import io
import json
import tempfile
import unicodedata
from pathlib import Path

import polars as pl
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from factpack.models import Project
from factpack.parse.characters import first_forbidden
from factpack.sources import FACTS, csvfile, read_table

NAMES = [column.name for column in FACTS]
ids = st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,12}\Z")
edtf = st.sampled_from(["2025", "2025-01", "2025-01-17", "2024-24~", "201X", "../2004", "2004-02-29/.."])


def presentable(value):
    """Make a text that a cell may hold: composed, of characters that show, with nothing white around it."""
    shown = "".join(character for character in value if first_forbidden(character) is None)
    return unicodedata.normalize("NFC", shown.strip()).strip() or "x"


text = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("\",\n;:#-|>&*!%@`{}[]'“”é= ")), max_size=30
).map(presentable)
CELLS = {
    "fact_id": ids,
    "subject": ids,
    "predicate": st.from_regex(r"\A[a-z][a-z0-9_]{0,12}\Z"),
    "object": ids,
    "date": edtf,
    "as_of": edtf,
    "modifier": st.sampled_from(["approximate", "at_least", "at_most", "less_than", "more_than"]),
    "polarity": st.just("negated"),
    "attributed_to": ids,
    "paragraph": st.integers(-(2**63), 2**63 - 1).map(str),
}
rows = st.lists(
    st.fixed_dictionaries(
        {
            column.name: CELLS.get(column.name, text) if column.required else st.none() | CELLS.get(column.name, text)
            for column in FACTS
        }
    ),
    min_size=1,
    max_size=6,
)


def as_csv(records, quoting=csv.QUOTE_MINIMAL, end="\n"):
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=end, quoting=quoting)
    writer.writerow(NAMES)
    writer.writerows([["" if record[name] is None else record[name] for name in NAMES] for record in records])
    return stream.getvalue()


def as_jsonl(records, *, ascii_only=False):
    return "".join(json.dumps(record, ensure_ascii=ascii_only) + "\n" for record in records)


def as_yaml(records):
    filled = [{name: cell for name, cell in record.items() if cell is not None} for record in records]
    return yaml.safe_dump(filled, allow_unicode=True, sort_keys=False)


def read(content, suffix):
    content = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = root / f"f{suffix}"
        path.write_bytes(content)
        project = Project(root=root, name="p", version="1.0.0", title="P", description="P", licence="CC0-1.0")
        return read_table(path, FACTS, project)


def cells_of(records):
    return [
        tuple(int(record[name]) if name == "paragraph" and record[name] else record[name] for name in NAMES)
        for record in records
    ]


@given(rows, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.booleans())
def test_all_formats_give_the_same_frame(records, quoting, ascii_only):
    stream = io.BytesIO()
    pl.DataFrame(records, schema=dict.fromkeys(NAMES, pl.String)).write_parquet(stream)
    contents = {
        ".csv": as_csv(records, quoting),
        ".jsonl": as_jsonl(records, ascii_only=ascii_only),
        ".yaml": as_yaml(records),
        ".parquet": stream.getvalue(),
    }

    for suffix, content in contents.items():
        frame, findings = read(content, suffix)

        assert findings == ()
        assert frame.select(NAMES).rows() == cells_of(records)


@given(st.lists(rows, min_size=2, max_size=4), st.data())
def test_files_read_together_are_read_as_each_alone(tables, data):
    contents = {}
    for number, records in enumerate(tables):
        text = as_csv(records).encode("utf-8", "surrogateescape")
        at = data.draw(st.integers(0, len(text)))
        damage = data.draw(st.sampled_from([b"", b"", b'"', b"\n", b"\r", b",", b"\xff"]))
        contents[f"{number}.csv"] = text[:at] + damage + text[at:]
    together = csvfile.read_together(contents, FACTS)
    for file, found in together.items():
        alone = csvfile.read(contents[file], FACTS, file)
        assert found.findings == alone.findings == []
        assert_frame_equal(found.frame, alone.frame)


@given(rows)
def test_lines_are_those_of_the_standard_library(records):
    content = as_csv(records)
    reader = csv.reader(io.StringIO(content, newline=""))
    ends = [reader.line_num for _ in reader]

    frame, _ = read(content, ".csv")

    assert frame["_line"].to_list() == [end + 1 for end in ends[:-1]]


@given(rows, st.data())
def test_one_bad_character_is_found_exactly_where_it_is(records, data):
    name = data.draw(st.sampled_from(NAMES))
    record = data.draw(st.sampled_from(records))
    at = data.draw(st.integers(0, len(record[name] or "")))
    # Each stands nowhere else in the file.
    bad, code = data.draw(st.sampled_from([("\u200b", "FP102"), ("\udc93", "FP101")]))
    suffix, write = data.draw(st.sampled_from([(".csv", as_csv), (".jsonl", as_jsonl)]))
    value = record[name] or ""
    record[name] = value[:at] + bad + value[at:]
    content = write(records)
    place = content.index(bad)

    _, findings = read(content, suffix)

    line, column = content.count("\n", 0, place) + 1, place - content.rfind("\n", 0, place)
    assert [(finding.code, finding.line, finding.column, finding.field) for finding in findings] == [
        (code, line, column, name)
    ]


@given(rows, st.data())
def test_one_cut_row_is_found_exactly_where_it_is(records, data):
    for record in records:
        record["phrase"], record["note"], record["value"], record["unit"] = "x", "last", None, None
    lines = as_csv(records).splitlines()
    number = data.draw(st.integers(1, len(records)))
    cells = data.draw(st.integers(1, len(NAMES) - 1))
    cut = ",".join(lines[number].split(",")[:cells])
    lines[number] = cut

    frame, findings = read("\n".join(lines), ".csv")

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [
        ("FP104", number + 1, len(cut) + 1)
    ]
    assert frame.height == len(records) - 1


@given(rows, st.data())
def test_one_wrong_cell_is_found_exactly_where_it_begins(records, data):
    wrong = {
        "fact_id": "Bad Id", "subject": "BRICS", "predicate": "member-count", "object": "a_b", "date": "2025-1-7",
        "as_of": "yesterday", "modifier": "about", "polarity": "no", "attributed_to": "-", "paragraph": "1_000",
    }  # fmt: skip
    name = data.draw(st.sampled_from(sorted(wrong)))
    index = data.draw(st.integers(0, len(records) - 1))
    for record in records:
        record["phrase"], record["note"] = "x", None
        record["value"], record["unit"] = None, None
    records[index][name] = wrong[name]
    lines = as_csv(records).splitlines()
    column = len(",".join(lines[index + 1].split(",")[: NAMES.index(name)])) + (2 if name != "fact_id" else 1)

    _, findings = read("\n".join(lines) + "\n", ".csv")

    assert [(finding.line, finding.column, finding.field) for finding in findings] == [(index + 2, column, name)]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=30))
def test_a_text_passes_when_all_of_it_shows_and_it_is_composed(texts):
    assume(all("\r" not in value for value in texts))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(NAMES)
    for number, value in enumerate(texts):
        writer.writerow([f"f-{number}", "a", "b", *[""] * 9, "x", value])

    _, findings = read(stream.getvalue(), ".csv")

    wrong = [
        f"f-{number}"
        for number, value in enumerate(texts)
        if value
        and (
            first_forbidden(value) is not None or value != value.strip() or not unicodedata.is_normalized("NFC", value)
        )
    ]
    assert sorted(finding.fact_id for finding in findings) == sorted(wrong)


header = (",".join(NAMES) + "\n").encode()
fragments = st.sampled_from(
    [
        b'"', b'""', b",", b"\n", b"\r\n", b"\r", b"a", b"f-1", b"\x93", b"\xe2\x80\x9c", b"{", b"}", b"[", b"]", b":",
        b"- ",
        b"  ", b"\t", b"fact_id", b'"fact_id":', b"fact_id: ", b"&x ", b"*x", b"!!t ", b"|", b">", b"#", b"---\n",
        b"\x00",
        b"1e5", b"NaN", b"null", b"\\u0000", b"\\ud800", b"\xef\xbb\xbf", b"," * 13, b",,,,,,,,,,,,x,\n",
        b"%YAML 1.1\n",
        b"? ", b"<<: ",
    ]
)  # fmt: skip


@given(
    st.lists(st.one_of(fragments, st.binary(max_size=4)), max_size=40).map(b"".join),
    st.booleans(),
    st.sampled_from([".csv", ".jsonl", ".yaml", ".parquet"]),
)
def test_no_bytes_crash_the_reader_and_none_pass_unread(content, headed, suffix):
    content = header + content if headed else content

    frame, findings = read(content, suffix)

    assert findings or frame.height
    for finding in findings:
        assert finding.code.startswith("FP1")
        assert finding.file == f"f{suffix}"
        assert finding.line is None or finding.line <= content.count(b"\n") + content.count(b"\r") + 1
    if not findings and suffix == ".csv":
        records = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        assert [["" if cell is None else str(cell) for cell in row] for row in frame.select(NAMES).rows()] == records[
            1:
        ]


csv_fragments = st.sampled_from(
    [
        '"',
        '""',
        ",",
        "\n",
        "\r\n",
        "\r",
        "a",
        "x,",
        "f-1,a,b,,,,,,,,,1,x,\n",
        'f-2,a,b,,,,,,,,,1,"x, y",\n',
        ",,,,,,,,,,,x,",
    ]
)


@given(st.lists(csv_fragments, max_size=30).map("".join))
def test_lines_proved_at_once_are_read_like_lines_that_are_walked(body):
    start = header.decode()
    # A row that is not UTF-8 takes the proof away from the whole file.
    damaged = "f-0,a,b,,,,,,,,,1,\udc93,\n"

    frame, findings = read(start + body, ".csv")
    walked, found = read(start + damaged + body, ".csv")

    assert walked.with_columns(pl.col("_line") - 1).rows() == frame.rows()
    assert [(finding.code, finding.line - 1, finding.column) for finding in found[1:]] == [
        (finding.code, finding.line, finding.column) for finding in findings if finding.code != "FP110"
    ]
