"""From raw facts to a published version and on to the next: the whole way, on the repository's own dataset."""

import json
import os
import subprocess
import sys

import duckdb
import frictionless
import pandas
import polars as pl
import pytest

import factpack
from factpack import pipeline, project
from factpack.errors import ConfigurationError, PublishingError

EPOCH = "1767225600"


@pytest.fixture
def epoch(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


def publish(root):
    loaded = project.load(root)
    return pipeline.publish(loaded, pipeline.validate(loaded, suites=False))


def edit(root, file, old, new):
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.conformance
@pytest.mark.usefixtures("epoch")
def test_a_published_version_is_valid_and_loads_everywhere(dataset):
    published = publish(dataset)
    assert published.outcome.new
    folder = dataset / "published" / "axis-of-upheaval" / "v1.0.0"
    assert frictionless.validate(str(folder / "datapackage.json")).valid
    opened = factpack.open(dataset / "published" / "axis-of-upheaval")
    assert opened.version == "1.0.0"
    assert len(opened.tables) == 11
    for name in opened.tables:
        ours = opened.table(name).collect()
        assert len(pandas.read_csv(folder / "data" / f"{name}.csv")) == ours.height
        assert duckdb.sql(f"SELECT * FROM '{folder}/data/{name}.parquet'").pl().equals(ours)  # noqa: S608 - our own path
        text = pl.read_csv(folder / "data" / f"{name}.csv", infer_schema=False)
        assert (text.columns, text.height) == (ours.columns, ours.height)
    counted = opened.table("organizations").filter(organization="brics").collect().row(0, named=True)
    assert (counted["stated_members_max"], counted["contested_members"]) == (11, ["saudi-arabia"])
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


@pytest.mark.conformance
@pytest.mark.usefixtures("epoch")
def test_one_cell_changed_by_hand_makes_the_package_invalid(dataset):
    publish(dataset)
    folder = dataset / "published" / "axis-of-upheaval" / "v1.0.0"
    cell = folder / "data" / "measures.csv"
    content = cell.read_text(encoding="utf-8")
    cell.write_text(content.replace(",11,", ",12,", 1), encoding="utf-8")
    assert not frictionless.validate(str(folder / "datapackage.json")).valid


@pytest.mark.usefixtures("epoch")
def test_publishing_again_changes_nothing_and_other_content_is_refused(dataset):
    publish(dataset)
    pointer = (dataset / "published" / "axis-of-upheaval" / "latest.json").read_bytes()
    assert not publish(dataset).outcome.new
    edit(dataset, "raw/sources.csv", "A copy from AP.", "A copy of what AP wrote.")
    with pytest.raises(PublishingError, match="never changes"):
        publish(dataset)
    assert (dataset / "published" / "axis-of-upheaval" / "latest.json").read_bytes() == pointer
    edit(dataset, "pyproject.toml", 'version = "1.0.0"\ncoverage', 'version = "1.0.1"\ncoverage')
    assert publish(dataset).outcome.new
    versions = json.loads((dataset / "published" / "axis-of-upheaval" / "versions.json").read_text(encoding="utf-8"))
    assert [(one["version"], one["sequence"], one["previous"]) for one in versions] == [
        ("1.0.0", 1, None),
        ("1.0.1", 2, "1.0.0"),
    ]


@pytest.mark.usefixtures("epoch")
def test_a_published_fact_vanishes_only_with_a_retraction(dataset):
    publish(dataset)
    facts = dataset / "raw" / "facts" / "nation-belarus-sco.csv"
    lines = facts.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = next(line for line in lines if "-belarus-joined-sco," in line)
    facts.write_text("".join(line for line in lines if line != gone), encoding="utf-8")
    loaded = project.load(dataset)
    found = pipeline.validate(loaded, suites=False).report.findings
    fact_id = gone.split(",")[0]
    assert ("FP702", "raw/facts/nation-belarus-sco.csv", fact_id) in {
        (one.code, one.file, one.fact_id) for one in found
    }
    retractions = dataset / "raw" / "retractions.csv"
    retractions.write_text(f"fact_id,retracted,reason\n{fact_id},2026-01-01,a test\n", encoding="utf-8")
    assert "FP702" not in {one.code for one in pipeline.validate(loaded, suites=False).report.findings}
    facts.write_text("".join(lines), encoding="utf-8")
    assert [one.code for one in pipeline.validate(loaded, suites=False).report.findings] == ["FP703"]


@pytest.mark.usefixtures("epoch")
def test_what_did_not_pass_is_not_published(dataset):
    edit(dataset, "raw/facts/csm-iran-limits.csv", ",11,states", ",12,states")
    with pytest.raises(ConfigurationError, match="only what passed"):
        publish(dataset)
    assert not (dataset / "published").exists()


def test_without_history_or_a_date_nothing_is_published(dataset, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    with pytest.raises(PublishingError, match="SOURCE_DATE_EPOCH"):
        publish(dataset)


def test_builds_are_byte_identical_across_threads_time_zones_and_hash_seeds(dataset, tmp_path_factory):
    sums = set()
    command = [sys.executable, "-m", "factpack", "publish", "--no-suites", "."]
    for threads, zone, seed in (("1", "UTC", "0"), ("2", "Asia/Tokyo", "1"), ("4", "America/New_York", "2")):
        environment = os.environ | {"POLARS_MAX_THREADS": threads, "TZ": zone, "PYTHONHASHSEED": seed}
        subprocess.run(
            command, cwd=dataset, env=environment | {"SOURCE_DATE_EPOCH": EPOCH}, check=True, capture_output=True
        )
        published = dataset / "published"
        sums.add((published / "axis-of-upheaval" / "v1.0.0" / "SHA256SUMS").read_text(encoding="utf-8"))
        published.rename(tmp_path_factory.mktemp("builds") / "published")
    assert len(sums) == 1
