"""What judges tables: this machine (`Local`), or a cluster (`factpack.adapters.spark`), with the same verdicts.

A rule of rows is answered batch by batch (`plan.check_batch`), and the answers are added up (`plan.merge`). What no
batch can answer by itself is a `GlobalCheck`, and each runner has its own way to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

from factpack import plan, rules
from factpack.plan import UniqueRule
from factpack.rules import ForeignKey, StatedCount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from factpack.plan import Plan, Verdict
    from factpack.rules import Relation

# A set of so many keys takes some 300 MB.
_KEYS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalCheck:
    """A rule of a table that no batch of its rows can answer: a key, or a relation to other rows."""

    table: str
    rule: UniqueRule | Relation

    @property
    def relation(self) -> Relation:
        """The relation that the rule is."""
        if isinstance(self.rule, UniqueRule):
            raise TypeError(f"{self.rule} is a key, and no relation")
        return self.rule


class Runner(Protocol):
    """What `factpack.validation` asks of whatever holds the tables."""

    def schema(self, table: str) -> pl.Schema:
        """Give the columns of a table and their types."""

    def check(
        self, plans: Mapping[str, Plan], relations: Sequence[GlobalCheck], limit: int
    ) -> tuple[dict[str, Verdict], tuple[GlobalCheck, ...]]:
        """Judge all tables by their plans, keys included.

        Args:
            plans: the plan of each table.
            relations: what will be asked for, if no table breaks its plan.
            limit: how many rows to give that break some rule of a table, or a key of it: the first ones.

        Returns:
            The verdict on each table, and those of the relations that may be broken: others are known to be kept.
        """

    def violations(self, check: GlobalCheck, limit: int) -> pl.DataFrame:
        """Give the first rows that break a relation: `row`, `value`, `expected`, `fact_ids` (`factpack.rules`)."""

    def counted(self, check: GlobalCheck, limit: int) -> pl.DataFrame:
        """Give the first numbers that are stated, and who was counted for each (`rules.count`)."""

    def whole(self, table: str) -> pl.DataFrame:
        """Give a table as one frame, for a check that pandera itself must run; refuse where it may not fit."""


class Local:
    """Judges frames, or scans of files larger than memory, with polars' streaming engine."""

    def __init__(self, tables: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> None:
        self._frames = {name: table.lazy() for name, table in tables.items()}

    def schema(self, table: str) -> pl.Schema:
        """Give the columns of a table and their types."""
        return self._frames[table].collect_schema()

    def check(
        self, plans: Mapping[str, Plan], relations: Sequence[GlobalCheck], limit: int
    ) -> tuple[dict[str, Verdict], tuple[GlobalCheck, ...]]:
        """Judge plans, keys and relations in one pass; a relation to very many rows waits for its own."""
        beside = [one for one in relations if self._passes(one) == 1]
        queries = [rules.breaking(one.relation, one.table, self._frames).select(pl.len()) for one in beside]
        verdicts, answers = plan.run({name: self._frames[name] for name in plans}, plans, limit, queries)
        kept = [one for one, answer in zip(beside, answers, strict=True) if not answer.item()]
        return verdicts, tuple(one for one in relations if one not in kept)

    def violations(self, check: GlobalCheck, limit: int) -> pl.DataFrame:
        """Give the first rows that break a relation."""
        return rules.first_violations(check.relation, check.table, self._frames, limit, self._passes(check))

    def counted(self, check: GlobalCheck, limit: int) -> pl.DataFrame:
        """Give the first numbers that are stated, and who was counted for each."""
        if not isinstance(check.rule, StatedCount):
            raise TypeError(f"{check.rule} states no number")
        return rules.count(check.rule, check.table, self._frames, first=limit).collect(engine="streaming")

    def whole(self, table: str) -> pl.DataFrame:
        """Read a table into memory."""
        return self._frames[table].collect()

    def _passes(self, check: GlobalCheck) -> int:
        """Say in how many passes to judge a relation, so that no set of keys is larger than memory."""
        if not isinstance(check.rule, ForeignKey | StatedCount):
            return 1
        height: int = self._frames[check.rule.table].select(pl.len()).collect(engine="streaming").item()
        return 1 + height // _KEYS_AT_ONCE
