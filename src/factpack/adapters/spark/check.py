"""A table and its plan on a cluster: one scan for all rules of rows, and one shuffle for all keys."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING

import polars as pl

from factpack import plan as plans
from factpack.adapters.spark import frames, scan
from factpack.plan import ROW, Partial, UniqueRule, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa
    from pyspark.sql import SparkSession

    from factpack.adapters.spark.tables import Table
    from factpack.plan import Plan

_HASH, _COUNT, _ROWS = "\x1fhash", "\x1fcount", "\x1frows"
# So many hashes meet in a bucket, at 16 bytes each with the number of their row.
_BUCKET_KEYS = 4_000_000
# What is known of rows comes together in so many buckets at most, and goes to the driver from there.
_GATHERED = 64
# What a task sends to a bucket: what it knows of its rows, or, with the place of a key in the plan, its hashes.
_SENT = pl.Schema({"bucket": pl.Int32(), "key": pl.Int32(), "found": pl.Binary()})


def check(spark: SparkSession, table: Table, plan: Plan, limit: int) -> Verdict:
    """Judge a table by its plan, as `factpack.plan.run` does on one machine.

    A task judges its rows, and sends to buckets what it found, and the hash of each key with the number of its row. In
    a bucket equal hashes meet. Only where some do, a second scan compares the keys themselves.
    """
    # A check of pandera is of no use to executors, and would bring pandera with it.
    lean = replace(plan, rows=tuple(replace(rule, check=None) for rule in plan.rows))
    if not table.height:
        failing = pl.DataFrame(schema={**table.schema, ROW: pl.Int64})
        return Verdict(rows=0, counts=(0,) * len(plan.rows), failing=failing, repeated={})
    buckets = max(spark.sparkContext.defaultParallelism, len(plan.unique) * table.height // _BUCKET_KEYS + 1)
    judge = partial(_judge, plan=lean, buckets=buckets, limit=limit)
    sent = scan.over(spark, table, list(table.schema), judge, _SENT)
    met = sent.repartitionById(buckets, "bucket").mapInArrow(partial(_meet, limit=limit), frames.ddl(_SENT))
    rows, keys = _known(met.toArrow().to_batches(), limit)
    again = {plan.unique[key]: _first(hashes, limit) for key, hashes in sorted(keys.items())}
    repeated = _verified(spark, table, {rule: some for rule, some in again.items() if some.height})
    return Verdict(rows=rows[0].rows, counts=rows[0].counts, failing=rows[0].failing, repeated=repeated)


def _judge(
    task: int, batches: Iterator[pl.DataFrame], *, plan: Plan, buckets: int, limit: int
) -> Iterator[pl.DataFrame]:
    """Judge the batches of a task, and hash the keys of their rows."""
    keys = {key: pl.DataFrame(schema={ROW: pl.Int64, _HASH: pl.UInt64}) for key in range(len(plan.unique))}
    known: list[Partial] = []
    for batch in batches:
        known = _merged([*known, plans.check_batch(batch, plan, limit)], limit)
        for key, rule in enumerate(plan.unique):
            keys[key] = keys[key].vstack(batch.select(ROW, plans.key_hash(rule).alias(_HASH)))
    sent: list[tuple[int, int | None, bytes]] = [(task % min(buckets, _GATHERED), None, pickle.dumps(known[0]))]
    for key, hashes in keys.items():
        parts = hashes.with_columns(bucket=pl.col(_HASH) % buckets).partition_by("bucket", include_key=True)
        sent += [(part[0, "bucket"], key, frames.packed(part.drop("bucket"))) for part in parts]
    yield pl.DataFrame(sent, schema=_SENT, orient="row")


def _meet(batches: Iterable[pa.RecordBatch], limit: int) -> Iterator[pa.RecordBatch]:
    """Put together what was sent to a bucket: of each key, the first rows whose hash is there twice."""
    rows, keys = _known(batches, limit)
    found = [(None, None, pickle.dumps(known)) for known in rows]
    again = [(None, key, frames.packed(_first([_same(pl.concat(hashes))], limit))) for key, hashes in keys.items()]
    yield from frames.write(pl.DataFrame([*found, *again], schema=_SENT, orient="row"))


def _known(batches: Iterable[pa.RecordBatch], limit: int) -> tuple[list[Partial], dict[int, list[pl.DataFrame]]]:
    """Take what was sent: what is known of rows, added up to one, and what of each key."""
    rows: list[Partial] = []
    keys: dict[int, list[pl.DataFrame]] = {}
    for batch in batches:
        for _, key, found in pl.DataFrame(pl.from_arrow(batch)).iter_rows():
            if key is None:
                rows = _merged([*rows, pickle.loads(found)], limit)  # noqa: S301 - our own
            else:
                keys.setdefault(key, []).append(frames.unpacked(found))
    return rows, keys


def _merged(rows: list[Partial], limit: int) -> list[Partial]:
    return [reduce(partial(plans.merge, limit=limit), rows)]


def _same(hashes: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows whose hash another row has; sorting takes less memory than a set of them."""
    one = pl.col(_HASH)
    twice = (one == one.shift(1)) | (one == one.shift(-1))
    return hashes.sort(_HASH).filter(twice)


def _first(hashes: list[pl.DataFrame], limit: int) -> pl.DataFrame:
    return pl.concat(hashes).bottom_k(limit, by=ROW).sort(ROW)


def _verified(
    spark: SparkSession, table: Table, suspects: Mapping[UniqueRule, pl.DataFrame]
) -> dict[UniqueRule, pl.DataFrame]:
    """Keep the rows whose key itself another row has, and not only its hash."""
    if not suspects:
        return {}
    columns = list(dict.fromkeys(column for rule in suspects for column in rule.columns))
    found = scan.over(spark, table, columns, partial(_find, suspects=suspects), _SENT).toArrow()
    _, keys = _known(found.to_batches(), 0)
    repeated = {}
    for number, rule in enumerate(suspects):
        several = _tally(keys[number], rule).filter(pl.col(_COUNT) > 1)
        same = several.select(pl.col(_ROWS).explode()).drop_nulls().unnest(_ROWS)
        if same.height:
            repeated[rule] = same.sort(ROW)
    return repeated


def _find(
    _: int, batches: Iterator[pl.DataFrame], suspects: Mapping[UniqueRule, pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """Count the keys that have a hash of the suspects."""
    known: dict[UniqueRule, pl.DataFrame] = {}
    for batch in batches:
        for rule, rows in suspects.items():
            alike = batch.filter(plans.key_hash(rule).is_in(rows[_HASH].unique().implode()))
            # Keys that are the same may be written otherwise, as the two zeros are: each row keeps its own.
            named = pl.struct(ROW, *rule.columns).filter(pl.col(ROW).is_in(rows[ROW].implode()))
            counted = alike.group_by(rule.columns).agg(pl.len().cast(pl.Int64).alias(_COUNT), named.alias(_ROWS))
            known[rule] = _tally([known[rule], counted] if rule in known else [counted], rule)
    sent = [(0, number, frames.packed(known[rule])) for number, rule in enumerate(suspects)]
    yield pl.DataFrame(sent, schema=_SENT, orient="row")


def _tally(counted: list[pl.DataFrame], rule: UniqueRule) -> pl.DataFrame:
    """Add up how many rows have a key, and which of the suspects."""
    return pl.concat(counted).group_by(rule.columns).agg(pl.col(_COUNT).sum(), pl.col(_ROWS).explode())
