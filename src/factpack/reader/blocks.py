"""One remote file as a file system for Arrow: any part of it can be read, and every byte is checked first."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem

from factpack.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Callable

    from factpack.reader.cache import Cache
    from factpack.reader.files import Sealed


class Blocks(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
    """A file system that holds one file, fetched by path, start and end in the blocks that were sealed."""

    cachable = False

    def __init__(self, sealed: Sealed, fetch: Callable[[str, int, int], bytes], cache: Cache) -> None:
        super().__init__()
        self.sealed, self.fetch, self.cache, self.size = sealed, fetch, cache, sealed.size or 0

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Describe the file."""
        return {"name": path, "size": self.size, "type": "file"}

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:  # noqa: FBT001, FBT002 - fsspec's signature
        """List the file."""
        return [self.info(path)] if detail else [path]

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.RawIOBase:  # noqa: ARG002 - fsspec's signature
        return _File(self)

    def part(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` to before `end`, out of blocks that are what was sealed.

        Raises:
            IntegrityError: a block is not.
        """
        block, last = self.sealed.block, (end - 1) // self.sealed.block
        first = start // block
        found = {number: self.cache.get(self.sealed.blocks[number]) for number in range(first, last + 1)}
        missing = [number for number, content in found.items() if content is None]
        for run in _runs(missing):
            fetched = self.fetch(self.sealed.path, run[0] * block, min((run[-1] + 1) * block, self.size))
            for at, number in enumerate(run):
                found[number] = self._check(number, fetched[at * block : (at + 1) * block])
        whole = b"".join(content for content in found.values() if content is not None)
        return whole[start - first * block : end - first * block]

    def _check(self, number: int, content: bytes) -> bytes:
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != self.sealed.blocks[number]:
            raise IntegrityError(
                f"block {number} of {self.sealed.path} has the SHA-256 {sha256}, expected {self.sealed.blocks[number]}."
            )
        self.cache.put(sha256, content)
        return content


class _File(io.RawIOBase):
    def __init__(self, blocks: Blocks) -> None:
        super().__init__()
        self._blocks, self._at, self._size = blocks, 0, blocks.size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = self._size if size is None or size < 0 else min(self._at + size, self._size)
        if end <= self._at:
            return b""
        content = self._blocks.part(self._at, end)
        self._at = end
        return content


def _runs(numbers: list[int]) -> list[list[int]]:
    """Join neighbours, so that they are fetched at once."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
