"""SHA-256 of files, and of the blocks of files that are read in part."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

# A list of blocks has at most so many hashes, so a manifest stays small however large a file is.
_MOST_BLOCKS = 4096
_SMALLEST_BLOCK = 1 << 16


def digest(file: BinaryIO) -> str:
    """Hash an open file from its beginning, in constant memory."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # it takes any binary file


def block_size(size: int) -> int:
    """Give the size of the blocks of a file: a power of two, 64 KiB or more.

    >>> block_size(1), block_size(1 << 30)
    (65536, 262144)
    """
    block = _SMALLEST_BLOCK
    while block * _MOST_BLOCKS < size:
        block *= 2
    return block


def blocks(file: BinaryIO, block: int) -> list[str]:
    """Hash each block of an open file."""
    file.seek(0)
    return [hashlib.sha256(part).hexdigest() for part in iter(lambda: file.read(block), b"")]
