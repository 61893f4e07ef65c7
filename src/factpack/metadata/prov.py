"""Where a version comes from, in W3C PROV-O as JSON-LD (https://www.w3.org/TR/prov-o/)."""

from __future__ import annotations

from typing import Any

from factpack.metadata.names import urn

_CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}


def describe(descriptor: dict[str, Any], previous: str | None) -> dict[str, Any]:
    """Write the provenance of a version: its sources, the version before it, who published it, and with what."""
    dataset, publication = urn(descriptor), f"{urn(descriptor)}:publication"
    published = {"@type": "xsd:dateTime", "@value": descriptor["created"]}
    sources = [
        {"@id": one.get("path") or f"{dataset}:source:{number}", "@type": "prov:Entity", "rdfs:label": one["title"]}
        for number, one in enumerate(descriptor.get("sources", ()), 1)
    ]
    agents = [
        {"@id": f"{dataset}:agent:{number}", "@type": ["prov:Agent", "prov:Organization"], "rdfs:label": one["title"]}
        for number, one in enumerate(descriptor["contributors"], 1)
    ]
    software = {"@id": "urn:factpack:software", "@type": ["prov:Agent", "prov:SoftwareAgent"], "rdfs:label": "factpack"}
    version = {
        "@id": dataset,
        "@type": "prov:Entity",
        "rdfs:label": f"{descriptor['title']} {descriptor['version']}",
        "dcterms:license": descriptor["licenses"][0]["name"],
        "prov:generatedAtTime": published,
        "prov:wasGeneratedBy": {"@id": publication},
        "prov:hadPrimarySource": [{"@id": one["@id"]} for one in sources],
        "prov:wasAttributedTo": [{"@id": one["@id"]} for one in agents],
    }
    before = []
    if previous is not None:
        version["prov:wasRevisionOf"] = {"@id": urn(descriptor, previous)}
        before = [{"@id": urn(descriptor, previous), "@type": "prov:Entity"}]
    activity = {
        "@id": publication,
        "@type": "prov:Activity",
        "prov:endedAtTime": published,
        "prov:used": [{"@id": one["@id"]} for one in sources],
        "prov:wasAssociatedWith": [{"@id": one["@id"]} for one in (*agents, software)],
    }
    return {"@context": _CONTEXT, "@graph": [version, *before, activity, *sources, *agents, software]}
