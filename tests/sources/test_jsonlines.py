"""JSON Lines files as people and programs break them, each with the exact place a finding must name."""

import pytest

from factpack.sources import FACTS, PREDICATES, locate

GOOD = '{"fact_id": "f-1", "subject": "brics", "predicate": "member_count", "paragraph": 3, "phrase": "eleven"}'
LATER = '{"fact_id": "f-9", "subject": "sco", "predicate": "founded", "date": ▸"2001-6", "phrase": "in June 2001"}'
START = '{"fact_id": "f-2", "subject": "a", "predicate": "b", "phrase": "x"'

DAMAGED_LINES = {
    "bad byte": (["FP101"], START + ', "note": "▸\udc93"}'),
    "NUL": (["FP102"], START + ', "note": "a▸\x00b"}'),
    "raw tab": (["FP102"], START + ', "note": "a▸\tb"}'),
    "escaped NUL": (["FP102"], START + ', "note": ▸"a\\u0000b"}'),
    "escaped bidi override": (["FP102"], START + ', "note": ▸"a\\u202eb"}'),
    "bidi override": (["FP102"], START + ', "note": "a\\n\\"▸\u202eb"}'),
    "lone surrogate": (["FP102"], START + ', "note": ▸"a\\ud800b"}'),
    "line separator": (["FP102"], START + ', "note": "a▸\u2028b"}'),
    "unknown key": (["FP103"], START + ', ▸"colour": "red"}'),
    "misspelt key": (["FP103"], START + ', ▸"modifer": "at_least"}'),
    "number in a text column": (["FP106"], START + ', "value": ▸11}'),
    "float in a text column": (["FP106"], START + ', "value": ▸1.10}'),
    "float in an integer column": (["FP106"], START + ', "paragraph": ▸3.0}'),
    "exponent in an integer column": (["FP106"], START + ', "paragraph": ▸3e2}'),
    "integer of 5,000 digits": (["FP106"], START + ', "paragraph": ▸' + "9" * 5000 + "}"),
    "true in a text column": (["FP106"], START + ', "value": ▸true}'),
    "array": (["FP106"], START + ', "value": ▸["11"]}'),
    "object": (["FP106"], START + ', "value": ▸{"number": 11}}'),
    "required and refused is told once": (
        ["FP106"],
        '{"fact_id": "f-2", "subject": "a", "predicate": "b", "phrase": ▸11}',
    ),
    "missing phrase": (["FP111"], '▸{"fact_id": "f-2", "subject": "a", "predicate": "b"}'),
    "null phrase": (["FP111"], '{"fact_id": "f-2", "subject": "a", "predicate": "b", "phrase": ▸null}'),
    "empty phrase": (["FP111"], '{"fact_id": "f-2", "subject": "a", "predicate": "b", "phrase": ▸""}'),
    "impossible date": (["FP113"], START + ', "date": ▸"2025-02-30"}'),
    "space behind": (["FP106"], START + ', "note": "a▸ "}'),
    "duplicate key": (["FP107"], START + ', "value": "11", ▸"value": "12"}'),
    "duplicate key written as an escape": (["FP107"], START + ', "value": "11", ▸"v\\u0061lue": "12"}'),
    "duplicate key inside": (["FP107"], START + ', "value": {"a": 1, ▸"a": 2}}'),
    "NaN": (["FP108"], START + ', "value": ▸NaN}'),
    "minus infinity": (["FP108"], START + ', "note": "NaN", "value": ▸-Infinity}'),
    "trailing comma": (["FP108"], START + ",▸}"),
    "single quotes": (["FP108"], "{▸'fact_id': 'f-2'}"),
    "cut short": (["FP108"], START + ', "note": ▸"never clo'),
    "two objects": (["FP108"], START + "}▸{}"),
    "array as a line": (["FP108"], '▸["f-2", "a"]'),
    "text as a line": (["FP108"], '  ▸"f-2"'),
    "blank line": (["FP108"], "▸"),
    "comment": (["FP108"], "▸// checked"),
    "deep nesting": (["FP109"], "▸" + "[" * 100_000),
    "deep nesting in a cell": (["FP109"], "▸" + START + ', "value": ' + '{"a":' * 100 + "1" + "}" * 101),
}


@pytest.mark.parametrize(("codes", "line"), DAMAGED_LINES.values(), ids=DAMAGED_LINES)
def test_a_damaged_line_is_placed_and_the_others_are_still_checked(find, codes, line):
    frame, findings, places = find("f.jsonl", f"{GOOD}\n{line}\n{LATER}\n", FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [
        (code, *place) for code, place in zip([*codes, "FP106"], places, strict=True)
    ]
    assert {"f-1", "f-9"} <= set(frame["fact_id"])
    assert findings[-1].fact_id == "f-9"
    if '"fact_id"' in line:
        assert findings[0].fact_id == "f-2" or codes == ["FP103"]


def test_an_unknown_key_is_told_once(find):
    _, findings, places = find("f.jsonl", f'{START}, ▸"colour": "red"}}\n{START}, "colour": "blue"}}\n', FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP103", *places[0])]


@pytest.mark.parametrize("content", ["", "\n", "  \n\n"])
def test_an_empty_file_is_no_pass(find, content):
    _, findings, _ = find("f.jsonl", content, FACTS)

    assert [(finding.code, finding.line, finding.column) for finding in findings] == [("FP110", 1, 1)]


def test_brackets_in_strings_are_no_nesting(find):
    _, findings, _ = find("f.jsonl", START + ', "note": "' + "[" * 500 + '"}\n', FACTS)

    assert findings == ()


def test_cells_are_read_as_they_stand(find):
    line = (
        '{"fact_id": "f-1", "subject": "a", "predicate": "b", "value": "007", "unit": null, "paragraph": 12,'
        ' "phrase": "\\u201cx\\u201d \\ud83d\\ude42"}'
    )

    frame, findings, _ = find("f.jsonl", f"{line}\r\n", FACTS)

    assert findings == ()
    row = frame.row(0, named=True)
    assert (row["value"], row["unit"], row["paragraph"], row["phrase"]) == ("007", None, 12, "“x” 🙂")


def test_flags_may_be_true_and_false(find):
    line = (
        '{"predicate": "signed", "title": "t", "subject_kind": "agreement", "value_type": "date",'
        ' "multiple": false, "future": "yes", "description": "d"}'
    )

    frame, findings, _ = find("p.jsonl", line, PREDICATES)

    assert findings == ()
    assert frame.select("multiple", "future").row(0) == (False, True)


def test_cells_are_located_by_their_key(find, project):
    _, _, places = find(
        "f.jsonl", f'{GOOD}\n{{"subject" : ▸"a,\\"b", "fact_id":▸"f-2", "predicate": "b", "phrase": "x"}}\n', FACTS
    )

    assert locate(project.root / "f.jsonl", 2, "subject") == places[0]
    assert locate(project.root / "f.jsonl", 2, "fact_id") == places[1]
    assert locate(project.root / "f.jsonl", 2, "note") == (2, 1)
