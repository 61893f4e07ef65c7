"""The consumer's side: open a published package, and read nothing of it that is not what its descriptor says."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from factpack.diff import Snapshot
from factpack.errors import ConfigurationError, IntegrityError


@dataclass(frozen=True, slots=True)
class Package:
    """One version of a published data package."""

    path: Path
    descriptor: dict[str, Any]

    @property
    def version(self) -> str:
        """The version, such as 1.0.0."""
        return str(self.descriptor["version"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, in the order of the descriptor."""
        return tuple(one["name"] for one in self.descriptor["resources"] if one.get("type") == "table")

    def table(self, name: str) -> pl.LazyFrame:
        """Read a table, once its bytes are found to be those of the descriptor.

        Raises:
            ConfigurationError: the package has no such table.
            IntegrityError: the file is missing, is no regular file inside the package, or has other content.
        """
        if name not in self.tables:
            raise ConfigurationError(f"{self.path}: no table {name!r}; there are {', '.join(self.tables)}.")
        resource = next(one for one in self.descriptor["resources"] if one["name"] == f"{name}-parquet")
        return pl.read_parquet(io.BytesIO(self._read(resource))).lazy()

    def snapshot(self) -> Snapshot:
        """Read all tables, with their schemas, to be compared with another version."""
        schemas = {one["name"]: one["schema"] for one in self.descriptor["resources"] if one.get("type") == "table"}
        tables = {name: self.table(name).collect() for name in self.tables}
        return Snapshot(version=self.version, tables=tables, schemas=schemas)

    def fact(self, fact_id: str) -> dict[str, Any]:
        """Give one row of the table `facts`.

        Raises:
            ConfigurationError: the package has no such fact.
        """
        rows = self.table("facts").filter(fact_id=fact_id).collect().rows(named=True)
        if not rows:
            raise ConfigurationError(f"{self.path}: no fact {fact_id!r} in version {self.version}.")
        return rows[0]

    def _read(self, resource: dict[str, Any]) -> bytes:
        """Read a file once, and only from inside the package, as far as its size says, and compare its hash."""
        path = PurePosixPath(resource["path"])
        if path.is_absolute() or ".." in path.parts or "\\" in resource["path"] or ":" in resource["path"]:
            raise IntegrityError(f"{self.path}: the path {resource['path']!r} leads out of the package.")
        algorithm, _, expected = str(resource.get("hash", "")).partition(":")
        if algorithm != "sha256":
            raise IntegrityError(f"{self.path}: {path} has the hash {resource.get('hash')!r}, expected sha256:...")
        content = _regular(self.path, path, int(resource["bytes"]))
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise IntegrityError(f"{self.path}: {path} has the SHA-256 {found}, expected {expected}.")
        return content


def open(path: str | Path) -> Package:  # noqa: A001 - `factpack.open`, as gzip.open and pooch have it
    """Open a published package: its folder, the folder of one version, or `folder@1.0.0`.

    Raises:
        ConfigurationError: nothing is published there.
        IntegrityError: the descriptor is not one of a package.

    Example:
        >>> open("published/axis-of-upheaval").version  # doctest: +SKIP
        '1.0.0'
    """
    text, _, wanted = str(path).partition("@")
    folder = Path(text)
    if not wanted and (folder / "latest.json").is_file():
        wanted = json.loads((folder / "latest.json").read_text(encoding="utf-8"))["version"]
    if wanted:
        folder /= f"v{wanted}"
    file = folder / "datapackage.json"
    if not file.is_file():
        raise ConfigurationError(f"{path}: no published package here; expected {file}.")
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("resources"), list):
        raise IntegrityError(f"{file}: not the descriptor of a data package.")
    return Package(path=folder, descriptor=descriptor)


def _regular(folder: Path, path: PurePosixPath, size: int) -> bytes:
    """Read a regular file of exactly this size; no part of its path below the folder may be a link."""
    place = folder
    for part in path.parts:
        place /= part
        if place.is_symlink():
            raise IntegrityError(f"{folder}: {path} goes through the link {place.name}.")
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise IntegrityError(f"{folder}: {path} cannot be read: {error.strerror}.") from error
    with io.FileIO(descriptor) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size != size:
            raise IntegrityError(f"{folder}: {path} has {status.st_size} bytes, expected a file of {size}.")
        return file.readall()
