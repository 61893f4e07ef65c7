"""The dataset on a cluster: the same report, the same findings, and the same logical hashes, with tables in parts."""

import json
import shutil

import polars as pl
import pytest

from factpack import changelog, pipeline, reader
from factpack import project as projects

# Larger tables are made, judged and written by executors, so some are and some are not.
SMALL = 100


def both(spark, project, staging):
    return (
        pipeline.validate(project, suites=False),
        pipeline.validate_on_cluster(project, spark, staging, suites=False, small=SMALL),
    )


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("raw/facts/csm-iran-limits.csv", ",11,states", ",12,states"),
        ("raw/facts/nation-belarus-sco.csv", "nation-sco-member-count", "csm-brics-member-count"),
        ("raw/facts/nation-belarus-sco.csv", ",sco,", ",nobody,"),
        ("raw/facts/nation-belarus-sco.csv", "2024-07-04", "2024-13-04"),
    ],
    ids=["stated-count", "id-in-two-files", "unknown-entity", "no-date"],
)
def test_damage_has_the_findings_of_one_machine(spark, dataset, tmp_path, file, old, new):
    path = dataset / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    local, cluster = both(spark, projects.load(dataset), tmp_path / "staging")
    assert local.report.findings
    assert cluster.report == local.report


def test_the_dataset_is_published_in_parts_with_the_hashes_of_one_machine(spark, dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    twin = tmp_path / "twin"
    shutil.copytree(dataset, twin)
    here, there = projects.load(dataset), projects.load(twin)
    local = pipeline.validate(here, suites=False)
    cluster = pipeline.validate_on_cluster(there, spark, tmp_path / "staging", suites=False, small=SMALL)
    assert cluster.report == local.report
    one = pipeline.publish(here, local).outcome
    other = pipeline.publish_from_cluster(there, spark, cluster, small=SMALL)
    assert other.report.findings == ()
    manifests = [json.loads((place.path / "manifest.json").read_text())["predicate"] for place in (one, other.outcome)]
    assert manifests[0]["tables"] == manifests[1]["tables"]
    assert manifests[0]["root"] == manifests[1]["root"]
    assert (other.outcome.path / "data" / "facts" / "part-00000.parquet").is_file(), "else nothing stood in parts"
    opened = [reader.open(place.published) for place in (here, there)]
    for name in opened[0].tables:
        assert opened[0].table(name).collect().equals(opened[1].table(name).collect())
    assert pipeline.verify(str(there.published), logical=True).findings == ()


def test_a_version_follows_from_what_differs_bucket_by_bucket(spark, dataset, tmp_path, monkeypatch):
    from factpack.pipeline import parted

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    monkeypatch.setattr(parted, "_BUCKET_ROWS", 150)
    first = projects.load(dataset)
    pipeline.publish(first, pipeline.validate(first, suites=False))
    # The next version: its number follows from what differs, and a title is mended.
    toml, sources = (dataset / one for one in ("pyproject.toml", "raw/sources.csv"))
    toml.write_text(toml.read_text(encoding="utf-8").replace('version = "1.0.0"\n', "", 1), encoding="utf-8")
    mended = sources.read_text(encoding="utf-8").replace("Belarus joins SCO, becomes", "Belarus joins the SCO, becomes")
    sources.write_text(mended, encoding="utf-8")
    project = projects.load(dataset)
    validated = pipeline.validate(project, suites=False)
    clustered = pipeline.validate_on_cluster(project, spark, tmp_path / "staging", suites=False, small=SMALL)
    assert clustered.report == validated.report
    changes, delta = parted._changes(project, clustered.tables, clustered.models)
    expected = pipeline.changed(project, validated)
    assert changes.bump.level.name == "PATCH"
    assert (changes.before, changes.bump) == (expected.before, expected.bump)
    assert [one.name for one in changes.diff.tables] == [one.name for one in expected.diff.tables]
    for one, other in zip(changes.diff.tables, expected.diff.tables, strict=True):
        for what in ("added", "removed", "changed"):
            rows = [getattr(table, what) for table in (one, other)]
            assert sorted(map(str, rows[0].rows())) == sorted(map(str, rows[1].rows()))
    entries = [changelog.entry("1.0.1", None, one.diff, one.bump) for one in (changes, expected)]
    assert entries[0] == entries[1]
    assert delta.height
    assert delta.equals(delta.sort("table", "key"))
    assert isinstance(delta, pl.DataFrame)
