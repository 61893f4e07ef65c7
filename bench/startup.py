"""A whole run on the dataset, beside the import that it cannot do without.

With Great Expectations installed: `factpack validate` against `import great_expectations`. Without:
`factpack validate --no-suites` against `import polars`. Whole processes, interleaved, the best of five.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 5


def seconds(*arguments: str) -> float:
    """Run Python with the arguments, in the dataset's folder, and give the wall time of the process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print both times and their ratio."""
    full = find_spec("great_expectations") is not None
    library = "great_expectations" if full else "polars"
    ours = ["-m", "factpack", "validate"] if full else ["-m", "factpack", "validate", "--no-suites"]
    times = [(seconds("-c", f"import {library}"), seconds(*ours)) for _ in range(ROUNDS)]
    floor, run = (min(column) for column in zip(*times, strict=True))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {library} {version(library)}")
    print(f"{'import ' + library:<40} {floor:6.2f} s")
    print(f"{'factpack ' + ' '.join(ours[2:]):<40} {run:6.2f} s")
    print(f"{'ratio':<40} {run / floor:6.2f}   (aim: at most {1.5 if full else 4})")


if __name__ == "__main__":
    main()
