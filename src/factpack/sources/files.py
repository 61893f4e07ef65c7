"""The bytes of a raw file: read once, from a regular file, under a limit, as strict UTF-8."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from factpack.report import Finding

if TYPE_CHECKING:
    from pathlib import Path

# Limits of what is read at all; `cells` and the formats hold the others.
MAX_BYTES = 256 * 1024**2
MAX_CELL_BYTES = 1024**2
MAX_COLUMNS = 2_000
MAX_NESTING = 64
MAX_NODES = 2_000_000
MAX_ROWS = 10_000_000
# How many findings of one kind are listed for a column or file; the rest are counted.
MAX_FINDINGS = 1_000
# After so many of all kinds, the rest of a file is not read.
MAX_FAULTS = 100_000

_BOM = b"\xef\xbb\xbf"


def read_bytes(path: Path, file: str) -> tuple[bytes, Finding | None]:
    """Read a regular file of at most `MAX_BYTES`, without the byte order mark that may stand before UTF-8.

    `file` is how the finding names it. Nothing is read from a symbolic link, a pipe or a device.

    Returns:
        The content, and the finding (FP114, FP109) that keeps it from being read.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        why = "a symbolic link" if error.errno == errno.ELOOP else (error.strerror or str(error)).lower()
        return b"", _unreadable(file, f"cannot be read: {why}; a regular file is expected")
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor has no path
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return b"", _unreadable(file, f"is {_kind(status.st_mode)}; a regular file is expected")
        content = stream.read(min(status.st_size, MAX_BYTES) + 1)
    if len(content) > MAX_BYTES:
        message = f"holds more than {MAX_BYTES:,} bytes, the most that is read"
        return b"", Finding(code="FP109", message=message, file=file, expected=f"at most {MAX_BYTES:,} bytes")
    return content.removeprefix(_BOM), None


def bad_utf8(content: bytes) -> dict[int, int]:
    """Find the lines that are not UTF-8.

    Returns:
        For each of them, from 1: the offset of its first bad byte in the content.
    """
    bad, start = {}, 0
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            bad[number] = start + error.start
        start += len(line) + 1
    return bad


def not_utf8(content: bytes, file: str, line: int, offset: int) -> Finding:
    """Describe the bad byte at `offset`, which stands in `line`."""
    byte, start = content[offset], content.rfind(b"\n", 0, offset) + 1
    column = len(content[start:offset].decode("utf-8")) + 1
    meant = bytes([byte]).decode("cp1252", "replace")
    return Finding(
        code="FP101",
        message=f"the byte 0x{byte:02X} (the byte {offset - start + 1} of the line) is not UTF-8",
        file=file,
        line=line,
        column=column,
        expected="UTF-8",
        hint=f"Save the file as UTF-8; in Windows-1252 the byte is {meant!r}."
        if meant.isprintable() and meant != "�"
        else None,
    )


def _unreadable(file: str, message: str) -> Finding:
    return Finding(code="FP114", message=message, file=file, expected="a regular file")


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "no regular file")
