"""What stands beside the versions of a package, as it follows from them: list, pointer, changelog.

Whoever publishes writes these, and whoever verifies computes them anew, so a changed byte in any of them is seen.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from factpack.reader import documents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from factpack.reader.files import Files

POINTER = ("version", "sequence", "manifest_sha256", "published")


def link(files: Files) -> dict[str, str]:
    """Name a version by the SHA-256 of its manifest, or of its sums where it is older than manifests."""
    for name, path in (("manifest_sha256", "manifest.json"), ("sums_sha256", "SHA256SUMS")):
        if files.exists(path):
            return {name: hashlib.sha256(files.read(path, documents.LIMIT)).hexdigest()}
    return {}


def entry(files: Files, version: str, number: int, previous: str | None) -> dict[str, Any]:
    """Give the entry of a version in `versions.json`: the list only grows.

    Raises:
        IntegrityError: the version cannot be read.
    """
    listed = {
        "version": version,
        "sequence": number,
        "previous": previous,
        "published": documents.load(files, "datapackage.json")["created"],
    }
    if not files.exists("manifest.json"):
        return listed
    release = documents.load(files, "manifest.json")["predicate"]
    return listed | {
        **link(files),
        "bump": release["bump"],
        "rows": {name: one["rows"] for name, one in release["tables"].items()},
    }


def pointer(listed: dict[str, Any], expires: str | None = None) -> dict[str, Any]:
    """Give `latest.json` for the entry of a version."""
    found = {name: listed[name] for name in POINTER if name in listed}
    return found | ({"expires": expires} if expires else {})


def changelog(home: Files, versions: Iterable[str]) -> str:
    """Join what every version says of its changes, the newest first."""
    texts = []
    for version in versions:
        files = home.sub(f"v{version}")
        if files.exists("CHANGES.md"):
            texts.append(files.read("CHANGES.md", documents.LIMIT).decode("utf-8", "replace"))
    return "\n".join(reversed(texts))


def listing(home: Files, name: str) -> dict[str, Any]:
    """Give the entry of a package in `index.json`, the catalogue of the folder it stands in."""
    latest = documents.load(home, "latest.json")
    descriptor = documents.load(home.sub(f"v{latest['version']}"), "datapackage.json")
    return {"name": name, "title": descriptor.get("title"), **latest}
