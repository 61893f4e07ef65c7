"""A package opens wherever it stands: folder, version, zip, URL, object store; and is checked in every place."""

import io
import json
import shutil
import threading
import zipfile

import polars as pl
import pytest

import factpack
from factpack import parts, reader
from factpack.adapters import http
from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader import digests


@pytest.fixture
def url(signed):
    with http.server(signed.published.parent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/axis-of-upheaval"
        server.shutdown()


@pytest.fixture
def archive(signed, tmp_path):
    return shutil.make_archive(str(tmp_path / "package"), "zip", signed.published)


def members(package):
    return package.table("memberships").filter(organization="brics").select("member").collect()


def test_folder_zip_and_url_give_the_same(signed, url, archive):
    expected = members(factpack.open(signed.published))
    assert expected.height > 10
    for place in (url, archive, f"{url}@1.0.0", f"{archive}@1.0.0", f"{url}/v1.0.1", f"file://{signed.published}"):
        opened = factpack.open(place)
        assert members(opened).equals(expected), place
        assert opened.verify().passed()
    assert factpack.open(url, keys=(signed.public,)).version == "1.0.1"


def test_versions_differ_as_they_were_published(signed, url):
    for place in (signed.published, url):
        changed = next(one for one in factpack.open(place).diff("1.0.0").tables if one.name == "sources").changed
        assert changed.select("field", "after").rows() == [("note", "A copy of what AP wrote.")]


def test_a_fact_has_its_evidence_and_its_citation(signed):
    fact = factpack.open(signed.published).fact("csm-brics-member-count")
    evidence = fact.evidence
    assert (evidence.phrase, evidence.verdict) == ("now has eleven member countries", "grounded")
    assert evidence.end - evidence.start == len(evidence.phrase)
    assert evidence.text_kind == "article"
    cited = fact.cite()
    assert "csm-brics-member-count" in cited
    assert "1.0.1" in cited
    assert factpack.open(signed.published).root in cited
    assert fact.cite("bibtex").startswith("@misc{axis-of-upheaval-1.0.1,")


def test_a_proof_holds_for_its_version_alone(signed):
    package = factpack.open(signed.published)
    proof = json.loads(json.dumps(package.prove("csm-brics-member-count")))
    assert reader.check_proof(proof, package.root)["value"] == "11"
    with pytest.raises(IntegrityError, match="does not lead from its row"):
        reader.check_proof(proof, factpack.open(f"{signed.published}@1.0.0").root)
    for cell in proof["cells"]:
        if cell[0] == "value":
            cell[2] = "12"
    with pytest.raises(IntegrityError, match="does not lead from its row"):
        reader.check_proof(proof, package.root)


def test_a_changed_file_is_refused_over_http(signed, url):
    file = signed.published / "v1.0.1" / "data" / "facts.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:1000] + bytes([content[1000] ^ 1]) + content[1001:])
    with pytest.raises(IntegrityError, match="has the SHA-256"):
        factpack.open(url).table("facts").collect()


def test_a_second_read_comes_from_the_cache_and_a_spoiled_cache_is_no_source(signed, url, tmp_path):
    expected = members(factpack.open(url))
    pieces = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert pieces
    (signed.published / "v1.0.1" / "data" / "memberships.parquet").unlink()
    assert members(factpack.open(url)).equals(expected)
    for piece in pieces:
        piece.write_bytes(b"spoiled")
    with pytest.raises(IntegrityError, match="cannot be read"):
        members(factpack.open(url))


@pytest.fixture
def large(signed, reseal):
    """Put a table of some megabytes in place of one, sealed as a publisher would."""
    folder = signed.published / "v1.0.1"
    file = folder / "data" / "memberships.parquet"
    frame = pl.DataFrame({"id": range(400_000)}).with_columns(
        pl.format("fact-{}", "id").alias("fact_id"), a=pl.col("id").hash(1), b=pl.col("id").hash(2)
    )
    frame.write_parquet(file, compression="snappy", row_group_size=50_000)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in descriptor["resources"] if one["path"] == "data/memberships.parquet")
    resource |= {"bytes": file.stat().st_size, "hash": f"sha256:{parts.sha256(file)}"}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    block = digests.block_size(file.stat().st_size)
    with file.open("rb") as stream:
        manifest["predicate"]["blocks"] = {
            "data/memberships.parquet": {"size": block, "sha256": digests.blocks(stream, block)}
        }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    reseal(signed.published, "1.0.1")
    return frame, file


def test_one_column_of_one_row_is_fetched_in_part_and_each_part_is_checked(large, url, tmp_path):
    frame, file = large
    query = factpack.open(url).table("memberships").filter(id=123_456).select("a")
    assert query.collect().equals(frame.filter(id=123_456).select("a"))
    fetched = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert 0 < fetched < 0.4 * file.stat().st_size
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    shutil.rmtree(tmp_path / "cache")
    assert query.collect().height == 1, "the changed block is not of this row"
    with pytest.raises(IntegrityError, match=r"block [0-9]+ of data/memberships.parquet has the SHA-256"):
        factpack.open(url).table("memberships").collect()


def test_a_server_without_ranges_is_named(signed):
    import functools
    import http.server

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Silent, directory=signed.published.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(IntegrityError, match="cannot be read"):
            factpack.open(f"http://127.0.0.1:{server.server_port}/axis-of-upheaval").table("facts").collect()
        server.shutdown()


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def link(name):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([("../latest.json", "{}")], "leads out of the package"),
        ([("/etc/passwd", "x")], "leads out of the package"),
        ([("a/../../b", "x")], "leads out of the package"),
        ([("latest.json", "{}"), ("latest.json", "{}")], "is there twice"),
        ([(link("latest.json"), "/etc/passwd")], "is a link"),
        ([("latest.json", '{"version": "1.0.0", "version": "2.0.0"}')], "'version' is there twice"),
        ([("latest.json", "[" * 100_000)], "not a JSON document"),
        ([("latest.json", '{"version": "../x", "sequence": 1}')], "no pointer to a version"),
        ([("latest.json", '{"version": "1.0.0", "sequence": NaN}')], "NaN is no JSON number"),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path, entries, message):
    with pytest.raises(IntegrityError, match=message):
        factpack.open(zipped(tmp_path / "hostile.zip", entries))


def test_a_bomb_is_not_inflated(signed, tmp_path):
    """A file that inflates to more than its seal says is read no further than that."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(signed.published.rglob("*")):
            name = file.relative_to(signed.published).as_posix()
            if file.is_file() and not name.startswith("."):
                bomb = name == "v1.0.1/data/facts.parquet"
                archive.writestr(name, bytes(300_000_000) if bomb else file.read_bytes())
    with pytest.raises(IntegrityError, match=r"has more than the [0-9,]+ bytes expected"):
        factpack.open(path).table("facts")


def test_what_is_no_archive_and_no_known_protocol_is_said(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK no")
    with pytest.raises(ConfigurationError, match="not a zip archive"):
        factpack.open(tmp_path / "x.zip")
    with pytest.raises(ConfigurationError, match="gopher"):
        factpack.open("gopher://somewhere/package")


def test_any_fsspec_place_opens(signed):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(signed.published), "/published", recursive=True)
    try:
        assert members(factpack.open("memory://published")).height > 10
    finally:
        memory.rm("/published", recursive=True)


def test_a_table_of_the_archive_reads_only_what_was_sealed(archive):
    table = factpack.open(archive).table("sources").collect()
    assert pl.read_parquet(io.BytesIO(zipfile.ZipFile(archive).read("v1.0.1/data/sources.parquet"))).equals(table)
