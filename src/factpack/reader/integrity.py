"""One version, checked: each file, that there is no other, and with `logical` that its tables are what it says."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import merkle
from factpack.errors import IntegrityError
from factpack.reader import documents, seals
from factpack.reader.files import checked
from factpack.reader.tables import read_csv
from factpack.report import Finding, Ran, Report

if TYPE_CHECKING:
    from factpack.reader.files import Files, Sealed

# They are written after the manifest, so it cannot seal them: the sums say what the manifest says, the signature is
# checked with a key.
_UNSEALED = {"manifest.json", "manifest.dsse.json", "SHA256SUMS"}


def check(
    files: Files, descriptor: dict[str, Any], manifest: dict[str, Any] | None, *, logical: bool = False
) -> Report:
    """Check every file of a version against its manifest, and with `logical` what its tables say."""
    sealed = seals.seals(manifest, files) if manifest else seals.sums(files)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        refused = [message for message in pool.map(lambda one: _refused(files, one), sealed.values()) if message]
    refused += _strangers(files, set(sealed) | _UNSEALED)
    refused += _sums(files, sealed) if manifest else []
    if not documents.rendered(files, "manifest.dsse.json"):
        refused.append(f"{files}: manifest.dsse.json does not stand as it was written.")
    findings = [Finding(code="FP711", message=message) for message in refused]
    if not refused:
        findings += [
            Finding(code="FP711", message=message) for message in _resources(files, descriptor, manifest, sealed)
        ]
    if logical and manifest and not findings:
        findings += [Finding(code="FP713", message=message) for message in _logical(files, descriptor, manifest)]
    name = f"{descriptor.get('name')} {descriptor.get('version')}"
    return Report(findings=tuple(findings), ran=(Ran(stage="published", subject=name, rules=1, rows=len(sealed)),))


def _refused(files: Files, sealed: Sealed) -> str | None:
    try:
        files.check(sealed)
    except IntegrityError as error:
        return str(error)
    return None


def _strangers(files: Files, known: set[str]) -> list[str]:
    names = files.names()
    return [f"{files}: {name} is no file of this version." for name in sorted((names or set()) - known)]


def _sums(files: Files, sealed: dict[str, Sealed]) -> list[str]:
    """Hold SHA256SUMS against the manifest, so that whoever checks with either checks the same."""
    try:
        found = {path: one.sha256 for path, one in seals.sums(files).items()}
    except IntegrityError as error:
        return [str(error)]
    expected = {path: one.sha256 for path, one in sealed.items()}
    manifest = files.read("manifest.json", documents.LIMIT)
    expected["manifest.json"] = hashlib.sha256(manifest).hexdigest()
    return [] if found == expected else [f"{files}: SHA256SUMS does not say what manifest.json says."]


def _resources(
    files: Files, descriptor: dict[str, Any], manifest: dict[str, Any] | None, sealed: dict[str, Sealed]
) -> list[str]:
    refused = []
    for resource in descriptor["resources"]:
        try:
            said = seals.sealed(resource, manifest, files)
        except IntegrityError as error:
            refused.append(str(error))
            continue
        refused += [
            f"{files}: {one.path} has another hash in datapackage.json."
            for one in said
            if one.path not in sealed or sealed[one.path].sha256 != one.sha256
        ]
    return refused


def _logical(files: Files, descriptor: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """Compute the logical hash of each table from its CSV and its Parquet files, of which one is read at a time."""
    told = manifest["predicate"]
    refused, roots = [], {}
    for resource in (one for one in descriptor["resources"] if one.get("type") == "table"):
        name = resource["name"]
        roots[name] = told["tables"].get(name, {}).get("root")
        try:
            found = _roots(files, descriptor, manifest, resource)
        except (IntegrityError, pl.exceptions.PolarsError) as error:
            refused.append(f"{files}: {name}.csv is not what its Parquet file is: {error}")
            continue
        refused += [
            f"{files}: {name} as {form} has the logical hash {root}, expected {roots[name]}."
            for form, root in found.items()
            if root != roots[name]
        ]
    if not refused and (roots.keys() != told["tables"].keys() or merkle.package_root(roots) != told["root"]):
        refused.append(f"{files}: the root of the package is not that of its tables.")
    return refused


def _roots(
    files: Files, descriptor: dict[str, Any], manifest: dict[str, Any], resource: dict[str, Any]
) -> dict[str, str]:
    """Give the logical hash of a table as each of its forms has it.

    Raises:
        IntegrityError: the forms do not stand in the same parts.
        polars.exceptions.PolarsError: a CSV file does not hold what its Parquet file does.
    """
    other = seals.resource(descriptor, f"{resource['name']}-parquet", files)
    key, offset = resource["schema"]["primaryKey"], 0
    spans: dict[str, list[merkle.Span]] = {"parquet": [], "csv": []}
    ours, theirs = (seals.sealed(one, manifest, files) for one in (resource, other))
    if len(ours) != len(theirs):
        raise IntegrityError(f"it has {len(ours)} files, and {len(theirs)} as Parquet.")
    for csv, parquet in zip(ours, theirs, strict=True):
        typed = files.scan(parquet).collect()
        text = read_csv(io.BytesIO(checked(files, csv)), typed.schema)
        spans["parquet"] += merkle.table_spans(typed, key, offset)
        spans["csv"] += merkle.table_spans(text, key, offset)
        offset += typed.height
    return {form: merkle.join(found).hex() for form, found in spans.items()}
