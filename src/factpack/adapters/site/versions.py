"""The versions of a package, opened and read for its pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factpack import reader

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from factpack.reader import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version that was opened: its place in the chain, and its tables."""

    opened: Package
    entry: dict[str, Any]
    tables: dict[str, pl.DataFrame]

    @property
    def sequence(self) -> int:
        """Its number in the chain, from 1."""
        return int(self.entry["sequence"])

    def document(self, path: str) -> Any:
        """Read a JSON document of the package, if it has it."""
        if not self.opened.files.exists(path):
            return None
        return json.loads(self.opened.files.read(path, 1 << 28))


def read(home: Path) -> list[Version]:
    """Open every version of a package, the newest first."""
    listed = json.loads((home / "versions.json").read_text(encoding="utf-8"))
    found = []
    for entry in sorted(listed, key=lambda one: -one["sequence"]):
        opened = reader.open(f"{home}@{entry['version']}")
        tables = {name: opened.table(name).collect() for name in opened.tables}
        found.append(Version(opened=opened, entry=entry, tables=tables))
    return found
