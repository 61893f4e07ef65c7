"""A master and two workers, each a process: the same verdicts as on one machine, also where workers are killed."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest
from bench import claims
from bench.claims import standalone

from factpack import validation
from factpack.schemas import TableModel

ROWS, FILES = 1_200_000, 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write claims of which 1% are bad, each kind of check and the same key within and across files, in some files."""
    room = tmp_path_factory.mktemp("claims")
    whole = room / "whole.parquet"
    claims.make(whole, ROWS, 1)
    files = room / "files"
    files.mkdir()
    for number in range(FILES):
        size = ROWS // FILES
        pl.scan_parquet(whole).slice(number * size, size).sink_parquet(files / f"part-{number:02d}.parquet")
    return files


@pytest.fixture(scope="module")
def expected(folder):
    model = TableModel(name="claims", schema=claims.schema(), key=("claim_id",), relations=())
    tables = {"claims": pl.scan_parquet(folder / "*.parquet")}
    breaches, report = validation.validate(tables, {"claims": model})
    assert {one.code for one in breaches} == {"FP302", "FP303", "FP304"}
    found = {"breaches": [asdict(one) for one in breaches], "ran": [asdict(one) for one in report.ran]}
    return json.loads(json.dumps(found))


def judge(running, folder, on_word=lambda word: None):
    """Run a driver, tell of each word that it says, and give what it found."""
    command = [sys.executable, str(Path(__file__).with_name("judging.py")), running.url, folder.as_uri()]
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as driver:
        said = []
        for line in driver.stdout:
            said.append(line.strip())
            on_word(line.strip())
        errors = driver.stderr.read()
    assert driver.returncode == 0, errors[-3000:]
    return json.loads(said[-1])


@pytest.fixture
def running(tmp_path):
    with standalone.cluster(tmp_path, workers=2, cores=1) as started:
        yield started


def test_a_cluster_of_processes_has_the_verdicts_of_one_machine_also_where_workers_die(running, folder, expected):
    undisturbed = judge(running, folder)
    assert undisturbed["found"] == expected
    killed = []

    def kill(word):
        if word in {"rows", "shuffled"}:
            killed.append(word)
            running.kill_worker()
            running.add_worker()

    disturbed = judge(running, folder, kill)
    assert killed == ["rows", "shuffled"], "else nobody was killed where it matters"
    assert disturbed["found"] == expected
