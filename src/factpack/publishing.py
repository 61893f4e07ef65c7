"""Publishing: a version appears by one rename, never changes, and the pointer to it moves last.

The steps are those of a database commit: lock, sweep what a killed run left, build in a folder beside, force it to the
disk, rename, force the parent, replace the pointer. A reader sees the old version or the new one at any moment.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from filecmp import cmp
from typing import TYPE_CHECKING, Any

from factpack.errors import PublishingError
from factpack.versioning import Level, raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from factpack.models import Project
    from factpack.versioning import Bump

_STAGING = ".staging"
_POINTER = ("version", "sequence", "manifest_sha256", "published")
# How many reasons for a version an error names.
_REASONS = 10
_INPUTS = ("raw", "transforms", "schemas", "checks")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `publish` did: whether the version is new, and where it stands."""

    version: str
    path: Path
    new: bool


def released_at(project: Project) -> datetime:
    """Give the time that a version carries, in UTC.

    A version that stands keeps its time, so that building it again compares its content. A new one has that of
    SOURCE_DATE_EPOCH, or of the last commit that touched its inputs.

    Raises:
        PublishingError: neither is known, or what would be published is not what was committed.
    """
    descriptor = _read(project.published / f"v{project.version}" / "datapackage.json")
    if descriptor:
        return datetime.fromisoformat(descriptor["created"])
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        if not re.fullmatch(r"[0-9]{1,11}", epoch):
            raise PublishingError(f"SOURCE_DATE_EPOCH is {epoch!r}, expected seconds since 1970 such as 1767225600.")
        return datetime.fromtimestamp(int(epoch), UTC)
    advice = "or set SOURCE_DATE_EPOCH to the seconds since 1970 that the version shall carry"
    if _git(project, "rev-parse", "--is-shallow-repository") != "false":
        raise PublishingError(
            f"{project.root}: no whole git history to take the version's time from; fetch it, {advice}."
        )
    changed = _git(project, "status", "--porcelain", "--", *_INPUTS, "pyproject.toml")
    if changed:
        raise PublishingError(f"not committed, so nobody could build it again; commit, {advice}:\n{changed}")
    seconds = _git(project, "log", "-1", "--format=%ct", "--", *_INPUTS)
    if not seconds:
        raise PublishingError(f"{project.root}: nothing is committed yet; commit, {advice}.")
    return datetime.fromtimestamp(int(seconds), UTC)


def before(published: Path, version: str | None) -> str | None:
    """Give the version before one: the latest, or if that one stands already, the one that it followed."""
    versions: list[dict[str, Any]] = _read(published / "versions.json") or []
    for entry in versions:
        if entry["version"] == version:
            previous: str | None = entry["previous"]
            return previous
    return versions[-1]["version"] if versions else None


def numbered(project: Project, previous: str | None, bump: Bump) -> str:
    """Give the version to publish: the one that the project names, if it is high enough, or else the computed one.

    Raises:
        PublishingError: the project names a lower version than what differs asks for, or nothing differs.
    """
    if project.version is not None and (project.published / f"v{project.version}").is_dir():
        return project.version
    if previous is None:
        return project.version or "1.0.0"
    if bump.level is Level.NONE:
        raise PublishingError(f"nothing differs from {previous}, the last version, so there is nothing to publish.")
    computed = raised(previous, bump.level)
    if project.version is None or _order(project.version) == _order(computed):
        return computed
    if _order(project.version) < _order(computed):
        reasons = "".join(f"\n  {level}: {reason}" for level, reason in bump.reasons[:_REASONS])
        raise PublishingError(
            f"version {project.version} in [tool.factpack] is lower than {computed}, which follows from what differs "
            f"from {previous}:{reasons}\nRaise it, or leave it out and the computed one is taken."
        )
    return project.version


def manifest_of(published: Path, version: str | None) -> dict[str, Any] | None:
    """Name the version before, with the SHA-256 of its manifest, where it has one: the chain that ties versions."""
    if version is None:
        return None
    manifest = published / f"v{version}" / "manifest.json"
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else None
    return {"version": version, "manifest_sha256": digest}


def _git(project: Project, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project.root), *arguments], capture_output=True, text=True, check=False, encoding="utf-8"
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def publish(published: Path, version: str, released: datetime, build: Callable[[Path], None]) -> Outcome:
    """Build a version and make it the latest one of the package whose folder is `published`.

    `build` fills an empty folder. If the version stands already with the same bytes, nothing changes, but a pointer
    that a killed run did not get to is set.

    Raises:
        PublishingError: the version stands with other content, is lower than the latest, or another run publishes.
    """
    published.mkdir(parents=True, exist_ok=True)
    with _locked(published):
        _sweep(published)
        final = published / f"v{version}"
        staging = published / f"{_STAGING}-{version}"
        staging.mkdir()
        try:
            build(staging)
            new = not final.exists()
            if new:
                _refuse_older(published, version)
                _sync_tree(staging)
                staging.rename(final)
                _sync(published)
            else:
                _refuse_other(staging, final)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        _changelog(published, version)
        _point(published, version, released)
        _catalogue(published.parent)
    return Outcome(version=version, path=final, new=new)


@contextmanager
def _locked(published: Path) -> Iterator[None]:
    """Hold the lock of a package; the kernel drops it when the process dies."""
    with (published / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishingError(f"{published}: another run is publishing; wait for it to end.") from None
        yield


def _sweep(published: Path) -> None:
    """Remove what killed runs left; the lock says that nobody works on it."""
    for leftover in published.glob(f"{_STAGING}*"):
        shutil.rmtree(leftover)
    for leftover in [*published.glob(".*.tmp"), *published.parent.glob(".*.tmp")]:
        leftover.unlink()


def _refuse_older(published: Path, version: str) -> None:
    latest = _read(published / "latest.json")
    if latest and _order(version) < _order(latest["version"]):
        raise PublishingError(f"{version} is lower than {latest['version']}, the latest version; raise it.")


def _order(version: str) -> tuple[tuple[int, ...], bool, list[tuple[bool, int, str]]]:
    """Give the precedence of a version (https://semver.org, item 11): a pre-release comes before its release."""
    core, _, pre = version.partition("-")
    parts = [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in pre.split(".")] if pre else []
    return tuple(int(part) for part in core.split(".")), not pre, parts


def _refuse_other(staging: Path, final: Path) -> None:
    built, stands = _files(staging), _files(final)
    other = sorted(built ^ stands) + [
        name for name in sorted(built & stands) if not cmp(staging / name, final / name, shallow=False)
    ]
    if other:
        raise PublishingError(
            f"{final.name} is published already, with other content in {', '.join(other[:5])}"
            f"{' and others' if len(other) > 5 else ''}; a published version never changes. "
            "Raise version in [tool.factpack]."
        )


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _point(published: Path, version: str, released: datetime) -> None:
    """Append the version to the list, and move the pointer, unless both are so already."""
    versions: list[dict[str, Any]] = _read(published / "versions.json") or []
    entry = next((one for one in versions if one["version"] == version), None)
    if entry is None:
        entry = {
            "version": version,
            "sequence": len(versions) + 1,
            "previous": versions[-1]["version"] if versions else None,
            "published": released.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "manifest_sha256": (manifest_of(published, version) or {}).get("manifest_sha256"),
        }
        _replace(published / "versions.json", [*versions, entry])
    latest = _read(published / "latest.json")
    if not latest or latest["sequence"] < entry["sequence"]:
        _replace(published / "latest.json", {key: entry.get(key) for key in _POINTER})


def _changelog(published: Path, version: str) -> None:
    """Join what every version says of its changes, the newest first."""
    names = [one["version"] for one in _read(published / "versions.json") or []]
    entries = [published / f"v{name}" / "CHANGES.md" for name in (*names, *([] if version in names else [version]))]
    text = "\n".join(entry.read_text(encoding="utf-8") for entry in reversed(entries) if entry.is_file())
    file = published / "CHANGELOG.md"
    if text and (not file.is_file() or file.read_text(encoding="utf-8") != text):
        _write(file, text)


def _catalogue(root: Path) -> None:
    """List the packages of the folder with their latest versions."""
    packages = []
    for pointer in sorted(root.glob("*/latest.json")):
        latest = _read(pointer)
        descriptor = _read(pointer.parent / f"v{latest['version']}" / "datapackage.json") or {}
        packages.append({"name": pointer.parent.name, "title": descriptor.get("title"), **latest})
    if _read(root / "index.json") != {"packages": packages}:
        _replace(root / "index.json", {"packages": packages})


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _replace(path: Path, content: Any) -> None:
    _write(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _write(path: Path, text: str) -> None:
    """Put new content in place of a small file, so that readers see the old or the new one whole."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
