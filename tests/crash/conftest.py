"""The repository's dataset cut to one source, published as 1.0.0 and ready to publish 1.0.1."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

PUBLISHER = Path(__file__).with_name("publisher.py")
KEPT = "nation-belarus-sco"


def publish(root, *prefix, **more):
    """Run the publisher, under `prefix` (strace, faketime) where one is given."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1767225600", "POLARS_MAX_THREADS": "1"}
    command = [*prefix, sys.executable, str(PUBLISHER), str(root)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **more)


def cut(path, keep):
    """Keep those rows of a CSV file that `keep` accepts."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *(row for row in rows if keep(row))])


@pytest.fixture(scope="session")
def gold(copy_dataset, tmp_path_factory):
    """A small project with 1.0.0 published and 1.0.1 to come."""
    root = copy_dataset(tmp_path_factory.mktemp("gold"))
    for file in (root / "raw" / "facts").iterdir():
        if file.stem != KEPT:
            file.unlink()
    for name in ("waivers.csv", "anchors.lock", "coverage.lock"):
        (root / "raw" / name).unlink()
    # Of these the source says nothing, and a table without rows is an error.
    for table in ("agreements", "statements", "measures"):
        for file in root.glob(f"*/{table}.*"):
            file.unlink()
    cut(root / "raw" / "sources.csv", lambda row: row[0] == KEPT)
    subprocess.run([sys.executable, "-m", "factpack", "ground", "--write", str(root)], capture_output=True, check=False)
    done = publish(root)
    assert done.returncode == 0, done.stderr
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"1.0.0"', '"1.0.1"'), encoding="utf-8")
    sources = root / "raw" / "sources.csv"
    text = sources.read_text(encoding="utf-8").rstrip("\n")
    sources.write_text(f"{text}Read a second time.\n", encoding="utf-8")
    return root
