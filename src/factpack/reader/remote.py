"""Packages that are read over the network: in part, each block checked, and kept in a cache by its hash.

fsspec names the places; obstore (Rust) talks to HTTP servers and object stores. A server must answer Range requests.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader.cache import Cache, cache
from factpack.reader.files import Sealed, checked, inside

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_OBSTORE = ("http", "https", "s3", "s3a", "gs", "gcs", "az", "abfs")


@dataclass(frozen=True, slots=True)
class Remote:
    """A tree of files at a URL that fsspec knows."""

    url: str
    system: AbstractFileSystem
    cache: Cache

    @classmethod
    def of(cls, url: str, **options: Any) -> Remote:
        """Connect to a URL; `options` are those of its fsspec file system.

        Raises:
            ConfigurationError: no such protocol is known, or its library is not installed.
        """
        protocol = url.partition("://")[0]
        try:
            import fsspec

            if protocol in _OBSTORE:
                from obstore.fsspec import FsspecStore

                make: Any = FsspecStore
                if protocol == "http":
                    options = {"client_options": {"allow_http": True}} | options
            else:
                make = fsspec.filesystem
            return cls(url.rstrip("/"), make(protocol, **options), cache())
        except ImportError as error:
            raise ConfigurationError(f"{url}: {error}. Install factpack[remote].") from error
        except ValueError as error:
            raise ConfigurationError(f"{url}: {error}") from error

    def __str__(self) -> str:
        return self.url

    def exists(self, path: str) -> bool:
        """Say whether there is such a file.

        Raises:
            IntegrityError: the server cannot be asked.
        """
        try:
            self.system.info(self._at(path))
        except FileNotFoundError:
            return False
        except Exception as error:
            raise IntegrityError(f"{self}: {path} cannot be read: {_told(error)}") from error
        return True

    def read(self, path: str, limit: int) -> bytes:
        """Read a whole file of at most `limit` bytes."""
        try:
            size = int(self.system.info(self._at(path))["size"])
        except Exception as error:
            raise IntegrityError(f"{self}: {path} cannot be read: {_told(error)}") from error
        if size > limit:
            raise IntegrityError(f"{self}: {path} has {size:,} bytes, expected at most {limit:,}.")
        return self.fetch(path, 0, size)

    def fetch(self, path: str, start: int, end: int) -> bytes:
        """Read the bytes of a file from `start` to before `end`, as the server gives them.

        Raises:
            IntegrityError: the server gives fewer, or more.
        """
        if start == end:
            return b""
        try:
            content = bytes(self.system.cat_file(self._at(path), start=start, end=end))
        except Exception as error:
            raise IntegrityError(f"{self}: {path} cannot be read: {_told(error)}") from error
        if len(content) != end - start:
            raise IntegrityError(
                f"{self}: {path} has {len(content)} bytes where {end - start} were asked for; the server must answer "
                "Range requests."
            )
        return content

    def scan(self, sealed: Sealed) -> pl.LazyFrame:
        """Scan a Parquet file: what a query needs of it is fetched when it runs, block by block, and checked."""
        if not sealed.blocks:
            content = self.cache.get(sealed.sha256)
            if content is None:
                content = checked(self, sealed)
                self.cache.put(sealed.sha256, content)
            return pl.scan_parquet(io.BytesIO(content))
        try:
            from pyarrow import dataset
            from pyarrow.fs import FSSpecHandler, PyFileSystem
        except ImportError as error:
            raise ConfigurationError(f"{self}: {error}. Install factpack[remote].") from error
        from factpack.reader.blocks import Blocks

        system = PyFileSystem(FSSpecHandler(Blocks(sealed, self.fetch, self.cache)))
        return pl.scan_pyarrow_dataset(dataset.dataset(sealed.path, filesystem=system, format="parquet"))

    def check(self, sealed: Sealed) -> None:
        """Compare the size and the SHA-256 of a file with what was sealed."""
        checked(self, sealed)

    def sub(self, folder: str) -> Remote:
        """Give the tree of a folder of this one."""
        return Remote(self._at(folder), self.system, self.cache)

    def names(self) -> None:
        """Give None: most servers do not list their files."""

    def _at(self, path: str) -> str:
        return f"{self.url}/{inside(path, self)}"


def _told(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
