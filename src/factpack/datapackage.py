"""The data package: tables as CSV and Parquet under one descriptor, the same bytes for the same content.

Written after Data Package v2 (https://datapackage.org). CSV files are the table resources; Parquet files are file
resources, since frictionless reads Parquet tables through pandas and verifies neither their bytes nor their hash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import merkle, metadata, tableschema
from factpack.errors import IntegrityError
from factpack.parts import describe, ordered, sha256, write_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from factpack.models import Project
    from factpack.parts import File, Part
    from factpack.schemas import TableModel

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL-1.0": ("Open Data Commons Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "PDDL-1.0": ("Open Data Commons Public Domain Dedication 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
}


def write(  # noqa: PLR0913 - all of it is in the package
    folder: Path,
    project: Project,
    tables: Mapping[str, pl.DataFrame | Sequence[Part]],
    models: Mapping[str, TableModel],
    *,
    created: datetime,
    documents: Mapping[str, Any],
    release: Mapping[str, Any],
) -> None:
    """Write the package of one version into a folder that is empty, or holds nothing but parts of tables.

    A table is a frame, or the parts of it that `write_part` has written into the folder; these are not read again.

    `documents` are written beside the tables, each at its path in the package: text as it is, anything else as JSON.
    The manifest is an in-toto Statement v1: the SHA-256 of every file, the logical hash of each table, and `release`.

    Tables are sorted by their keys first, so equal content gives equal bytes, whatever the number of threads, the
    time zone or the chunks in memory were.

    Raises:
        InternalError: a table holds what cannot be told apart in CSV: an empty text, or the delimiter in a list item.
        IntegrityError: what was written does not read back as what it was written from, a part is missing, or a file
            lies in the folder that no part names.
    """
    parts = {
        name: ordered(name, tables[name], model.key)  # type: ignore[arg-type] # what is no frame is parts
        for name, model in models.items()
        if not isinstance(tables[name], pl.DataFrame)
    }
    known = _standing(folder, parts)
    (folder / "data").mkdir(exist_ok=True)
    resources = []
    for name, model in models.items():
        frame = tables[name]
        if isinstance(frame, pl.DataFrame):
            write_table(frame.select(model.columns).sort(model.key), folder, name)
        resources += [_table(folder, model, parts.get(name)), _file(folder, model, parts.get(name))]
    descriptor = _descriptor(project, _sources(folder, tables.get("sources")), created, resources)
    previous = (release.get("previous") or {}).get("version")
    for path, document in {**documents, **metadata.describe(descriptor, previous)}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        if isinstance(document, str):
            (folder / path).write_text(document, encoding="utf-8", newline="\n")
        else:
            _write_json(folder / path, document)
    _write_json(folder / "datapackage.json", descriptor)
    (folder / "README.md").write_text(_readme(project, models), encoding="utf-8", newline="\n")
    counted = {name: _counted(parts.get(name, tables[name]), model) for name, model in sorted(models.items())}
    _write_json(folder / "manifest.json", _manifest(folder, project, counted, known, release))
    _write_sums(folder, known)


def _standing(folder: Path, parts: Mapping[str, Sequence[Part]]) -> dict[str, File]:
    """List the files of all parts by their paths, once the folder is found to hold these and no others.

    What killed runs left behind is removed: it has names of its own.
    """
    for leftover in folder.rglob(".*.part"):
        leftover.unlink()
    known = {file.path: file for table in parts.values() for part in table for file in (part.csv, part.parquet)}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if found.keys() - known.keys():
        strangers = ", ".join(sorted(found.keys() - known.keys())[:5])
        raise IntegrityError(f"{folder}: {strangers}: no part that was written names it; begin with an empty folder.")
    for path, file in known.items():
        size = found[path].stat().st_size if path in found else None
        if size != file.bytes:
            raise IntegrityError(f"{folder}: {path} has {size} bytes, expected the {file.bytes} that were written.")
    return known


def _sources(folder: Path, table: pl.DataFrame | Sequence[Part] | None) -> pl.DataFrame | None:
    if table is None or isinstance(table, pl.DataFrame):
        return table
    return pl.concat([pl.read_parquet(folder / part.parquet.path) for part in table])


def _counted(table: pl.DataFrame | Sequence[Part], model: TableModel) -> dict[str, Any]:
    """Give the rows of a table, and its logical hash."""
    if isinstance(table, pl.DataFrame):
        return {"rows": table.height, "root": merkle.table_root(table.select(model.columns), model.key)}
    spans = (span for part in table for span in part.spans)
    return {"rows": sum(part.rows for part in table), "root": merkle.join(spans).hex()}


def _manifest(
    folder: Path,
    project: Project,
    counted: Mapping[str, dict[str, Any]],
    known: Mapping[str, File],
    release: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe a version: what each file and each table is, and which version came before."""
    files = [_read_file(folder, path, known) for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [_subject(file) for file in files],
        "predicateType": "urn:factpack:release:v1",
        "predicate": {
            "name": project.name,
            "version": project.version,
            **release,
            "tables": counted,
            "root": merkle.package_root({name: one["root"] for name, one in counted.items()}),
            "blocks": {file.path: {"size": file.block, "sha256": list(file.blocks)} for file in files if file.blocks},
            "polars": pl.__version__,
        },
    }


def _subject(file: File) -> dict[str, Any]:
    """Seal a file: its name, size and SHA-256 (in-toto, ResourceDescriptor)."""
    return {"name": file.path, "digest": {"sha256": file.sha256}, "annotations": {"bytes": file.bytes}}


def _read_file(folder: Path, file: Path, known: Mapping[str, File]) -> File:
    """Say what a file is: as it was said of the parts, and as it is read of the others."""
    path = file.relative_to(folder).as_posix()
    return known.get(path) or describe(file, path)


def _table(folder: Path, model: TableModel, parts: Sequence[Part] | None) -> dict[str, Any]:
    return {
        "name": model.name,
        "type": "table",
        "title": model.schema.title or model.name,
        **({"description": model.schema.description} if model.schema.description else {}),
        **(_bytes(folder, f"data/{model.name}.csv") if parts is None else _several(parts, "csv")),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": tableschema.describe(model),
    }


def _file(folder: Path, model: TableModel, parts: Sequence[Part] | None) -> dict[str, Any]:
    return {
        "name": f"{model.name}-parquet",
        "type": "file",
        "title": f"{model.schema.title or model.name} (Parquet)",
        **(_bytes(folder, f"data/{model.name}.parquet") if parts is None else _several(parts, "parquet")),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }


def _several(parts: Sequence[Part], suffix: str) -> dict[str, Any]:
    """Describe files that are one resource (Data Package v2, `path`); each CSV file has a header of its own.

    `bytes` and `hash` are left out: frictionless compares them with those of the text without the later headers.
    """
    files: list[tuple[File, int]] = [(getattr(part, suffix), part.rows) for part in parts]
    told = [
        {"path": file.path, "bytes": file.bytes, "hash": f"sha256:{file.sha256}", "rows": rows} for file, rows in files
    ]
    return {"path": [file.path for file, _ in files], "factpack:parts": told}


def _bytes(folder: Path, path: str) -> dict[str, Any]:
    file = folder / path
    return {"path": path, "bytes": file.stat().st_size, "hash": f"sha256:{sha256(file)}"}


def about(project: Project) -> dict[str, Any]:
    """Say of the package as a whole what its descriptor says."""
    title, path = _LICENCES.get(project.licence, (None, None))
    licence = {"name": project.licence, "title": title, "path": path}
    return {
        "title": project.title,
        "description": project.description,
        "homepage": project.homepage,
        "keywords": list(project.keywords),
        "licenses": [{key: value for key, value in licence.items() if value}],
        "contributors": [
            {"title": one.title, "roles": [one.role], **({"path": one.path} if one.path else {})}
            for one in project.contributors
        ],
    }


def _descriptor(
    project: Project, sources: pl.DataFrame | None, created: datetime, resources: list[dict[str, Any]]
) -> dict[str, Any]:
    whole = about(project)
    return {
        "$schema": PROFILE,
        "name": project.name,
        "version": project.version,
        **{name: whole[name] for name in ("title", "description", "homepage") if whole[name]},
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{name: whole[name] for name in ("keywords", "licenses", "contributors")},
        **(
            {} if sources is None else {"sources": [_source(row) for row in sources.sort("source_id").rows(named=True)]}
        ),
        "resources": resources,
    }


def _source(row: dict[str, Any]) -> dict[str, Any]:
    title = f"{row['title']} ({row['publisher']})" if row["title"] else row["publisher"]
    published = row["published"].isoformat() if row["published"] else None
    source = {"title": title, "path": row["url"], "version": published}
    return {key: value for key, value in source.items() if value}


def _readme(project: Project, models: Mapping[str, TableModel]) -> str:
    lines = [f"- `{name}`: {model.schema.description or model.schema.title or name}" for name, model in models.items()]
    tables = "\n".join(line.splitlines()[0] for line in lines)
    return (
        f"# {project.title}\n\nVersion {project.version}, {project.licence}.\n\n{project.description}\n\n## Tables\n\n"
        "Each as `data/<table>.csv` and `data/<table>.parquet`; `datapackage.json` describes every field.\n\n"
        f"{tables}\n\n"
        "## Check\n\n`sha256sum --check SHA256SUMS` checks every file, `frictionless validate datapackage.json` the "
        "content of the CSV files.\n"
    )


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_sums(folder: Path, known: Mapping[str, File]) -> None:
    """Write the hash of every file, as `sha256sum --check` reads them."""
    files = [_read_file(folder, path, known) for path in sorted(folder.rglob("*")) if path.is_file()]
    lines = [f"{file.sha256}  {file.path}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")
