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
        if said.path not in sealed or sealed[said.path].sha256 != said.sha256:
            refused.append(f"{files}: {said.path} has another hash in datapackage.json.")
    return refused


def _logical(files: Files, descriptor: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """Compute the logical hash of each table from its CSV and its Parquet file."""
    told = manifest["predicate"]
    refused, roots = [], {}
    for resource in (one for one in descriptor["resources"] if one.get("type") == "table"):
        name, key = resource["name"], resource["schema"]["primaryKey"]
        other = seals.resource(descriptor, f"{name}-parquet", files)
        parquet = files.scan(seals.sealed(other, manifest, files)).collect()
        content = io.BytesIO(checked(files, seals.sealed(resource, manifest, files)))
        roots[name] = told["tables"].get(name, {}).get("root")
        try:
            found = {"parquet": parquet, "csv": read_csv(content, parquet.schema)}
        except pl.exceptions.PolarsError as error:
            refused.append(f"{files}: {name}.csv is not what its Parquet file is: {error}")
            continue
        for form, frame in found.items():
            root = merkle.table_root(frame, key)
            if root != roots[name]:
                refused.append(f"{files}: {name} as {form} has the logical hash {root}, expected {roots[name]}.")
    if not refused and (roots.keys() != told["tables"].keys() or merkle.package_root(roots) != told["root"]):
        refused.append(f"{files}: the root of the package is not that of its tables.")
    return refused
