"""Findings and summaries as text for people: coloured on a terminal, plain in a pipe."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
from click import style

from factpack.changelog import entry, told
from factpack.diff import delta
from factpack.formats.characters import visible
from factpack.report import Severity
from factpack.rulebook import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from factpack.changelog import Changes
    from factpack.diff import TableDiff
    from factpack.reader import Package
    from factpack.report import Finding, Report

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
# How much of a long line is shown on either side of the cell at fault.
_BEFORE, _AFTER = 40, 60
# The widest cell of a table that is shown whole.
_CELL = 32


def render(finding: Finding, root: Path) -> str:
    """Write a finding as a block: what is wrong, where, the line with the cell underlined, the phrase, the hint."""
    rule = RULES[finding.code]
    head = style(f"{finding.code} {rule.name}", fg=_COLOURS[finding.severity], bold=True)
    lines = [f"{head}: {visible(finding.message)}"]
    if finding.file:
        place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None)
        fact = f"  fact {visible(finding.fact_id)}" if finding.fact_id else ""
        lines.append(f"  {style('-->', fg='cyan')} {style(visible(place), bold=True)}{fact}")
        lines += _excerpt(finding, root)
    elif finding.table:
        lines.append(f"  {style('-->', fg='cyan')} table {visible(finding.table)}")
    if finding.phrase:
        lines.append(f"   = phrase: {visible(finding.phrase)}")
    lines.append(f"   = help: {visible(finding.hint or rule.hint)}")
    return "\n".join(lines)


def concise(finding: Finding) -> str:
    """Write a finding as one line: place, code, message."""
    place = ":".join(str(part) for part in (finding.file or finding.table, finding.line, finding.column) if part)
    fact = f" (fact {finding.fact_id})" if finding.fact_id else ""
    return visible(f"{place}: {finding.code} {finding.message}{fact}")


def summarise(report: Report, title: str, seconds: float) -> str:
    """Write what was checked and how it went, to be read in five seconds; the verdict stands last."""
    lines = [f"{label:<10} {text}" for label, text in _accounts(report)]
    lines += [f"{style('not run', fg='yellow')}    {visible(reason)}" for reason in report.skipped]
    accepted = Counter(finding.accepted for finding in report.findings if finding.accepted)
    lines += [f"{'accepted':<10} {count:,} findings: {visible(reason)}" for reason, count in accepted.most_common()]
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    passed = report.passed()
    verdict = style("PASSED" if passed else "FAILED", fg="green" if passed else "red", bold=True)
    counts = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    nothing = "" if report.ran or errors else ": nothing was checked"
    return "\n".join([*lines, f"{verdict} {title}{nothing}: {counts} in {seconds:.1f} s"])


def _accounts(report: Report) -> list[tuple[str, str]]:
    stages: dict[str, Counter[str]] = {}
    for ran in report.ran:
        account = stages.setdefault(ran.stage, Counter())
        account.update(tables=1, rules=ran.rules, rows=ran.rows)
    words = {
        "reading": ("read", "{rows:,} raw rows from {tables} files"),
        "vocabulary": ("vocabulary", "{rows:,} facts against {rules} rules"),
        "published": ("published", "{tables} versions, {rows:,} files as they were sealed"),
        "retractions": ("retracted", "{rows:,} facts of the last version are still here, or retracted"),
        "drift": ("drift", "{tables} tables held against those of the last version"),
        "grounding": ("words", "{rows:,} phrases looked up in the texts of their sources"),
        "schema": ("schemas", "{tables} tables, {rows:,} rows, {rules} rules"),
        "relations": ("relations", "{rules} between the tables"),
        "suite": ("suites", "{tables} suites, {rules} expectations"),
    }
    found = [
        (words[stage][0], words[stage][1].format(**account)) for stage, account in stages.items() if stage in words
    ]
    if report.verdicts:
        found.append(("verdicts", ", ".join(f"{count} {verdict}" for verdict, count in report.verdicts)))
    if report.counts:
        disputed = sum(bool(count.contested) for count in report.counts)
        also = f", {disputed} of them only with contested members" if disputed else ""
        found.append(("counts", f"{len(report.counts)} stated numbers held against what was counted{also}"))
    return found


def _excerpt(finding: Finding, root: Path) -> list[str]:
    """Show the line at fault and underline the cell, where the file can be read as text."""
    # A Parquet file has rows and no lines: the cell itself is what can be shown of it.
    if finding.file and finding.file.endswith(".parquet"):
        return [f"   = cell: {visible(f'{finding.field} {finding.value}')}"] if finding.field and finding.value else []
    if finding.line is None or finding.column is None:
        return []
    try:
        with (root / (finding.file or "")).open(encoding="utf-8", errors="replace", newline="\n") as file:
            text = next((line for number, line in enumerate(file, 1) if number == finding.line), "").rstrip("\r\n")
    except (OSError, ValueError):  # the latter: a name that no file can have
        return []
    start = max(0, finding.column - 1 - _BEFORE)
    end = min(len(text), finding.column - 1 + _AFTER)
    before = visible(text[start : finding.column - 1])
    shown = before + visible(text[finding.column - 1 : end])
    width = max(1, min(len(finding.value or ""), end - finding.column + 1))
    margin = " " * len(str(finding.line))
    left = "..." if start else ""
    underline = style("^" * width, fg=_COLOURS[finding.severity])
    return [
        f" {finding.line} | {left}{shown}{'...' if end < len(text) else ''}",
        f" {margin} | {' ' * (len(left) + len(before))}{underline}",
    ]


def coverage(known: pl.DataFrame) -> str:
    """Write how many numerals of each source facts carry, and how many are waived."""
    share = 100 * (pl.col("carried") + pl.col("waived")) / pl.col("numerals")
    shares = known.with_columns(share=pl.when(pl.col("numerals") == 0).then(100.0).otherwise(share))
    width = max((len(name) for name in known["source_id"]), default=6)
    head = f"{'source':<{width}}  numerals  carried  waived  covered"
    lines = [
        f"{row['source_id']:<{width}}  {row['numerals']:>8}  {row['carried']:>7}  {row['waived']:>6}"
        f"  {row['share']:>6.1f}%"
        f"{'  (as raw/coverage.lock counted)' if row['checked'] == 'lock' else ''}"
        for row in shares.iter_rows(named=True)
    ]
    return "\n".join([style(head, bold=True), *lines])


def difference(changes: Changes, form: str) -> str:
    """Write what differs between two versions: as `text`, `markdown`, `json`, or as the `delta` of rows in CSV."""
    if form == "json":
        return json.dumps(told(changes.diff, changes.bump), indent=2, ensure_ascii=False, default=str) + "\n"
    if form == "delta":
        return str(delta(changes.diff).write_csv(line_terminator="\n"))
    if form == "markdown":
        return entry(changes.diff.after.version, None, changes.diff, changes.bump)
    lines = [line for table in changes.diff.tables if not table.empty for line in _table(table)]
    reasons = [f"{level!s:<6} {visible(reason)}" for level, reason in changes.bump.reasons]
    before = changes.before or "nothing"
    return "\n".join([*lines, *reasons, f"{before} -> {changes.diff.after.version}: {changes.bump.level}", ""])


def _table(table: TableDiff) -> Iterator[str]:
    yield style(table.name, bold=True)
    for what, names in table.fields.items():
        yield from (f"  field {name} {what}" for name in names)
    sides = ((table.removed, table.key_before, "-", "red"), (table.added, table.key, "+", "green"))
    for frame, key_columns, sign, colour in sides:
        for row in frame.select(key_columns).sort(key_columns).iter_rows():
            yield style(f"  {sign} {visible(' '.join(map(str, row)))}", fg=colour)
    for cell in table.changed.iter_rows(named=True):
        key = " ".join(str(cell[name]) for name in table.key)
        before, after = (visible(str(cell[one])) for one in ("before", "after"))
        yield f"  ~ {visible(key)}: {cell['field']} {style(before, fg='red')} -> {style(after, fg='green')}"


def proven(row: dict[str, str]) -> str:
    """Write the row that a proof proves."""
    lines = [f"{style(f'{name:<14}', bold=True)} {visible(text)}" for name, text in row.items()]
    return "\n".join(["The proof holds: this row is in the version.", *lines])


def table(rows: pl.LazyFrame, limit: int, width: int | None) -> str:
    """Write the first rows of a table as aligned columns, as many as `width` characters hold; None is no limit."""
    frame = rows.head(limit).collect()
    total = rows.select(pl.len()).collect().item()
    columns = [[name, *(_cell(value) for value in frame[name])] for name in frame.columns]
    widths = [max(len(cell) for cell in column) for column in columns]
    fitting, used = 0, 0
    while fitting < len(columns) and (width is None or not fitting or used + widths[fitting] <= width):
        used += widths[fitting] + 2
        fitting += 1
    lines = [
        "  ".join(cell.ljust(size) for cell, size in zip(cells, widths[:fitting], strict=True)).rstrip()
        for cells in zip(*columns[:fitting], strict=True)
    ]
    left_out = f"; not shown: {', '.join(frame.columns[fitting:])}" if fitting < len(columns) else ""
    return "\n".join([style(lines[0], bold=True), *lines[1:], f"{frame.height} of {total} rows{left_out}"])


def fact(package: Package, fact_id: str) -> str:
    """Write one fact: what is claimed, in which words, by which source, and what the other sources answer."""
    found = package.fact(fact_id)
    derived = {"number", "low", "high", "date_min", "date_max", "as_of_min", "as_of_max", "fact_ids"}
    lines = [(key, value) for key, value in found.row.items() if key not in derived and value is not None]
    if "sources" in package.tables:
        evidence = found.evidence
        if evidence.text_kind == "note":
            lines.append(("words", "(from our note on the article, not its words)"))
        named = (evidence.title, evidence.publisher, evidence.published, evidence.url)
        lines.append(("source", ", ".join(one for one in named if one)))
    lines += _answers(package, fact_id)
    for version, cells in found.history().items():
        lines.append((f"in {version}", "; ".join(f"{name}: {value}" for name, value in cells.items())))
    resting = [name for name in package.tables if "fact_ids" in package.table(name).collect_schema()]
    rests = [name for name in resting if package.table(name).filter(_holds(fact_id)).collect().height]
    lines += [("checked in", ", ".join(rests)), ("cite", found.cite()), ("proof", f"factpack prove {fact_id}")]
    return "\n".join(f"{style(f'{key:<14}', bold=True)} {visible(str(value))}" for key, value in lines)


def _holds(fact_id: str) -> pl.Expr:
    return pl.col("fact_ids").list.contains(fact_id)


def _answers(package: Package, fact_id: str) -> Iterator[tuple[str, str]]:
    """Tell what all sources answer to the questions that a fact answers, and each of them."""
    if "consensus" not in package.tables:
        return
    for question in package.table("consensus").filter(_holds(fact_id)).collect().iter_rows(named=True):
        yield "together", f"{question['status']}: {', '.join(question['values'])} ({question['sources']} sources)"
        others = package.table("facts").filter(pl.col("fact_id").is_in(question["fact_ids"])).collect()
        for row in others.filter(pl.col("fact_id") != fact_id).iter_rows(named=True):
            said = " ".join(str(row[name]) for name in ("modifier", "value", "unit", "object", "date") if row[name])
            when = f" as of {row['as_of']}" if row["as_of"] else ""
            yield "also", f"{'not ' if row['polarity'] else ''}{said}{when}: {row['source_id']} ({row['fact_id']})"


def _cell(value: object) -> str:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, pl.Series) else str(value)
    shown = visible(text)
    return shown if len(shown) <= _CELL else shown[: _CELL - 3] + "..."
