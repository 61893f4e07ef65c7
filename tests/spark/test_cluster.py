"""A master and two workers, each a process: the same verdicts as on one machine, also where workers are killed."""

import polars as pl
import pytest
from bench import claims
from bench.claims import judging, shares, standalone

from factpack import merkle, validation

# Twenty million rows: those that break rules of rows and keys, and those that break relations.
CLAIMS, SHARES, FILES = 18_000_000, 2_000_000, 16


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Write claims of which 1% are bad, each kind of check, the same key within and across files; and shares."""
    room = tmp_path_factory.mktemp("tables")
    whole, files = room / "whole.parquet", room / "claims"
    claims.make(whole, CLAIMS, 1)
    files.mkdir()
    for number in range(FILES):
        size = CLAIMS // FILES
        pl.scan_parquet(whole).slice(number * size, size).sink_parquet(files / f"part-{number:02d}.parquet")
    whole.unlink()
    shares.make(room / "shares", SHARES, FILES)
    return {name: room / name for name in ("claims", "shares")}


@pytest.fixture(scope="module")
def expected(folders):
    """Judge both on this machine; every kind of check is broken."""
    found = {}
    for name, folder in folders.items():
        breaches, report = validation.validate({name: pl.scan_parquet(folder)}, {name: judging.MODELS[name]})
        found[name] = judging.as_json(breaches, report)
    assert {one["code"] for one in found["claims"]["breaches"]} == {"FP302", "FP303", "FP304"}
    assert {one["code"] for one in found["shares"]["breaches"]} == {"FP401", "FP402", "FP403", "FP404", "FP405"}
    return found


@pytest.fixture
def running(tmp_path):
    with standalone.cluster(tmp_path, workers=2, cores=1) as started:
        yield started


def test_a_cluster_of_processes_has_the_verdicts_of_one_machine_also_where_workers_die(running, folders, expected):
    assert judging.judge(running.url, "claims", folders["claims"])["found"] == expected["claims"]
    disturbed, killed = judging.judge_disturbed(running, "claims", folders["claims"])
    assert killed == ["rows", "shuffled"], "else nobody was killed where it matters"
    assert disturbed["found"] == expected["claims"]


def test_relations_and_logical_hashes_of_millions_of_rows_are_those_of_one_machine(running, folders, expected):
    there = judging.judge(running.url, "shares", folders["shares"])
    assert there["found"] == expected["shares"]
    rows = pl.read_parquet(folders["shares"])
    assert there["root"] == merkle.table_root(rows, judging.MODELS["shares"].key)
