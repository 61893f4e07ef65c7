"""Packages that are read over the network: in part, each block checked, and kept in a cache by its hash.

obstore (Rust) talks to HTTP servers and object stores, fsspec to every other place. A server must answer Range
requests.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any, Protocol

import polars as pl

from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader.cache import Cache, cache
from factpack.reader.files import Sealed, checked, inside

# What obstore speaks; anything else is left to fsspec.
_OBSTORE = ("http", "https", "s3", "s3a", "gs", "az", "abfs")
# A server that is down is named after three tries, not after minutes.
_RETRIES = {"max_retries": 3}


class Source(Protocol):
    """Something that holds files by their paths."""

    def size(self, path: str) -> int:
        """Give the size of a file in bytes; raises FileNotFoundError where there is none."""

    def part(self, path: str, start: int, end: int) -> bytes:
        """Give the bytes of a file from `start` to before `end`."""


@dataclass(frozen=True, slots=True)
class _Store:
    """An HTTP server or an object store, through obstore."""

    store: Any

    def size(self, path: str) -> int:
        import obstore

        return int(obstore.head(self.store, path)["size"])

    def part(self, path: str, start: int, end: int) -> bytes:
        import obstore

        return bytes(obstore.get_range(self.store, path, start=start, end=end))


@dataclass(frozen=True, slots=True)
class _System:
    """Any other place, through fsspec."""

    system: Any
    url: str

    def size(self, path: str) -> int:
        return int(self.system.info(f"{self.url}/{path}")["size"])

    def part(self, path: str, start: int, end: int) -> bytes:
        return bytes(self.system.cat_file(f"{self.url}/{path}", start=start, end=end))


def connect(url: str, **options: Any) -> Source:
    """Connect to a URL; `options` are those of its obstore store or its fsspec file system.

    Raises:
        ConfigurationError: no such protocol is known, or its library is not installed.
    """
    protocol = url.partition("://")[0]
    try:
        if protocol in _OBSTORE:
            from obstore.store import from_url

            if protocol == "http":
                options = {"client_options": {"allow_http": True}} | options
            return _Store(from_url(url, **{"retry_config": _RETRIES, **options}))
        import fsspec

        return _System(fsspec.filesystem(protocol, **options), url)
    except ImportError as error:
        raise ConfigurationError(f"{url}: {error}. Install factpack[remote].") from error
    except Exception as error:
        raise ConfigurationError(f"{url}: {_told(error)}") from error


@dataclass(frozen=True, slots=True)
class Remote:
    """A tree of files at a URL."""

    url: str
    source: Source
    cache: Cache
    folder: str = ""

    @classmethod
    def of(cls, url: str, **options: Any) -> Remote:
        """Connect to a URL.

        Raises:
            ConfigurationError: no such protocol is known, or its library is not installed.
        """
        return cls(url.rstrip("/"), connect(url.rstrip("/"), **options), cache())

    def __str__(self) -> str:
        return f"{self.url}/{self.folder}".rstrip("/")

    def exists(self, path: str) -> bool:
        """Say whether there is such a file.

        Raises:
            IntegrityError: the server cannot be asked.
        """
        try:
            self.source.size(self._at(path))
        except FileNotFoundError:
            return False
        except Exception as error:
            raise IntegrityError(f"{self}: {path} cannot be read: {_told(error)}") from error
        return True

    def read(self, path: str, limit: int) -> bytes:
        """Read a whole file of at most `limit` bytes."""
        try:
            size = self.source.size(self._at(path))
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
            content = self.source.part(self._at(path), start, end)
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
        return replace(self, folder=f"{self._at(folder)}/")

    def names(self) -> None:
        """Give None: most servers do not list their files."""

    def _at(self, path: str) -> str:
        return f"{self.folder}{inside(path, self)}"


def _told(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
