"""The JSON documents of a package, read strictly: they come from anyone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from factpack.errors import IntegrityError

if TYPE_CHECKING:
    from factpack.reader.files import Files

# The most bytes of a pointer, a list of versions or a descriptor.
LIMIT = 1 << 26


def load(files: Files, path: str) -> Any:
    """Read a JSON document.

    Raises:
        IntegrityError: it is missing, too large, no JSON, or names a key twice.
    """
    return parse(files.read(path, LIMIT), f"{files}: {path}")


def render(content: Any) -> str:
    """Write a document as it stands on the disk, so that not even a blank of it can change unseen."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def rendered(files: Files, path: str) -> bool:
    """Say whether a document, if it is there, stands as it was rendered."""
    return not files.exists(path) or files.read(path, LIMIT) == render(load(files, path)).encode()


def parse(content: bytes, name: str) -> Any:
    """Parse a JSON document; `name` is that of the file, for errors.

    Raises:
        IntegrityError: it is no JSON, nests too deeply, or names a key twice.
    """
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise IntegrityError(f"{name}: not a JSON document that can be read: {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in {other for other, _ in pairs[:at]})
        raise ValueError(f"the key {twice!r} is there twice")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")
