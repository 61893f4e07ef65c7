"""Our report of a resource or a package is frictionless' own: the same errors, in the same order, letter for letter."""

import json
import os
import random
import time

import polars as pl
import pytest
from frictionless import Package, Resource
from tests.frictionless import tables

from factpack.adapters.frictionless import csvfile
from factpack.adapters.frictionless.validation import validate

# How many packages are drawn at least.
_PACKAGES = 200

pytestmark = [pytest.mark.conformance, pytest.mark.filterwarnings("ignore")]


def told(report):
    """Give a report without the time it took."""
    content = report.to_descriptor()
    for part in [content, *content["tasks"]]:
        part["stats"].pop("seconds")
    return json.dumps(content, sort_keys=True, default=str)


def outcome(judge, make):
    """Give the report, or the name of the exception: some cells make frictionless itself raise."""
    try:
        return told(judge(make()))
    except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
        return f"raised {type(error).__name__}"


def compare(descriptor, folder, limit=1000):
    def make():
        kind = Package if "resources" in descriptor else Resource
        return kind.from_descriptor(json.loads(json.dumps(descriptor)), basepath=str(folder))

    ours = outcome(lambda one: validate(one, limit_errors=limit), make)
    theirs = outcome(lambda one: one.validate(limit_errors=limit), make)
    assert ours == theirs, descriptor
    return theirs


def draw_package(draw, folder):
    schema = tables.draw_schema(draw)
    delimiter = draw.choice([",", ",", ";", "\t", "|"])
    header = [field["name"] for field in schema["fields"]]
    if draw.random() < 0.05:
        header = draw.choice([header[::-1], header[:-1], [*header, "more"], [name.upper() for name in header]])
    text = tables.draw_text(draw, header, tables.draw_rows(draw, schema), delimiter)
    (folder / "t.csv").write_bytes(text.encode())
    (folder / "other.csv").write_text("key\na\nb\n1\n2020-01-01\n")
    resource = {"name": "t", "type": "table", "path": "t.csv", "format": "csv", "encoding": "utf-8", "schema": schema}
    if draw.random() < 0.7:
        resource["dialect"] = {"csv": {"delimiter": delimiter}}
    if draw.random() < 0.1:
        resource |= draw.choice([{"bytes": 7}, {"hash": "sha256:00"}, {"hash": "sha512:0"}, {"rows": 3}, {"fields": 1}])
    other = {"name": "other", "type": "table", "path": "other.csv", "schema": {"fields": [{"name": "key"}]}}
    return {"name": "p", "resources": [resource, other]}


def test_random_packages_have_the_reports_of_frictionless(tmp_path, monkeypatch):
    """Some random packages, anew in each run; `FACTPACK_FUZZ` asks for so many seconds of them."""
    draw, invalid, count = random.Random(random.random()), 0, 0
    ends = time.monotonic() + float(os.environ.get("FACTPACK_FUZZ", "0"))
    while count < _PACKAGES or time.monotonic() < ends:
        # Small blocks, so that records and keys lie in several.
        monkeypatch.setattr(csvfile, "_BLOCK", draw.choice([16, 64, 1 << 20]))
        monkeypatch.setattr(csvfile, "_RECORDS", draw.choice([1, 3, 1000]))
        seed = draw.random()
        package = draw_package(random.Random(seed), tmp_path)
        told_by_theirs = compare(package, tmp_path, limit=draw.choice([1000, 1000, 1, 3, 0]))
        invalid += '"valid": false' in told_by_theirs
        count += 1
    assert invalid > count / 4


TYPED = {
    "integer": [pl.Int64, pl.Int32],
    "number": [pl.Float64, pl.Int64],
    "string": [pl.String],
    "boolean": [pl.Boolean],
    "date": [pl.Date],
    "datetime": [pl.Datetime("us")],
    "any": [pl.String, pl.Int64],
}


def draw_values(draw, dtype, count):
    from datetime import date, datetime

    choices = {
        pl.Int64: [0, 1, 2, 3, -1, 2**53, 2**53 + 1],
        pl.Int32: [0, 1, 2, 3, 10],
        pl.Float64: [0.0, 1.0, 0.5, 100.0, 100.00001, float("nan"), float("inf"), -2.25],
        pl.String: ["a", "b", "ab", "axx", "", "9", "é", "2020-01-01"],
        pl.Boolean: [True, False],
        pl.Date: [date(2020, 1, 1), date(2020, 1, 2), date(1999, 1, 1)],
        pl.Datetime("us"): [datetime(2020, 1, 1), datetime(2020, 1, 1, 5)],
    }[dtype][: draw.choice([2, 3, 9])]
    empty = draw.choice([0, 0, 0, 0.1, 1])
    values = [None if draw.random() < empty else draw.choice(choices) for _ in range(count)]
    if draw.random() < 0.3 and dtype == pl.Int64:
        values = list(range(count))
    return pl.Series(values, dtype=dtype)


def draw_parquet(draw, folder):
    """Write a typed file for a random schema, or None where no field of it can be typed."""
    schema = tables.draw_schema(draw)
    schema["fields"] = [field for field in schema["fields"] if field["type"] in TYPED]
    names = [field["name"] for field in schema["fields"]]
    if not names or not set(schema.get("primaryKey", [])) <= set(names):
        return None
    reference = {"fields": [names[0]], "reference": {"resource": "other", "fields": ["key"]}}
    schema["foreignKeys"] = [reference] if draw.random() < 0.2 else []
    rows = draw.choice([1, 3, 120])
    columns = {field["name"]: draw_values(draw, draw.choice(TYPED[field["type"]]), rows) for field in schema["fields"]}
    if draw.random() < 0.1:
        columns["more"] = pl.Series(["x"] * rows)
    pl.DataFrame(columns).write_parquet(folder / "t.parquet")
    (folder / "other.csv").write_text("key\na\nb\n1\n")
    resource = {"name": "t", "type": "table", "path": "t.parquet", "format": "parquet", "schema": schema}
    if draw.random() < 0.1:
        resource |= draw.choice([{"bytes": 7}, {"hash": "sha256:00"}, {"rows": 3}])
    other = {"name": "other", "type": "table", "path": "other.csv"}
    other["schema"] = {"fields": [{"name": "key", "type": draw.choice(["string", "integer"])}]}
    return {"name": "p", "resources": [resource, other]}


def test_random_parquet_files_have_the_reports_of_frictionless(tmp_path):
    draw, invalid, count = random.Random(random.random()), 0, 0
    ends = time.monotonic() + float(os.environ.get("FACTPACK_FUZZ", "0"))
    while count < _PACKAGES or time.monotonic() < ends:
        package = draw_parquet(random.Random(draw.random()), tmp_path)
        if package is not None:
            theirs = compare(package, tmp_path, limit=draw.choice([1000, 1000, 1, 3, 0]))
            invalid += '"valid": false' in theirs
            count += 1
    assert invalid > count / 10
