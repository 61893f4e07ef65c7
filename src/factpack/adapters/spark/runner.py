"""Judges tables on a cluster: rows in the executors by the same polars function, keys and relations where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from factpack import rules
from factpack.adapters.spark import exchange
from factpack.adapters.spark.check import check
from factpack.adapters.spark.tables import SMALL, numbered, quoted
from factpack.errors import ConfigurationError
from factpack.plan import ROW
from factpack.rules import ForeignKey, Order, PartOfWhole, StatedCount, Sum
from factpack.runner import Local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

    from factpack.adapters.spark.tables import Table
    from factpack.buckets import Keys
    from factpack.plan import Plan, Verdict
    from factpack.rules import Relation
    from factpack.runner import GlobalCheck

_VIOLATION = pl.Schema(
    {"row": pl.Int64(), "value": pl.String(), "expected": pl.String(), "fact_ids": pl.List(pl.String())}
)
_ON = "\x1fon_"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The runner (`factpack.runner.Runner`) of a Spark session.

    What concerns tables of no more than `small` rows alone, the driver judges (`Local`).
    """

    spark: SparkSession
    tables: Mapping[str, Table]
    small: int = SMALL

    def schema(self, table: str) -> pl.Schema:
        """Give the columns of a table and their types."""
        return self.tables[table].schema

    def check(
        self, plans: Mapping[str, Plan], relations: Sequence[GlobalCheck], limit: int
    ) -> tuple[dict[str, Verdict], tuple[GlobalCheck, ...]]:
        """Judge all tables by their plans; of relations to large tables nothing is known yet."""
        here = {name: plan for name, plan in plans.items() if self._small(name)}
        near = [one for one in relations if self._small(*_concerned(one))]
        verdicts, doubtful = self._local().check(here, near, limit)
        for name, plan in plans.items():
            if name in here:
                continue
            verdicts[name] = check(self.spark, self.tables[name], plan, limit)
        return {name: verdicts[name] for name in plans}, tuple(
            one for one in relations if one in doubtful or one not in near
        )

    def violations(self, check: GlobalCheck, limit: int) -> pl.DataFrame:
        """Give the first rows that break a relation."""
        if self._small(*_concerned(check)):
            return self._local().violations(check, limit)
        self._partition(check)
        relation = check.relation
        match relation:
            case ForeignKey():
                return self._dangling(relation, check.table, limit)
            case StatedCount():
                off = _off(relation, self._tallied(relation, check.table)).orderBy("row").limit(limit).toArrow()
                rows = pl.DataFrame(pl.from_arrow(off))["row"]
                return self._stated(relation, check.table, rows, limit, broken=True)
            case Order() | PartOfWhole() | Sum():
                return self._met(relation, check.table, limit)

    def counted(self, check: GlobalCheck, limit: int) -> pl.DataFrame:
        """Give the first numbers that are stated, and who was counted for each."""
        if not isinstance(check.rule, StatedCount):
            raise TypeError(f"{check.rule} states no number")
        if self._small(*_concerned(check)):
            return self._local().counted(check, limit)
        self._partition(check)
        stating = numbered(self.spark, self.tables[check.table]).filter(_matches(check.rule.stated))
        first = pl.DataFrame(pl.from_arrow(stating.select(quoted(ROW)).orderBy(ROW).limit(limit).toArrow()))
        return self._stated(check.rule, check.table, first[ROW], limit, broken=False)

    def whole(self, table: str) -> pl.DataFrame:
        """Refuse to read a table into the memory of one machine."""
        raise ConfigurationError(
            f"{table}: a check of its model has no expression, so pandera runs it on the table as a whole, and a "
            "cluster has none. Write the check as polars expressions on its columns, or use --engine local."
        )

    def _small(self, *names: str) -> bool:
        return all(self.tables[name].height <= self.small for name in names)

    def _local(self) -> Local:
        return Local({name: self.tables[name].scan() for name in self.tables if self._small(name)})

    def _buckets(self, *names: str) -> int:
        """Say into how many parts to shuffle the rows of some tables."""
        rows = sum(self.tables[name].height for name in names)
        return exchange.buckets_for(rows, self.spark.sparkContext.defaultParallelism)

    def _partition(self, check: GlobalCheck) -> None:
        """Let Spark shuffle what a relation concerns into as many parts as its rows need: it takes 200 for any."""
        self.spark.conf.set("spark.sql.shuffle.partitions", str(self._buckets(*_concerned(check))))

    def _dangling(self, relation: ForeignKey, name: str, limit: int) -> pl.DataFrame:
        from pyspark.sql import functions as F  # noqa: N812

        table, other = self.tables[name], self.tables[relation.table]
        value = quoted(relation.field)
        if isinstance(table.schema[relation.field], pl.List):
            value = F.explode(value)
        rows = numbered(self.spark, table, [relation.field]).select(quoted(ROW).alias("row"), value.alias("value"))
        known = numbered(self.spark, other, [relation.references]).select(quoted(relation.references).alias("value"))
        lost = rows.filter("value IS NOT NULL").join(known, "value", "left_anti").orderBy("row", "value").limit(limit)
        found = pl.DataFrame(pl.from_arrow(lost.select("row", "value").toArrow()))
        return found.with_columns(
            expected=pl.lit(f"a {relation.references} of {relation.table}"),
            fact_ids=pl.lit([], dtype=pl.List(pl.String)),
        )

    def _tallied(self, relation: StatedCount, name: str) -> DataFrame:
        """Count, for each stating row, who is certain and who is possible: as `rules.count`, without any list."""
        from pyspark.sql import functions as F  # noqa: N812

        stating = numbered(self.spark, self.tables[name]).filter(_matches(relation.stated))
        stating = stating.select(
            quoted(ROW).alias("row"), "low", "high", "as_of_max", *(quoted(one).alias(_ON + one) for one in relation.on)
        )
        listed = numbered(self.spark, self.tables[relation.table]).filter(_matches(relation.where))
        standing = quoted(relation.standing) if relation.standing else F.lit("asserted")
        members = listed.select(
            *(quoted(theirs).alias(_ON + ours) for ours, theirs in relation.on.items()),
            quoted(relation.counted).cast("string").alias("counted"),
            standing.alias("standing"),
            *(quoted(f"{one}_{end}") for one in _prefixes(relation) for end in ("min", "max")),
        )
        certain, possible = _standing(relation)
        named = F.col("counted").isNotNull()
        joined = stating.join(members, [_ON + one for one in relation.on], "left")
        each = (
            joined.withColumns({"certain": certain & named, "possible": possible & named})
            .groupBy("row", "low", "high", "counted")
            .agg(F.max("certain").alias("certain"), F.max("possible").alias("possible"))
        )
        return each.groupBy("row", "low", "high").agg(
            F.count_if(F.col("certain")).alias("certain"), F.count_if(F.col("possible")).alias("possible")
        )

    def _stated(self, relation: StatedCount, name: str, rows: pl.Series, limit: int, *, broken: bool) -> pl.DataFrame:
        """Word some stating rows as `rules` does, on this machine, with those alone whom they may count."""
        from pyspark.sql import functions as F  # noqa: N812

        wanted = self.spark.createDataFrame([(int(row),) for row in rows], f"`{ROW}` bigint")
        stating = numbered(self.spark, self.tables[name]).join(F.broadcast(wanted), ROW, "left_semi")
        keys = stating.select(*(quoted(ours).alias(_ON + theirs) for ours, theirs in relation.on.items())).distinct()
        listed = numbered(self.spark, self.tables[relation.table])
        same = reduce(
            lambda one, other: one & other, (quoted(one) == quoted(_ON + one) for one in relation.on.values())
        )
        members = listed.filter(_matches(relation.where)).join(F.broadcast(keys), same, "left_semi")
        # One table may be both: it states numbers of its own rows.
        given = stating if name != relation.table else stating.unionByName(members).distinct()
        small = {name: _lazy(given), relation.table: _lazy(members if name != relation.table else given)}
        if broken:
            return rules.miscounted(relation, name, small, rows).sort("row", "value").collect()
        return rules.count(relation, name, small, rows).head(limit).collect()

    def _met(self, relation: Order | PartOfWhole | Sum, name: str, limit: int) -> pl.DataFrame:
        """Let the polars query of a relation run on the rows that it brings together."""
        from pyspark.sql import functions as F  # noqa: N812

        keys = _keys(relation, name)
        schemas = {one: pl.Schema({**self.tables[one].schema, ROW: pl.Int64()}) for one in keys}
        inputs = {
            one: exchange.Input(table=self.tables[one], keys=led, columns=_needed(relation, name, schemas, one))
            for one, led in keys.items()
        }

        def query(given: dict[str, pl.DataFrame]) -> pl.DataFrame:
            found = rules.first_violations(relation, name, {one: frame.lazy() for one, frame in given.items()}, limit)
            return found.cast(dict(_VIOLATION))  # type: ignore[arg-type]

        found = exchange.meet(self.spark, inputs, query, _VIOLATION, self._buckets(*keys))
        # A row that two keys lead to two buckets may be found in both; the first of all are among the first of each.
        first = F.min_by("fact_ids", F.array_join("fact_ids", " ")).alias("fact_ids")
        once = found.groupBy("row", "value", "expected").agg(first)
        return pl.DataFrame(pl.from_arrow(once.orderBy("row", "value", "expected").limit(limit).toArrow()))


def _matches(values: Mapping[str, str]) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    return reduce(
        lambda one, other: one & other, (quoted(name) == value for name, value in values.items()), F.expr("true")
    )


def _prefixes(relation: StatedCount) -> list[str]:
    return [one for one in (relation.since, relation.until) if one]


def _standing(relation: StatedCount) -> tuple[Column, Column]:
    """Say who is certain and who is possible on the day of a stated number, as `rules` does."""
    from pyspark.sql import functions as F  # noqa: N812

    day, forever = F.col("as_of_max"), F.lit("9999-12-31").cast("date")
    certain, possible = F.col("standing") == "asserted", F.col("standing") != "denied"
    if relation.since:
        certain &= F.coalesce(quoted(f"{relation.since}_max") <= day, F.expr("true"))
        possible &= F.coalesce(quoted(f"{relation.since}_min") <= day, F.expr("true"))
    if relation.until:
        last = F.coalesce(day, forever)
        certain &= F.coalesce(quoted(f"{relation.until}_min") > last, F.expr("true"))
        possible &= F.coalesce(quoted(f"{relation.until}_max") > last, F.expr("true"))
    return certain, possible


def _off(relation: StatedCount, tallies: DataFrame) -> DataFrame:
    off = "high < certain" + (" OR low > possible" if relation.exhaustive else "")
    return tallies.filter(off).select("row")


def _concerned(check: GlobalCheck) -> tuple[str, ...]:
    """Name the tables that a relation is about."""
    other = getattr(check.rule, "table", None)
    return (check.table,) if other is None else (check.table, other)


def _keys(relation: Relation, name: str) -> dict[str, Keys]:
    """Say by which columns the rows of each table meet."""
    match relation:
        case Order() if relation.table != name:
            return {name: (tuple(relation.on),), relation.table: (tuple(relation.on.values()),)}
        case Order() | PartOfWhole():
            return {name: tuple(dict.fromkeys((tuple(relation.on), tuple(relation.on.values()))))}
        case Sum():
            return {name: (relation.on,)}
    raise TypeError(f"{relation} is judged elsewhere")


def _needed(relation: Relation, name: str, schemas: Mapping[str, pl.Schema], table: str) -> tuple[str, ...]:
    """Name the columns of a table without which the query of a relation cannot be planned: the others stay at home."""

    def planned(without: str) -> bool:
        left = {**schemas, table: {one: kind for one, kind in schemas[table].items() if one != without}}
        tables = {one: pl.LazyFrame(schema=schema) for one, schema in left.items()}
        try:
            rules.violations(relation, name, tables).collect_schema()
        except pl.exceptions.ColumnNotFoundError:
            return False
        return True

    return tuple(one for one in schemas[table] if one != ROW and not planned(one))


def _lazy(frame: DataFrame) -> pl.LazyFrame:
    return pl.DataFrame(pl.from_arrow(frame.toArrow())).lazy()
