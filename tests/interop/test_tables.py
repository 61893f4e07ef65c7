"""The tables load wherever people work: SQLite and Datasette, JavaScript, DuckDB, pandas."""

import asyncio
import csv
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import duckdb
import pandas
import polars as pl
import pytest

SCRIPT = Path(__file__).with_name("read_parquet.mjs")


def test_pandas_polars_and_duckdb_read_both_forms(version, rows):
    for name, count in rows.items():
        parquet, text = version / "data" / f"{name}.parquet", version / "data" / f"{name}.csv"
        assert len(pandas.read_parquet(parquet)) == len(pandas.read_csv(text)) == count
        assert pl.read_parquet(parquet).height == pl.read_csv(text, infer_schema_length=None).height == count
        for file in (parquet, text):
            assert duckdb.sql(f"SELECT count(*) FROM '{file}'").fetchall() == [(count,)]  # noqa: S608 - our own path


@pytest.fixture
def database(version, rows, tmp_path):
    """Load every CSV file into SQLite with nothing but Python's own modules."""
    path = tmp_path / "facts.db"
    with sqlite3.connect(path) as connection:
        for name in rows:
            with (version / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                head, *lines = csv.reader(file)
            columns = ", ".join(f'"{one}"' for one in head)
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            connection.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(head))})', lines)  # noqa: S608
    return path


def test_sqlite_and_datasette_answer_questions(database, rows):
    from datasette.app import Datasette

    with sqlite3.connect(database) as connection:
        for name, count in rows.items():
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (count,)  # noqa: S608

    async def ask():
        site = Datasette(files=[str(database)])
        await site.invoke_startup()
        return await site.client.get("/facts/facts.json?fact_id=csm-brics-member-count&_shape=array")

    (row,) = asyncio.run(ask()).json()
    assert (row["value"], row["unit"]) == ("11", "states")


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed (apt-get install npm)")
def test_javascript_reads_the_parquet_files(version, rows, tmp_path):
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tmp_path), "hyparquet@1"]
    subprocess.run(install, check=True)
    shutil.copy(SCRIPT, tmp_path)
    command = ["node", SCRIPT.name, *(str(version / "data" / f"{name}.parquet") for name in rows)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == list(rows.values())
