"""The same checks on the same claims by factpack and its peers: time, processor, memory, and whether they agree.

Run `python bench/peers.py [ROWS] [--write]`; with `--write`, the table goes to docs/benchmarks.md. Each contender is a
process of its own, and its imports do not count. The claims are clean, or 1% or 60% of them break one of the rules.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import claims
import polars as pl
from claims import ENTITIES, FILLED, PREDICATES, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000_000
TABLE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
LENGTHS = {"source": "length", "phrase": "phrase"}
Found = dict[str, int]
col = pl.col


def conditions() -> dict[str, pl.Expr]:
    """Give the rules as a person would write them in polars: true where a row breaks one."""
    return {
        **{f"{name} filled": col(name).is_null() for name in FILLED},
        "id": ~col("claim_id").str.contains(r"^c[0-9]{8}$"),
        "length": ~col("source").str.len_chars().is_between(3, 40),
        "start": ~col("source").str.starts_with("s-"),
        "subject": ~col("subject").is_in(ENTITIES),
        "predicate": ~col("predicate").is_in(PREDICATES),
        "low": col("number") < 0,
        "high": col("number") > 1_000_000,
        "share": ~col("share").is_between(0.0, 100.0),
        "unit": ~col("unit").is_in(UNITS),
        "phrase": ~col("phrase").str.len_chars().is_between(1, 60),
        "order": col("day") > col("until"),
        "part": (col("unit") == "percent") & col("share").is_null(),
    }


def of_factpack(path: Path) -> Callable[[], Found]:
    from factpack import plan

    schema = claims.schema()

    def run() -> Found:
        compiled = plan.compile_schema(schema)
        verdicts, _ = plan.run({"claims": pl.scan_parquet(path)}, {"claims": compiled}, 1_000_000_000)
        verdict = verdicts["claims"]
        names = [str(rule.check.name) if rule.check else f"{rule.column} filled" for rule in compiled.rows]
        repeated = sum(rows.height for rows in verdict.repeated.values())
        return dict(zip(names, verdict.counts, strict=True)) | {"unique": repeated}

    return run


def of_hand(path: Path) -> Callable[[], Found]:
    rules = conditions()

    def run() -> Found:
        frame = pl.scan_parquet(path)
        marks = [rule.fill_null(value=False).alias(name) for name, rule in rules.items()]
        marked = frame.with_columns(marks).with_row_index("row").filter(pl.any_horizontal(list(rules)))
        bad, keys = pl.collect_all(
            [marked.select("row", *rules), frame.select(n=pl.len(), keys=col("claim_id").n_unique())],
            engine="streaming",
        )
        found: Found = {name: int(bad[name].sum()) for name in rules} | {"unique": 0}
        if keys["keys"].item() < keys["n"].item():
            again = frame.group_by("claim_id").len().filter(col("len") > 1)
            both = frame.with_row_index("row").select("row", "claim_id").join(again, on="claim_id", how="semi")
            found["unique"] = both.collect(engine="streaming").height
        return found

    return run


def of_pandera(path: Path) -> Callable[[], Found]:
    from pandera.errors import SchemaErrors

    schema = claims.schema()

    def run() -> Found:
        try:
            schema.validate(pl.read_parquet(path), lazy=True)
        except SchemaErrors as error:
            cases = error.failure_cases.group_by("column", "check", "check_number").len().iter_rows()
        else:
            return {}
        found: Counter[str] = Counter()
        for column, check, number, count in cases:
            name = {"not_nullable": f"{column} filled", "multiple_fields_uniqueness": "unique"}.get(check)
            one = schema.columns.get(column, schema)
            found[name or str(one.checks[number].name)] += count
        return dict(found)

    return run


def of_dataframely(path: Path) -> Callable[[], Found]:
    import dataframely as dy

    class Claims(dy.Schema):
        claim_id = dy.String(primary_key=True, regex=r"^c[0-9]{8}$")
        source = dy.String(min_length=3, max_length=40, check={"start": lambda one: one.str.starts_with("s-")})
        subject = dy.String(check={"subject": lambda one: one.is_in(ENTITIES)})
        predicate = dy.String(check={"predicate": lambda one: one.is_in(PREDICATES)})
        number = dy.Int64(nullable=True, min=0, max=1_000_000)
        share = dy.Float64(nullable=True, min=0.0, max=100.0)
        day = dy.Date(nullable=True)
        until = dy.Date(nullable=True)
        unit = dy.String(nullable=True, check={"unit": lambda one: one.is_in(UNITS)})
        phrase = dy.String(min_length=1, max_length=60)

        @dy.rule()
        def order(cls) -> pl.Expr:  # noqa: N805
            return col("day") <= col("until")

        @dy.rule()
        def part(cls) -> pl.Expr:  # noqa: N805
            return (col("unit") != "percent") | col("share").is_not_null()

    names = {"primary_key": "unique", "claim_id|regex": "id", "number|min": "low", "number|max": "high"}
    names |= {f"{column}|{end}_length": rule for column, rule in LENGTHS.items() for end in ("min", "max")}
    names |= {"share|max": "share", "share|min": "share"}

    def run() -> Found:
        _, failure = Claims.filter(pl.read_parquet(path))
        found: Counter[str] = Counter()
        for rule, count in failure.counts().items():
            column, _, what = rule.partition("|")
            name = f"{column} filled" if what == "nullability" else names.get(rule, what.removeprefix("check__"))
            found[name or column] += count
        return dict(found)

    return run


def of_pointblank(path: Path) -> Callable[[], Found]:
    import pointblank

    def run() -> Found:
        steps = pointblank.Validate(pl.read_parquet(path))
        for name in FILLED:
            steps = steps.col_vals_not_null(name, brief=f"{name} filled")
        steps = (
            steps.col_vals_regex("claim_id", r"^c[0-9]{8}$", na_pass=True, brief="id")
            .col_vals_expr(col("source").str.len_chars().is_between(3, 40), brief="length")
            .col_vals_regex("source", r"^s-", na_pass=True, brief="start")
            .col_vals_in_set("subject", ENTITIES, brief="subject")
            # A set has no na_pass there, so nulls are named among it.
            .col_vals_expr(col("predicate").is_in(PREDICATES) | col("predicate").is_null(), brief="predicate")
            .col_vals_ge("number", 0, na_pass=True, brief="low")
            .col_vals_le("number", 1_000_000, na_pass=True, brief="high")
            .col_vals_between("share", 0.0, 100.0, na_pass=True, brief="share")
            .col_vals_in_set("unit", UNITS, brief="unit")
            .col_vals_expr(col("phrase").str.len_chars().is_between(1, 60), brief="phrase")
            .col_vals_expr(col("day") <= col("until"), brief="order")
            .col_vals_expr((col("unit") != "percent") | col("share").is_not_null(), brief="part")
            .rows_distinct(columns_subset=["claim_id"], brief="unique")
            .interrogate()
        )
        return {str(step.brief): int(step.n_failed or 0) for step in steps.validation_info}

    return run


def of_duckdb(path: Path) -> Callable[[], Found]:
    import duckdb

    def listed(values: list[str]) -> str:
        return "(" + ", ".join(f"'{value}'" for value in values) + ")"

    rules = {
        **{f"{name} filled": f"{name} IS NULL" for name in FILLED},
        "id": "NOT regexp_matches(claim_id, '^c[0-9]{8}$')",
        "length": "length(source) NOT BETWEEN 3 AND 40",
        "start": "NOT starts_with(source, 's-')",
        "subject": f"subject NOT IN {listed(ENTITIES)}",
        "predicate": f"predicate NOT IN {listed(PREDICATES)}",
        "low": "number < 0",
        "high": "number > 1000000",
        "share": "share NOT BETWEEN 0 AND 100",
        "unit": f"unit NOT IN {listed(UNITS)}",
        "phrase": "length(phrase) NOT BETWEEN 1 AND 60",
        "order": "day > until",
        "part": "unit = 'percent' AND share IS NULL",
    }
    repeated = (
        "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM read_parquet($1) GROUP BY claim_id) WHERE n > 1"
    )

    def run() -> Found:
        counts = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in rules.values())
        row = duckdb.execute(f"SELECT {counts} FROM read_parquet($1)", [str(path)]).fetchone()  # noqa: S608
        again = duckdb.execute(repeated, [str(path)]).fetchone()
        assert row is not None
        assert again is not None
        return dict(zip(rules, row, strict=True)) | {"unique": int(again[0])}

    return run


def of_gx(path: Path, engine: str) -> Callable[[], Found]:
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd
    from great_expectations.data_context.types.base import ProgressBarsConfig

    import factpack.adapters.gx.polars  # noqa: F401

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    expectations = {
        **{f"{name} filled": gxe.ExpectColumnValuesToNotBeNull(column=name) for name in FILLED},
        "id": gxe.ExpectColumnValuesToMatchRegex(column="claim_id", regex=r"^c[0-9]{8}$"),
        "length": gxe.ExpectColumnValueLengthsToBeBetween(column="source", min_value=3, max_value=40),
        "start": gxe.ExpectColumnValuesToMatchRegex(column="source", regex=r"^s-"),
        "subject": gxe.ExpectColumnValuesToBeInSet(column="subject", value_set=ENTITIES),
        "predicate": gxe.ExpectColumnValuesToBeInSet(column="predicate", value_set=PREDICATES),
        "low": gxe.ExpectColumnValuesToBeBetween(column="number", min_value=0),
        "high": gxe.ExpectColumnValuesToBeBetween(column="number", max_value=1_000_000),
        "share": gxe.ExpectColumnValuesToBeBetween(column="share", min_value=0, max_value=100),
        "unit": gxe.ExpectColumnValuesToBeInSet(column="unit", value_set=UNITS),
        "phrase": gxe.ExpectColumnValueLengthsToBeBetween(column="phrase", min_value=1, max_value=60),
        "order": gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="until", column_B="day", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
        "unique": gxe.ExpectColumnValuesToBeUnique(column="claim_id"),
    }
    for name, expectation in expectations.items():
        expectation.meta = {"rule": name}
    suite = gx.ExpectationSuite(name="claims", expectations=list(expectations.values()))

    def run() -> Found:
        if engine == "polars":
            asset = context.data_sources.add_polars("p").add_scan_asset("claims", path=path)
            batch = asset.add_batch_definition_whole_table("whole").get_batch()
        else:
            whole = context.data_sources.add_pandas("p").add_dataframe_asset("claims")
            frame = {"dataframe": pd.read_parquet(path)}
            batch = whole.add_batch_definition_whole_dataframe("whole").get_batch(frame)
        results = batch.validate(suite, result_format="SUMMARY").results
        return {str(one.expectation_config.meta["rule"]): int(one.result["unexpected_count"]) for one in results}

    return run


# What frictionless can say of these claims; it has no rule of two columns without Python, and one pattern for a field.
FIELDS: list[dict[str, Any]] = [
    {"name": "claim_id", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "c[0-9]{8}"}},
    {"name": "source", "type": "string", "constraints": {"required": True, "minLength": 3, "pattern": "s-.*"}},
    {"name": "subject", "type": "string", "constraints": {"required": True, "enum": ENTITIES}},
    {"name": "predicate", "type": "string", "constraints": {"required": True, "enum": PREDICATES}},
    {"name": "number", "type": "integer", "constraints": {"minimum": 0, "maximum": 1_000_000}},
    {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    {"name": "day", "type": "date"},
    {"name": "until", "type": "date"},
    {"name": "unit", "type": "string", "constraints": {"enum": UNITS}},
    {"name": "phrase", "type": "string", "constraints": {"minLength": 1, "maxLength": 60}},
]
CONSTRAINTS = {
    ("claim_id", "pattern"): "id",
    ("source", "minLength"): "length",
    ("source", "pattern"): "start",
    ("number", "minimum"): "low",
    ("number", "maximum"): "high",
    ("phrase", "minLength"): "phrase",
    ("phrase", "maxLength"): "phrase",
}


def of_frictionless(path: Path, *, ours: bool) -> Callable[[], Found]:
    from frictionless import Resource, system

    from factpack.adapters.frictionless import validation

    system.trusted = True
    file = str(path.with_suffix(".csv"))
    declared = {"name": "claims", "path": file, "encoding": "utf-8", "schema": {"fields": FIELDS}}
    resource = Resource.from_descriptor(declared)

    def run() -> Found:
        most = 1_000_000_000
        told = validation.validate(resource, limit_errors=most) if ours else resource.validate(limit_errors=most)
        found: Counter[str] = Counter()
        for kind, field, note in told.flatten(["type", "fieldName", "note"]):
            constraint = re.search(r'constraint "(\w+)"', note or "")
            if kind == "unique-error":
                found["unique"] += 1
            elif constraint and constraint[1] == "required":
                found[f"{field} filled"] += 1
            else:
                found[CONSTRAINTS.get((field, constraint[1] if constraint else ""), str(field))] += 1
        return dict(found)

    return run


CONTENDERS: dict[str, tuple[Callable[[Path], Callable[[], Found]], str]] = {
    "factpack": (of_factpack, "factpack"),
    "polars by hand": (of_hand, "polars"),
    "DuckDB SQL": (of_duckdb, "duckdb"),
    "dataframely": (of_dataframely, "dataframely"),
    "pandera": (of_pandera, "pandera"),
    "pointblank": (of_pointblank, "pointblank"),
    "GX on factpack's polars engine": (lambda path: of_gx(path, "polars"), "great-expectations"),
    "GX on pandas": (lambda path: of_gx(path, "pandas"), "great-expectations"),
    "frictionless' report by factpack (CSV)": (lambda path: of_frictionless(path, ours=True), "frictionless"),
    "frictionless (CSV)": (lambda path: of_frictionless(path, ours=False), "frictionless"),
}
# GX judges a rule of two columns here, and not the one that needs an expression; frictionless neither.
BEYOND = {"GX": {"part"}, "frictionless": {"part", "order"}}


def agreed(name: str, found: Found, expected: Found) -> str:
    """Say whether a contender found what the plain truth is, check by check."""
    beyond = next((rules for prefix, rules in BEYOND.items() if name.startswith(prefix)), set())
    wrong = []
    for rule, count in expected.items():
        # frictionless names every row with a key but the first one that has it, and no other rule of an empty cell.
        count -= rule == "unique" and count > 0 and "frictionless" in name  # noqa: PLW2901
        if rule not in beyond and found.get(rule, 0) != count:
            wrong.append(f"{rule} {found.get(rule, 0):,} for {count:,}")
    without = f"; not expressed: {', '.join(sorted(beyond))}" if beyond else ""
    return ("yes" if not wrong else "no: " + ", ".join(wrong)) + without


def compare(rows: int, percent: int, room: Path) -> list[str]:
    """Run every contender on claims of which so many percent are bad, and give the rows of the table."""
    path = room / f"claims-{percent}.parquet"
    claims.make(path, rows, percent)
    pl.scan_parquet(path).sink_csv(path.with_suffix(".csv"))
    runs = {}
    for name in CONTENDERS:
        runs[name] = claims.measured([sys.executable, __file__, "--run", name, str(path)])
        print(f"  {name:<40} {runs[name]['wall']:7.2f} s  {runs[name]['cpu']:7.2f} s  {runs[name]['memory']:6.0f} MB")
    truth = runs["DuckDB SQL"]["found"]
    lines = [f"## {f'{percent}% of the rows bad' if percent else 'Clean'}: {sum(truth.values()):,} failures", ""]
    lines += [
        "| | time, s | processor, s | memory, MB | to factpack | the same verdicts |",
        "|---|--:|--:|--:|--:|---|",
    ]
    base = runs["factpack"]["cpu"]
    for name, run in runs.items():
        figures = f"{run['wall']:.2f} | {run['cpu']:.2f} | {run['memory']:.0f} | {run['cpu'] / base:.1f} x"
        lines.append(f"| {name} | {figures} | {agreed(name, run['found'], truth)} |")
    return [*lines, ""]


def main() -> None:
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    rows = numbers[0] if numbers else ROWS
    versions = ", ".join(f"{name} {version(name)}" for name in sorted({name for _, name in CONTENDERS.values()}))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Peers, side by side",
        "",
        "Written by `bench/peers.py` (`nox -s bench`). The same checks on the same claims, each contender in a process",
        "of its own, its imports not counted; memory is the peak of the whole process. All read the Parquet file, and",
        "frictionless the same claims as CSV, since it reads Parquet a hundred times slower still.",
        "",
        f"{rows:,} rows of 10 columns, 18 checks. {machine}.",
        f"Versions: {versions}.",
        "",
    ]
    with tempfile.TemporaryDirectory() as room:
        for percent in (0, 1, 60):
            print(f"{rows:,} rows, {percent}% bad")
            lines += compare(rows, percent, Path(room))
    text = "\n".join(lines)
    print(text)
    if "--write" in sys.argv:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        claims.report(CONTENDERS[sys.argv[2]][0](Path(sys.argv[3])))
    else:
        main()
