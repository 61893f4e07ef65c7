"""What a cluster loses with its workers: the time of a run of which two are killed, beside that of an undisturbed one.

Run `python -m bench.losses [ROWS]`. A master and two workers of one core each are processes of this machine. One of the
workers dies with its executor in the row stage, another once half of a shuffle is done; each time a new one joins.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import polars as pl
from bench import claims
from bench.claims import judging, standalone

ROWS, FILES, ROUNDS = 20_000_000, 16, 3
AIM = 2.0


def main() -> None:
    """Compare, and hold the ratio against the aim."""
    rows = int(sys.argv[1]) if sys.argv[1:] else ROWS
    with tempfile.TemporaryDirectory() as room, standalone.cluster(Path(room), workers=2, cores=1) as running:
        whole, folder = Path(room) / "whole.parquet", Path(room) / "files"
        claims.make(whole, rows, 1)
        folder.mkdir()
        for number in range(FILES):
            part = pl.scan_parquet(whole).slice(number * rows // FILES, rows // FILES)
            part.sink_parquet(folder / f"part-{number:02}.parquet")
        ratios = []
        for _ in range(ROUNDS):
            alone = judging.judge(running.url, "claims", folder)
            disturbed, killed = judging.judge_disturbed(running, "claims", folder)
            assert disturbed["found"] == alone["found"]
            ratios.append(disturbed["took"] / alone["took"])
            print(f"{rows:,} rows: {alone['took']:.1f} s; killed {killed}: {disturbed['took']:.1f} s", flush=True)
    ratio = sorted(ratios)[ROUNDS // 2]
    print(f"with two workers killed {ratio:.2f} times as long; aim {AIM}: {'met' if ratio <= AIM else 'missed'}")


if __name__ == "__main__":
    main()
