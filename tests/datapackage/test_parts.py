"""A version whose tables stand in parts is read, checked, proven and described as one whose tables are whole."""

import json
import pickle
import shutil
import zipfile
from datetime import datetime

import frictionless
import polars as pl
import pytest

from factpack import datapackage, diff, parts, project, reader, schemas
from factpack.adapters import frictionless as adapter
from factpack.errors import IntegrityError, InternalError

ROWS = 7


def cut(frame, folder, name, key, rows=ROWS):
    """Write a table in parts of seven rows."""
    frame = frame.sort(key, nulls_last=True)
    starts = range(0, frame.height, rows)
    return [
        parts.write_part(frame.slice(start, rows), folder, name, number, start, key)
        for number, start in enumerate(starts)
    ]


@pytest.fixture(scope="module")
def whole(repository):
    return reader.open(f"{repository}/published/axis-of-upheaval@2.0.0")


@pytest.fixture(scope="module")
def write(repository, whole):
    """Write the published tables again, those that are named in parts."""
    loaded, models = project.load(repository), schemas.load(project.load(repository))

    def write(folder, names, tables=None):
        tables = tables or {name: whole.table(name).collect() for name in whole.tables}
        given = {
            name: cut(table, folder, name, models[name].key) if name in names and table.height else table
            for name, table in tables.items()
        }
        release = {"bump": "major", "previous": None}
        created = datetime.fromisoformat(whole.descriptor["created"])
        datapackage.write(folder, loaded, given, models, created=created, documents={}, release=release)
        return folder

    return write


@pytest.fixture(scope="module")
def original(write, whole, tmp_path_factory):
    return write(tmp_path_factory.mktemp("parts"), set(whole.tables))


@pytest.fixture
def package(original, tmp_path):
    return shutil.copytree(original, tmp_path / "package")


def test_the_logical_hashes_are_those_of_the_whole(original, whole):
    opened = reader.open(original)
    assert opened.manifest["predicate"]["tables"] == whole.manifest["predicate"]["tables"]
    assert opened.root == whole.root
    assert len(list(opened.parts("facts"))) > 3


def test_every_table_reads_as_the_whole(original, whole):
    opened = reader.open(original)
    for name in whole.tables:
        key = whole.schema(name)["primaryKey"]
        assert opened.table(name).collect().equals(whole.table(name).collect().sort(key, nulls_last=True))
        assert opened.schema(name) == whole.schema(name)


def test_it_is_verified_by_its_files_and_by_its_rows(original):
    assert reader.open(original).verify().passed()
    report = reader.check(original, logical=True)
    assert report.passed(), report.findings


def test_facts_snapshots_diffs_and_citations_are_those_of_the_whole(original, whole):
    opened = reader.open(original)
    id_ = whole.table("facts").collect()["fact_id"][11]
    assert opened.fact(id_).row == whole.fact(id_).row
    assert opened.fact(id_).evidence == whole.fact(id_).evidence
    assert diff.compare(whole.snapshot(), opened.snapshot()).empty
    assert opened.cite() == whole.cite()


def test_a_proof_from_any_part_leads_to_the_root_of_the_whole(original, whole):
    opened = reader.open(original)
    for id_ in whole.table("facts").collect()["fact_id"].gather_every(5):
        proof = opened.prove(id_)
        assert reader.check_proof(proof, whole.root)["fact_id"] == id_
        assert proof == whole.prove(id_)


def test_a_zip_of_it_reads_and_verifies_too(original, tmp_path, whole):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for file in original.rglob("*"):
            archive.write(file, file.relative_to(original))
    opened = reader.open(tmp_path / "p.zip")
    assert opened.table("facts").collect().height == whole.table("facts").collect().height
    assert reader.check(tmp_path / "p.zip", logical=True).passed()


def test_frictionless_takes_it_and_counts_every_row(original, whole):
    report = frictionless.Package(str(original / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "type", "message"])
    rows = {task.name: task.stats["rows"] for task in report.tasks if task.type == "table"}
    assert rows == {name: whole.table(name).collect().height for name in whole.tables}
    assert adapter.validate(original) == ()
    assert adapter.check(original).passed()
    # The strict profile says so of what it does not read.
    refused = {one.code for one in adapter.check(original, strict=True).findings}
    assert refused == {"FP727"}


def test_metadata_name_every_file(original):
    croissant = (original / "metadata/croissant.json").read_text(encoding="utf-8")
    crate = (original / "ro-crate-metadata.json").read_text(encoding="utf-8")
    files = [path.relative_to(original).as_posix() for path in (original / "data").rglob("*.*")]
    assert len(files) > 30
    assert all(f'"{one}"' in croissant and f'"{one}"' in crate for one in files)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_flipped_byte_in_any_part_is_found(package, suffix):
    file = package / f"data/facts/part-00002.{suffix}"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert "part-00002" in reader.check(package).findings[0].message
    if suffix == "parquet":
        with pytest.raises(IntegrityError, match="part-00002"):
            reader.open(package).table("facts")


def test_a_part_that_is_gone_exchanged_or_added_is_found(package):
    first, second = (package / f"data/facts/part-0000{number}.csv" for number in (0, 1))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    assert not reader.check(package).passed()
    first.write_bytes(kept)
    assert reader.check(package).passed()
    (package / "data/facts/part-00099.csv").write_bytes(kept)
    assert "part-00099.csv is no file of this version" in reader.check(package).findings[0].message
    (package / "data/facts/part-00099.csv").unlink()
    first.unlink()
    assert not reader.check(package).passed()


def test_a_descriptor_whose_paths_are_not_its_parts_is_refused(original):
    descriptor = json.loads((original / "datapackage.json").read_text(encoding="utf-8"))
    facts = next(one for one in descriptor["resources"] if one["name"] == "facts")
    files = reader.files.Folder(original)
    for change in (
        {"path": facts["path"][1:]},
        {"path": facts["path"][::-1]},
        {"factpack:parts": []},
        {"factpack:parts": None},
        {"path": [], "factpack:parts": []},
        {"path": [facts["path"][0]] * 2, "factpack:parts": [facts["factpack:parts"][0]] * 2},
    ):
        with pytest.raises(IntegrityError, match="and parts at"):
            reader.seals.sealed(facts | change, None, files)


FRAME = pl.DataFrame({"id": [f"{number:03}" for number in range(20)], "n": range(20)})


def test_a_part_is_pickled_and_written_again_it_is_the_same(tmp_path):
    one = parts.write_part(FRAME.head(7), tmp_path, "t", 0, 0, ["id"])
    again = parts.write_part(pl.concat([FRAME.head(3), FRAME.slice(3, 4)]), tmp_path, "t", 0, 0, ["id"])
    assert pickle.loads(pickle.dumps(one)) == one == again  # noqa: S301 - our own
    assert (one.rows, one.first, one.last) == (7, ("000",), ("006",))
    assert sorted(path.name for path in (tmp_path / "data/t").iterdir()) == ["part-00000.csv", "part-00000.parquet"]


def test_a_part_that_is_unsorted_or_empty_is_refused(tmp_path):
    with pytest.raises(InternalError, match="not sorted by id"):
        parts.write_part(FRAME.reverse(), tmp_path, "t", 0, 0, ["id"])
    with pytest.raises(InternalError, match="no rows"):
        parts.write_part(FRAME.clear(), tmp_path, "t", 0, 0, ["id"])


def test_a_folder_that_is_gone_is_not_made_again(tmp_path):
    with pytest.raises(FileNotFoundError):
        parts.write_part(FRAME, tmp_path / "gone", "t", 0, 0, ["id"])
    assert list(tmp_path.iterdir()) == []


def test_parts_that_are_missing_doubled_or_overlap_are_refused(tmp_path):
    written = cut(FRAME, tmp_path, "t", ["id"])
    assert parts.ordered("t", reversed(written), ["id"]) == tuple(written)
    for wrong in (written[1:], written[:1] + written[2:], [*written, written[0]]):
        with pytest.raises(IntegrityError, match="is missing, there twice"):
            parts.ordered("t", wrong, ["id"])
    with pytest.raises(InternalError, match="no parts"):
        parts.ordered("t", [], ["id"])
    over = parts.write_part(FRAME.slice(6, 7), tmp_path, "t", 1, 7, ["id"])
    with pytest.raises(IntegrityError, match="sort the whole table"):
        parts.ordered("t", [written[0], over, written[2]], ["id"])


def test_leftovers_go_and_strangers_and_lost_files_are_refused(write, whole, tmp_path):
    (tmp_path / "a/data/facts").mkdir(parents=True)
    (tmp_path / "a/data/facts/.part-00000.csv.0.part").write_text("half")
    write(tmp_path / "a", {"facts"})
    assert reader.check(tmp_path / "a", logical=True).passed()
    assert not list((tmp_path / "a").rglob(".*"))
    (tmp_path / "b/data/facts").mkdir(parents=True)
    (tmp_path / "b/data/facts/part-00999.csv").write_text("x")
    with pytest.raises(IntegrityError, match="part-00999"):
        write(tmp_path / "b", {"facts"})
