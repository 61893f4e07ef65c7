"""YAML files as people and programs break them, each with the exact place a finding must name."""

import subprocess
import sys

import pytest

from factpack.sources import FACTS, PREDICATES, locate

GOOD = "- fact_id: f-1\n  subject: brics\n  predicate: member_count\n  value: 11\n  paragraph: 3\n  phrase: eleven\n"
LATER = "- fact_id: f-9\n  subject: sco\n  predicate: founded\n  date: ▸2001-6\n  phrase: in June 2001\n"
START = "- fact_id: f-2\n  subject: a\n  predicate: b\n  phrase: x\n"

DAMAGED_MAPS = {
    "bad byte": (["FP101"], START + "  note: a▸\udc93b\n"),
    "bad bytes in two lines": (["FP101", "FP101"], START + "  note: 'a▸\udc93b\n    é▸\udc94'\n"),
    "bad byte in a comment": (["FP101"], START + "  # ▸\udc93\n"),
    "NUL": (["FP102"], START + "  note: a▸\x00b\n"),
    "escaped NUL": (["FP102"], START + '  note: ▸"a\\0b"\n'),
    "tab": (["FP102"], START + "  note: a▸\tb\n"),
    "bidi override": (["FP102"], START + "  note: 'a''▸\u202eb'\n"),
    "next line": (["FP102"], START + "  note: a▸\x85b\n"),
    "line separator": (["FP102"], START + "  note: a▸\u2028b\n"),
    "byte order mark inside": (["FP102"], START + "  note: a▸\ufeffb\n"),
    "lone carriage return": (["FP102"], START + "  note: a▸\rb\n"),
    "zero-width space in a block": (["FP102"], START + "  note: |-\n    first\n    sec▸\u200bond\n"),
    "unknown key": (["FP103"], START + "  ▸colour: red\n"),
    "key in capitals": (["FP103"], START + "  ▸Note: red\n"),
    "list for a cell": (["FP106"], START + "  value: ▸[11, 12]\n"),
    "block list for a cell": (["FP106"], START + "  value:\n    ▸- 11\n    - 12\n"),
    "map for a cell": (["FP106"], START + "  value: ▸{a: 1}\n"),
    "null": (["FP106"], START + "  value: ▸null\n"),
    "tilde": (["FP106"], START + "  value: ▸~\n"),
    "text in an integer column": (["FP106"], START + "  paragraph: ▸three\n"),
    "octal": (["FP106"], START + "  paragraph: ▸0o14\n"),
    "leading zero": (["FP106"], START + "  paragraph: ▸014\n"),
    "sexagesimal": (["FP106"], START + "  paragraph: ▸1:30\n"),
    "underscore integer": (["FP106"], START + "  paragraph: ▸1_000\n"),
    "not a number": (["FP106"], START + "  paragraph: ▸.nan\n"),
    "line feed behind a block": (["FP106"], START + "  note: ▸|\n    ends in a line feed\n"),
    "impossible date": (["FP113"], START + "  date: ▸2025-02-30\n"),
    "empty phrase": (["FP111"], "- fact_id: f-2\n  subject: a\n  predicate: b\n  phrase:▸\n"),
    "missing phrase": (["FP111"], "- ▸fact_id: f-2\n  subject: a\n  predicate: b\n"),
    "required and refused is told once": (["FP106"], "- fact_id: f-2\n  subject: a\n  predicate: b\n  phrase: ▸[]\n"),
    "duplicate key": (["FP107"], START + "  ▸subject: c\n"),
    "duplicate quoted key": (["FP107"], START + "  ▸'subject': c\n"),
    "anchor": (["FP108"], START + "  value: ▸&x 11\n"),
    "alias": (["FP108"], START + "  value: ▸*x\n"),
    "tag": (["FP108"], START + "  value: ▸!!str 11\n"),
    "Python tag": (["FP108"], START + "  value: ▸!!python/object/apply:os.system ['true']\n"),
    "merge key": (["FP108"], START + "  ▸<<: {value: 11}\n"),
    "complex key": (["FP108"], START + "  ? ▸[a, b]\n  : c\n"),
    "anchor on a map": (["FP108"], "- ▸&row\n  fact_id: f-2\n  subject: a\n  predicate: b\n  phrase: x\n"),
    "text among the maps": (["FP108"], "- ▸f-2\n"),
    "list among the maps": (["FP108"], "- ▸[f-2, [a, b]]\n"),
}


@pytest.mark.parametrize(("codes", "rows"), DAMAGED_MAPS.values(), ids=DAMAGED_MAPS)
def test_a_damaged_map_is_placed_and_the_others_are_still_checked(find, codes, rows):
    frame, findings, places = find("f.yaml", f"# checked by éàü\n{GOOD}\n{rows}{LATER}", FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [
        (code, *place) for code, place in zip([*codes, "FP106"], places, strict=True)
    ]
    assert {"f-1", "f-9"} <= set(frame["fact_id"])
    assert findings[-1].fact_id == "f-9"
    if "fact_id" in rows and "#" not in rows:
        assert findings[0].fact_id == "f-2" or codes == ["FP103"]


BROKEN_FILES = {
    "empty": ("FP110", "▸"),
    "comment only": ("FP110", "▸# nothing yet\n"),
    "empty list": ("FP110", "▸[]\n"),
    "map": ("FP108", "▸facts:\n- fact_id: f-1\n"),
    "text": ("FP108", "▸facts\n"),
    "deep nesting": ("FP109", "- fact_id: " + "[" * 62 + "▸[" + "[" * 100_000),
    "billion laughs": ("FP108", '▸a: &a ["x"]\nb: &b [*a, *a]\n'),
    "tag on the list": ("FP108", "▸!!set\n- fact_id: f-1\n  subject: a\n  predicate: b\n  phrase: x\n"),
    "directive": ("FP108", "▸%YAML 1.1\n---\n" + START),
    "second document": ("FP108", START + "▸---\n" + START),
    "two maps on one line": (
        "FP108",
        "[{fact_id: f-1, subject: a, predicate: b, phrase: x}, ▸{fact_id: f-2, subject: a, predicate: b, phrase: x}]\n",
    ),
    "tab for indentation": ("FP108", "- fact_id: f-1\n▸\tsubject: a\n"),
    "unclosed quote": ("FP108", START + '  note: "never closed\n▸'),
    "colon in plain text": ("FP108", START + "  note: first▸: second\n"),
}


@pytest.mark.parametrize(("code", "text"), BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_a_broken_file_is_placed(find, code, text):
    _, findings, places = find("f.yaml", text, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [(code, *places[0])]


def test_rows_before_a_syntax_error_are_checked(find):
    _, findings, places = find("f.yml", LATER + START + "  note: first▸: second\n" + START, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [
        ("FP106", *places[0]),
        ("FP108", *places[1]),
    ]


def test_scalars_are_text(find):
    text = START + "  value: no\n  unit: 1.10\n  note: 2025-01-17 00:00:00\n  polarity: ''\n  object:\n"

    frame, findings, _ = find("f.yaml", text, FACTS)

    assert findings == ()
    assert frame.select("value", "unit", "note", "polarity", "object").row(0) == (
        "no",
        "1.10",
        "2025-01-17 00:00:00",
        None,
        None,
    )


def test_flags_are_the_words_yes_and_no(find):
    text = (
        "- predicate: signed\n  title: t\n  subject_kind: agreement\n  value_type: date\n"
        "  multiple: no\n  future: 'yes'\n  description: d\n"
    )

    frame, findings, _ = find("p.yaml", text, PREDICATES)

    assert findings == ()
    assert frame.select("multiple", "future").row(0) == (False, True)


def test_cells_are_located_by_their_key(find, project):
    text = "# x\n- fact_id: f-1\n  subject: ▸'é'\n  phrase: >-\n    folded\n    text\n-\n  fact_id: ▸f-2\n"

    _, _, places = find("f.yaml", text, FACTS)

    path = project.root / "f.yaml"
    assert locate(path, 2, "subject") == places[0]
    assert locate(path, 2, "phrase") == (4, 11)
    assert locate(path, 8, "fact_id") == places[1]
    assert locate(path, 8, "note") == (8, 3)


def test_lines_of_windows_move_nothing(find):
    frame, findings, places = find("f.yaml", (GOOD + LATER).replace("\n", "\r\n"), FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP106", *places[0])]
    assert frame["_line"].to_list() == [1, 7]


def test_yaml_is_imported_only_to_read_a_yaml_file():
    code = "import sys, factpack.sources; sys.exit(bool({'yaml', 'numpy', 'pyarrow', 'pandas'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
