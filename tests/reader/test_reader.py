"""A consumer opens a package; whatever is not what the descriptor says is refused."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import polars as pl
import pytest

import factpack
from factpack import pipeline, project
from factpack.errors import ConfigurationError, IntegrityError


@pytest.fixture(scope="module")
def original(copy_dataset, tmp_path_factory):
    """Publish the dataset once; each test breaks a copy."""
    loaded = project.load(copy_dataset(tmp_path_factory.mktemp("dataset")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())))
        pipeline.publish(loaded, pipeline.validate(loaded, suites=False))
    return loaded.published


@pytest.fixture
def package(original, tmp_path):
    return shutil.copytree(original, tmp_path / "package")


def test_a_package_opens_by_its_folder_its_version_and_its_name_at_a_version(package):
    for path in (package, package / "v1.0.0", f"{package}@1.0.0"):
        assert factpack.open(path).version == "1.0.0"


def test_tables_are_lazy_frames_and_facts_are_rows(package):
    opened = factpack.open(package)
    assert isinstance(opened.table("facts"), pl.LazyFrame)
    fact = opened.fact("csm-brics-member-count").row
    assert (fact["value"], fact["unit"], fact["phrase"]) == ("11", "states", "now has eleven member countries")


@pytest.mark.parametrize("path", ["nowhere", "package@9.9.9"])
def test_where_nothing_is_published_it_says_so(package, path):
    with pytest.raises(ConfigurationError, match="no published package here"):
        factpack.open(package.parent / path)


def test_an_unknown_table_or_fact_is_named(package):
    opened = factpack.open(package)
    with pytest.raises(ConfigurationError, match="no table 'nothing'; there are agreements"):
        opened.table("nothing")
    with pytest.raises(ConfigurationError, match=r"no fact 'nothing' in version 1\.0\.0"):
        opened.fact("nothing")


@pytest.mark.parametrize("where", [0, 1000, -1])
def test_a_flipped_byte_is_refused(package, where):
    file = package / "v1.0.0" / "data" / "facts.parquet"
    content = bytearray(file.read_bytes())
    content[where] ^= 1
    file.write_bytes(content)
    with pytest.raises(IntegrityError, match="has the SHA-256"):
        factpack.open(package).table("facts")


def test_a_file_of_another_size_or_none_is_refused(package):
    file = package / "v1.0.0" / "data" / "facts.parquet"
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(IntegrityError, match="bytes, expected a file of"):
        factpack.open(package).table("facts")
    file.unlink()
    with pytest.raises(IntegrityError, match="cannot be read"):
        factpack.open(package).table("facts")


def test_links_and_pipes_are_refused_even_when_their_content_is_right(package):
    file = package / "v1.0.0" / "data" / "facts.parquet"
    moved = file.rename(package / "elsewhere")
    file.symlink_to(moved)
    with pytest.raises(IntegrityError, match="goes through the link"):
        factpack.open(package).table("facts")
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(IntegrityError, match="expected a file"):
        factpack.open(package).table("facts")
    file.unlink()
    moved.rename(file)
    folder = file.parent.rename(package / "data")
    (package / "v1.0.0" / "data").symlink_to(folder)
    with pytest.raises(IntegrityError, match=r"goes through the link data"):
        factpack.open(package).table("facts")


def edit(reseal, package, **changes):
    """Publish a hostile descriptor: sealed as its publisher would."""
    folder = package / "v1.0.0"
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in descriptor["resources"] if one["name"] == "facts-parquet")
    resource |= changes
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    reseal(package, "1.0.0")


@pytest.mark.parametrize("path", ["../latest.json", "/etc/hostname", "data/../../latest.json", "C:\\x", "https://x/y"])
def test_a_path_that_leads_out_of_the_package_is_refused(package, reseal, path):
    edit(reseal, package, path=path)
    with pytest.raises(IntegrityError, match="leads out of the package"):
        factpack.open(package).table("facts")


@pytest.mark.parametrize("hash_", ["md5:abc", "abc", "", None, "SHA256:abc", "blake2b:abc"])
def test_a_hash_that_proves_nothing_is_refused(package, reseal, hash_):
    edit(reseal, package, hash=hash_)
    with pytest.raises(IntegrityError, match="expected sha256:"):
        factpack.open(package).table("facts")


def test_a_fact_knows_what_other_versions_said_of_it(repository):
    opened = factpack.open(repository / "published/axis-of-upheaval@2.0.0")
    corrected = "opsintels-russia-iran-treaty-contains-clause-renewal"
    assert opened.versions == ("2.0.0", "1.0.0")
    assert opened.fact(corrected).history() == {"1.0.0": {"value": "automatic renewal"}}
    assert opened.fact("csm-brics-member-count").history() == {}
    assert factpack.open(repository / "published/axis-of-upheaval/v2.0.0").fact(corrected).history() == {}


def test_the_consumer_needs_polars_alone():
    code = "import sys, factpack; factpack.open; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "pandera", "frictionless", "great_expectations", "click", "yaml"} & set(loaded)
    assert "polars" in loaded
