"""A version deposited in a portal: the requests are made first, to the byte, so that a dry run shows what is sent.

Zenodo (https://developers.zenodo.org) takes the version as one zip archive, and leaves a draft that a person publishes;
CKAN (https://docs.ckan.org/en/latest/api/) takes every table as a resource of its own.
"""

from __future__ import annotations

import html
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError, PublishingError
from factpack.metadata.names import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

_JSON = {"Content-Type": "application/json"}
_CKAN_LICENCES = {"CC-BY-4.0": "cc-by", "CC0-1.0": "cc-zero", "ODbL-1.0": "odc-odbl", "PDDL-1.0": "odc-pddl"}
# Zip cannot tell of earlier years, and the time of packing is no part of a version.
_EPOCH = (1980, 1, 1, 0, 0, 0)
# Seconds for a portal to accept a connection, and to say anything.
_PATIENCE = (10, 300)
TOKEN = "${TOKEN}"  # noqa: S105 - the place of the token in a dry run


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request; `{name}` in its URL stands for what an earlier answer said, and `keeps` says what this one will.

    `body` is what is sent: bytes, or the file that is.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | Path
    keeps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def zenodo(version: Path, base: str, room: Path) -> list[Step]:
    """Make the requests that deposit a version, whose folder is `version`, as a draft; its archive is put in `room`.

    Raises:
        ConfigurationError: the folder holds no version of a package.
    """
    descriptor = _descriptor(version)
    archive = _archive(version, descriptor, room)
    metadata = {
        "upload_type": "dataset",
        "title": descriptor["title"],
        "description": f"<p>{html.escape(descriptor['description'])}</p>",
        "creators": [{"name": one["title"]} for one in descriptor["contributors"]],
        "version": descriptor["version"],
        "publication_date": descriptor["created"][:10],
        "access_right": "open",
        "license": descriptor["licenses"][0]["name"].lower(),
        "keywords": descriptor["keywords"],
        "related_identifiers": [
            {"identifier": one["path"], "relation": "isDerivedFrom"}
            for one in descriptor.get("sources", ())
            if one.get("path")
        ],
    }
    create = Step(
        method="POST",
        url=f"{base}/api/deposit/depositions",
        headers=_JSON | {"Authorization": f"Bearer {TOKEN}"},
        body=_encode({"metadata": metadata}),
        keeps={"bucket": ("links", "bucket")},
    )
    upload = Step(
        method="PUT",
        url=f"{{bucket}}/{archive.name}",
        headers={"Content-Type": "application/octet-stream", "Authorization": f"Bearer {TOKEN}"},
        body=archive,
    )
    return [create, upload]


def ckan(version: Path, base: str, organisation: str) -> list[Step]:
    """Make the requests that put a version, whose folder is `version`, into a CKAN portal.

    Raises:
        ConfigurationError: the folder holds no version of a package.
    """
    descriptor = _descriptor(version)
    licence = descriptor["licenses"][0]["name"]
    # CKAN's names have neither dots nor capitals.
    name = f"{descriptor['name']}-{descriptor['version']}".replace(".", "-").lower()
    package = {
        "name": name,
        "title": f"{descriptor['title']} ({descriptor['version']})",
        "notes": descriptor["description"],
        "version": descriptor["version"],
        "license_id": _CKAN_LICENCES.get(licence, licence),
        "owner_org": organisation,
        "tags": [{"name": one} for one in descriptor["keywords"]],
    }
    create = Step(
        method="POST",
        url=f"{base}/api/3/action/package_create",
        headers=_JSON | {"Authorization": TOKEN},
        body=_encode(package),
        keeps={"package": ("result", "id")},
    )
    resources = [_resource(version, base, name, file) for one in descriptor["resources"] for file in files(one)]
    return [create, *resources]


def _resource(version: Path, base: str, package: str, resource: dict[str, Any]) -> Step:
    """Put one file; the boundary of its parts follows from the file, so that a dry run and a run send the same."""
    from urllib3.filepost import encode_multipart_formdata

    file = version / resource["path"]
    fields = {
        "package_id": package,
        "name": resource["title"],
        "description": resource.get("description", ""),
        "format": resource["format"].upper(),
        "hash": resource["hash"],
        "upload": (file.name, file.read_bytes(), resource["mediatype"]),
    }
    body, kind = encode_multipart_formdata(fields, boundary=resource["hash"].removeprefix("sha256:")[:48])
    headers = {"Content-Type": kind, "Authorization": TOKEN}
    return Step(method="POST", url=f"{base}/api/3/action/resource_create", headers=headers, body=body)


def write(steps: list[Step], folder: Path) -> list[Path]:
    """Write each request to a file of its own, head and body as they are sent, with a place for the token.

    Raises:
        ConfigurationError: the folder is not empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, step in enumerate(steps, 1):
        file = folder / f"{number:02}.http"
        if file.exists():
            raise ConfigurationError(f"{file} is there already; choose an empty folder.")
        body = step.body.read_bytes() if isinstance(step.body, Path) else step.body
        head = [f"{step.method} {step.url} HTTP/1.1", *(f"{name}: {text}" for name, text in step.headers.items())]
        head.append(f"Content-Length: {len(body)}")
        file.write_bytes("\r\n".join([*head, "", ""]).encode() + body)
        written.append(file)
    return written


def send(steps: list[Step], token: str) -> list[dict[str, Any]]:
    """Send the requests in their order, and give the answers.

    Raises:
        ConfigurationError: `requests` is not installed.
        PublishingError: the portal cannot be reached, refuses a request, or does not say what the next one needs.
    """
    try:
        import requests
    except ImportError as error:
        raise ConfigurationError(f"{error}. Install factpack[portals].") from error
    answers: list[dict[str, Any]] = []
    known: dict[str, str] = {}
    with requests.Session() as session:
        for number, step in enumerate(steps, 1):
            answer = _send(session, step, token, known, f"request {number} of {len(steps)}")
            for name, path in step.keeps.items():
                known[name] = _found(answer, path, step)
            answers.append(answer)
    return answers


def _send(session: requests.Session, step: Step, token: str, known: dict[str, str], which: str) -> dict[str, Any]:
    import requests

    url = step.url.format(**known)
    headers = {name: text.replace(TOKEN, token) for name, text in step.headers.items()}
    try:
        if isinstance(step.body, Path):
            with step.body.open("rb") as stream:
                response = session.request(step.method, url, headers=headers, data=stream, timeout=_PATIENCE)
        else:
            response = session.request(step.method, url, headers=headers, data=step.body, timeout=_PATIENCE)
    except requests.RequestException as error:
        raise PublishingError(f"{which}: {url} cannot be reached: {type(error).__name__}.") from error
    if not response.ok:
        raise PublishingError(f"{which}: {url} answers {response.status_code}: {response.text[:300]}")
    try:
        return dict(response.json())
    except ValueError as error:
        raise PublishingError(f"{which}: {url} answers with something that is no JSON.") from error


def _found(answer: dict[str, Any], path: tuple[str, ...], step: Step) -> str:
    found: Any = answer
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, str):
        raise PublishingError(f"{step.url} did not say {'.'.join(path)}, which the next request needs.")
    return found


def _descriptor(version: Path) -> dict[str, Any]:
    file = version / "datapackage.json"
    if not file.is_file():
        raise ConfigurationError(f"{version}: no version of a package; expected {file}.")
    return dict(json.loads(file.read_text(encoding="utf-8")))


def _archive(version: Path, descriptor: dict[str, Any], room: Path) -> Path:
    """Pack a version, the same bytes each time."""
    path = room / f"{descriptor['name']}-{descriptor['version']}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(one for one in version.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(f"{version.name}/{file.relative_to(version).as_posix()}", _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return path


def _encode(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
