"""The nouns of the project: plain frozen records that every stage passes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import polars as pl


@dataclass(frozen=True, slots=True)
class Contributor:
    """A person or body named in the data package (Data Package v2, `contributors`)."""

    title: str
    role: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a project makes of a rule (`[tool.factpack.rules.FP630]`): its severity, and how much of it is let pass.

    Up to `most` findings of the rule, or up to a `share` of the facts (0 to 1), do not count.
    """

    severity: str | None = None
    most: int | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Why some findings of a rule do not count, and until when (`[[tool.factpack.waivers]]`)."""

    rule: str
    reason: str
    until: date
    file: str | None = None
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A dataset project: where its folders are, and what `[tool.factpack]` says of its package."""

    root: Path
    name: str
    title: str
    description: str
    licence: str
    keywords: tuple[str, ...] = ()
    homepage: str | None = None
    contributors: tuple[Contributor, ...] = ()
    keys: tuple[str, ...] = ()
    version: str | None = None
    phrase_words: int = 12
    coverage: int | None = None
    drift: float = 0.1
    rules: Mapping[str, Threshold] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    @property
    def label(self) -> str:
        """What a report calls the dataset: its name, and its version where it is declared."""
        return " ".join(part for part in (self.name, self.version) if part)

    @property
    def raw(self) -> Path:
        """Folder of what was taken from articles."""
        return self.root / "raw"

    @property
    def transforms(self) -> Path:
        """Folder with one polars transform a table."""
        return self.root / "transforms"

    @property
    def schemas(self) -> Path:
        """Folder with one pandera model a table, and the vocabulary."""
        return self.root / "schemas"

    @property
    def checks(self) -> Path:
        """Folder with one expectation suite a table."""
        return self.root / "checks"

    @property
    def published(self) -> Path:
        """Folder of the published versions of this package."""
        return self.root / "published" / self.name

    def relative(self, path: Path) -> str:
        """Say where a file stands in the project, with forward slashes; outside of it, as it is."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """What was read from `raw/` and `schemas/predicates.csv`, each cell strictly parsed.

    Every frame carries two columns more than its file: `_file` (relative to the project) and `_line` (physical,
    1-based, where the record starts). `facts` also carries `source_id`, which is the name of its file. Retractions and
    corrections are None where the project has no such file. `tables` are those of `raw/tables/`; they rest on no facts.
    """

    facts: pl.DataFrame
    sources: pl.DataFrame
    entities: pl.DataFrame
    predicates: pl.DataFrame
    retractions: pl.DataFrame | None = None
    corrections: pl.DataFrame | None = None
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a raw file: line and column count from 1, columns in characters."""

    file: str
    line: int
    column: int = field(default=1)
