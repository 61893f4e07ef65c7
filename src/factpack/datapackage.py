"""The data package: tables as CSV and Parquet under one descriptor, the same bytes for the same content.

Written after Data Package v2 (https://datapackage.org). CSV files are the table resources; Parquet files are file
resources, since frictionless reads Parquet tables through pandas and verifies neither their bytes nor their hash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from factpack import merkle, metadata, tableschema
from factpack.errors import IntegrityError, InternalError
from factpack.reader import digests
from factpack.reader.tables import DELIMITER, read_csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from factpack.models import Project
    from factpack.schemas import TableModel

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# Explicit, because polars' default follows the chunks in memory, and with them the bytes would change.
_ROW_GROUP = 122_880

_LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL-1.0": ("Open Data Commons Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "PDDL-1.0": ("Open Data Commons Public Domain Dedication 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
}


def write(  # noqa: PLR0913 - all of it is in the package
    folder: Path,
    project: Project,
    tables: Mapping[str, pl.DataFrame],
    models: Mapping[str, TableModel],
    *,
    created: datetime,
    documents: Mapping[str, Any],
    release: Mapping[str, Any],
) -> None:
    """Write the package of one version into an empty folder.

    `documents` are written beside the tables, each at its path in the package: text as it is, anything else as JSON.
    The manifest is an in-toto Statement v1: the SHA-256 of every file, the logical hash of each table, and `release`.

    Tables are sorted by their keys first, so equal content gives equal bytes, whatever the number of threads, the
    time zone or the chunks in memory were.

    Raises:
        InternalError: a table holds what cannot be told apart in CSV: an empty text, or the delimiter in a list item.
        IntegrityError: what was written does not read back as what it was written from.
    """
    (folder / "data").mkdir()
    resources = []
    for name, model in models.items():
        frame = tables[name].select(model.columns).sort(model.key)
        write_csv(frame, folder / "data" / f"{name}.csv", name)
        frame.write_parquet(folder / "data" / f"{name}.parquet", compression="snappy", row_group_size=_ROW_GROUP)
        _reread(frame, folder, name)
        resources += [_table(folder, model), _file(folder, model)]
    descriptor = _descriptor(project, tables.get("sources"), created, resources)
    previous = (release.get("previous") or {}).get("version")
    for path, document in {**documents, **metadata.describe(descriptor, previous)}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        if isinstance(document, str):
            (folder / path).write_text(document, encoding="utf-8", newline="\n")
        else:
            _write_json(folder / path, document)
    _write_json(folder / "datapackage.json", descriptor)
    (folder / "README.md").write_text(_readme(project, models), encoding="utf-8", newline="\n")
    _write_json(folder / "manifest.json", _manifest(folder, project, tables, models, release))
    _write_sums(folder)


def _manifest(
    folder: Path,
    project: Project,
    tables: Mapping[str, pl.DataFrame],
    models: Mapping[str, TableModel],
    release: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe a version: what each file and each table is, and which version came before."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    roots = {name: merkle.table_root(tables[name].select(model.columns), model.key) for name, model in models.items()}
    counted = {name: {"rows": tables[name].height, "root": root} for name, root in sorted(roots.items())}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [_subject(folder, file) for file in files],
        "predicateType": "urn:factpack:release:v1",
        "predicate": {
            "name": project.name,
            "version": project.version,
            **release,
            "tables": counted,
            "root": merkle.package_root(roots),
            "blocks": {file.relative_to(folder).as_posix(): _blocks(file) for file in files if _in_parts(file)},
            "polars": pl.__version__,
        },
    }


def _subject(folder: Path, file: Path) -> dict[str, Any]:
    """Seal a file: its name, size and SHA-256 (in-toto, ResourceDescriptor)."""
    return {
        "name": file.relative_to(folder).as_posix(),
        "digest": {"sha256": sha256(file)},
        "annotations": {"bytes": file.stat().st_size},
    }


def _in_parts(file: Path) -> bool:
    """Say whether a file is worth reading in part over a network."""
    return file.suffix == ".parquet" and file.stat().st_size > digests.block_size(0)


def _blocks(file: Path) -> dict[str, Any]:
    size = digests.block_size(file.stat().st_size)
    with file.open("rb") as stream:
        return {"size": size, "sha256": digests.blocks(stream, size)}


def write_csv(frame: pl.DataFrame, path: Path, name: str) -> None:
    """Write a table as CSV: LF, quotes where needed, nothing for null; `name` is that of the table, for errors.

    Raises:
        InternalError: a text is empty, or an item of a list is empty or holds the delimiter.
    """
    text = frame.select(_as_text(name, column, dtype, frame) for column, dtype in frame.schema.items())
    text.write_csv(path, line_terminator="\n", quote_style="necessary", null_value="")


def _as_text(name: str, column: str, dtype: pl.DataType, frame: pl.DataFrame) -> pl.Expr:
    """Write a column as CSV has it: plain decimals, ISO dates, lists joined."""
    cell = pl.col(column)
    if isinstance(dtype, pl.List):
        items = frame[column].explode().drop_nulls()
        if (items.str.contains(DELIMITER, literal=True) | (items == "")).any():
            raise InternalError(f"{name}.{column}: an item of a list is empty or holds {DELIMITER!r}.")
        return pl.when(cell.list.len() > 0).then(cell.list.join(DELIMITER)).alias(column)
    if isinstance(dtype, pl.Decimal):
        return cell.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    if dtype == pl.String and (frame[column] == "").any():
        raise InternalError(f"{name}.{column}: an empty text, which CSV cannot tell from no value. Use null.")
    return cell.cast(pl.String)


def _reread(frame: pl.DataFrame, folder: Path, name: str) -> None:
    """Make sure that both files of a table say what it says."""
    for suffix, read in (("csv", lambda path: read_csv(path, frame.schema)), ("parquet", pl.read_parquet)):
        path = folder / "data" / f"{name}.{suffix}"
        if not read(path).equals(frame):
            raise IntegrityError(f"data/{name}.{suffix} does not read back as the table it was written from.")


def _table(folder: Path, model: TableModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "type": "table",
        "title": model.schema.title or model.name,
        **({"description": model.schema.description} if model.schema.description else {}),
        **_bytes(folder, f"data/{model.name}.csv"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": tableschema.describe(model),
    }


def _file(folder: Path, model: TableModel) -> dict[str, Any]:
    return {
        "name": f"{model.name}-parquet",
        "type": "file",
        "title": f"{model.schema.title or model.name} (Parquet)",
        **_bytes(folder, f"data/{model.name}.parquet"),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }


def _bytes(folder: Path, path: str) -> dict[str, Any]:
    file = folder / path
    return {"path": path, "bytes": file.stat().st_size, "hash": f"sha256:{sha256(file)}"}


def sha256(file: Path) -> str:
    """Hash a file."""
    with file.open("rb") as stream:
        return digests.digest(stream)


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


def _write_sums(folder: Path) -> None:
    """Write the hash of every file, as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(file)}  {file.relative_to(folder).as_posix()}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")
