"""Citation File Format 1.2.0 (https://citation-file-format.github.io): for GitHub, Zenodo and reference managers."""

from __future__ import annotations

from typing import Any

import yaml

from factpack.metadata.names import urn


def describe(descriptor: dict[str, Any]) -> str:
    """Write `CITATION.cff` for a version."""
    found = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it with its version.",
        "type": "dataset",
        "title": descriptor["title"],
        "abstract": descriptor["description"],
        "authors": [
            {"name": one["title"], **({"website": one["path"]} if one.get("path") else {})}
            for one in descriptor["contributors"]
        ]
        or [{"name": descriptor["name"]}],
        "version": descriptor["version"],
        "date-released": descriptor["created"][:10],
        "license": descriptor["licenses"][0]["name"],
        "keywords": descriptor["keywords"],
        "url": descriptor.get("homepage"),
        "identifiers": [{"type": "other", "value": urn(descriptor), "description": "The version of the package."}],
    }
    kept = {name: value for name, value in found.items() if value}
    return str(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=120))
