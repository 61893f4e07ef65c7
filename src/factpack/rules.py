"""Relations between rows and tables, which pandera has not: declared as data, turned into polars queries.

A schema file declares them in `RELATIONS`. Each query returns the rows of the declaring table that break the
relation: `row` (0-based), `value` (what stands there), `expected`, and `fact_ids` of other rows that have a part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from factpack.plan import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

# An id: ASCII, lower case, made to stand in a URL and a file name.
SLUG = r"^(?:[a-z0-9][a-z0-9-]*)$"

Tables = dict[str, pl.LazyFrame]
# So many of those that were counted are named in a message.
_NAMES = 50
# Of what breaks a relation, which comes first.
_ORDER = ("row", "value", "expected")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Each value of `field`, or each item where it is a list, stands in `references` of `table`."""

    field: str
    table: str
    references: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The date `field` is not before `not_before` in the row of `table` that `on` leads to."""

    field: str
    table: str
    on: Mapping[str, str]
    not_before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfWhole:
    """The smallest value that a `part` row allows is not above the largest of the `whole` row it matches on `on`.

    Rows have the columns `low` and `high`; null is unbounded. `on` maps columns of the part to those of the whole.
    """

    part: Mapping[str, str]
    whole: Mapping[str, str]
    on: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The `parts` that share the columns `on` with a `whole` add up to it, within their bounds.

    A whole of which a part is not stated is not judged.
    """

    whole: Mapping[str, str]
    parts: tuple[Mapping[str, str], ...]
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCount:
    """The number that a `stated` row gives is the number of different `counted` in `table`, as of its `as_of`.

    `where` chooses the rows of `table`, `on` maps the stating row's columns to theirs. `standing` names the column
    that says whether a row is asserted, contested or denied. `since` and `until` are the prefixes of the `_min` and
    `_max` columns between which a row counts. The number must lie between the certain rows and those that are
    possible; where the sources name only some (`exhaustive=False`) it must not be below the certain ones.
    """

    stated: Mapping[str, str]
    table: str
    where: Mapping[str, str]
    on: Mapping[str, str]
    counted: str
    standing: str | None = None
    since: str | None = None
    until: str | None = None
    exhaustive: bool = field(default=True)


Relation = ForeignKey | Order | PartOfWhole | Sum | StatedCount


@dataclass(frozen=True, slots=True)
class Share:
    """One of so many equal shares of the keys, by their hashes: what one pass looks at, where all are too many."""

    number: int = 0
    of: int = 1

    def has(self, column: str) -> pl.Expr:
        """Say which rows' keys are in this share."""
        return pl.lit(value=True) if self.of == 1 else pl.col(column).hash() % self.of == self.number


WHOLE = Share()


def violations(relation: Relation, table: str, tables: Tables) -> pl.LazyFrame:
    """Query the rows of `table` that break the relation."""
    match relation:
        case ForeignKey():
            return _dangling(relation, table, tables)
        case Order():
            return _once(_too_early(relation, table, tables))
        case PartOfWhole():
            return _once(_above_whole(relation, table, tables))
        case Sum():
            return _once(_off_sum(relation, table, tables))
        case StatedCount():
            off = _off(relation, _tally(relation, table, tables)).collect(engine="streaming")
            return miscounted(relation, table, tables, off["row"])


def breaking(relation: Relation, table: str, tables: Tables) -> pl.LazyFrame:
    """Query no more than the `row` of those that break the relation, in memory that does not grow with the lists."""
    if isinstance(relation, StatedCount):
        return _off(relation, _tally(relation, table, tables)).select("row")
    return violations(relation, table, tables).select("row")


def first_violations(relation: Relation, table: str, tables: Tables, limit: int, passes: int = 1) -> pl.DataFrame:
    """Find the first rows of `table` that break the relation.

    A foreign key to very many rows, or a count of very many things, holds a set of them in memory; in several passes,
    each over a share of the keys, it holds that share of it, and what it finds is the same.
    """
    shares = [Share(number, passes) for number in range(passes)]
    if isinstance(relation, StatedCount):
        tallies = [_tally(relation, table, tables, share).collect(engine="streaming") for share in shares]
        off = _off(relation, pl.concat(tallies).lazy()).collect()["row"].sort().head(limit)
        found = [miscounted(relation, table, tables, off)]
    elif isinstance(relation, ForeignKey):
        found = [_dangling(relation, table, tables, share) for share in shares]
    else:
        found = [violations(relation, table, tables)]
    rows = [one.bottom_k(limit, by=list(_ORDER)).collect(engine="streaming") for one in found]
    return pl.concat(rows).bottom_k(limit, by=list(_ORDER)).sort(_ORDER)


def count(
    relation: StatedCount, table: str, tables: Tables, rows: pl.Series | None = None, first: int | None = None
) -> pl.LazyFrame:
    """List, for each stating row, the certain and the contested members as of its date.

    Args:
        relation: what is stated, and what to count.
        table: the table that states it.
        tables: all tables.
        rows: which of the stating rows, by number, if not all.
        first: how many of them, if not all.

    Returns:
        One row a stated number: `row`, `fact_id`, `low`, `high`, `as_of_max`, the lists `certain` and `contested`, and
        the `fact_ids` that they were counted from.
    """
    named = pl.col("counted")
    stating = _stating(relation, table, tables)
    if rows is not None:
        stating = stating.filter(pl.col("row").is_in(rows.implode()))
    if first is not None:
        stating = stating.head(first)
    return (
        _candidates(relation, stating, tables)
        .group_by("row", "fact_id", "low", "high", "as_of_max")
        .agg(
            certain=named.filter("certain").unique().sort(),
            possible=named.filter("possible").unique().sort(),
            fact_ids=pl.col("counted_from").filter("possible").explode().unique().drop_nulls().sort(),
        )
        .with_columns(contested=pl.col("possible").list.set_difference("certain").list.sort())
        .drop("possible")
    )


def _stating(relation: StatedCount, table: str, tables: Tables) -> pl.LazyFrame:
    stated = _numbered(tables[table]).filter(_matches(relation.stated))
    return stated.select("row", "fact_id", "low", "high", "as_of_max", *relation.on)


def _candidates(relation: StatedCount, stating: pl.LazyFrame, tables: Tables, share: Share = WHOLE) -> pl.LazyFrame:
    """Put beside each stating row whom it may count, and whether that one is `certain` and `possible` on its day."""
    rows = tables[relation.table].filter(_matches(relation.where), share.has(relation.counted))
    standing = pl.col(relation.standing) if relation.standing else pl.lit("asserted")
    as_of = pl.col("as_of_max")
    certain, possible = standing == "asserted", standing != "denied"
    if relation.since:
        # Unknown beginnings count: the source that names the member does so as of its own time.
        certain &= (pl.col(f"{relation.since}_max") <= as_of).fill_null(value=True)
        possible &= (pl.col(f"{relation.since}_min") <= as_of).fill_null(value=True)
    if relation.until:
        certain &= (pl.col(f"{relation.until}_min") > as_of.fill_null(pl.date(9999, 12, 31))).fill_null(value=True)
        possible &= (pl.col(f"{relation.until}_max") > as_of.fill_null(pl.date(9999, 12, 31))).fill_null(value=True)
    days = [f"{prefix}_{end}" for prefix in (relation.since, relation.until) if prefix for end in ("min", "max")]
    candidates = rows.select(
        *[pl.col(theirs).alias(f"on_{theirs}") for theirs in relation.on.values()],
        *days,
        pl.col(relation.counted).cast(pl.String).alias("counted"),
        pl.col("fact_ids").alias("counted_from"),
        *([relation.standing] if relation.standing else []),
    )
    named = pl.col("counted").is_not_null()
    theirs = [f"on_{name}" for name in relation.on.values()]
    joined = stating.join(candidates, left_on=list(relation.on), right_on=theirs, how="left")
    return joined.with_columns(certain=certain & named, possible=possible & named)


def _numbered(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Number the rows of a table; one that holds only some of its rows says itself, in `ROW`, which these are."""
    if ROW in frame.collect_schema():
        return frame.with_columns(pl.col(ROW).cast(pl.get_index_type())).rename({ROW: "row"})
    return frame.with_row_index("row")


def _matches(values: Mapping[str, str]) -> pl.Expr:
    return pl.all_horizontal(pl.lit(value=True), *(pl.col(name) == value for name, value in values.items()))


def dangling(relation: ForeignKey, table: str, tables: Tables) -> pl.Expr:
    """Give the expression that is true where a row of `table`, or an item of its list, refers to nothing."""
    field = pl.col(relation.field)
    known = tables[relation.table].select(pl.col(relation.references).unique()).collect(engine="streaming").to_series()
    if isinstance(tables[table].collect_schema()[relation.field], pl.List):
        lost = field.list.set_difference(pl.lit(known.drop_nulls().implode())).list.drop_nulls().list.len() > 0
    else:
        lost = ~field.is_in(known.implode())
    return lost.fill_null(value=False)


def _dangling(relation: ForeignKey, table: str, tables: Tables, share: Share = WHOLE) -> pl.LazyFrame:
    rows = _numbered(tables[table]).select("row", value=relation.field)
    if isinstance(rows.collect_schema()["value"], pl.List):
        rows = rows.explode("value")
    known = tables[relation.table].select(pl.col(relation.references).alias("value"))
    return (
        rows.drop_nulls("value")
        .filter(share.has("value"))
        .join(known.filter(share.has("value")), on="value", how="anti")
        .select(
            "row",
            "value",
            expected=pl.lit(f"a {relation.references} of {relation.table}"),
            fact_ids=pl.lit([], dtype=pl.List(pl.String)),
        )
    )


def _once(found: pl.LazyFrame) -> pl.LazyFrame:
    """Tell once of a row that breaks a relation to several others in the same way: by the first that they rest on."""
    first = pl.col("fact_ids").list.join(" ").min()
    each = found.group_by("row", "value", "expected").agg(fact_ids=first)
    named = pl.col("fact_ids").str.split(" ")
    return each.with_columns(fact_ids=pl.when(pl.col("fact_ids") == "").then([]).otherwise(named))


def _too_early(relation: Order, table: str, tables: Tables) -> pl.LazyFrame:
    earlier = tables[relation.table].select(
        *[pl.col(name).alias(f"on_{name}") for name in relation.on.values()],
        bound=pl.col(relation.not_before),
        bound_from=pl.col("fact_ids"),
    )
    return (
        _numbered(tables[table])
        .join(earlier, left_on=list(relation.on), right_on=[f"on_{name}" for name in relation.on.values()])
        .filter(pl.col(relation.field) < pl.col("bound"))
        .select(
            "row",
            value=pl.col(relation.field).cast(pl.String),
            expected=pl.format("{} or later", "bound"),
            fact_ids="bound_from",
        )
    )


def _above_whole(relation: PartOfWhole, table: str, tables: Tables) -> pl.LazyFrame:
    rows = _numbered(tables[table])
    wholes = rows.filter(_matches(relation.whole)).select(
        *[pl.col(name).alias(f"on_{name}") for name in set(relation.on.values())],
        bound="high",
        whole="fact_ids",
    )
    return (
        rows.filter(_matches(relation.part))
        .join(wholes, left_on=list(relation.on), right_on=[f"on_{name}" for name in relation.on.values()])
        .filter(pl.col("low") > pl.col("bound"))
        .select("row", value=_plain("low"), expected=pl.format("at most {}", _plain("bound")), fact_ids="whole")
    )


def _off_sum(relation: Sum, table: str, tables: Tables) -> pl.LazyFrame:
    rows = _numbered(tables[table])
    part = pl.lit(None, dtype=pl.Int64)
    for position, match in enumerate(relation.parts):
        part = pl.when(_matches(match)).then(pl.lit(position, dtype=pl.Int64)).otherwise(part)
    parts = (
        rows.with_columns(part=part)
        .drop_nulls("part")
        .group_by(relation.on)
        .agg(
            stated=pl.col("part").n_unique(),
            least=pl.col("low").fill_null(0).sum(),
            # One part without an upper bound leaves the sum without one.
            most=pl.when(pl.col("high").is_not_null().all()).then(pl.col("high").sum()),
            fact_ids=pl.col("fact_ids").explode().sort(),
        )
        .filter(pl.col("stated") == len(relation.parts))
    )
    return (
        rows.filter(_matches(relation.whole))
        .drop("fact_ids")
        .join(parts, on=list(relation.on))
        .filter((pl.col("high") < pl.col("least")) | (pl.col("low") > pl.col("most")))
        .select("row", value=_plain("value"), expected=_plain("least"), fact_ids="fact_ids")
    )


def _tally(relation: StatedCount, table: str, tables: Tables, share: Share = WHOLE) -> pl.LazyFrame:
    """Count for each stating row who is certain and who is possible, without a list of anyone.

    Whom two rows name counts once, and is certain where one of them is.
    """
    number = pl.col("row", "low", "high")
    each = (
        _candidates(relation, _stating(relation, table, tables), tables, share)
        .group_by(number, "counted")
        .agg(pl.col("certain", "possible").max())
    )
    return each.group_by(number).agg(pl.col("certain", "possible").sum())


def _off(relation: StatedCount, tallies: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the stating rows whose number is not what was counted, over all tallies."""
    off = pl.col("high") < pl.col("certain")
    if relation.exhaustive:
        off |= pl.col("low") > pl.col("possible")
    return tallies.group_by("row", "low", "high").agg(pl.col("certain", "possible").sum()).filter(off)


def miscounted(relation: StatedCount, table: str, tables: Tables, rows: pl.Series) -> pl.LazyFrame:
    """List, for stating rows that are known to be off, who was counted."""
    certain = pl.col("certain").list.len()
    possible = certain + pl.col("contested").list.len()
    return count(relation, table, tables, rows).select(
        "row",
        value=_plain(pl.coalesce("low", "high")),
        expected=pl.when(certain == possible)
        .then(pl.format("{}: {}", certain, _names("certain")))
        .otherwise(pl.format("{} to {}: {}; contested: {}", certain, possible, _names("certain"), _names("contested"))),
        fact_ids="fact_ids",
    )


def _names(column: str) -> pl.Expr:
    """Write the first of very many names, and that there are more."""
    names = pl.col(column)
    more = pl.when(names.list.len() > _NAMES).then(pl.lit(", ...")).otherwise(pl.lit(""))
    return pl.concat_str(names.list.head(_NAMES).list.join(", "), more)


def _plain(number: str | pl.Expr) -> pl.Expr:
    """Write a decimal without the zeros behind its point."""
    text = (pl.col(number) if isinstance(number, str) else number).cast(pl.String)
    return (
        pl.when(text.str.contains(".", literal=True))
        .then(text.str.strip_chars_end("0").str.strip_chars_end("."))
        .otherwise(text)
    )
