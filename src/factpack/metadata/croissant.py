"""Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html): for machine learning libraries."""

from __future__ import annotations

from typing import Any

from factpack.metadata.names import contributors, files, licence, sha256, urn

# The context that the specification prescribes, appendix 1.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "equivalentProperty": "cr:equivalentProperty",
    "samplingRate": "cr:samplingRate",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# A list is one text in CSV, its items joined; Croissant has no words for that.
_TYPES = {
    "string": "sc:Text",
    "list": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "date": "sc:Date",
    "boolean": "sc:Boolean",
}


def describe(descriptor: dict[str, Any]) -> dict[str, Any]:
    """Write the Croissant description of a package; it stands in the folder `metadata` of it."""
    name = descriptor["name"]
    tables = [one for one in descriptor["resources"] if one["type"] == "table"]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": f"{descriptor['title']}. {descriptor['description']}",
        "url": descriptor.get("homepage") or urn(descriptor),
        "license": licence(descriptor),
        "version": descriptor["version"],
        "datePublished": descriptor["created"],
        "creator": contributors(descriptor),
        "keywords": descriptor["keywords"],
        "citeAs": f"{descriptor['title']}, version {descriptor['version']}, {urn(descriptor)}",
        "distribution": [
            *(_file(file) for one in descriptor["resources"] for file in files(one)),
            *(_set(one) for one in tables if not isinstance(one["path"], str)),
        ],
        "recordSet": [_records(one) for one in tables],
    }


def _file(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": resource["path"],
        "name": resource["name"],
        "contentUrl": f"../{resource['path']}",
        "contentSize": f"{resource['bytes']} B",
        "encodingFormat": "text/csv" if resource["format"] == "csv" else "application/x-parquet",
        "sha256": sha256(resource),
    }


def _set(table: dict[str, Any]) -> dict[str, Any]:
    """Name the files of a table that stands in several."""
    return {
        "@type": "cr:FileSet",
        "@id": f"{table['name']}-files",
        "name": f"{table['name']}-files",
        "containedIn": [{"@id": path} for path in table["path"]],
        "encodingFormat": "text/csv",
        "includes": f"data/{table['name']}/*.csv",
    }


def _records(table: dict[str, Any]) -> dict[str, Any]:
    schema = table["schema"]
    whole = isinstance(table["path"], str)
    origin = {"fileObject": {"@id": table["path"]}} if whole else {"fileSet": {"@id": _set(table)["@id"]}}
    return {
        "@type": "cr:RecordSet",
        "@id": table["name"],
        "name": table["name"],
        "description": table.get("description", table["title"]),
        "key": [{"@id": f"{table['name']}/{one}"} for one in schema["primaryKey"]],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table['name']}/{field['name']}",
                "name": field["name"],
                "description": field.get("description") or field.get("title") or field["name"],
                "dataType": _TYPES[field["type"]],
                "source": {**origin, "extract": {"column": field["name"]}},
            }
            for field in schema["fields"]
        ],
    }
