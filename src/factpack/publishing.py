"""Publishing: a version appears by one rename, never changes, and the pointer to it moves last.

The steps are those of a database commit: lock, sweep what a killed run left, build in a folder beside, force it to the
disk, rename, force the parent, replace the pointer. A reader sees the old version or the new one at any moment.
"""

from __future__ import annotations

import fcntl
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

from factpack import signatures
from factpack.errors import PublishingError
from factpack.parts import sync
from factpack.reader import documents, index
from factpack.reader.files import Folder
from factpack.versioning import Level, raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from factpack.models import Project
    from factpack.versioning import Bump

_STAGING = ".staging"
_SIGNATURE = "manifest.dsse.json"
_FAILED, _KEPT = "failed", 10
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
            f"{project.root}: no whole git history to take the version's time from; commit the dataset to git (in CI, "
            f"fetch all of its history), {advice}."
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


def link(published: Path, version: str | None) -> dict[str, str] | None:
    """Name the version before one with its hash: the chain that ties versions."""
    return None if version is None else {"version": version, **index.link(Folder(published / f"v{version}"))}


def _git(project: Project, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project.root), *arguments], capture_output=True, text=True, check=False, encoding="utf-8"
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def publish(  # noqa: PLR0913 - all of it decides what readers see
    published: Path,
    version: str,
    build: Callable[[Path], None],
    *,
    after: str | None = None,
    key: Path | None = None,
    expires: str | None = None,
) -> Outcome:
    """Build a version and make it the latest one of the package whose folder is `published`.

    If the version stands already with the same bytes, nothing changes, but what a killed run did not get to is done.
    With a key, versions that were published without one are signed, too.

    Args:
        published: the folder of the package.
        version: the version.
        build: fills an empty folder.
        after: the version that `build` takes for the last one.
        key: file of the private key to sign with.
        expires: the time in UTC after which consumers with a key no longer take the pointer for the newest.

    Raises:
        ConfigurationError: the key cannot be used.
        PublishingError: the version stands with other content, is lower than the latest, another run publishes or has
            published meanwhile, or the package has been signed so far and no key is given.
    """
    signer = signatures.private_key(key) if key else None
    published.mkdir(parents=True, exist_ok=True)
    with _locked(published):
        _sweep(published)
        _complete(published)
        _adopt(published, signer)
        _refuse_overtaken(published, version, after)
        final = published / f"v{version}"
        staging = published / f"{_STAGING}-{version}"
        staging.mkdir()
        try:
            build(staging)
            new = not final.exists()
            if new:
                _refuse_older(published, version)
                _refuse_unsigned(published, signer)
                if signer:
                    _sign(staging, signer)
                _sync_tree(staging)
                staging.rename(final)
                sync(published)
            else:
                _refuse_other(staging, final)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        if signer:
            _sign_standing(published, signer)
        _point(published, version, signer, expires)
        _complete(published)
    return Outcome(version=version, path=final, new=new)


def archive(published: Path, content: str) -> Path:
    """Keep the report of a run that published nothing, the last ten of them; readers see none of it."""
    folder = published / _FAILED
    folder.mkdir(parents=True, exist_ok=True)
    numbers = sorted(int(file.stem) for file in folder.glob("*.json") if file.stem.isdecimal())
    file = folder / f"{(numbers[-1] if numbers else 0) + 1}.json"
    _write(file, content)
    for number in numbers[: 1 - _KEPT]:
        (folder / f"{number}.json").unlink(missing_ok=True)
    return file


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
    for leftover in [*published.rglob(".*.tmp"), *published.parent.glob(".*.tmp")]:
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
    built, stands = _files(staging), _files(final) - {_SIGNATURE}
    other = sorted(built ^ stands) + [
        name for name in sorted(built & stands) if not cmp(staging / name, final / name, shallow=False)
    ]
    if other:
        raise PublishingError(
            f"{final.name} is published already, with other content in {', '.join(other[:5])}"
            f"{' and others' if len(other) > 5 else ''}; a published version never changes. "
            "Raise version in [tool.factpack]."
        )


def _refuse_overtaken(published: Path, version: str, after: str | None) -> None:
    names = [one["version"] for one in _read(published / "versions.json") or []]
    if version not in names and names and names[-1] != after:
        raise PublishingError(f"{published}: {names[-1]} was published meanwhile; run again, to follow it.")


def _refuse_unsigned(published: Path, signer: Ed25519PrivateKey | None) -> None:
    if signer is None and (published / "latest.dsse.json").exists():
        raise PublishingError(f"{published}: its versions are signed; publish this one with --sign KEY, too.")


def _sign_standing(published: Path, signer: Ed25519PrivateKey) -> None:
    """Sign the versions that were published before there was a key."""
    for manifest in sorted(published.glob("v*/manifest.json")):
        if not (manifest.parent / _SIGNATURE).exists():
            _sign(manifest.parent, signer)


def _sign(folder: Path, signer: Ed25519PrivateKey) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    _replace(folder / _SIGNATURE, signatures.sign(manifest, signatures.STATEMENT, signer))


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _point(published: Path, version: str, signer: Ed25519PrivateKey | None, expires: str | None) -> None:
    """Move the pointer to a version that is not older than what it names: from here on, readers see that one."""
    versions: list[dict[str, Any]] = _read(published / "versions.json") or []
    listed = next((one for one in versions if one["version"] == version), None)
    if listed is None:
        previous = versions[-1]["version"] if versions else None
        listed = index.entry(Folder(published / f"v{version}"), version, len(versions) + 1, previous)
    latest = _read(published / "latest.json")
    if latest and (
        latest["sequence"] > listed["sequence"] or (latest["sequence"] == listed["sequence"] and not signer)
    ):
        return
    pointer = index.pointer(listed, expires)
    if signer:
        payload = documents.render(pointer).encode()
        _replace(published / "latest.dsse.json", signatures.sign(payload, signatures.POINTER, signer))
    _replace(published / "latest.json", pointer)


def _adopt(published: Path, signer: Ed25519PrivateKey | None) -> None:
    """Point to a version that a killed run built whole, but did not point to."""
    names = [one["version"] for one in _read(published / "versions.json") or []]
    for manifest in published.glob("v*/manifest.json"):
        version = manifest.parent.name.removeprefix("v")
        if version not in names and _read(manifest)["predicate"]["previous"] == link(published, (names or [None])[-1]):
            _refuse_unsigned(published, signer)
            _point(published, version, signer, None)
            _complete(published)
            return


def _complete(published: Path) -> None:
    """Write what follows from the pointer: changelog and catalogue, and the list last, which says that all is done."""
    latest = _read(published / "latest.json")
    if not latest:
        return
    versions: list[dict[str, Any]] = _read(published / "versions.json") or []
    names = [one["version"] for one in versions]
    if latest["version"] not in names:
        files = Folder(published / f"v{latest['version']}")
        versions.append(index.entry(files, latest["version"], len(names) + 1, names[-1] if names else None))
    changes = index.changelog(Folder(published), [one["version"] for one in versions])
    file = published / "CHANGELOG.md"
    if changes and (not file.is_file() or file.read_text(encoding="utf-8") != changes):
        _write(file, changes)
    _catalogue(published.parent)
    if len(versions) > len(names):
        _replace(published / "versions.json", versions)


def _catalogue(root: Path) -> None:
    """List the packages of the folder with their latest versions."""
    packages = [
        index.listing(Folder(pointer.parent), pointer.parent.name) for pointer in sorted(root.glob("*/latest.json"))
    ]
    if _read(root / "index.json") != {"packages": packages}:
        _replace(root / "index.json", {"packages": packages})


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _replace(path: Path, content: Any) -> None:
    _write(path, documents.render(content))


def _write(path: Path, text: str) -> None:
    """Put new content in place of a small file, so that readers see the old or the new one whole."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
