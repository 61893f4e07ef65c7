"""What the manifest of a version, or its SHA256SUMS, says that each file must be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader import documents
from factpack.reader.files import Sealed, inside

if TYPE_CHECKING:
    from factpack.reader.files import Files

_SUM = re.compile(r"([0-9a-f]{64})  (.+)")


def seals(manifest: dict[str, Any], files: Files) -> dict[str, Sealed]:
    """List what a manifest says of each file.

    Raises:
        IntegrityError: an entry has no SHA-256, or its path leads out of the package.
    """
    try:
        blocks = manifest["predicate"].get("blocks", {})
        found = {}
        for one in manifest["subject"]:
            path = inside(one["name"], files).as_posix()
            known = blocks.get(path, {"size": 0, "sha256": []})
            found[path] = Sealed(
                path, one["annotations"]["bytes"], one["digest"]["sha256"], known["size"], tuple(known["sha256"])
            )
    except (KeyError, TypeError, AttributeError) as error:
        raise IntegrityError(f"{files}: manifest.json does not seal every file: {error!r}.") from error
    return found


def sums(files: Files) -> dict[str, Sealed]:
    """List what SHA256SUMS says of each file, where there is one.

    Raises:
        IntegrityError: a line of it is none that `sha256sum --check` reads.
    """
    if not files.exists("SHA256SUMS"):
        return {}
    *lines, rest = files.read("SHA256SUMS", documents.LIMIT).decode("utf-8", "replace").split("\n")
    matches = [_SUM.fullmatch(line) for line in lines]
    if rest or not all(matches):
        raise IntegrityError(f"{files}: SHA256SUMS is not what sha256sum --check reads.")
    return {match[2]: Sealed(match[2], None, match[1]) for match in matches if match}


def resource(descriptor: dict[str, Any], name: str, files: Files) -> dict[str, Any]:
    """Give the descriptor of a resource.

    Raises:
        ConfigurationError: the package has no such resource.
    """
    for one in descriptor["resources"]:
        if one.get("name") == name:
            return dict(one)
    tables = ", ".join(one["name"] for one in descriptor["resources"] if one.get("type") == "table")
    raise ConfigurationError(f"{files}: no table {name!r}; there are {tables}.")


def sealed(one: dict[str, Any], manifest: dict[str, Any] | None, files: Files) -> tuple[Sealed, ...]:
    """Say what the files of a resource must be: most have one, a table that stands in parts has several.

    Raises:
        IntegrityError: a path leads out of the package, a hash is no SHA-256, or the manifest says otherwise.
    """
    known = seals(manifest, files) if manifest is not None else None
    return tuple(_sealed(file, known, files) for file in _parts(one, files))


def _parts(one: dict[str, Any], files: Files) -> list[dict[str, Any]]:
    """List the files of a resource, each with its path, size and hash."""
    if not isinstance(one.get("path"), list):
        return [one]
    parts = one.get("factpack:parts")
    told = [part.get("path") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    if not told or told != one["path"] or len(set(told)) != len(told):
        raise IntegrityError(f"{files}: {one.get('name')} has the paths {one['path']}, and parts at {told}.")
    return list(parts)  # type: ignore[arg-type] # it is a list where it has paths


def _sealed(one: dict[str, Any], known: dict[str, Sealed] | None, files: Files) -> Sealed:
    path = inside(str(one.get("path")), files).as_posix()
    algorithm, _, expected = str(one.get("hash", "")).partition(":")
    if algorithm != "sha256":
        raise IntegrityError(f"{files}: {path} has the hash {one.get('hash')!r}, expected sha256:...")
    if not isinstance(one.get("bytes"), int):
        raise IntegrityError(f"{files}: {path} has {one.get('bytes')!r} bytes, expected a number.")
    if known is None:
        return Sealed(path, one["bytes"], expected)
    found = known.get(path)
    if found is None or found.sha256 != expected:
        raise IntegrityError(f"{files}: {path} is another file in manifest.json than in datapackage.json.")
    return found
