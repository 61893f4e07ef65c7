"""Expectation suites, run by Great Expectations itself in a process of its own.

Importing it takes seconds, so the process starts before anything else is done, and imports while the parent works.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from factpack.adapters.gx import suites
from factpack.errors import ConfigurationError, InternalError
from factpack.report import Breach, Finding, Ran, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import polars as pl
    from pyspark.sql import DataFrame

    from factpack.adapters.gx.suites import Declared, Suite
    from factpack.models import Project

_SEVERITIES = {"critical": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
# An expectation that most rows fail is reported by its first rows and the total.
MOST_ROWS = 1_000


def start(project: Project) -> Runner:
    """Start the process that imports Great Expectations and waits for tables.

    Raises:
        ConfigurationError: Great Expectations is not installed.
    """
    if find_spec("great_expectations") is None:
        raise ConfigurationError(
            "the suites need Great Expectations: pip install 'factpack[gx]', or leave them out with --no-suites."
        )
    # Nothing of the run may leave the machine, and no setting of a GX Cloud account may take it over.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GX_")}
    environment["GX_ANALYTICS_ENABLED"] = "false"
    errors = tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - the runner closes it
    process = subprocess.Popen(
        [sys.executable, "-m", "factpack.adapters.gx.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        encoding="utf-8",
    )
    return Runner(project=project, process=process, errors=errors)


def check(project: Project, tables: set[str]) -> Report:
    """Read the suites of the tables, and report what is wrong with them without running any."""
    _, findings = suites.read(project, tables)
    return Report(findings=findings)


@dataclass(frozen=True, slots=True)
class Runner:
    """The running process; a context manager that ends it."""

    project: Project
    process: subprocess.Popen[str]
    errors: Any

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()
        self.errors.close()

    def run(self, tables: Mapping[str, pl.DataFrame]) -> tuple[tuple[Breach, ...], Report]:
        """Run the suite of every table.

        Returns:
            The breaches that lie in rows, with row positions in the frames given; and a report of what ran, with the
            findings that lie in no row: an expectation that does not exist, raised, or had nothing to judge.

        Raises:
            InternalError: the process ended without an answer; the message is what it wrote last.
        """
        declared, findings = suites.read(self.project, set(tables))
        if findings:
            return (), Report(findings=findings)
        with tempfile.TemporaryDirectory(prefix="factpack-") as folder:
            for name in declared:
                tables[name].write_parquet(Path(folder) / f"{name}.parquet", compression="uncompressed")
            answers = self._ask(folder, declared)
        return told(declared, answers["tables"], {name: tables[name].height for name in declared})

    def _ask(self, folder: str, declared: Mapping[str, Suite]) -> dict[str, Any]:
        request = {
            "folder": folder,
            "expectations": str(self.project.checks / "expectations"),
            "suites": {name: [one.content for one in suite.expectations] for name, suite in declared.items()},
        }
        try:
            output, _ = self.process.communicate(json.dumps(request) + "\n")
            answer = json.loads(output)
        except (BrokenPipeError, json.JSONDecodeError):
            answer = None
        if not isinstance(answer, dict):
            self.errors.seek(0)
            said = self.errors.read().strip().splitlines()[-15:]
            raise InternalError("Great Expectations ended without an answer:\n" + "\n".join(said))
        if "configuration" in answer:
            raise ConfigurationError(answer["configuration"])
        return answer


def on_spark(project: Project, frames: Mapping[str, DataFrame]) -> tuple[tuple[Breach, ...], Report]:
    """Run the suites on a cluster, as `factpack.adapters.gx.spark.run` describes."""
    from factpack.adapters.gx import spark

    return spark.run(project, frames)


def told(
    declared: Mapping[str, Suite], answers: Mapping[str, Sequence[dict[str, Any]]], heights: Mapping[str, int]
) -> tuple[tuple[Breach, ...], Report]:
    """Tell what came of each suite, by its answers and how many rows its table has.

    Raises:
        InternalError: an expectation that is declared has no answer.
    """
    breaches: list[Breach] = []
    reports = Report()
    for name, suite in declared.items():
        results = answers.get(name, [])
        if len(results) != len(suite.expectations):
            raise InternalError(f"{suite.file} declares {len(suite.expectations)} expectations, {len(results)} ran.")
        for one, result in zip(suite.expectations, results, strict=True):
            rows, unplaced = _judge(suite, one, result)
            breaches += rows
            reports += Report(findings=unplaced)
        ran = Ran(stage="suite", subject=name, rules=len(results), rows=heights[name])
        reports += Report(ran=(ran,))
    return tuple(breaches), reports


def _judge(suite: Suite, one: Declared, result: dict[str, Any]) -> tuple[list[Breach], tuple[Finding, ...]]:
    """Make breaches of the rows that fail an expectation, or a finding at its place in the suite file."""
    kind, severity = one.content["type"], _SEVERITIES[one.content["severity"]]
    if result["refused"] or result["unjudged"]:
        code = "FP502" if result["refused"] else "FP504"
        return [], (_at_suite(suite, one, code, f"{kind}: {result['refused'] or result['unjudged']}", Severity.ERROR),)
    if result["success"]:
        return [], ()
    rows, total = result["rows"][:MOST_ROWS], result["total"]
    notes = one.content["notes"]
    if not rows:
        return [], (_at_suite(suite, one, "FP501", f"{kind}: found {result['observed']}. {notes}", severity),)
    more = f" ({total} rows in all)" if total > len(rows) else ""
    return [
        Breach(
            code="FP501",
            severity=severity,
            table=suite.table,
            row=row,
            field=result["column"],
            message=f"{suite.table}: {kind} is not met by {'nothing' if value is None else value}{more}",
            value=value,
            hint=f"{notes} ({suite.file}:{one.line})",
        )
        for row, value in rows
    ], ()


def _at_suite(suite: Suite, one: Declared, code: str, message: str, severity: Severity) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=message,
        file=suite.file,
        line=one.line,
        column=one.column,
        table=suite.table,
    )
