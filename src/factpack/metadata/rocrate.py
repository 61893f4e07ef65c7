"""RO-Crate 1.1 (https://www.researchobject.org/ro-crate/specification/1.1/): for research repositories."""

from __future__ import annotations

from typing import Any

from factpack.metadata import names
from factpack.metadata.names import licence, sha256, urn


def describe(descriptor: dict[str, Any]) -> dict[str, Any]:
    """Write the RO-Crate description of a package; it stands at the top of it."""
    first = descriptor["licenses"][0]
    terms = {
        "@id": licence(descriptor),
        "@type": "CreativeWork",
        "name": first.get("title", first["name"]),
        "identifier": first["name"],
    }
    people = [
        {"@id": one.get("path") or f"#contributor-{number}", "@type": "Organization", "name": one["title"]}
        for number, one in enumerate(descriptor["contributors"], 1)
    ]
    files = [_file(file) for one in descriptor["resources"] for file in names.files(one)]
    files += [
        {"@id": "datapackage.json", "@type": "File", "name": "Data Package", "encodingFormat": "application/json"},
        {"@id": "README.md", "@type": "File", "name": "README", "encodingFormat": "text/markdown"},
    ]
    crate = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": urn(descriptor),
        "name": descriptor["title"],
        "description": descriptor["description"],
        "version": descriptor["version"],
        "datePublished": descriptor["created"],
        "keywords": ", ".join(descriptor["keywords"]),
        "license": {"@id": terms["@id"]},
        "author": [{"@id": one["@id"]} for one in people],
        "publisher": {"@id": people[0]["@id"]} if people else None,
        "hasPart": [{"@id": one["@id"]} for one in files],
    }
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    kept = {name: value for name, value in crate.items() if value not in (None, "", [])}
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [about, kept, terms, *people, *files]}


def _file(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": resource["path"],
        "@type": "File",
        "name": resource["title"],
        "encodingFormat": resource["mediatype"],
        "contentSize": str(resource["bytes"]),
        "sha256": sha256(resource),
    }
