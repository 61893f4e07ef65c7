"""A bad cell anywhere in any raw file, of any format, is named at its place, in every format of a report."""

import csv
import io
import json
import re

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factpack import pipeline, project, scaffold
from factpack.adapters import terminal
from factpack.formats import FORMATS

# Stands in no cell, shows nowhere, and is refused wherever it stands.
BAD = "\u2066"
# Files that the example has not, with a row that is well-formed.
MORE = {
    "raw/tables/ports": {"port": "elm", "depth": "4", "quay, old or new": "old"},
    "raw/retractions": {"fact_id": "gone", "retracted": "2026-06-02", "reason": "No longer so."},
    "raw/corrections": {
        "correction_id": "c-1",
        "fact_id": "gazette-member-count",
        "field": "value",
        "expect": "5",
        "value": "4",
        "corrected": "2026-06-02",
        "reason": "Misread.",
    },
    "raw/waivers": {"source_id": "gazette-dunsby", "paragraph": "1", "words": "four", "reason": "Old."},
}
FILES = ["raw/facts/gazette-dunsby", "raw/sources", "raw/entities", "schemas/predicates", *MORE]
# The one name that these may have.
CSV_ALONE = {"schemas/predicates", "raw/retractions", "raw/corrections", "raw/waivers"}
MODEL = """from __future__ import annotations

import pandera.polars as pa


class Ports(pa.DataFrameModel):
    port: str
    depth: int
    quay: str = pa.Field(alias="quay, old or new")

    class Config:
        strict = True
        unique = ["port"]
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    root = tmp_path_factory.mktemp("places") / "set"
    scaffold.start(root)
    pipeline.ground(project.load(root), write=True)
    return root


def as_csv(rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return stream.getvalue()


def as_jsonl(rows):
    return "".join(json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False) + "\n" for row in rows)


def as_yaml(rows):
    # PyYAML would write the character as its escape; here it stands as it is.
    filled = [{key: value.replace(BAD, "~BAD~") for key, value in row.items() if value} for row in rows]
    return yaml.safe_dump(filled, allow_unicode=True, sort_keys=False, width=10_000).replace("~BAD~", BAD)


def as_parquet(rows):
    stream = io.BytesIO()
    pl.DataFrame([{key: value or None for key, value in row.items()} for row in rows], infer_schema_length=None).select(
        pl.all().cast(pl.String)
    ).write_parquet(stream)
    return stream.getvalue()


WRITERS = {".csv": as_csv, ".jsonl": as_jsonl, ".yaml": as_yaml, ".parquet": as_parquet}


def placed(content, rows, row, field):
    """Say where the bad character stands; in Parquet, which row and which column has it."""
    if isinstance(content, bytes):
        return rows.index(row) + 1, list(row).index(field) + 1
    at = content.index(BAD)
    return content.count("\n", 0, at) + 1, at - content.rfind("\n", 0, at)


def named(form, report):
    """Read back, from a report in some format, the places that it names: file, line, column."""
    text = FORMATS[form](report)
    if form in {"json", "jsonl"}:
        found = json.loads(text)["findings"] if form == "json" else map(json.loads, text.splitlines())
        return {(one["file"], one["line"], one["column"], one["fact_id"]) for one in found}
    if form == "sarif":
        places = set()
        for one in json.loads(text)["runs"][0]["results"]:
            (location,) = one["locations"]
            at = location["physicalLocation"]
            fact = location.get("logicalLocations", [{"name": None}])[0]["name"]
            region = at["region"]
            places.add((at["artifactLocation"]["uri"], region["startLine"], region["startColumn"], fact))
        return places
    if form == "github":
        form = r"file=([^,]+),line=(\d+),col=(\d+).*?::[^%]*?(?:\(fact ([^)]+)\))?(?:%0A|$)"
        return {(f, int(li), int(c), fact or None) for f, li, c, fact in re.findall(form, text)}
    if form == "gitlab":
        return {
            (one["location"]["path"], one["location"]["lines"]["begin"], None, fact[1] if fact else None)
            for one in json.loads(text)
            for fact in [re.search(r"\(fact ([^)]+)\)", one["description"])]
        }
    form = r"([\w/.-]+\.(?:csv|jsonl|yaml|parquet)):(\d+):(\d+)"
    return {(f, int(li), int(c), None) for f, li, c in re.findall(form, text.replace("\\", ""))}


@pytest.mark.parametrize(
    ("file", "suffix"), [(f, s) for f in FILES for s in WRITERS if s == ".csv" or f not in CSV_ALONE]
)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_bad_cell_is_named_at_its_place_in_every_format(example, file, suffix, data):
    original = example / f"{file}.csv"
    kept = as_csv([MORE[file]]) if file in MORE else original.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(kept)))
    row = data.draw(st.sampled_from(rows))
    field = data.draw(st.sampled_from([name for name, cell in row.items() if cell]))
    at = data.draw(st.integers(0, len(row[field])))
    # A cell of several lines: what stands behind it is on a later line than its record.
    if file.startswith("raw/facts") and suffix == ".csv" and data.draw(st.booleans()):
        rows[0]["note"] = "one\ntwo"
    row[field] = row[field][:at] + BAD + row[field][at:]
    content = WRITERS[suffix](rows)
    line, column = placed(content, rows, row, field)
    fact = row["fact_id"] if "fact_id" in row and field != "fact_id" else None
    target = example / f"{file}{suffix}"
    original.unlink(missing_ok=True)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    if file == "raw/tables/ports":
        (example / "schemas" / "ports.py").write_text(MODEL, encoding="utf-8")
    try:
        report = pipeline.validate(project.load(example), suites=False).report
    finally:
        target.unlink()
        (example / "schemas" / "ports.py").unlink(missing_ok=True)
        if file not in MORE:
            original.write_text(kept, encoding="utf-8")
    assert not report.passed()
    (finding,) = (one for one in report.findings if one.code == "FP102")
    assert (finding.file, finding.line, finding.column, finding.field) == (f"{file}{suffix}", line, column, field)
    assert finding.fact_id == fact or field == "fact_id"
    for form in FORMATS:
        known = {(f, li, c) for f, li, c, _ in named(form, report)}
        assert (finding.file, line, None if form == "gitlab" else column) in known, form
        if finding.fact_id and BAD not in finding.fact_id:
            facts = {fact for _, _, _, fact in named(form, report)}
            assert finding.fact_id in facts or form in {"junit", "markdown"}, form
            assert finding.fact_id in FORMATS[form](report).replace("\\", ""), form
    for text in (terminal.render(finding, example), terminal.concise(finding)):
        assert f"{finding.file}:{line}:{column}" in text
        assert fact is None or f"fact {fact}" in text


@pytest.mark.parametrize("field", MORE["raw/waivers"])
def test_a_waiver_with_a_bad_cell_ends_no_run(example, field):
    """The words are read with the waivers that are left."""
    file = example / "raw" / "waivers.csv"
    row = MORE["raw/waivers"]
    file.write_text(as_csv([row | {field: BAD + row[field]}]), encoding="utf-8")
    try:
        report = pipeline.validate(project.load(example), suites=False).report
    finally:
        file.unlink()
    found = {(one.code, one.file, one.line, one.field) for one in report.findings}
    assert ("FP102", "raw/waivers.csv", 2, field) in found
