"""One plan a table: every check of a pandera model as one boolean expression, so that one scan answers all of them.

The expressions are pandera's own. A check is called with a recorder in place of the data, and what it selects is kept;
so built-in checks, custom ones and those to come mean here what they mean there. A check that wants more of the data
than to select from it (it collects, or runs Python for each value) is left to pandera on an eager frame.

What a rule of rows says of a table is the sum of what it says of the table's batches (`check_batch`, `merge`), however
they are cut and in whatever order they come. `run` takes each table for one batch, and judges keys beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from operator import add
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pandera.api.checks import Check
    from pandera.api.polars.container import DataFrameSchema

# No column of a table has names like these.
ROW = "\x1frow"
_MARK, _HASH = "\x1fbad", "\x1fhash"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """A rule that each row keeps or breaks by itself; `bad` is true where it is broken, and never null.

    `says` words the breach, where neither the check nor "a value is missing" does.
    """

    column: str | None
    check: Check | None
    bad: pl.Expr
    says: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueRule:
    """The columns of which no two rows may have the same values; nulls are the same as nulls."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The rules of a model; `eager` names the checks that pandera runs itself: their column, if any, and number."""

    rows: tuple[RowRule, ...]
    unique: tuple[UniqueRule, ...]
    eager: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What is known of some rows of a table: how many they are, how many break each row rule, and the first that do.

    `failing` has the columns of the table, the row's number in the table from 0 (`ROW`), and a boolean column for each
    rule that a row breaks: `mark` of its place in the plan.
    """

    rows: int
    counts: tuple[int, ...]
    failing: pl.DataFrame

    @property
    def broken(self) -> tuple[int, ...]:
        """The places in the plan of the rules that some row breaks."""
        return tuple(number for number, count in enumerate(self.counts) if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Partial):
    """What is known of a table as a whole; `repeated` has the rows of each key that is there twice: `ROW`, the key."""

    repeated: Mapping[UniqueRule, pl.DataFrame]


class _Recorder:
    """Stands in for the data of a check, and keeps what it selects."""

    def select(self, *expressions: Any, **named: Any) -> tuple[Any, ...]:
        return (*expressions, *(expression.alias(name) for name, expression in named.items()))


def compile_schema(schema: DataFrameSchema) -> Plan:
    """Compile a pandera schema, whose columns have all the types that it names, into one plan.

    Example:
        >>> import pandera.polars as pa
        >>> schema = pa.DataFrameSchema({"n": pa.Column(int, pa.Check.ge(0))})
        >>> [(rule.column, str(rule.check and rule.check.name)) for rule in compile_schema(schema).rows]
        [('n', 'None'), ('n', 'greater_than_or_equal_to')]
    """
    # pandera gives its checks their meaning for polars only when it first validates a frame.
    import pandera.backends.polars.builtin_checks  # noqa: F401

    empty = pl.DataFrame(schema={name: column.dtype.type for name, column in schema.columns.items()})
    rows: list[RowRule] = []
    eager: list[tuple[str | None, int]] = []
    for name, column in schema.columns.items():
        if not column.nullable:
            rows.append(RowRule(column=name, check=None, bad=_missing(name, empty.schema[name])))
        _add(rows, eager, name, column.checks, empty)
    _add(rows, eager, None, schema.checks, empty)
    keys = [schema.unique] if schema.unique and all(isinstance(one, str) for one in schema.unique) else schema.unique
    singles = [(name,) for name, column in schema.columns.items() if column.unique]
    unique = dict.fromkeys([*(tuple(key) for key in keys or ()), *singles])
    return Plan(rows=tuple(rows), unique=tuple(UniqueRule(columns=key) for key in unique), eager=tuple(eager))


def _missing(name: str, dtype: pl.DataType) -> pl.Expr:
    """Say where a value is missing; pandera takes NaN for missing."""
    null = pl.col(name).is_null()
    return null | pl.col(name).is_nan().fill_null(value=False) if dtype.is_float() else null


def _add(
    rows: list[RowRule],
    eager: list[tuple[str | None, int]],
    column: str | None,
    checks: Sequence[Check],
    empty: pl.DataFrame,
) -> None:
    for number, check in enumerate(checks):
        bad = _record(check, column, empty)
        if bad is None:
            eager.append((column, number))
        else:
            rows.append(RowRule(column=column, check=check, bad=bad))


def _record(check: Check, column: str | None, empty: pl.DataFrame) -> pl.Expr | None:
    """Give the expression that is true where a check fails, or None where it cannot be had."""
    from pandera.api.polars.types import PolarsData

    called = check._check_fn  # noqa: SLF001 - what pandera's own backend calls
    if check.element_wise or called is None:
        return None
    name = getattr(called, "__name__", None)
    if name is not None and check.is_builtin_check(name):
        # A check made before pandera knew polars holds a function that does not; pandera looks it up again, too.
        called = check.get_builtin_check_fn(name)
    function = partial(called, **check._check_kwargs)  # noqa: SLF001
    try:
        selected = function(PolarsData(_Recorder(), column or "*"))  # type: ignore[arg-type]
        tried = empty.select(*selected) if isinstance(selected, tuple) else None
    except Exception:  # noqa: BLE001 - whatever it is, pandera runs the check itself and says so
        return None
    # A result of another height than the data is a judgement of the column as a whole.
    if tried is None or tried.height != empty.height or set(tried.dtypes) != {pl.Boolean}:
        return None
    # Of several columns, each must hold; a null passes unless the check says that it does not.
    return pl.all_horizontal(*selected).not_().fill_null(value=not check.ignore_na)


def check_batch(batch: pl.DataFrame, plan: Plan, limit: int) -> Partial:
    """Judge a batch of a table's rows by the rules that each row keeps by itself.

    Args:
        batch: the columns of the table, and last `ROW`: the number of each row in the table, from 0.
        plan: the rules.
        limit: how many failing rows to give at most.

    Returns:
        What is known of these rows; `merge` adds up what is known of others.

    Example:
        >>> import pandera.polars as pa
        >>> plan = compile_schema(pa.DataFrameSchema({"n": pa.Column(int, pa.Check.ge(0))}))
        >>> batch = pl.DataFrame({"n": [1, -2, None], ROW: [7, 8, 9]}, schema_overrides={ROW: pl.UInt32})
        >>> found = check_batch(batch, plan, limit=10)
        >>> found.rows, found.counts, found.failing[ROW].to_list()
        (3, (1, 1), [8, 9])
    """
    # What a check says of all columns, it says of those of the table: the number is none.
    rows = batch.lazy().drop(ROW)
    ((height, *counts),) = rows.select(_counting(plan)).collect().rows()
    marked = _marked(rows, plan, counts).with_columns(batch[ROW])
    failing = marked.filter(_some(counts)).bottom_k(limit, by=ROW).sort(ROW).collect()
    return Partial(rows=height, counts=tuple(counts), failing=failing)


def merge(one: Partial, other: Partial, limit: int) -> Partial:
    """Add up what is known of different rows of one table; the order and the grouping do not matter."""
    # A rule that no row of the other breaks has no column there.
    failing = pl.concat([one.failing, other.failing], how="diagonal").bottom_k(limit, by=ROW).sort(ROW)
    return Partial(
        rows=one.rows + other.rows,
        counts=tuple(map(add, one.counts, other.counts)),
        failing=failing.with_columns(cs.starts_with(_MARK).fill_null(value=False)),
    )


def run(
    frames: Mapping[str, pl.LazyFrame], plans: Mapping[str, Plan], limit: int, beside: Sequence[pl.LazyFrame] = ()
) -> tuple[dict[str, Verdict], list[pl.DataFrame]]:
    """Judge all tables: one streaming pass for all of their rules, and a second one only where some are broken.

    Args:
        frames: the tables, whose types are those of their models.
        plans: the plan of each table.
        limit: how many failing rows to give of a table, and of a unique rule.
        beside: queries to answer in the same pass.

    Returns:
        The verdict on each table, and the answers.
    """
    keys = [(name, rule) for name in plans for rule in plans[name].unique]
    queries = [frames[name].select(_counting(plan)) for name, plan in plans.items()]
    queries += [_again(frames[name], rule) for name, rule in keys]
    answers = _collect([*queries, *beside])
    totals = dict(zip(plans, (answer.row(0) for answer in answers), strict=False))
    again = [(key, found) for key, found in zip(keys, answers[len(plans) :], strict=False) if found.height]
    second = [_failing(frames[name], plan, totals[name][1:], limit) for name, plan in plans.items()]
    second += [_suspects(frames[name], rule, hashes).head(limit) for (name, rule), hashes in again]
    found = _collect(second)
    repeated: dict[str, dict[UniqueRule, pl.DataFrame]] = {name: {} for name in plans}
    for ((name, rule), _), suspects in zip(again, found[len(plans) :], strict=True):
        same = _verified(frames[name], rule, suspects, limit)
        if same.height:
            repeated[name][rule] = same
    verdicts = {
        name: Verdict(rows=totals[name][0], counts=totals[name][1:], failing=failing, repeated=repeated[name])
        for name, failing in zip(plans, found, strict=False)
    }
    return verdicts, answers[len(queries) :]


def _collect(queries: Iterable[pl.LazyFrame]) -> list[pl.DataFrame]:
    return pl.collect_all(list(queries), engine="streaming")


def _counting(plan: Plan) -> list[pl.Expr]:
    """Count the rows, and those that break each row rule."""
    return [pl.len().alias(ROW), *(rule.bad.sum().alias(mark(number)) for number, rule in enumerate(plan.rows))]


def _again(frame: pl.LazyFrame, rule: UniqueRule) -> pl.LazyFrame:
    """Give the hashes of a key that are there more than once: none proves that no key is.

    Sorting 8 bytes a row takes less memory and time than a set of them, and much less than `is_duplicated`.
    """
    hashed = pl.col(_HASH)
    return frame.select(key_hash(rule).alias(_HASH)).sort(_HASH).filter(hashed == hashed.shift(1)).unique()


def mark(number: int) -> str:
    """Name the column that says which rows break a rule; no table has a column of such a name."""
    return f"{_MARK}{number}"


def _failing(frame: pl.LazyFrame, plan: Plan, counts: Sequence[int], limit: int) -> pl.LazyFrame:
    """Give the first rows that break some rule of those that are broken at all."""
    return _marked(frame, plan, counts).with_row_index(ROW).filter(_some(counts)).head(limit)


def _marked(frame: pl.LazyFrame, plan: Plan, counts: Sequence[int]) -> pl.LazyFrame:
    return frame.with_columns(rule.bad.alias(mark(one)) for one, rule in enumerate(plan.rows) if counts[one])


def _some(counts: Sequence[int]) -> pl.Expr:
    broken = [mark(one) for one, count in enumerate(counts) if count]
    return pl.any_horizontal(broken) if broken else pl.lit(value=False)


def key_hash(rule: UniqueRule) -> pl.Expr:
    """Hash a key: different hashes are of different keys, and equal ones only ask for a second look."""
    return (pl.struct(rule.columns) if len(rule.columns) > 1 else pl.col(rule.columns[0])).hash()


def _suspects(frame: pl.LazyFrame, rule: UniqueRule, again: pl.DataFrame) -> pl.LazyFrame:
    """Give the rows, in their order, whose key has one of the hashes that are there more than once."""
    hashed = frame.with_row_index(ROW).select(ROW, *rule.columns, key_hash(rule).alias(_HASH))
    return hashed.filter(pl.col(_HASH).is_in(again[_HASH].implode()))


def _verified(frame: pl.LazyFrame, rule: UniqueRule, suspects: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Keep the rows whose key itself is there more than once, not only its hash."""
    others = suspects.lazy()
    if suspects.height >= limit:
        # There are more; of those, the ones matter that share a hash with one of these.
        others = _suspects(frame, rule, suspects.select(_HASH).unique())
    several = others.group_by(rule.columns).len(_MARK).filter(pl.col(_MARK) > 1)
    (several_keys,) = _collect([several])
    same = suspects.join(several_keys, on=rule.columns, how="semi", nulls_equal=True, maintain_order="left")
    return same.select(ROW, *rule.columns)


def repeats(frame: pl.LazyFrame, rule: UniqueRule) -> pl.Expr:
    """Give the expression, for a frame with `ROW`, that is true where another row has the same key."""
    (again,) = _collect([_again(frame, rule)])
    if again.is_empty():
        return pl.lit(value=False)
    suspects = _suspects(frame, rule, again)
    several = suspects.group_by(rule.columns).len(_MARK).filter(pl.col(_MARK) > 1)
    # Keys that share a hash with another key and no row: of 64 bits, hardly ever any.
    (alone,) = _collect([suspects.join(several, on=rule.columns, how="anti", nulls_equal=True).select(ROW)])
    repeated = key_hash(rule).is_in(again[_HASH].implode())
    return repeated if alone.is_empty() else repeated & ~pl.col(ROW).is_in(alone[ROW].implode())
