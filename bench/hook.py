"""A warm `factpack validate` in a commit hook, on ten thousand facts of which one file has changed.

Run `python bench/hook.py [FACTS]`. Beside it, `python -c "import polars, pandera.polars"`: what no run can be without.
"""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from factpack import pipeline, project, scaffold

FACTS, ROUNDS = 10_000, 5
AIM = 1.5


def make(root: Path, facts: int) -> None:
    """Write the example many times over: a source, a text and seven facts for each league."""
    scaffold.start(root)
    with (root / "raw" / "facts" / "gazette-dunsby.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    text = (root / "raw" / "notes" / "gazette-dunsby.txt").read_text(encoding="utf-8")
    sources = list(csv.reader((root / "raw" / "sources.csv").open(encoding="utf-8", newline="")))
    entities = list(csv.reader((root / "raw" / "entities.csv").open(encoding="utf-8", newline="")))
    number = 0
    for number in range(facts // (len(rows) - 1)):
        name, league = f"gazette-{number}", f"Harbour{_letters(number)} League"
        own = text.replace("Harbour League", league)
        (root / "raw" / "notes" / f"{name}.txt").write_text(own, encoding="utf-8")
        sources.append([name, *sources[1][1:]])
        sources[-1][sources[0].index("text_sha256")] = hashlib.sha256(own.encode()).hexdigest()
        entities.append([f"harbour-league-{number}", league, *entities[-1][2:]])
        with (root / "raw" / "facts" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            changed = [[cell.replace("harbour-league", f"harbour-league-{number}") for cell in row] for row in rows]
            for row in changed[1:]:
                row[0] = f"{row[0]}-{number}"
                row[-2] = row[-2].replace("Harbour League", league)
            csv.writer(file, lineterminator="\n").writerows(changed)
    for file, content in (("sources.csv", sources), ("entities.csv", entities)):
        with (root / "raw" / file).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(content)


def _letters(number: int) -> str:
    """Name a league: digits in it would be numerals of its text."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


def timed(command: list[str], root: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    facts = int(sys.argv[1]) if len(sys.argv) > 1 else FACTS
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "leagues"
        make(root, facts)
        assert pipeline.ground(project.load(root), write=True).report.passed()
        command = [sys.executable, "-m", "factpack", "validate", "--no-suites"]
        cold = timed(command, root)
        warm, floor = [], []
        file = root / "raw" / "facts" / "gazette-7.csv"
        for number in range(ROUNDS):
            with file.open("a", encoding="utf-8") as stream:
                stream.write(f"again-{number},harbour-league-7,founded,,,,2019,,,,,2,founded the league in 2019,\n")
            pipeline.ground(project.load(root), write=True)
            warm.append(timed(command, root))
            floor.append(timed([sys.executable, "-c", "import polars, pandera.polars"], root))
        print(f"{facts:,} facts: cold {cold:.2f} s, warm {min(warm):.2f} s (aim {AIM}), imports {min(floor):.2f} s")


if __name__ == "__main__":
    main()
