"""Strict reading of raw tables: exact values, or findings that name file, line and column."""

from __future__ import annotations

from factpack.sources.columns import ENTITIES, FACTS, PREDICATES, RETRACTIONS, SOURCES, WAIVERS, Column
from factpack.sources.raw import read
from factpack.sources.tables import locate, read_table

__all__ = [
    "ENTITIES",
    "FACTS",
    "PREDICATES",
    "RETRACTIONS",
    "SOURCES",
    "WAIVERS",
    "Column",
    "locate",
    "read",
    "read_table",
]
