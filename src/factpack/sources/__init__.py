"""Strict reading of raw tables: exact values, or findings that name file, line and column."""

from __future__ import annotations

from factpack.sources.columns import ENTITIES, FACTS, PREDICATES, RETRACTIONS, SOURCES, WAIVERS, Column
from factpack.sources.ids import skeletons
from factpack.sources.raw import check_ids, fact_files, read, read_facts, read_shared, sorted_by_place
from factpack.sources.tables import locate, read_table

__all__ = [
    "ENTITIES",
    "FACTS",
    "PREDICATES",
    "RETRACTIONS",
    "SOURCES",
    "WAIVERS",
    "Column",
    "check_ids",
    "fact_files",
    "locate",
    "read",
    "read_facts",
    "read_shared",
    "read_table",
    "skeletons",
    "sorted_by_place",
]
