"""Where the files of a package are: a folder, or a zip archive. Nothing outside of it is ever read.

A package may come from anyone, so a path of it never leaves it, and only as many bytes are read as were announced.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

import polars as pl

from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader.digests import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_LINK = 0o120000
# The most that is read of a file whose size nothing tells: descriptors, manifests, pointers.
LARGEST = 1 << 28


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a file must be: its path in the package, its SHA-256, and its size in bytes where that is told.

    `blocks` holds the SHA-256 of each block, for files that are read in part; the last one may be shorter than `block`.
    """

    path: str
    size: int | None
    sha256: str
    block: int = 0
    blocks: tuple[str, ...] = ()


class Files(Protocol):
    """A tree of files; paths are relative and have forward slashes."""

    def __str__(self) -> str:
        """Say where it is, for errors."""

    def exists(self, path: str) -> bool:
        """Say whether there is such a file."""

    def read(self, path: str, limit: int) -> bytes:
        """Read a whole file of at most `limit` bytes.

        Raises:
            IntegrityError: it is missing, larger, or no regular file inside the tree.
        """

    def scan(self, sealed: Sealed) -> pl.LazyFrame:
        """Scan a Parquet file, once its bytes are found to be those that were sealed.

        Raises:
            IntegrityError: they are not.
        """

    def check(self, sealed: Sealed) -> None:
        """Compare the size and the SHA-256 of a file with what was sealed.

        Raises:
            IntegrityError: they differ.
        """

    def sub(self, folder: str) -> Files:
        """Give the tree of a folder of this one."""

    def names(self) -> set[str] | None:
        """List all files, hidden ones aside; None where a place cannot be listed."""


def inside(path: str, where: object) -> PurePosixPath:
    """Refuse a path that could lead out of a package.

    Raises:
        IntegrityError: it is absolute, has a `..`, a scheme or a drive, or a character that is none of a file name.
    """
    parts = PurePosixPath(path)
    if not parts.parts or parts.is_absolute() or ".." in parts.parts or any(one in path for one in "\\:\x00"):
        raise IntegrityError(f"{where}: the path {path!r} leads out of the package.")
    return parts


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this machine."""

    root: Path

    def __str__(self) -> str:
        return str(self.root)

    def exists(self, path: str) -> bool:
        """Say whether there is such a file."""
        return (self.root / inside(path, self)).is_file()

    def read(self, path: str, limit: int) -> bytes:
        """Read a whole file of at most `limit` bytes."""
        with self.open(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                raise IntegrityError(f"{self}: {path} has {size:,} bytes, expected at most {limit:,}.")
            return file.read(limit + 1)

    def scan(self, sealed: Sealed) -> pl.LazyFrame:
        """Scan a Parquet file, once its bytes are found to be those that were sealed."""
        with self.open(sealed.path) as file:
            self._check(file, sealed)
            # The scan keeps the open file, so it reads what was checked, whatever the name leads to later.
            return pl.scan_parquet(file)

    def check(self, sealed: Sealed) -> None:
        """Compare the size and the SHA-256 of a file with what was sealed."""
        with self.open(sealed.path) as file:
            self._check(file, sealed)

    def _check(self, file: BinaryIO, sealed: Sealed) -> None:
        size = os.fstat(file.fileno()).st_size
        if sealed.size not in {None, size}:
            raise IntegrityError(f"{self}: {sealed.path} has {size} bytes, expected a file of {sealed.size}.")
        found = digest(file)
        if found != sealed.sha256:
            raise IntegrityError(f"{self}: {sealed.path} has the SHA-256 {found}, expected {sealed.sha256}.")

    def sub(self, folder: str) -> Folder:
        """Give the tree of a folder of this one."""
        place = self.root / inside(folder, self)
        if place.is_symlink():
            raise IntegrityError(f"{self}: {folder} is a link.")
        return Folder(place)

    def names(self) -> set[str]:
        """List all files, hidden ones aside; links are listed, and never followed."""
        found = []
        for folder, below, files in os.walk(self.root):
            here = Path(folder)
            found += [here / name for name in files]
            found += [here / name for name in below if (here / name).is_symlink()]
        return _shown(path.relative_to(self.root).as_posix() for path in found)

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open a regular file, going down folder by folder, so that no part of its path is a link even for a moment.

        Raises:
            IntegrityError: it is missing or no regular file, or a part of its path is a link.
        """
        parts = inside(path, self).parts
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in parts[:-1]:
                descriptor = self._descend(descriptor, part, os.O_DIRECTORY, path)
            # Without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
            descriptor = self._descend(descriptor, parts[-1], os.O_NONBLOCK, path)
            self._refuse_special(descriptor, path)
        except BaseException:
            os.close(descriptor)
            raise
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            yield file

    def _refuse_special(self, descriptor: int, path: str) -> None:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IntegrityError(f"{self}: {path} is no regular file, expected a file.")

    def _descend(self, folder: int, name: str, flags: int, path: str) -> int:
        try:
            found = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=folder)
        except OSError as error:
            try:
                link = stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
            except OSError:
                link = False
            if link:
                raise IntegrityError(f"{self}: {path} goes through the link {name}.") from error
            raise IntegrityError(f"{self}: {path} cannot be read: {error.strerror}.") from error
        os.close(folder)
        return found


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip archive; its package stands at the top, or in the one folder that is at the top."""

    path: Path
    entries: dict[str, zipfile.ZipInfo]

    @classmethod
    def of(cls, path: Path) -> Archive:
        """Read the list of an archive.

        Raises:
            ConfigurationError: it is no zip archive.
            IntegrityError: an entry is a link, encrypted, there twice, or leads out of the archive.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                listed = archive.infolist()
        except (zipfile.BadZipFile, OSError) as error:
            raise ConfigurationError(f"{path}: not a zip archive that can be read: {error}") from error
        entries: dict[str, zipfile.ZipInfo] = {}
        for entry in listed:
            name = inside(entry.filename, path).as_posix()
            if name in entries:
                raise IntegrityError(f"{path}: {name} is there twice.")
            if entry.external_attr >> 16 & 0o170000 == _LINK or entry.flag_bits & 1:
                raise IntegrityError(f"{path}: {name} is a link, or encrypted.")
            if not entry.is_dir():
                entries[name] = entry
        tops = {name.partition("/")[0] for name in entries}
        if len(tops) == 1 and not tops & set(entries):
            entries = {name.partition("/")[2]: entry for name, entry in entries.items()}
        return cls(path, entries)

    def __str__(self) -> str:
        return str(self.path)

    def exists(self, path: str) -> bool:
        """Say whether there is such a file."""
        return path in self.entries

    def read(self, path: str, limit: int) -> bytes:
        """Read a whole file of at most `limit` bytes; what more there may be inside of the zip is never inflated."""
        if path not in self.entries:
            raise IntegrityError(f"{self}: {path} cannot be read: it is not in the archive.")
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.entries[path]) as file:
                content = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError) as error:
            raise IntegrityError(f"{self}: {path} cannot be read: {error}.") from error
        if len(content) > limit:
            raise IntegrityError(f"{self}: {path} has more than the {limit:,} bytes expected.")
        return content

    def scan(self, sealed: Sealed) -> pl.LazyFrame:
        """Scan a Parquet file, once its bytes are found to be those that were sealed."""
        return pl.scan_parquet(io.BytesIO(checked(self, sealed)))

    def check(self, sealed: Sealed) -> None:
        """Compare the size and the SHA-256 of a file with what was sealed."""
        checked(self, sealed)

    def sub(self, folder: str) -> Archive:
        """Give the tree of a folder of this one."""
        top = f"{inside(folder, self)}/"
        below = {name.removeprefix(top): entry for name, entry in self.entries.items() if name.startswith(top)}
        return Archive(self.path, below)

    def names(self) -> set[str]:
        """List all files, hidden ones aside."""
        return _shown(self.entries)


def _shown(names: Iterable[str]) -> set[str]:
    return {name for name in names if not any(part.startswith(".") for part in name.split("/"))}


def checked(files: Files, sealed: Sealed) -> bytes:
    """Read a whole file that must be what was sealed.

    Raises:
        IntegrityError: it has another size or SHA-256.
    """
    content = files.read(sealed.path, LARGEST if sealed.size is None else sealed.size)
    found = digest(io.BytesIO(content))
    if sealed.size not in {None, len(content)} or found != sealed.sha256:
        raise IntegrityError(
            f"{files}: {sealed.path} has the SHA-256 {found} in {len(content)} bytes, expected {sealed.sha256} in "
            f"{sealed.size}."
        )
    return content
