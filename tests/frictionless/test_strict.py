"""Each hole that frictionless leaves is closed by the strict profile, and a good package passes both."""

import hashlib
import json

import polars as pl
import pytest
from frictionless import Package

from factpack.adapters import frictionless
from factpack.errors import ConfigurationError

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def package(tmp_path):
    """Write a package of one CSV table and give what both profiles say of it."""

    def write(field=None, text="a\n1\n", **resource):
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        schema = {"fields": [{"name": "a", **(field or {"type": "integer"})}]} | resource.pop("schema", {})
        table = {"name": "t", "type": "table", "path": "t.csv", "format": "csv", "encoding": "utf-8", "schema": schema}
        (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [table | resource]}))
        return [codes(tmp_path, strict=strict) for strict in (False, True)]

    return write


def codes(folder, *, strict):
    report = frictionless.check(folder, strict=strict)
    assert report.passed() or report.findings
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize(
    ("kind", "cell", "good"),
    [
        ("integer", "1", True),
        ("integer", "+1", True),
        ("integer", "1_000", False),
        ("integer", "٣", False),
        ("integer", " 1", False),
        ("number", "1.5e3", True),
        ("number", ".5", True),
        ("number", "NaN", True),
        ("number", "INF", True),
        ("number", "nan", False),
        ("number", "1_0.5", False),
        ("date", "2020-01-31", True),
        ("date", "2020-1-31", False),
        ("year", "2020", True),
        ("boolean", "true", True),
        ("yearmonth", "2020-01", True),
        ("duration", "P1Y2M", True),
    ],
)
def test_values_have_the_lexical_form_of_the_standard(package, kind, cell, good):
    theirs, ours = package({"type": kind}, f"a\n{cell}\n")
    assert theirs == []
    assert ours == ([] if good else ["FP721"])


@pytest.mark.parametrize(("pattern", "cell"), [("a|b", "axx"), ("[a-z]+", "ab\n"), ("a|b", "xb")])
def test_a_pattern_holds_for_the_whole_value(package, pattern, cell):
    quoted = f'a\n"{cell}"\n'
    _, ours = package({"type": "string", "constraints": {"pattern": pattern}}, quoted)
    assert "FP724" in ours
    assert package({"type": "string", "constraints": {"pattern": "a|b"}}, "a\nb\n") == [[], []]


def test_unique_keys_are_unique_and_those_with_a_missing_part_are_not_compared(package):
    schema = {"fields": [{"name": "a"}, {"name": "b"}], "uniqueKeys": [["a", "b"]]}
    assert package(text="a,b\nx,1\nx,2\ny,\ny,\n", schema=schema) == [[], []]
    assert package(text="a,b\nx,1\nx,2\nx,1\n", schema=schema) == [[], ["FP723"]]


@pytest.mark.parametrize("categories", [["x", "y"], [{"value": "x", "label": "X"}, {"value": "y"}]])
def test_a_value_is_one_of_its_categories(package, categories):
    assert package({"type": "string", "categories": categories}, "a\nx\ny\n\nx\n")[1] == ["FP701"]
    assert package({"type": "string", "categories": categories}, "a\nx\nz\n") == [[], ["FP724"]]


@pytest.mark.parametrize("algorithm", ["sha512", "SHA256", "sha3_256", "blake2b", "sha1"])
def test_hashes_of_every_known_algorithm_are_verified(package, algorithm):
    right = hashlib.new(algorithm.lower(), b"a\n1\n").hexdigest()
    assert package(hash=f"{algorithm}:{right}")[1] == []
    theirs, ours = package(hash=f"{algorithm}:{'0' * len(right)}")
    assert (theirs, ours) == ([], ["FP722"])


@pytest.mark.parametrize("written", ["sum:12", "sha256:", "shake_128:00"])
def test_a_hash_of_no_known_algorithm_is_refused(package, written):
    assert "FP722" in package(hash=written)[1]


def test_a_constraint_that_the_type_has_not_is_named(package):
    assert "FP727" in package({"type": "string", "constraints": {"jsonSchema": {}}}, "a\nx\n")[1] or (
        "FP701" in package({"type": "string", "constraints": {"jsonSchema": {}}}, "a\nx\n")[0]
    )


def test_a_foreign_key_into_another_package_is_looked_up_there(package, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "k.csv").write_text("k\n7\n8\n")
    keys = {"name": "k", "type": "table", "path": "k.csv", "schema": {"fields": [{"name": "k", "type": "integer"}]}}
    (other / "datapackage.json").write_text(json.dumps({"name": "other", "resources": [keys]}))
    reference = {"package": "other/datapackage.json", "resource": "k", "fields": ["k"]}
    schema = {"foreignKeys": [{"fields": ["a"], "reference": reference}]}
    # frictionless looks for the resource in the package itself, and so has an error of its own where there is none.
    assert "FP725" not in package(text="a\n7\n", schema=schema)[1]
    assert "FP725" in package(text="a\n9\n", schema=schema)[1]
    reference["package"] = "nowhere/datapackage.json"
    assert "FP727" in package(text="a\n7\n", schema=schema)[1]


def write_parquet(folder, frame, fields, **resource):
    frame.write_parquet(folder / "t.parquet")
    content = (folder / "t.parquet").read_bytes()
    schema = {"fields": fields} | resource.pop("schema", {})
    table = {"name": "t", "type": "table", "path": "t.parquet", "format": "parquet", "schema": schema}
    sealed = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [table | sealed | resource]}))
    return codes(folder, strict=True)


def test_parquet_is_judged_by_its_types_its_size_and_its_hash(tmp_path):
    frame = pl.DataFrame({"n": [2**53, 2**53 + 1, None], "d": ["x", "y", None]})
    fields = [{"name": "n", "type": "integer", "constraints": {"unique": True}}, {"name": "d", "type": "string"}]
    assert write_parquet(tmp_path, frame, fields) == []
    # All of it is wrong for frictionless, or right where it should not be.
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid
    assert write_parquet(tmp_path, frame, fields, hash=f"sha256:{'0' * 64}") == ["FP722"]
    assert write_parquet(tmp_path, frame, fields, bytes=7) == ["FP722"]


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ([1.5], {"type": "integer"}, "FP721"),
        ([1, None], {"type": "integer", "constraints": {"required": True}}, "FP724"),
        ([1, 9], {"type": "integer", "constraints": {"maximum": 5}}, "FP724"),
        ([1, 1], {"type": "integer", "constraints": {"unique": True}}, "FP723"),
        (["a", "c"], {"type": "string", "constraints": {"enum": ["a", "b"]}}, "FP724"),
        (["a", "ccc"], {"type": "string", "constraints": {"maxLength": 2}}, "FP724"),
        (["ab"], {"type": "string", "constraints": {"pattern": "a"}}, "FP724"),
        (["1_0"], {"type": "integer"}, "FP721"),
    ],
)
def test_a_parquet_table_breaks_what_it_breaks(tmp_path, values, field, code):
    assert write_parquet(tmp_path, pl.DataFrame({"n": values}), [{"name": "n", **field}]) == [code]


def test_a_column_that_is_not_there_is_named(tmp_path):
    assert write_parquet(tmp_path, pl.DataFrame({"m": [1]}), [{"name": "n", "type": "integer"}]) == ["FP721"]


@pytest.mark.parametrize("path", ["http://127.0.0.1:9/t.csv", "link.csv", "outside/t.csv"])
def test_nothing_is_fetched_or_read_outside_of_the_package(tmp_path, path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "link.csv").symlink_to(secret)
    (folder / "outside").symlink_to(tmp_path)
    table = {"name": "t", "path": path, "schema": {"fields": [{"name": "a"}]}}
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [table]}))
    if path == "outside/t.csv":
        (tmp_path / "t.csv").write_text("a\n1\n")
    assert codes(folder, strict=False) == ["FP726"]


def test_a_table_without_rows_is_no_silent_pass(package):
    report_of, ours = package(text="a\n")
    assert report_of == ["FP305"]
    assert ours == ["FP305"]


def test_what_is_no_package_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        frictionless.check(tmp_path)
    (tmp_path / "datapackage.json").write_text("{")
    assert codes(tmp_path, strict=False) == ["FP701"]


def test_the_published_dataset_passes_the_strict_profile(repository):
    newest = max((repository / "published" / "axis-of-upheaval").glob("v*/datapackage.json"))
    report = frictionless.check(newest, strict=True)
    assert report.findings == ()
    assert report.passed()
