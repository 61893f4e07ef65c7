"""The descriptor of a package in the words of other communities: each module writes one of their formats."""

from __future__ import annotations

from typing import Any

from factpack.metadata import citation, croissant, prov, rocrate, schemaorg


def describe(descriptor: dict[str, Any], previous: str | None) -> dict[str, Any]:
    """Give every metadata document of a version by its path in the package.

    Args:
        descriptor: the Data Package descriptor.
        previous: the version before, or None.
    """
    return {
        "metadata/croissant.json": croissant.describe(descriptor),
        "metadata/schema-org.jsonld": schemaorg.describe(descriptor),
        "metadata/prov.jsonld": prov.describe(descriptor, previous),
        # These two are looked for at the top of a folder, and under no other name.
        "ro-crate-metadata.json": rocrate.describe(descriptor),
        "CITATION.cff": citation.describe(descriptor),
    }
