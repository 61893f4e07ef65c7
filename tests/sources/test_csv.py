"""CSV files as people and programs break them, each with the exact place a finding must name."""

import csv
import io

import pytest

from factpack.sources import FACTS, Column, locate

HEADER = "fact_id,subject,predicate,object,value,unit,date,as_of,modifier,polarity,attributed_to,paragraph,phrase,note"
GOOD = "f-1,brics,member_count,,11,states,,2025,,,,3,eleven members,"
LATER = "f-9,sco,founded,,,,2001-06,,,,,1,in June 2001,"

# The rows between a good header and a good last row, and the codes of the markers in them.
DAMAGED_ROWS = {
    # bytes
    "cp1252 quote": (["FP101"], "f-2,brics,said,,,,,,,,,1,▸\udc93multipolar,"),
    "cp1252 bytes in two rows": (["FP101", "FP101"], "f-2,a,b,,é▸\udc93,,,,,,,1,x,\nf-3,a,b,,,,,,,,,1,▸\udc94,"),
    "truncated character": (["FP101"], "f-2,a,b,,,,,,,,,1,caf▸\udcc3,"),
    "overlong slash": (["FP101"], "f-2,a,b,,,,,,,,,1,a▸\udcc0\udcaf,"),
    "encoded surrogate": (["FP101"], "f-2,a,b,,,,,,,,,1,a▸\udced\udca0\udc80,"),
    # characters
    "NUL": (["FP102"], "f-2,a,b,,,,,,,,,1,one▸\x00two,"),
    "control": (["FP102"], "f-2,a,b,,,,,,,,,1,one▸\x1btwo,"),
    "C1 control": (["FP102"], "f-2,a,b,,,,,,,,,1,one▸\x93two,"),
    "tab": (["FP102"], "f-2,a,b,,,,,,,,,1,one▸\ttwo,"),
    "replacement character": (["FP102"], "f-2,a,b,,,,,,,,,1,caf▸\ufffd,"),
    "bidi override": (["FP102"], "f-2,a,b,,,,,,,,,1,abc▸\u202edef,"),
    "bidi isolate": (["FP102"], "f-2,a,b,,,,,,,,,1,abc▸\u2066def,"),
    "zero-width space": (["FP102"], "f-2,a,b,,,,,,,,,1,no▸\u200bwhere,"),
    "zero-width space in an id": (["FP102"], "f-2▸\u200b,a,b,,,,,,,,,1,x,"),
    "soft hyphen": (["FP102"], "f-2,a,b,,,,,,,,,1,no▸\xadwhere,"),
    "line separator": (["FP102"], "f-2,a,b,,,,,,,,,1,one▸\u2028two,"),
    "byte order mark inside": (["FP102"], "f-2,a,b,,,,,,,,,1,one▸\ufefftwo,"),
    "second of two in one cell": (["FP102"], 'f-2,a,b,,,,,,,,,1,"a ""q"" é, b▸\u200bc",'),
    "in the second line of a cell": (["FP102"], 'f-2,a,b,,,,,,,,,1,"first line\nsec▸\u200bond",'),
    "carriage return in a cell": (["FP102"], 'f-2,a,b,,,,,,,,,1,"one▸\rtwo",'),
    "carriage return between rows": (["FP102"], "f-2,a,b,,,,,,,,,1,x,▸\rf-3,a,b,,,,,,,,,1,y,"),
    # structure
    "row cut short": (["FP104"], "f-2,brics,member_count▸"),
    "one cell missing": (["FP104"], "f-2,a,b,,,,,,,,,1,x▸"),
    "one cell too many": (["FP104"], "f-2,a,b,,,,,,,,,1,x,,▸surplus"),
    "unquoted comma": (["FP104"], "f-2,a,b,,,,,,,,,1,China, Russia and Iran,▸"),
    "short and long rows": (["FP104", "FP104"], "f-2▸\nf-3,a,b,,,,,,,,,1,x,,▸,"),
    "blank line": (["FP104"], "▸"),
    "two blank lines": (["FP104", "FP104"], "▸\n▸"),
    "line of spaces": (["FP104"], "   ▸"),
    "comment": (["FP104"], "# checked until here▸"),
    "other delimiter": (["FP104"], "f-2;a;b;;;;;;;;;1;x;▸"),
    # quotes
    "unclosed quote": (["FP105"], 'f-2,a,b,,,,,,,,,1,▸"never closed,'),
    "unclosed quote before a quoted row": (["FP105"], 'f-2,a,b,,,,,,,,,1,▸"never closed,\nf-3,a,b,,,,,,,,,1,"x, y",'),
    "stray quote": (["FP105"], 'f-2,a,b,,,,,,,,,1,so ▸"called,'),
    "quote not doubled": (["FP105"], 'f-2,a,b,,,,,,,,,1,"so ▸"called" group",'),
    "text behind the quote": (["FP105"], 'f-2,a,b,,,,,,,,,1,"x▸" y,'),
    "space before the quote": (["FP105"], 'f-2,a,b,,,,,,,,,1, ▸"x, y",'),
    "stray quote and ragged row": (["FP105", "FP104"], 'f-2,a,b,,,,,,,,,1,a▸"b,\nf-3,a▸'),
    # cells
    "id in capitals": (["FP106"], "▸F-2,a,b,,,,,,,,,1,x,"),
    "id with an underscore": (["FP106"], "f-2,▸a_b,b,,,,,,,,,1,x,"),
    "Cyrillic letter in an id": (["FP106"], "f-2,bri▸сs,b,,,,,,,,,1,x,"),
    "predicate with a hyphen": (["FP106"], "f-2,a,▸member-count,,,,,,,,,1,x,"),
    "integer with a separator": (["FP106"], 'f-2,a,b,,,,,,,,,▸"1,000",x,'),
    "integer with an underscore": (["FP106"], "f-2,a,b,,,,,,,,,▸1_000,x,"),
    "integer with a leading zero": (["FP106"], "f-2,a,b,,,,,,,,,▸007,x,"),
    "integer with a plus": (["FP106"], "f-2,a,b,,,,,,,,,▸+7,x,"),
    "integer as a float": (["FP106"], "f-2,a,b,,,,,,,,,▸11.0,x,"),
    "integer with an exponent": (["FP106"], "f-2,a,b,,,,,,,,,▸1E5,x,"),
    "integer in fullwidth digits": (["FP106"], "f-2,a,b,,,,,,,,,▸１１,x,"),
    "integer too large": (["FP106"], "f-2,a,b,,,,,,,,,▸9223372036854775808,x,"),
    "NA in an integer column": (["FP106"], "f-2,a,b,,,,,,,,,▸NA,x,"),
    "space before an integer": (["FP106"], "f-2,a,b,,,,,,,,,▸ 7,x,"),
    "space behind a phrase": (["FP106"], "f-2,a,b,,,,,,,,,1,eleven▸ ,"),
    "no-break space before a phrase": (["FP106"], "f-2,a,b,,,,,,,,,1,▸\xa0eleven,"),
    "line feed behind a phrase": (["FP106"], 'f-2,a,b,,,,,,,,,1,"eleven▸\n",'),
    "not in normal form C": (["FP106"], "f-2,a,b,,,,,,,,,1,caf▸e\u0301,"),
    "unpadded date": (["FP106"], "f-2,a,b,,,,▸2025-1-7,,,,,1,x,"),
    "American date": (["FP106"], "f-2,a,b,,,,▸01/17/2025,,,,,1,x,"),
    "date and time": (["FP106"], "f-2,a,b,,,,▸2025-01-17T00:00:00,,,,,1,x,"),
    "month 13": (["FP106"], "f-2,a,b,,,,▸2025-13,,,,,1,x,"),
    "unknown modifier": (["FP106"], "f-2,a,b,,,,,,▸about,,,1,x,"),
    "modifier in capitals": (["FP106"], "f-2,a,b,,,,,,▸At_least,,,1,x,"),
    "30 February": (["FP113"], "f-2,a,b,,,,▸2025-02-30,,,,,1,x,"),
    "29 February of a common year": (["FP113"], "f-2,a,b,,,,▸2100-02-29,,,,,1,x,"),
    "interval that ends before it begins": (["FP113"], "f-2,a,b,,,,,▸2025/2024,,,,1,x,"),
    "empty fact_id": (["FP111"], "▸,a,b,,,,,,,,,1,x,"),
    "empty phrase": (["FP111"], "f-2,a,b,,,,,,,,,1,▸,"),
    "empty phrase in quotes": (["FP111"], 'f-2,a,b,,,,,,,,,1,▸"",'),
    "phrase of spaces": (["FP106"], "f-2,a,b,,,,,,,,,1,▸  ,"),
    "three cells at once": (["FP106", "FP113", "FP111"], "f-2,▸A,b,,,,▸2025-02-30,,,,,1,▸,"),
}


@pytest.mark.parametrize(("codes", "rows"), DAMAGED_ROWS.values(), ids=DAMAGED_ROWS)
@pytest.mark.parametrize("end", ["\n", ""], ids=["ends in LF", "ends without"])
def test_a_damaged_row_is_placed_and_the_others_are_still_checked(find, codes, rows, end):
    text = f"{HEADER}\n{GOOD}\n{rows}\n{LATER.replace('2001-06', '▸2001-6')}{end}"

    frame, findings, places = find("f.csv", text, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [
        (code, *place) for code, place in zip([*codes, "FP106"], places, strict=True)
    ]
    assert all(finding.file == "f.csv" for finding in findings)
    assert findings[-1].fact_id == "f-9"
    assert findings[-1].field == "date"
    assert {"f-1", "f-9"} <= set(frame["fact_id"])


# A quoted line feed would become a carriage return and a line feed, which no cell may hold.
ON_ONE_LINE = {name: case for name, case in DAMAGED_ROWS.items() if "\r" not in case[1] and "\n" not in case[1]}


@pytest.mark.parametrize(("codes", "row"), ON_ONE_LINE.values(), ids=ON_ONE_LINE)
def test_line_ends_of_windows_move_nothing(find, codes, row):
    text = f"{HEADER}\r\n{GOOD}\r\n{row}\r\n{LATER}\r\n"

    _, findings, places = find("f.csv", text, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [
        (code, *place) for code, place in zip(codes, places, strict=True)
    ]


def test_a_carriage_return_at_the_very_end_is_refused(find):
    _, findings, places = find("f.csv", f"{HEADER}\n{GOOD}▸\r", FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP102", *places[0])]


def test_a_line_end_of_windows_in_a_cell_is_refused(find):
    text = f'{HEADER}\r\nf-2,a,b,,,,,,,,,1,"one▸\r\ntwo",\r\n'

    _, findings, places = find("f.csv", text, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP102", *places[0])]


HEADERS = {
    "misspelt": (["FP103"], HEADER.replace("subject", "▸subjct"), "Did you mean 'subject'?"),
    "in capitals": (["FP103"], HEADER.replace("subject", "▸Subject"), "Write 'subject'."),
    "padded": (["FP103"], HEADER.replace("subject", "▸ subject"), "Write 'subject'."),
    "doubled": (["FP103"], f"{HEADER},▸subject", None),
    "without a name": (["FP103"], f"{HEADER},▸", None),
    "unknown": (["FP103"], f"{HEADER},▸colour", None),
    "missing": (["FP103"], HEADER.removesuffix(",note") + "▸", None),
    "two missing": (["FP103", "FP103"], HEADER.removesuffix(",phrase,note") + "▸▸", None),
    "several": (["FP103"] * 3, "▸Fact_id" + HEADER[7:].replace("object", "▸objekt") + ",▸x", None),
    "zero-width space in a name": (["FP103"], HEADER.replace("subject", "▸sub\u200bject"), "Did you mean 'subject'?"),
}


@pytest.mark.parametrize(("codes", "header", "hint"), HEADERS.values(), ids=HEADERS)
def test_every_fault_of_a_header_is_placed(find, codes, header, hint):
    width = header.count(",") + 1
    # The columns that can be told are still checked: the paragraph stands in the twelfth.
    row = ",".join([*GOOD.split(","), *[""] * 9][:width])
    text = f"{header}\n{row.replace(',3', ',▸03')}\n"

    _, findings, places = find("f.csv", text, FACTS)

    wrong_header = [finding for finding in findings if finding.code == "FP103"]
    assert [(finding.code, finding.line, finding.column) for finding in wrong_header] == [
        (code, *place) for code, place in zip(codes, places[:-1], strict=True)
    ]
    assert [(finding.line, finding.column) for finding in findings if finding.code == "FP106"] == [places[-1]]
    assert hint is None or wrong_header[0].hint == hint


WHOLE_FILES = {
    "empty": ("FP110", "▸"),
    "only a line feed": ("FP110", "▸\n"),
    "only blank lines": ("FP110", "▸\n\n  \n"),
    "header only": ("FP110", f"▸{HEADER}"),
    "header and line feed": ("FP110", f"▸{HEADER}\n"),
    "semicolons": ("FP103", f"▸{HEADER};".replace(",", ";") + f"\n{GOOD}".replace(",", ";")),
    "tabs": ("FP103", f"▸{HEADER}\n{GOOD}".replace(",", "\t")),
    "no header": ("FP103", f"▸{GOOD}\n{LATER}\n"),
    "unclosed quote in the header": ("FP105", f'fact_id,▸"{HEADER}\n{GOOD}\n'),
    "bad byte in the header": ("FP101", f"fact_id,sub▸\udc93ject\n{GOOD}\n"),
    "line ends of the old Macintosh": ("FP102", f"{HEADER}▸\r{GOOD}\r{LATER}\r"),
    "too many columns": ("FP109", "a," * 2000 + "▸a\n"),
}


@pytest.mark.parametrize(("code", "text"), WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_a_file_that_cannot_be_told_into_rows_has_one_finding(find, code, text):
    frame, findings, places = find("f.csv", text, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [(code, *places[0])]
    assert frame.is_empty()


SIGNATURES = {
    "gzip": b"\x1f\x8b\x08",
    "zip": b"PK\x03\x04",
    "zstd": b"\x28\xb5\x2f\xfd",
    "UTF-16": b"\xff\xfef\x00",
    "Parquet": b"PAR1",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_other_contents_under_the_name_of_csv_are_refused(find, signature):
    frame, findings, _ = find("f.csv", signature.decode("utf-8", "surrogateescape") + HEADER, FACTS)

    assert [finding.code for finding in findings] == ["FP114"]
    assert frame.is_empty()


def test_gzip_under_the_name_of_csv_is_not_inflated(find):
    import gzip

    content = gzip.compress(f"{HEADER}\n{GOOD}\n".encode()).decode("utf-8", "surrogateescape")

    frame, findings, _ = find("f.csv", content, FACTS)

    assert [finding.code for finding in findings] == ["FP114"]
    assert frame.is_empty()


def test_cells_are_read_as_they_stand(find):
    row = 'f-1,a,b,,007,NA,,2025,,,,3,"1,5 ""of"" 11",true'

    frame, findings, _ = find("f.csv", f"{HEADER}\n{row}\n", FACTS)

    assert findings == ()
    assert frame.row(0, named=True) == {
        **dict.fromkeys(name.name for name in FACTS),
        "fact_id": "f-1",
        "subject": "a",
        "predicate": "b",
        "value": "007",
        "unit": "NA",
        "as_of": "2025",
        "paragraph": 3,
        "phrase": '1,5 "of" 11',
        "note": "true",
        "_file": "f.csv",
        "_line": 2,
    }


def test_a_byte_order_mark_is_dropped(find):
    frame, findings, _ = find("f.csv", f"\ufeff{HEADER}\n{GOOD}\n", FACTS)

    assert findings == ()
    assert frame["fact_id"].to_list() == ["f-1"]


def test_columns_may_stand_in_any_order(find):
    names, cells = HEADER.split(",")[::-1], GOOD.split(",")[::-1]

    frame, findings, _ = find("f.csv", f"{','.join(names)}\n{','.join(cells)}\n", FACTS)

    assert findings == ()
    assert frame.columns == [*HEADER.split(","), "_file", "_line"]
    assert frame["phrase"].to_list() == ["eleven members"]


def test_lines_are_physical_and_cells_are_located_behind_quoted_line_feeds(find, project):
    rows = [
        'f-1,a,b,,,,,,,,,1,"first\nsecond","▸third"',
        "f-2,a,b,,,,,,,,,1,▸x,y",
        'f-3,a,b,,"a ""b"", c",▸u,,,,,,1,x,',
    ]

    frame, findings, places = find("f.csv", "\n".join([HEADER, *rows]) + "\n", FACTS)

    assert findings == ()
    assert frame["_line"].to_list() == [2, 4, 5]
    # The marker stands behind the quote of the first cell.
    assert locate(project.root / "f.csv", 2, "note") == (places[0][0], places[0][1] - 1)
    assert locate(project.root / "f.csv", 4, "phrase") == places[1]
    assert locate(project.root / "f.csv", 5, "unit") == places[2]
    assert locate(project.root / "f.csv", 5, "source_id") == (5, 1)
    assert locate(project.root / "f.csv", 99, "unit") == (1, 1)
    assert locate(project.root / "missing.csv", 3, "unit") == (3, 1)


def test_locate_reads_a_file_anew_when_it_has_changed(find, project):
    find("f.csv", f"{HEADER}\n{GOOD}\n", FACTS)
    before = locate(project.root / "f.csv", 2, "subject")
    find("f.csv", f"{HEADER}\nlonger-{GOOD}\n", FACTS)

    assert before == (2, 5)
    assert locate(project.root / "f.csv", 2, "subject") == (2, 12)


def test_a_cell_over_the_limit_is_refused(find):
    _, findings, places = find("f.csv", f"{HEADER}\nf-1,a,b,,,,,,,,,1,▸{'x' * (1024**2 + 1)},\n", FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP109", *places[0])]
    assert len(findings[0].value) < 300


def test_a_row_of_a_million_commas_is_refused(find):
    _, findings, _ = find("f.csv", f"{HEADER}\n{GOOD}{',' * 1_000_000}\n{LATER}\n", FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP104", 2, len(GOOD) + 2)]


def test_findings_of_one_kind_are_bounded_and_the_rest_is_counted(find):
    ragged = "\n".join(["f,a"] * 1500)
    wrong = "\n".join(f"f-{number},a,b,,,,,,,,,x,x," for number in range(1500))

    _, findings, _ = find("f.csv", f"{HEADER}\n{ragged}\n{wrong}\n", FACTS)

    rows = [finding for finding in findings if finding.code == "FP104"]
    cells = [finding for finding in findings if finding.code == "FP106"]
    assert len(rows) == len(cells) == 1001
    assert sum("500 more" in finding.message for finding in rows) == 1
    assert "499 more" in cells[-1].message


def test_a_table_of_one_column_is_read(find):
    frame, findings, places = find("f.csv", 'name\na\n"b"\n""\n▸\nc\n', (Column("name"),))

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP104", *places[0])]
    assert frame.select("name", "_line").rows() == [("a", 2), ("b", 3), (None, 4), ("c", 6)]


def test_a_file_with_too_many_faults_is_not_read_on(find):
    frame, findings, _ = find("f.csv", HEADER + "\n" * 200_000 + GOOD, FACTS)

    assert len(findings) < 1_010
    assert [(finding.code, finding.line) for finding in findings][-1] == ("FP109", 100_002)
    assert frame.is_empty()


def test_the_rows_equal_those_of_the_standard_library(find):
    rows = [
        ["f-1", "a", "b", "", "plain", "", "", "", "", "", "", "1", "x", ""],
        ["f-2", "a", "b", "", 'quo"te', "", "", "", "", "", "", "", "com,ma", "line\nfeed"],
        ["f-3", "a", "b", "", "“curly”", "", "", "", "", "", "", "3", '""', "'"],
        ["f-4", "a", "b", "", "=1+1", "", "", "", "", "", "", "4", "؋漢字", "🙂"],
    ]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([HEADER.split(","), *rows])

    frame, findings, _ = find("f.csv", stream.getvalue(), FACTS)

    assert findings == ()
    text = frame.drop("_file", "_line").with_columns(frame["paragraph"].cast(str))
    assert [["" if cell is None else cell for cell in row] for row in text.rows()] == rows
    assert frame["_line"].to_list() == [2, 3, 5, 6]
