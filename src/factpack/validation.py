"""Checks every table against its pandera model, and against the relations that pandera has not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.errors import InternalError
from factpack.plan import ROW, Plan, RowRule, compile_schema, mark
from factpack.report import Breach, Count, Ran, Report
from factpack.rules import ForeignKey, Order, PartOfWhole, StatedCount, Sum
from factpack.runner import GlobalCheck, Local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandera.api.checks import Check
    from pandera.errors import SchemaErrors

    from factpack.plan import Verdict
    from factpack.rules import Relation
    from factpack.runner import Runner
    from factpack.schemas import TableModel

# A table of which most rows are bad is reported by its first rows and the total.
MOST_ROWS = 1_000
# What a table breaks that does not follow its model.
CODES = ("FP301", "FP302", "FP303", "FP304", "FP305")

_CODES: dict[type, str] = {
    ForeignKey: "FP401",
    StatedCount: "FP402",
    Sum: "FP403",
    Order: "FP404",
    PartOfWhole: "FP405",
}


def validate(
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame], models: Mapping[str, TableModel]
) -> tuple[tuple[Breach, ...], Report]:
    """Check tables, frames or scans of any size, against their models and relations on this machine (`judge`)."""
    return judge(Local({name: tables[name] for name in models}), models)


def judge(runner: Runner, models: Mapping[str, TableModel]) -> tuple[tuple[Breach, ...], Report]:
    """Check the tables that a runner holds against their models and relations.

    Returns:
        The breaches, with row positions in the tables, and an account of what was checked. Relations are judged only
        where every table follows its model: a broken reference would break them too.

    Raises:
        InternalError: a check raised instead of judging; the message names it.
    """
    breaches = [breach for name, model in models.items() for breach in _structure(name, runner.schema(name), model)]
    unsound = {breach.table for breach in breaches}
    plans = {name: _plan(model) for name, model in models.items() if name not in unsound}
    declared = (
        [] if unsound else [GlobalCheck(table=name, rule=one) for name in models for one in models[name].relations]
    )
    verdicts, doubtful = runner.check(plans, declared, MOST_ROWS)
    for name, plan in plans.items():
        breaches += _of_table(name, runner, models[name], plan, verdicts[name])
    ran = [_ran(name, models[name], plan, verdicts[name].rows) for name, plan in plans.items()]
    # Of a table without the columns of its model, nothing but these was looked at.
    ran += [Ran(stage="schema", subject=name, rules=len(models[name].schema.columns), rows=1) for name in unsound]
    ran += [
        Ran(stage="eager", subject=f"{name}: {_named(models[name], *one)}", rules=1, rows=verdicts[name].rows)
        for name, plan in plans.items()
        for one in plan.eager
    ]
    if breaches:
        return tuple(breaches), Report(ran=tuple(ran), skipped=("relations: the tables do not follow their schemas",))
    ran += [
        Ran(stage="relations", subject=name, rules=len(model.relations), rows=verdicts[name].rows)
        for name, model in models.items()
    ]
    broken = [
        _broken(check, row) for check in doubtful for row in runner.violations(check, MOST_ROWS).iter_rows(named=True)
    ]
    return tuple(broken), Report(ran=tuple(ran), counts=_counted(declared, runner))


def _plan(model: TableModel) -> Plan:
    """Compile a model; a table that names the facts its rows rest on has none that rests on nothing."""
    compiled = compile_schema(model.schema)
    if "fact_ids" not in model.columns:
        return compiled
    says = f"the row of {model.name} rests on no fact"
    bare = (pl.col("fact_ids").list.len() == 0).fill_null(value=False)
    return replace(compiled, rows=(*compiled.rows, RowRule(column="fact_ids", check=None, bad=bare, says=says)))


def _ran(name: str, model: TableModel, plan: Plan, rows: int) -> Ran:
    # A table has rows, and each rests on facts: both are asked of every table, and counted as one.
    asked = sum(rule.says is None for rule in plan.rows) + len(plan.unique) + 1
    return Ran(stage="schema", subject=name, rules=len(model.schema.columns) + asked, rows=rows)


def _structure(name: str, schema: pl.Schema, model: TableModel) -> list[Breach]:
    """Find columns and types that are not the model's: nothing else can be checked on such a table."""
    expected = {column: one.dtype.type for column, one in model.schema.columns.items()}
    found = [
        Breach(
            code="FP301",
            table=name,
            field=column,
            message=f"{name} has no column {column!r}",
            expected=str(dtype),
        )
        for column, dtype in expected.items()
        if column not in schema
    ]
    found += [
        Breach(
            code="FP301",
            table=name,
            field=column,
            message=f"{name}.{column} is of type {schema[column]}, expected {dtype}",
        )
        for column, dtype in expected.items()
        if column in schema and schema[column] != dtype
    ]
    return found


def _of_table(name: str, runner: Runner, model: TableModel, plan: Plan, verdict: Verdict) -> list[Breach]:
    """Make breaches of what was found in a table."""
    if not verdict.rows:
        return [Breach(code="FP305", table=name, message=f"{name} has no rows")]
    found = [
        *_broken_rows(name, plan, verdict),
        *_repeated(name, verdict, model),
        *_eager(name, runner, model, plan),
    ]
    return [*found, *_more(name, plan, verdict)]


def _more(name: str, plan: Plan, verdict: Verdict) -> list[Breach]:
    """Say how many rows break a rule of which not all are named one by one."""
    first = f"of the table, the first {MOST_ROWS:,} that break a rule are named"
    found = []
    for number in verdict.broken:
        rule, count = plan.rows[number], verdict.counts[number]
        if count > verdict.failing[mark(number)].sum():
            what = _wording(rule.check) if rule.check else "filled"
            message = f"{name}: {count:,} rows in all are not {what}; {first}"
            code = "FP303" if rule.check else "FP302"
            found.append(Breach(code=code, table=name, field=rule.column, message=message))
    for key, rows in verdict.repeated.items():
        if rows.height >= MOST_ROWS:
            message = (
                f"{name}: {MOST_ROWS:,} rows and perhaps more have a key ({', '.join(key.columns)}) that others have"
            )
            found.append(Breach(code="FP304", table=name, field=key.columns[0], message=message))
    return found


def _broken_rows(name: str, plan: Plan, verdict: Verdict) -> list[Breach]:
    """Name the first rows that break each rule."""
    found = []
    for number in verdict.broken:
        rule, rows = plan.rows[number], verdict.failing.filter(pl.col(mark(number)))
        values = rows[rule.column] if rule.column else [None] * rows.height
        found += [_breach(name, rule, row, value) for row, value in zip(rows[ROW], values, strict=True)]
    return found


def _breach(name: str, rule: RowRule, row: int, value: Any) -> Breach:
    code = "FP303" if rule.check else "FP302"
    expected = _wording(rule.check) if rule.check else "a value"
    if rule.says is not None:
        return Breach(code=code, table=name, row=row, field=rule.column, message=rule.says)
    if rule.column is None:
        return Breach(code=code, table=name, row=row, message=f"{name}: {expected}", expected=expected)
    shown = "nothing" if value is None else repr(str(value))
    return Breach(
        code=code,
        table=name,
        row=row,
        field=rule.column,
        message=f"{name}.{rule.column} is {shown}, expected {expected}",
        value=None if value is None else str(value),
        expected=expected,
    )


def _repeated(name: str, verdict: Verdict, model: TableModel) -> list[Breach]:
    """Name the rows whose key another row has too."""
    found = []
    for rule, rows in verdict.repeated.items():
        for row in rows.head(MOST_ROWS).iter_rows(named=True):
            key = ", ".join(str(row[column]) for column in rule.columns)
            what = "the key " if rule.columns == model.key else f"{', '.join(rule.columns)} "
            message = f"{name} has {what}{key} twice"
            place = {"row": row[ROW], "field": rule.columns[0]}
            found.append(Breach(code="FP304", table=name, message=message, value=key, **place))
    return found


def _eager(name: str, runner: Runner, model: TableModel, plan: Plan) -> list[Breach]:
    """Let pandera itself run the checks that have no expression, and take its verdict on those."""
    from pandera.errors import SchemaErrors

    if not plan.eager:
        return []
    frame = runner.whole(name)
    try:
        # Never a LazyFrame, coerce or drop_invalid_rows: with each of them pandera lets bad rows pass.
        model.schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        return _of_pandera(name, frame, model, plan, error)
    except pl.exceptions.PolarsError as error:
        raise InternalError(f"pandera cannot tell which checks of {name} failed: {error}") from error
    return []


def _of_pandera(name: str, frame: pl.DataFrame, model: TableModel, plan: Plan, error: SchemaErrors) -> list[Breach]:
    found = []
    for case in error.failure_cases.iter_rows(named=True):
        column = case["column"] if case["schema_context"] == "Column" else None
        if (column, case["check_number"]) not in plan.eager:
            continue
        if case["index"] is None:
            raise InternalError(
                f"the check {case['check']} of {name} failed without naming a row: {case['failure_case']}"
            )
        checks = model.schema.columns[column].checks if column else model.schema.checks
        rule = RowRule(column=column, check=checks[case["check_number"]], bad=pl.lit(value=True))
        found.append(_breach(name, rule, case["index"], frame[case["index"], column] if column else None))
    return found


def _named(model: TableModel, column: str | None, number: int) -> str:
    """Name a check for an account of what was run."""
    check = (model.schema.columns[column].checks if column else model.schema.checks)[number]
    return f"{column}, {check.name}" if column else str(check.description or check.name)


def _wording(check: Check) -> str:
    """Say in words what a check wants; the description its author gave it comes first."""
    limits: dict[str, Any] = check.statistics or {}
    if check.description:
        return str(check.description)
    words = {
        "isin": "one of {allowed_values}",
        "str_matches": "text of the form {pattern}",
        "str_length": "{min_value} to {max_value} characters",
        "greater_than_or_equal_to": "{min_value} or more",
        "less_than_or_equal_to": "{max_value} or less",
    }.get(str(check.name))
    if words is None:
        return str(check.error or check.name)
    listed = {key: ", ".join(map(str, limit)) if isinstance(limit, list) else limit for key, limit in limits.items()}
    return words.format(**listed)


def _counted(declared: Sequence[GlobalCheck], runner: Runner) -> tuple[Count, ...]:
    """Give the numbers that are stated, and who was counted for them: of each relation, the first."""
    return tuple(
        Count(
            fact_id=row["fact_id"],
            stated=str(row["low"] if row["low"] is not None else row["high"]).removesuffix(".000000"),
            as_of=row["as_of_max"],
            certain=tuple(row["certain"]),
            contested=tuple(row["contested"]),
            fact_ids=tuple(row["fact_ids"]),
        )
        for check in declared
        if isinstance(check.rule, StatedCount)
        for row in runner.counted(check, MOST_ROWS).sort("fact_id").iter_rows(named=True)
    )


def _broken(check: GlobalCheck, row: dict[str, Any]) -> Breach:
    relation, value, expected = check.relation, row["value"], row["expected"]
    field, message = _words(relation, value, expected)
    blamed = () if isinstance(relation, StatedCount | Sum | PartOfWhole | ForeignKey) else tuple(row["fact_ids"] or ())
    return Breach(
        code=_CODES[type(relation)],
        table=check.table,
        row=row["row"],
        field=field,
        message=message,
        value=value,
        expected=expected,
        hint=None if not blamed else f"The other date rests on {', '.join(blamed[:3])}.",
    )


def _words(relation: Relation, value: str, expected: str) -> tuple[str, str]:
    match relation:
        case ForeignKey():
            return relation.field, f"{relation.field} is {value!r}, expected {expected}"
        case Order():
            return (
                relation.field,
                f"{relation.field} is {value}, expected {expected}: not before {relation.not_before}",
            )
        case StatedCount():
            what = " ".join(relation.stated.values())
            return "value", f"{what} is stated as {value}, counted {expected}"
        case Sum():
            return (
                "value",
                f"{' '.join(relation.whole.values())} is {value}, but its parts add up to {expected}",
            )
        case PartOfWhole():
            return "value", f"{' '.join(relation.part.values())} is {value}, expected {expected}, its whole"
