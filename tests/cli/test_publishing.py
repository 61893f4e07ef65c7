"""Publishing and checking from the command line, as publishers and consumers do it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

import polars as pl
import pytest

FACT = "csm-brics-member-count"


def run(*arguments, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "factpack", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1767225600"} | environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_a_key_signs_and_the_other_half_verifies(dataset, tmp_path):
    made = run("keygen", "publisher.key", cwd=dataset)
    assert made.returncode == 0
    assert (dataset / "publisher.key.pub").is_file()
    assert run("publish", "--no-suites", "--sign", "publisher.key", cwd=dataset).returncode == 0
    place = dataset / "published" / "axis-of-upheaval"
    done = run("verify", place, "--key", dataset / "publisher.key.pub", "--logical")
    assert done.returncode == 0
    assert "PASSED" in done.stdout
    run("keygen", dataset / "other.key")
    done = run("verify", place, "--key", dataset / "other.key.pub")
    assert done.returncode == 1
    assert "not signed by the key" in done.stdout
    refused = run("publish", "--no-suites", "--expires", "2030-01-01", cwd=dataset)
    assert (refused.returncode, "name the key with --sign" in refused.stderr) == (2, True)


def test_versions_from_before_the_key_are_signed_with_it_and_validate_holds_all_against_it(dataset):
    assert run("publish", "--no-suites", cwd=dataset).returncode == 0
    run("keygen", "publisher.key", cwd=dataset)
    settings = dataset / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("coverage = 100", 'coverage = 100\nkeys = ["publisher.key.pub"]'), encoding="utf-8"
    )
    unsigned = run("validate", "--no-suites", cwd=dataset)
    assert unsigned.returncode == 1
    assert "latest.dsse.json cannot be read" in unsigned.stdout
    settings.write_text(text, encoding="utf-8")
    assert run("publish", "--no-suites", "--sign", "publisher.key", cwd=dataset).returncode == 0
    settings.write_text(
        text.replace("coverage = 100", 'coverage = 100\nkeys = ["publisher.key.pub"]'), encoding="utf-8"
    )
    signed = run("validate", "--no-suites", cwd=dataset)
    assert (signed.returncode, "FP71" in signed.stdout) == (0, False)


def test_a_signed_package_takes_no_unsigned_version(signed_dataset, tmp_path):
    root = shutil.copytree(signed_dataset.root, tmp_path / "copy")
    settings = root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8").replace('"1.0.1"', '"1.0.2"')
    settings.write_text(text.replace('title = "Axis', 'title = "The axis'), encoding="utf-8")
    done = run("publish", "--no-suites", cwd=root)
    assert (done.returncode, "publish this one with --sign KEY" in done.stderr) == (2, True)
    done = run("publish", "--no-suites", "--sign", "publisher.key", "--expires", "2099-01-01", cwd=root)
    assert done.returncode == 0, done.stderr
    assert json.loads((root / "published/axis-of-upheaval/latest.json").read_text(encoding="utf-8"))["expires"]


def test_a_flipped_byte_is_an_exit_code_and_a_name(signed):
    file = signed.published / "v1.0.0" / "data" / "facts.csv"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    done = run("verify", signed.published)
    assert done.returncode == 1
    assert "FP711 altered-file" in done.stdout
    assert "data/facts.csv has the SHA-256" in done.stdout
    report = json.loads(run("verify", signed.published, "--format", "json").stdout)
    assert report["findings"][0]["code"] == "FP711"
    assert run("verify", signed.published.parent / "nothing").returncode == 2


def test_a_fact_is_proven_to_who_has_the_package(signed, tmp_path):
    proof = run("prove", FACT, "--package", signed.published)
    (tmp_path / "proof.json").write_text(proof.stdout, encoding="utf-8")
    done = run("verify", signed.published, "--proof", tmp_path / "proof.json")
    assert done.returncode == 0
    assert re.search(r"^value +11$", done.stdout, re.MULTILINE)
    (tmp_path / "forged.json").write_text(proof.stdout.replace('"11"', '"12"'), encoding="utf-8")
    done = run("verify", signed.published, "--proof", tmp_path / "forged.json")
    assert (done.returncode, "does not lead from its row" in done.stderr) == (2, True)


def test_what_differs_is_told_before_anything_is_written(signed_dataset, tmp_path):
    root = shutil.copytree(signed_dataset.root, tmp_path / "copy")
    before = {path: path.read_bytes() for path in (root / "published").rglob("*") if path.is_file()}
    assert "1.0.1 -> the working tree: none" in run("diff", cwd=root).stdout
    path = root / "raw" / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("what AP wrote.", "what AP told."), encoding="utf-8")
    told = run("diff", cwd=root).stdout
    assert "note A copy of what AP wrote. -> A copy of what AP told." in told
    assert "1.0.1 -> the working tree: patch" in told
    machine = json.loads(run("diff", "--format", "json", cwd=root).stdout)
    assert machine["bump"] == "patch"
    assert [one["field"] for one in machine["tables"]["sources"]["changed"]] == ["note"]
    assert "- sources: 1 row changed (patch)" in run("diff", "--format", "markdown", cwd=root).stdout
    rows = pl.read_csv(run("diff", "1.0.0", "1.0.1", "--format", "delta", cwd=root).stdout.encode())
    assert rows.select("op", "table").rows() == [("MOD", "sources")]
    assert {path: path.read_bytes() for path in (root / "published").rglob("*") if path.is_file()} == before


def test_a_run_that_fails_keeps_its_report_and_moves_nothing(signed_dataset, tmp_path):
    root = shutil.copytree(signed_dataset.root, tmp_path / "copy")
    pointer = (root / "published/axis-of-upheaval/latest.json").read_bytes()
    path = root / "raw" / "facts" / "csm-iran-limits.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",11,states", ",12,states", 1), encoding="utf-8")
    done = run("publish", "--no-suites", cwd=root)
    assert done.returncode == 1
    assert "failed/1.json" in done.stderr
    report = json.loads((root / "published/axis-of-upheaval/failed/1.json").read_text(encoding="utf-8"))
    assert {"FP402", "FP605"} & {one["code"] for one in report["findings"]}
    assert (root / "published/axis-of-upheaval/latest.json").read_bytes() == pointer
    assert run("verify", root / "published" / "axis-of-upheaval").returncode == 0


@pytest.mark.parametrize("damage", ["byte", "file"])
def test_validate_names_what_is_damaged_among_the_published(signed_dataset, tmp_path, damage):
    root = shutil.copytree(signed_dataset.root, tmp_path / "copy")
    file = root / "published" / "axis-of-upheaval" / "v1.0.0" / "data" / "events.parquet"
    if damage == "byte":
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    else:
        file.unlink()
    done = run("validate", "--no-suites", cwd=root)
    assert done.returncode == 1
    assert "FP711 altered-file" in done.stdout
    assert "events.parquet" in done.stdout
    assert "schemas    11 tables" in done.stdout, "the rest is checked all the same"


def test_serve_says_where_and_ends_when_told(signed):
    command = [sys.executable, "-m", "factpack", "serve", str(signed.published.parent), "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as served:
        address = re.match(r"http://127\.0\.0\.1:\d+/", served.stdout.readline())[0]
        with urllib.request.urlopen(f"{address}index.json") as answer:  # noqa: S310 - our own server
            assert json.load(answer)["packages"][0]["version"] == "1.0.1"
        table = f"{address}axis-of-upheaval/v1.0.1/data/facts.parquet"
        found = pl.scan_parquet(table).filter(fact_id=FACT).select("value").collect()
        assert found.item() == "11"
        served.send_signal(signal.SIGINT)
        assert served.wait(10) == 0


def test_a_dry_run_of_a_deposit_writes_requests_and_sends_nothing(signed_dataset, tmp_path):
    done = run("deposit", "ckan", signed_dataset.root, "--url", "https://portal.example", cwd=tmp_path)
    assert (done.returncode, "CKAN needs --organisation" in done.stderr) == (2, True)
    arguments = ["deposit", "zenodo", signed_dataset.root, "--url", "https://portal.example", "--into", "out"]
    assert run(*arguments, cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "01.http",
        "02.http",
        "axis-of-upheaval-1.0.1.zip",
    ]
    done = run(*arguments, "--send", cwd=tmp_path)
    assert (done.returncode, "FACTPACK_TOKEN" in done.stderr) == (2, True)
