"""The labelled cases and the seed article, which are not in this repository: skipped where they are absent."""

import csv
import json
from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from factpack.grounding import places
from factpack.parse import enumeration
from factpack.parse.passage import read
from factpack.parse.text import normalise

PUBLISHED = date(2025, 6, 26)
NONE = {"none_time": "date", "none_duration": "duration", "none_currency": "money"}


@pytest.fixture(scope="module")
def shared(repository):
    folder = repository.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the labelled cases are not at hand")
    return folder


def cases(shared, name):
    lines = (shared / "data" / "grounding" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_nothing_is_read_where_nothing_is_stated(shared):
    for case in cases(shared, "duckling_negative"):
        reference = case["reference_date"]
        readings = read(normalise(case["text"]).text, date.fromisoformat(reference[:10]) if reference else None)
        assert [one for one in readings if one.kind == NONE[case["kind"]]] == [], case["text"]


@pytest.mark.parametrize(
    ("name", "kinds", "least"),
    [
        ("duckling_number", {"number", "fraction"}, 0.88),
        ("duckling_ordinal", {"ordinal"}, 0.98),
        ("numberparser_number", {"number"}, 0.98),
        ("numberparser_ordinal", {"ordinal"}, 0.98),
        ("text2num_number", {"number", "ordinal", "fraction"}, 0.98),
    ],
)
def test_numbers_and_ordinals_of_other_projects_are_read(shared, name, kinds, least):
    right = []
    for case in cases(shared, name):
        readings = [one for one in read(normalise(case["text"]).text) if one.kind in kinds]
        right.append(len(readings) == 1 and Fraction(readings[0].value) == Fraction(case["value"]))
    assert sum(right) >= least * len(right)


@pytest.fixture(scope="module")
def seed(shared):
    text = (shared / "articles" / "csm-iran-limits.txt").read_text(encoding="utf-8")
    with (shared / "articles" / "seed-phrases.csv").open(encoding="utf-8", newline="") as file:
        return text, list(csv.DictReader(file))


def test_every_seed_phrase_stands_once(seed):
    text, rows = seed
    wanted = pl.DataFrame(
        [{"source_id": "s", "paragraph": int(row["paragraph"]), "phrase": row["phrase"]} for row in rows]
    )
    found = places.locate(wanted, pl.DataFrame({"source_id": ["s"], "text": [text]}))
    assert found.filter(pl.col("occurrences") != 1).height == 0
    assert found.height == len(rows) == 57


def test_every_seed_phrase_is_read_right(seed):
    text, rows = seed
    paragraphs = [line for line in text.split("\n") if line.strip()]
    for row in rows:
        line, phrase = normalise(paragraphs[int(row["paragraph"]) - 1]).text, normalise(row["phrase"]).text
        start = line.index(phrase)
        inside = [one for one in read(line, PUBLISHED) if one.end > start and one.start < start + len(phrase)]
        match row["kind"]:
            case "date" if row["approx"] == "vague":
                assert [(one.value, one.modifier) for one in inside] == [(None, "vague")]
            case "date":
                assert row["edtf"] in {one.value for one in inside if one.kind == "date"}, row
            case "relation":
                assert [one.modifier for one in inside] == ["event"]
            case "count" | "percent" | "duration" | "frequency":
                (one,) = [one for one in inside if one.kind != "date"]
                factor = 100 if one.kind == "fraction" else 1
                value = one.value if row["value"].startswith("P") else str(Fraction(one.value) * factor)
                assert value == row["value"], row
                assert bool(row["approx"]) == bool(one.modifier), row
            case "string" if row["value"].endswith("members"):
                (names,) = [
                    found[2] for found in enumeration.rows(line) if found[0] < start + len(phrase) and found[1] > start
                ]
                assert len(names) == 4
            case _:
                assert [one for one in inside if one.modifier != "now"] == [], row
