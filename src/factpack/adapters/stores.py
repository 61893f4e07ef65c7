"""What was published here, put into an object store: files that never change first, the pointer to them last.

Every write is conditional, so two runs cannot mix: a file of a version is only ever created, and the pointer only moves
from what it was when the run began. A run that dies leaves files that nobody points to, and the next one goes on.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError, PublishingError
from factpack.reader import documents

if TYPE_CHECKING:
    from pathlib import Path

_POINTERS = ("latest.dsse.json", "latest.json", "CHANGELOG.md", "versions.json")
_SEALS = {"manifest.json", "manifest.dsse.json", "SHA256SUMS"}


def push(published: Path, url: str, **options: Any) -> tuple[str, ...]:
    """Put the versions of a package, whose folder is `published`, into a store that does not have them yet.

    Args:
        published: the folder of the package.
        url: where the package shall stand, such as s3://bucket/name; credentials come from the environment.
        options: for the store, as obstore takes them.

    Returns:
        The versions that are new there.

    Raises:
        ConfigurationError: the store cannot be reached, or knows no conditional writes.
        PublishingError: the store holds other versions, other bytes of a version, or another run moved its pointer.
    """
    from obstore.exceptions import BaseError

    store = _connect(url, options)
    ours = json.loads((published / "versions.json").read_text(encoding="utf-8"))
    try:
        standing = {name: _read(store, name) for name in _POINTERS}
        theirs = json.loads(standing["latest.json"][0]) if standing["latest.json"] else {"sequence": 0}
        if theirs["sequence"]:
            _refuse_other(url, ours, theirs)
        new = ours[theirs["sequence"] :]
        for entry in new:
            _put_version(store, url, published, f"v{entry['version']}")
        for name in _POINTERS:
            if (published / name).is_file():
                _move(store, url, name, (published / name).read_bytes(), standing[name])
    except BaseError as error:
        raise ConfigurationError(f"{url}: {str(error).partition(chr(10))[0]}") from error
    return tuple(entry["version"] for entry in new)


def _connect(url: str, options: dict[str, Any]) -> Any:
    try:
        from obstore.store import from_url

        return from_url(url, **options)
    except ImportError as error:
        raise ConfigurationError(f"{url}: {error}. Install factpack[remote].") from error
    except Exception as error:
        raise ConfigurationError(f"{url}: {error}") from error


def _refuse_other(url: str, ours: list[dict[str, Any]], theirs: dict[str, Any]) -> None:
    at = theirs["sequence"] - 1
    known = ours[at] if at < len(ours) else {}
    if any(known.get(name) != theirs.get(name) for name in ("version", "manifest_sha256")):
        raise PublishingError(
            f"{url}: number {theirs['sequence']} is {theirs['version']} there and {known.get('version', 'missing')} "
            "here, or they differ: this is another history. Fetch it, or choose another place."
        )


def _put_version(store: Any, url: str, published: Path, version: str) -> None:
    """Put the files of a version, what seals them last."""
    folder = published / version
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for file in sorted(files, key=lambda path: path.name in _SEALS):
        _create(store, url, file.relative_to(published).as_posix(), file)


def _create(store: Any, url: str, name: str, file: Path) -> None:
    """Put a file that must not be there yet, or must be the same."""
    import obstore
    from obstore.exceptions import AlreadyExistsError

    try:
        obstore.put(store, name, file, mode="create")
    except AlreadyExistsError:
        there = hashlib.sha256()
        for piece in obstore.get(store, name).stream():
            there.update(piece)
        with file.open("rb") as stream:
            if there.hexdigest() != hashlib.file_digest(stream, "sha256").hexdigest():
                raise PublishingError(f"{url}: {name} is there with other bytes; a version never changes.") from None


def _read(store: Any, name: str) -> tuple[bytes, Any] | None:
    """Read a small file, with the tag that says which one it was."""
    import obstore

    try:
        found = obstore.get(store, name)
    except FileNotFoundError:
        return None
    if found.meta["size"] > documents.LIMIT:
        raise PublishingError(f"{name} has {found.meta['size']:,} bytes there; this is no package.")
    return bytes(found.bytes()), found.meta["e_tag"]


def _move(store: Any, url: str, name: str, content: bytes, standing: tuple[bytes, Any] | None) -> None:
    """Replace a file that is still the one that was read, or create it."""
    import obstore
    from obstore.exceptions import AlreadyExistsError, PreconditionError

    if standing is not None and standing[0] == content:
        return
    try:
        obstore.put(store, name, content, mode="create" if standing is None else {"e_tag": standing[1]})
    except (AlreadyExistsError, PreconditionError):
        raise PublishingError(f"{url}: another run moved {name} meanwhile; run again.") from None
