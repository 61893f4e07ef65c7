"""Strict reading of a million facts against polars' own `read_csv`: throughput and peak memory.

Each run is a process of its own; the readers take turns, and the best of the rounds counts. Exits with 1 where strict
reading is slower than a quarter of polars' throughput or takes more than 2.5 times its memory.

    python bench/reading.py [ROWS]
"""

from __future__ import annotations

import csv
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
SLOWEST = 0.25
LARGEST = 2.5
NAMES = (
    "fact_id", "subject", "predicate", "object", "value", "unit", "date", "as_of", "modifier", "polarity",
    "attributed_to", "paragraph", "phrase", "note",
)  # fmt: skip
WORDS = [
    "the",
    "members",
    "of",
    "a",
    "new",
    "bank",
    "agreed",
    "on",
    "trade",
    "in",
    "oil",
    "and",
    "gas",
    "with",
    "partners",
    "from",
    "Asia",
    "Africa",
    "and",
    "Latin",
    "America",
    "after",
    "eleven",
    "states",
    "joined",
    "in",
    "January",
    "while",
    "drones",
    "worth",
    "millions",
    "were",
    "ordered",
    "under",
    "a",
    "treaty",
    "of",
    "twenty",
    "years",
]


def write(path: Path, rows: int) -> None:
    """Write facts as articles give them: every fifth phrase has a comma, some have curly quotes or accents."""
    chance = random.Random(20250117)  # noqa: S311 - the same file each time
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(NAMES)
        for number in range(rows):
            phrase = " ".join(chance.choices(WORDS, k=chance.randint(3, 10)))
            if number % 5 == 0:
                phrase = phrase.replace(" ", ", ", 1)
            elif number % 11 == 0:
                phrase = f"“{phrase}” in Brasília"
            writer.writerow(
                [
                    f"{chance.choice(WORDS).lower()}-{number}-{chance.choice(WORDS).lower()}",
                    chance.choice(["brics", "sco", "china", "russia", "iran", "north-korea"]),
                    chance.choice(["member_count", "joined", "signed", "crude_imports"]),
                    chance.choice(["", "brics", "sco"]),
                    chance.choice(["11", "90", "41.41", "P20Y", "1500000"]),
                    chance.choice(["", "states", "percent"]),
                    chance.choice(["", "2025-01-17", "2024", f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}"]),
                    chance.choice(["", "2025", "2024-06"]),
                    chance.choice(["", "", "", "approximate", "at_least"]),
                    "",
                    chance.choice(["", "", "tass"]),
                    chance.randint(1, 60),
                    phrase,
                    " ".join(chance.choices(WORDS, k=8)) if number % 7 == 0 else "",
                ]
            )


def run(reader: str, path: Path) -> None:
    """Read the file once and print seconds, peak memory and rows; imports are not counted."""
    import polars as pl

    if reader == "polars":
        began = time.perf_counter()
        rows = pl.read_csv(path).height
    else:
        from factpack.models import Project
        from factpack.sources import FACTS, read_table

        project = Project(root=path.parent, name="b", version="1.0.0", title="B", description="B", licence="CC0-1.0")
        began = time.perf_counter()
        frame, findings = read_table(path, FACTS, project)
        assert not findings, findings[:3]
        rows = frame.height
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": seconds, "peak": peak, "rows": rows}))


def measure(path: Path, rows: int) -> dict[str, dict[str, float]]:
    """Let the readers take turns, and keep the best of each."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(ROUNDS):
        for reader in ("polars", "factpack"):
            command = [sys.executable, __file__, reader, str(path)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            assert found["rows"] == rows
            known = best.setdefault(reader, found)
            best[reader] = {key: min(known[key], found[key]) for key in found}
    return best


def main(rows: int) -> int:
    """Print the table; return the exit code."""
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.csv"
        write(path, rows)
        size = path.stat().st_size
        best = measure(path, rows)
    print(f"{rows:,} facts, {size / 1e6:.0f} MB of CSV; {os.cpu_count()} cores, {platform.machine()},")
    print(f"Python {platform.python_version()}, polars {pl.__version__}; best of {ROUNDS} interleaved rounds")
    print()
    print("reader      seconds      MB/s   peak MB")
    for reader, found in best.items():
        print(f"{reader:<10}{found['seconds']:9.2f}{size / 1e6 / found['seconds']:10.0f}{found['peak'] / 1e6:10.0f}")
    throughput = best["polars"]["seconds"] / best["factpack"]["seconds"]
    memory = best["factpack"]["peak"] / best["polars"]["peak"]
    print()
    print(f"throughput {throughput:.0%} of polars' (wanted: {SLOWEST:.0%} or more)")
    print(f"memory     {memory:.2f} times polars' (wanted: {LARGEST} or less)")
    return 0 if throughput >= SLOWEST and memory <= LARGEST else 1


if __name__ == "__main__":
    if len(sys.argv) == 3:
        run(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) == 2 else 1_000_000))
