"""What all metadata documents name alike: the package, its licence, its contributors."""

from __future__ import annotations

from typing import Any


def urn(descriptor: dict[str, Any], version: str | None = None) -> str:
    """Name a version of a package: its homepage is one for all versions, and many packages have none."""
    return f"urn:factpack:{descriptor['name']}:{version or descriptor['version']}"


def licence(descriptor: dict[str, Any]) -> str:
    """Give the address of the licence, or its name where it has none."""
    first = descriptor["licenses"][0]
    return str(first.get("path") or first["name"])


def contributors(descriptor: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the contributors as schema.org has organisations."""
    return [
        {"@type": "Organization", "name": one["title"], **({"url": one["path"]} if one.get("path") else {})}
        for one in descriptor["contributors"]
    ]


def sha256(resource: dict[str, Any]) -> str:
    """Give the SHA-256 of a resource's file."""
    return str(resource["hash"]).removeprefix("sha256:")


def files(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe each file of a resource as if it were one of its own: a table may stand in several."""
    if isinstance(resource["path"], str):
        return [resource]
    return [
        resource | part | {"name": f"{resource['name']}-{number}", "title": f"{resource['title']}, part {number}"}
        for number, part in enumerate(resource["factpack:parts"])
    ]
