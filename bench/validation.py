"""Some twenty checks on five million rows: the plan, pandera itself, and polars written by hand.

Run `python bench/validation.py [ROWS]`. The contenders are those of bench/peers.py, on claims that are clean and of
which 1% are bad; what counts is the time of the processor, and the peak of memory. All must find the same.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

import claims
import polars as pl

ROWS, ROUNDS = 5_000_000, 3
AIMS = {"processor, to polars by hand": 1.0, "memory, to polars by hand": 0.6, "pandera's processor, to ours": 1.8}
PEERS = Path(__file__).parent / "peers.py"
NAMES = ("factpack", "polars by hand", "pandera")


def compare(path: Path) -> dict[str, float]:
    """Run the three in turns, print the best of each, and give the ratios."""
    commands = {name: [sys.executable, str(PEERS), "--run", name, str(path)] for name in NAMES}
    runs = [{name: claims.measured(command) for name, command in commands.items()} for _ in range(ROUNDS)]
    best = {name: min((run[name] for run in runs), key=lambda one: one["cpu"]) for name in NAMES}
    found = {tuple(sorted((rule, count) for rule, count in one["found"].items() if count)) for one in best.values()}
    assert len(found) == 1, best
    print(f"  {sum(count for _, count in found.pop()):,} failures, the same for all")
    for name, one in best.items():
        print(f"  {name:<30} {one['cpu']:6.2f} s of CPU  {one['memory']:6.0f} MB")
    ours, hand, pandera = (best[name] for name in NAMES)
    ratios = (ours["cpu"] / hand["cpu"], ours["memory"] / hand["memory"], pandera["cpu"] / ours["cpu"])
    return dict(zip(AIMS, ratios, strict=True))


def main() -> None:
    """Compare on clean and on bad claims, and hold the ratios against the aims."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}")
    with tempfile.TemporaryDirectory() as room:
        for percent in (0, 1):
            print(f"{rows:,} rows, {percent}% bad")
            path = Path(room) / f"claims-{percent}.parquet"
            claims.make(path, rows, percent)
            for name, ratio in compare(path).items():
                least = name.startswith("pandera")
                met = ratio >= AIMS[name] if least else ratio <= AIMS[name]
                print(f"  {name:<30} {ratio:6.2f}  {'met' if met else 'missed'}: {AIMS[name]}")


if __name__ == "__main__":
    main()
