"""A bad cell anywhere in any raw file, of any format, is named at its place, in every format of a report."""

import csv
import io
import json
import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factpack import pipeline, project, scaffold
from factpack.adapters import terminal
from factpack.formats import FORMATS

# Stands in no cell, shows nowhere, and is refused wherever it stands.
BAD = "\u2066"
FILES = ["raw/facts/gazette-dunsby", "raw/sources", "raw/entities", "schemas/predicates"]


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


WRITERS = {".csv": as_csv, ".jsonl": as_jsonl, ".yaml": as_yaml}


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
    form = r"([\w/.-]+\.(?:csv|jsonl|yaml)):(\d+):(\d+)"
    return {(f, int(li), int(c), None) for f, li, c in re.findall(form, text.replace("\\", ""))}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_bad_cell_is_named_at_its_place_in_every_format(example, data):
    file, suffix = data.draw(st.sampled_from(FILES)), data.draw(st.sampled_from(sorted(WRITERS)))
    original = example / f"{file}.csv"
    kept = original.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(kept)))
    suffix = ".csv" if file == "schemas/predicates" else suffix
    row = data.draw(st.sampled_from(rows))
    field = data.draw(st.sampled_from([name for name, cell in row.items() if cell]))
    at = data.draw(st.integers(0, len(row[field])))
    # A cell of several lines: what stands behind it is on a later line than its record.
    if file.startswith("raw/facts") and suffix == ".csv" and data.draw(st.booleans()):
        rows[0]["note"] = "one\ntwo"
    row[field] = row[field][:at] + BAD + row[field][at:]
    content = WRITERS[suffix](rows)
    place = content.index(BAD)
    line, column = content.count("\n", 0, place) + 1, place - content.rfind("\n", 0, place)
    fact = row["fact_id"] if "fact_id" in row and field != "fact_id" else None
    target = example / f"{file}{suffix}"
    original.unlink()
    target.write_text(content, encoding="utf-8")
    try:
        report = pipeline.validate(project.load(example), suites=False).report
    finally:
        target.unlink()
        original.write_text(kept, encoding="utf-8")
    assert not report.passed()
    (finding,) = (one for one in report.findings if one.code == "FP102")
    assert (finding.file, finding.line, finding.column, finding.field) == (f"{file}{suffix}", line, column, field)
    assert finding.fact_id == fact or field == "fact_id"
    for form in FORMATS:
        known = {(f, li, c) for f, li, c, _ in named(form, report)}
        assert (finding.file, line, None if form == "gitlab" else column) in known, form
        if finding.fact_id and form in {"json", "jsonl", "sarif", "github", "gitlab"} and BAD not in finding.fact_id:
            assert finding.fact_id in {fact for _, _, _, fact in named(form, report)}, form
    assert f"{finding.file}:{line}:{column}" in terminal.render(finding, example)
