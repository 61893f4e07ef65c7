"""schema.org `Dataset`, for search engines (https://schema.org/Dataset)."""

from __future__ import annotations

from typing import Any

from factpack.metadata.names import contributors, files, licence, sha256, urn


def describe(descriptor: dict[str, Any]) -> dict[str, Any]:
    """Write the schema.org description of a package."""
    found = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": urn(descriptor),
        "identifier": urn(descriptor),
        "name": descriptor["title"],
        "description": descriptor["description"],
        "url": descriptor.get("homepage"),
        "version": descriptor["version"],
        "datePublished": descriptor["created"],
        "license": licence(descriptor),
        "keywords": descriptor["keywords"],
        "creator": contributors(descriptor),
        "isAccessibleForFree": True,
        "isBasedOn": [_source(one) for one in descriptor.get("sources", ())],
        "variableMeasured": _units(descriptor),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one["name"],
                "contentUrl": f"../{one['path']}",
                "encodingFormat": one["mediatype"],
                "contentSize": str(one["bytes"]),
                "sha256": sha256(one),
            }
            for resource in descriptor["resources"]
            for one in files(resource)
        ],
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def _source(one: dict[str, Any]) -> dict[str, Any]:
    found = {"name": one["title"], "url": one.get("path"), "datePublished": one.get("version")}
    return {"@type": "CreativeWork"} | {name: value for name, value in found.items() if value}


def _units(descriptor: dict[str, Any]) -> list[dict[str, Any]]:
    """List the fields that have a unit."""
    return [
        {"@type": "PropertyValue", "name": f"{one['name']}.{field['name']}", "unitText": field["unit"]}
        for one in descriptor["resources"]
        for field in one.get("schema", {}).get("fields", ())
        if field.get("unit")
    ]
