"""Versions beside their peers: telling two apart (csv-diff), verifying one (sha256sum), reading a part over HTTP.

Run `python bench/publishing.py`. Each contender runs in a process of its own, and rounds are interleaved.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl

ROWS, CHANGED, ROUNDS = 1_000_000, 3_700, 3
AIMS = {"diff": 7.0, "memory": 1.0, "verify": 0.6, "bytes": 0.2, "import": 1.3}


def make(room: Path) -> None:
    """Publish two versions of a million rows and eight columns, which differ in some thousand rows."""
    from pandera.polars import DataFrameModel, Field

    from factpack import datapackage, publishing
    from factpack.models import Project
    from factpack.schemas import TableModel

    class Sources(DataFrameModel):
        source_id: str = Field()
        title: str = Field()
        publisher: str = Field()
        url: str = Field()
        published: pl.Date = Field()

    class Claims(DataFrameModel):
        claim_id: str = Field()
        title: str = Field()
        publisher: str = Field()
        url: str = Field()
        published: pl.Date = Field()
        a: int = Field()
        b: int = Field()
        c: int = Field()

    models = {
        name: TableModel(name=name, schema=model.to_schema(), key=(key,), relations=())
        for name, model, key in (("claims", Claims, "claim_id"), ("sources", Sources, "source_id"))
    }
    number = pl.col("number")
    rows = pl.DataFrame({"number": range(ROWS)}).select(
        claim_id=pl.format("claim-{}", number.cast(pl.String).str.zfill(7)),
        title=pl.format("Title {}", number.hash(1) % 1000),
        publisher=pl.format("Publisher {}", number % 97),
        url=pl.format("https://example.org/{}", number),
        published=pl.date(2020, 1, 1) + pl.duration(days=number % 2000),
        a=(number.hash(2) % 1_000_000).cast(pl.Int64),
        b=(number.hash(3) % 1_000_000).cast(pl.Int64),
        c=number,
    )
    later = rows.with_row_index("at").with_columns(
        a=pl.when(pl.col("at") % (ROWS // CHANGED) == 0).then(-1).otherwise("a")
    )
    for version, table in (("1.0.0", rows), ("1.0.1", later.drop("at"))):
        project = Project(root=room, name="bench", version=version, title="t", description="d", licence="CC0-1.0")
        before = publishing.before(project.published, version)
        release = {"bump": "patch", "previous": publishing.link(project.published, before)}

        sources = table.head(1).select(pl.col("claim_id").alias("source_id"), "title", "publisher", "url", "published")
        build = partial(
            datapackage.write,
            project=project,
            tables={"claims": table, "sources": sources},
            models=models,
            created=datetime(2026, 1, 1, tzinfo=UTC),
            documents={"CHANGES.md": "x\n"},
            release=release,
        )
        publishing.publish(project.published, version, build, after=before)


OURS = """
import sys
from factpack import diff, reader
old, new = (reader.open(path).snapshot() for path in sys.argv[1:])
found = next(one for one in diff.compare(old, new).tables if one.name == "claims")
print(found.changed.height, found.added.height, found.removed.height)
"""
THEIRS = """
import sys
from csv_diff import compare, load_csv
old, new = (load_csv(open(f"{path}/data/claims.csv", newline=""), key="claim_id") for path in sys.argv[1:])
found = compare(old, new)
print(len(found["changed"]), len(found["added"]), len(found["removed"]))
"""
VERIFY = "import sys; from factpack import reader; assert reader.check(sys.argv[1]).passed()"
IMPORT = {"polars": "import polars", "factpack": "import factpack; factpack.open"}


def timed(*command: str) -> tuple[float, float, str]:
    """Run a command; give its seconds, its peak memory in MB, and what it printed."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.perf_counter() - began, usage.ru_maxrss / 1024, printed.strip()


def best(contenders: dict[str, tuple[str, ...]], rounds: int = ROUNDS) -> dict[str, tuple[float, float, str]]:
    """Run each contender several times, in turns, and keep its fastest run."""
    runs = [{name: timed(*command) for name, command in contenders.items()} for _ in range(rounds)]
    return {name: min(run[name] for run in runs) for name in contenders}


def partly(version: Path, room: Path) -> float:
    """Read one filtered column over HTTP; give the share of the Parquet file's bytes that were fetched."""
    from factpack import reader
    from factpack.adapters import http

    os.environ |= {"FACTPACK_CACHE": str(room / "cache"), "FACTPACK_STATE": str(room / "state")}
    with http.server(version.parent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened = reader.open(f"http://127.0.0.1:{server.server_port}/@1.0.1")
        wanted = opened.table("claims").filter(claim_id="claim-0123456").select("a").collect()
        server.shutdown()
    assert wanted.height == 1
    fetched = sum(path.stat().st_size for path in (room / "cache").rglob("*") if path.is_file())
    return fetched / (version / "data" / "claims.parquet").stat().st_size


def main() -> int:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}")
    room = Path(tempfile.mkdtemp())
    try:
        python = sys.executable
        # In a process of its own: what this one held would count as the memory of those it starts.
        subprocess.run([python, __file__, str(room)], check=True)
        old, new = (room / "published" / "bench" / version for version in ("v1.0.0", "v1.0.1"))
        compared = best(
            {
                "factpack": (python, "-c", OURS, str(old), str(new)),
                "csv-diff": (python, "-W", "ignore", "-c", THEIRS, str(old), str(new)),
            }
        )
        assert compared["factpack"][2] == compared["csv-diff"][2], compared
        files = [str(path) for path in new.rglob("*") if path.is_file()]
        size = sum(Path(file).stat().st_size for file in files) / 1e6
        check = best({"factpack": (python, "-c", VERIFY, str(new)), "sha256sum": ("sha256sum", *files)})
        start = best({name: (python, "-c", code) for name, code in IMPORT.items()}, rounds=7)
        share = partly(new, room)
    finally:
        shutil.rmtree(room)
    seconds = {name: one[0] for name, one in compared.items()}
    memory = {name: one[1] for name, one in compared.items()}
    # A Python process takes its time before it hashes the first byte; sha256sum does not.
    warm = start["factpack"][0]
    rate = {"factpack": size / max(check["factpack"][0] - warm, 1e-9), "sha256sum": size / check["sha256sum"][0]}
    found = {
        "diff": seconds["csv-diff"] / seconds["factpack"],
        "memory": memory["factpack"] / memory["csv-diff"],
        "verify": rate["factpack"] / rate["sha256sum"],
        "bytes": share,
        "import": start["factpack"][0] / start["polars"][0],
    }
    print(f"diff of two versions of {ROWS:,} rows, {CHANGED:,} changed")
    for name in compared:
        print(f"  {name:<10} {seconds[name]:6.2f} s  {memory[name]:6.0f} MB")
    print(f"verification of {size:.0f} MB, without the start of the interpreter")
    print("".join(f"  {name:<10} {value:6.0f} MB/s\n" for name, value in rate.items()), end="")
    print(f"verification with it: {check['factpack'][0]:.2f} s, sha256sum {check['sha256sum'][0]:.2f} s")
    print(f"start: import polars {start['polars'][0]:.2f} s, factpack.open {warm:.2f} s")
    print(f"{'':<10} {'ratio':>6}  aim")
    missed = 0
    for name, ratio in found.items():
        most = name in {"memory", "bytes", "import"}
        missed += ratio > AIMS[name] if most else ratio < AIMS[name]
        print(f"{name:<10} {ratio:6.2f}  {'at most' if most else 'at least'} {AIMS[name]}")
    print("An aim is missed." if missed else "Every aim is met.")
    return 0


if __name__ == "__main__":
    sys.exit(make(Path(sys.argv[1])) if len(sys.argv) > 1 else main())
