"""Whatever is done to a published package, `verify` names it: any byte of any file, any file, any pointer."""

import json
import os
import shutil
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import factpack
from factpack import reader, signatures
from factpack.errors import IntegrityError
from factpack.report import Severity


def files(published):
    """List every published file, and the catalogue above it; the lock is no part of what is published."""
    inside = [path for path in published.rglob("*") if path.is_file() and path.name != ".lock"]
    return sorted([*inside, published.parent / "index.json"])


def problems(signed):
    return reader.check(signed.published, keys=(signed.public,)).findings


def test_an_untouched_package_passes_in_full(signed):
    report = reader.check(signed.published, keys=(signed.public,), logical=True)
    assert (report.findings, report.passed()) == ((), True)
    assert [ran.subject for ran in report.ran] == ["axis-of-upheaval 1.0.0", "axis-of-upheaval 1.0.1"]
    assert sum(ran.rows for ran in report.ran) > 50


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_any_file_is_named(signed, data):
    file = data.draw(st.sampled_from(files(signed.published)))
    content = file.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    file.write_bytes(content[:at] + bytes([other]) + content[at + 1 :])
    try:
        found = problems(signed)
        assert any(one.severity is Severity.ERROR for one in found)
        assert any(file.name in one.message or "manifest" in one.message for one in found)
    finally:
        file.write_bytes(content)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_missing_cut_grown_or_swapped_file_is_named(signed, data):
    listed = files(signed.published)
    file = data.draw(st.sampled_from([one for one in listed if one.name != "index.json"]))
    other = data.draw(st.sampled_from([one for one in listed if one.read_bytes() != file.read_bytes()]))
    what = data.draw(st.sampled_from(["missing", "cut", "grown", "swapped"]))
    content = file.read_bytes()
    if what == "missing":
        file.unlink()
    else:
        replaced = {"cut": content[:-1], "grown": content + b"\n", "swapped": other.read_bytes()}
        file.write_bytes(replaced[what])
    try:
        assert any(one.severity is Severity.ERROR for one in problems(signed))
    finally:
        file.write_bytes(content)


@pytest.mark.parametrize("name", ["v1.0.0/extra.csv", "v1.0.1/data/more.parquet", "note.txt"])
def test_an_added_file_is_named(signed, name):
    (signed.published / name).write_text("x", encoding="utf-8")
    assert any(name.rpartition("/")[2] in one.message for one in problems(signed))


def test_links_and_pipes_that_were_added_are_named(signed, tmp_path):
    (signed.published / "v1.0.0" / "more").symlink_to(tmp_path)
    (signed.published / "v1.0.0" / "data" / "link.csv").symlink_to("facts.csv")
    os.mkfifo(signed.published / "v1.0.1" / "pipe")
    told = "".join(one.message for one in problems(signed))
    for name in ("more", "data/link.csv", "pipe"):
        assert f"{name} is no file of this version" in told


def test_a_version_that_is_missing_is_named(signed):
    shutil.rmtree(signed.published / "v1.0.0")
    assert any("1.0.0" in one.message for one in problems(signed))


def test_an_old_pointer_in_place_of_the_new_is_refused(signed):
    entry = json.loads((signed.published / "versions.json").read_text(encoding="utf-8"))[0]
    pointer = {name: entry[name] for name in ("version", "sequence", "manifest_sha256", "published")}
    (signed.published / "latest.json").write_text(json.dumps(pointer, indent=2) + "\n", encoding="utf-8")
    with pytest.raises(IntegrityError, match="an old pointer stands in place of the new one"):
        factpack.open(signed.published)
    assert any("old pointer" in one.message for one in reader.check(signed.published).findings)


def test_a_whole_tree_rolled_back_is_refused_by_who_has_seen_more(signed, tmp_path, signed_dataset):
    assert factpack.open(signed.published, keys=(signed.public,)).version == "1.0.1"
    entry = json.loads((signed.published / "versions.json").read_text(encoding="utf-8"))[:1]
    (signed.published / "versions.json").write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")
    pointer = {name: entry[0][name] for name in ("version", "sequence", "manifest_sha256", "published")}
    payload = (json.dumps(pointer, indent=2) + "\n").encode()
    envelope = signatures.sign(payload, signatures.POINTER, signatures.private_key(signed.key))
    (signed.published / "latest.dsse.json").write_text(json.dumps(envelope), encoding="utf-8")
    with pytest.raises(IntegrityError, match="it was rolled back"):
        factpack.open(signed.published, keys=(signed.public,))


def test_two_versions_with_one_number_are_refused(signed):
    factpack.open(signed.published, keys=(signed.public,))
    pointer = json.loads((signed.published / "latest.json").read_text(encoding="utf-8"))
    payload = json.dumps(pointer | {"manifest_sha256": "0" * 64}).encode()
    envelope = signatures.sign(payload, signatures.POINTER, signatures.private_key(signed.key))
    (signed.published / "latest.dsse.json").write_text(json.dumps(envelope), encoding="utf-8")
    with pytest.raises(IntegrityError, match="there are two of it"):
        factpack.open(signed.published, keys=(signed.public,))


def test_a_pointer_that_has_expired_is_refused(signed):
    pointer = json.loads((signed.published / "latest.json").read_text(encoding="utf-8"))
    payload = json.dumps(pointer | {"expires": "2026-01-02T00:00:00Z"}).encode()
    envelope = signatures.sign(payload, signatures.POINTER, signatures.private_key(signed.key))
    (signed.published / "latest.dsse.json").write_text(json.dumps(envelope), encoding="utf-8")
    with pytest.raises(IntegrityError, match="has expired"):
        factpack.open(signed.published, keys=(signed.public,))


def test_another_key_has_not_signed(signed, tmp_path):
    signatures.generate(tmp_path / "other.key")
    with pytest.raises(IntegrityError, match=r"latest.dsse.json: not signed by the key"):
        factpack.open(signed.published, keys=(tmp_path / "other.key.pub",))
    with pytest.raises(IntegrityError, match=r"manifest.dsse.json: not signed by the key"):
        factpack.open(f"{signed.published}@1.0.0", keys=(tmp_path / "other.key.pub",))


def test_a_table_that_is_not_what_its_manifest_says_is_named_even_where_every_hash_is_right(signed, reseal):
    """A publisher who writes another CSV than Parquet, and seals both, is caught by the logical hash."""
    version = signed.published / "v1.0.1"
    cell = version / "data" / "organizations.csv"
    changed = cell.read_text(encoding="utf-8").replace("brics", "bricz", 1)
    cell.write_text(changed, encoding="utf-8")
    descriptor = json.loads((version / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in descriptor["resources"] if one["path"] == "data/organizations.csv")
    resource |= {"bytes": cell.stat().st_size, "hash": f"sha256:{sha256(cell.read_bytes()).hexdigest()}"}
    (version / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    reseal(signed.published, "1.0.1")
    assert reader.check(version).passed()
    found = reader.check(version, logical=True).findings
    assert [one.code for one in found] == ["FP713"]
    assert "organizations as csv" in found[0].message
