"""Each check on 1 to 50 million rows under a cap of 2 GB: time and peak memory, drawn.

Run `python bench/scale.py [--write] [ROWS ...]`; with `--write`, the table and the plot go to docs/. Every check is a
process of its own, in a cgroup of its own where one may be made (as root); otherwise without a cap, and the table says
so. The claims are those of bench/claims, and what they refer to: sources, and stated numbers of what was counted.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import claims
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = (1_000_000, 5_000_000, 20_000_000, 50_000_000)
CAP = 2_000_000_000
DOCS = Path(__file__).parent.parent / "docs"
# What share of the claims is bad for which check; 60% is a file that should not have been delivered.
CHECKS = {
    "row rules": 1,
    "unique": 1,
    "foreign key": 1,
    "foreign key to as many": 1,
    "stated count": 1,
    "all rules": 1,
    "quarantine, clean": 0,
    "quarantine, 1% bad": 1,
    "quarantine, 60% bad": 60,
}


def tables(path: Path) -> dict[str, pl.LazyFrame]:
    """Give the claims; 4,999 of the 5,000 sources; and what 200 entities state of the number of their numbers."""
    scanned = pl.scan_parquet(path)
    names = pl.LazyFrame({"source": [f"s-{number}" for number in range(4_999)]})
    number = pl.int_range(200)
    counts = pl.LazyFrame().select(
        fact_id=pl.format("f{}", number),
        subject=pl.format("entity-{}", number),
        predicate=pl.lit("count"),
        low=pl.lit(1),
        high=pl.lit(1_000_000) - (number == 7) * 999_999,
        as_of_max=pl.lit(date(2025, 1, 1)),
    )
    listed = scanned.with_columns(fact_ids=pl.concat_list("claim_id"))
    return {"claims": listed, "sources": names, "counts": counts}


def check(kind: str, path: Path) -> Callable[[], Any]:
    """Prepare one check; what it gives when it runs is what it found."""
    from factpack import plan
    from factpack.quarantine import quarantine
    from factpack.rules import ForeignKey, StatedCount, first_violations
    from factpack.schemas import TableModel

    schema, frames = claims.schema(), tables(path)
    compiled = plan.compile_schema(schema)

    def judge(rules: plan.Plan) -> Callable[[], Any]:
        def run() -> list[int]:
            verdicts, _ = plan.run({"claims": pl.scan_parquet(path)}, {"claims": rules}, 1_000)
            verdict = verdicts["claims"]
            return [sum(verdict.counts), *(rows.height for rows in verdict.repeated.values())]

        return run

    def relate(relation: ForeignKey | StatedCount, name: str) -> Callable[[], Any]:
        def run() -> int:
            passes = 1 + frames[relation.table].select(pl.len()).collect().item() // 4_000_000
            return first_violations(relation, name, frames, 1_000, passes).height

        return run

    def hold() -> list[int]:
        model = TableModel(name="claims", schema=schema, key=("claim_id",), relations=())
        found = quarantine("claims", {"claims": pl.scan_parquet(path)}, model, path.parent / "quarantine")
        return [found.rows, found.held]

    stated = StatedCount(
        stated={"predicate": "count"},
        table="claims",
        where={"predicate": "share"},
        on={"subject": "subject"},
        counted="number",
    )
    return {
        "row rules": judge(replace(compiled, unique=())),
        "unique": judge(replace(compiled, rows=())),
        "all rules": judge(compiled),
        "foreign key": relate(ForeignKey(field="source", table="sources", references="source"), "claims"),
        "foreign key to as many": relate(ForeignKey(field="claim_id", table="claims", references="claim_id"), "claims"),
        "stated count": relate(stated, "counts"),
    }.get(kind, hold)


@contextlib.contextmanager
def capped() -> Iterator[list[str]]:
    """Give the words to put before a command so that it may not hold more than the cap; none where that cannot be."""
    version_1 = Path("/sys/fs/cgroup/memory")
    group = (version_1 if version_1.is_dir() else Path("/sys/fs/cgroup")) / f"factpack-bench-{os.getpid()}"
    limit, members = ("memory.limit_in_bytes", "tasks") if version_1.is_dir() else ("memory.max", "cgroup.procs")
    try:
        group.mkdir()
        (group / limit).write_text(str(CAP), encoding="ascii")
    except OSError:
        yield []
        return
    try:
        yield ["sh", "-c", f'echo $$ > {group / members} && exec "$@"', "sh"]
    finally:
        with contextlib.suppress(OSError):
            group.rmdir()


def compare(sizes: tuple[int, ...], room: Path) -> pl.DataFrame:
    """Run every check on every size."""
    measured = []
    for rows in sizes:
        for percent in (0, 1, 60):
            path = room / f"claims-{percent}.parquet"
            claims.make(path, rows, percent)
            for kind in (kind for kind, share in CHECKS.items() if share == percent):
                with capped() as words:
                    one = claims.measured([*words, sys.executable, __file__, "--run", kind, str(path)])
                print(f"{rows:>11,}  {kind:<24} {one['wall']:7.2f} s  {one['memory']:6.0f} MB  {one['found']}")
                measured.append({"rows": rows, "check": kind, "wall": one["wall"], "memory": one["memory"]})
            path.unlink()
    return pl.DataFrame(measured)


def draw(measured: pl.DataFrame, file: Path) -> None:
    """Draw time and memory over the number of rows."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams |= {"svg.hashsalt": "factpack", "font.size": 9}
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for (kind,), part in measured.group_by("check", maintain_order=True):
        millions = (part["rows"] / 1e6).to_list()
        left.plot(millions, part["wall"].to_list(), marker="o", label=str(kind))
        right.plot(millions, part["memory"].to_list(), marker="o")
    right.axhline(CAP / 1e6, linestyle="--", color="grey")
    for axes, title in ((left, "time, s"), (right, "peak memory, MB; dashed: the cap")):
        axes.set(title=title, xlabel="million rows", ylim=(0, None))
    left.legend()
    figure.savefig(file, metadata={"Date": None})


def table(measured: pl.DataFrame, cap: bool) -> str:  # noqa: FBT001
    """Write the table of the docs."""
    sizes = measured["rows"].unique(maintain_order=True).to_list()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Beyond memory",
        "",
        f"Written by `bench/scale.py` (`nox -s bench`). {machine}, polars {pl.__version__}.",
        f"Time in seconds, and the peak of memory in MB, of a process {'in 2 GB' if cap else 'without a cap'}.",
        "",
        "| rows | " + " | ".join(f"{size // 1_000_000} M" for size in sizes) + " |",
        "|---|" + "--:|" * len(sizes),
    ]
    for (kind,), part in measured.group_by("check", maintain_order=True):
        cells = " | ".join(f"{one['wall']:.1f} s, {one['memory']:.0f} MB" for one in part.iter_rows(named=True))
        lines.append(f"| {kind} | {cells} |")
    return "\n".join([*lines, "", "![Time and peak memory over the number of rows](beyond-memory.svg)", ""])


def main() -> None:
    """Run the checks and print the table."""
    sizes = tuple(int(argument) for argument in sys.argv[1:] if argument.isdigit()) or SIZES
    with capped() as words:
        cap = bool(words)
    with tempfile.TemporaryDirectory() as room:
        measured = compare(sizes, Path(room))
    print(table(measured, cap))
    if "--write" in sys.argv:
        draw(measured, DOCS / "beyond-memory.svg")
        (DOCS / "beyond-memory.md").write_text(table(measured, cap), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        claims.report(check(sys.argv[2], Path(sys.argv[3])))
    else:
        main()
