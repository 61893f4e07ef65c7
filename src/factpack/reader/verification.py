"""Everything of a published package, checked: each file, what the tables say, the chain of versions, the pointer.

Each breach is a finding. What an interrupted run may leave behind (a version that no pointer names yet, a list that is
one version behind) is a warning: the next run completes it, and no reader sees it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factpack import signatures
from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader import documents, index, integrity, package
from factpack.reader.files import Folder
from factpack.report import Finding, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from factpack.reader.files import Files
    from factpack.reader.package import Package

_OWN = {"latest.json", "latest.dsse.json", "versions.json", "CHANGELOG.md", "failed"}
_TRIES = 5


def check(path: str | Path, *, keys: tuple[str | Path, ...] = (), logical: bool = False) -> Report:
    """Check a package with all its versions, or one version of it.

    Args:
        path: a folder, a zip archive or a URL; `@version` chooses one version.
        keys: files with public keys that must have signed every version, and the pointer.
        logical: also read each table, as CSV and as Parquet, and compare its logical hash with the manifest.

    Raises:
        ConfigurationError: nothing is published there, or a key cannot be used.
    """
    for key in keys:
        signatures.public_key(Path(key))
    name, _ = package.split(path)
    home = package.place(name)
    for _ in range(_TRIES):
        before = _moment(home)
        report = _check(path, home, keys, logical=logical)
        # Where someone publishes meanwhile, what was read first does not belong to what was read last.
        if report.passed() or before == _moment(home):
            break
    return report


def _moment(home: Files) -> tuple[bytes, ...]:
    names = ("latest.json", "latest.dsse.json", "versions.json")
    return tuple(home.read(name, documents.LIMIT) for name in names if home.exists(name))


def _check(path: str | Path, home: Files, keys: tuple[str | Path, ...], *, logical: bool) -> Report:
    _, wanted = package.split(path)
    report = Report()
    try:
        opened = package.open(path, keys=keys)
    except (IntegrityError, ConfigurationError) as error:
        if isinstance(error, ConfigurationError) and not _holds_versions(home):
            raise
        report = Report(findings=(_finding("FP711", str(error)),))
    else:
        if wanted or opened.home is None:
            return integrity.check(opened.files, opened.descriptor, opened.manifest, logical=logical)
    report += _check_home(home, keys, logical=logical) if _holds_versions(home) else Report()
    # What keeps a package from being opened is found again in its version.
    return replace(report, findings=tuple(dict.fromkeys(report.findings)))


def _holds_versions(home: Files) -> bool:
    return home.exists("latest.json") or home.exists("versions.json")


def _check_home(home: Files, keys: tuple[str | Path, ...], *, logical: bool) -> Report:
    """Check every version, that each names the one before it, and what stands beside them."""
    try:
        listed = documents.load(home, "versions.json") if home.exists("versions.json") else []
        versions = [str(one["version"]) for one in listed]
        latest = str(documents.load(home, "latest.json")["version"])
    except (IntegrityError, KeyError, TypeError) as error:
        return Report(findings=(_finding("FP712", f"{home}: versions.json or latest.json: {error}"),))
    # The pointer moves first and the list grows last: between the two, a run was interrupted.
    ahead = latest not in versions
    if ahead and not (package.named(latest) and home.exists(f"v{latest}/manifest.json")):
        return Report(findings=(_finding("FP712", f"{home}: latest.json names {latest!r}, which is not here."),))
    report, before, entries = Report(), None, []
    for number, version in enumerate([*versions, *([latest] if ahead else [])], 1):
        try:
            signed = keys if home.sub(f"v{version}").exists("manifest.json") else ()
            opened = package.open(f"{home}@{version}", keys=signed)
            report += integrity.check(opened.files, opened.descriptor, opened.manifest, logical=logical)
            entries.append(index.entry(opened.files, version, number, before))
        except (IntegrityError, ConfigurationError) as error:
            report += Report(findings=(_finding("FP711", str(error)),))
        else:
            report += Report(findings=tuple(_chain(home, opened, before)))
        before = version
    if len(entries) < len(versions) + ahead:
        return report
    return report + Report(findings=(*_beside(home, entries, keys, ahead=ahead), *_unlisted(home, entries)))


def _chain(home: Files, opened: Package, before: str | None) -> Iterator[Finding]:
    """Hold the version before that a manifest names against what is there."""
    if opened.manifest is None:
        return
    link = {"version": before, **index.link(home.sub(f"v{before}"))} if before else None
    if opened.manifest["predicate"].get("previous") != link:
        yield _finding("FP712", f"{opened.files}: its manifest names another version before it than {link}.")


def _beside(
    home: Files, entries: list[dict[str, Any]], keys: tuple[str | Path, ...], *, ahead: bool
) -> Iterator[Finding]:
    """Check the pointer, the list, the changelog and the catalogue against the versions, to the byte."""
    if ahead:
        yield _finding("FP712", f"{home}: versions.json does not list {entries[-1]['version']} yet.", lags=True)
    try:
        signed = _signed_pointer(home, keys)
        expected = index.pointer(entries[-1], signed.get("expires") if signed else None)
        states = [_state(home, entries), *([_state(home, entries[:-1])] if ahead else [])]
        yield from _files(home, states, documents.render(expected))
        if not documents.rendered(home, "latest.dsse.json"):
            yield _finding("FP712", f"{home}: latest.dsse.json does not stand as it was written.")
        if signed is not None and signed != expected:
            yield _finding(
                "FP712", f"{home}: latest.dsse.json has signed another pointer than latest.json.", lags=ahead
            )
        yield from _listing(home, lags=ahead)
    except (IntegrityError, KeyError, TypeError, AttributeError) as error:
        yield _finding("FP712", f"{home}: what stands beside the versions cannot be read: {error}")


def _state(home: Files, listed: list[dict[str, Any]]) -> dict[str, str]:
    changes = index.changelog(home, [one["version"] for one in listed])
    return {"versions.json": documents.render(listed) if listed else "", "CHANGELOG.md": changes}


def _files(home: Files, states: list[dict[str, str]], pointer: str) -> Iterator[Finding]:
    allowed = {"latest.json": {pointer}}
    for name in ("versions.json", "CHANGELOG.md"):
        allowed[name] = {state[name] for state in states}
    for name, texts in allowed.items():
        found = home.read(name, documents.LIMIT) if home.exists(name) else b""
        if found not in {text.encode() for text in texts}:
            yield _finding("FP712", f"{home}: {name} is not what follows from the versions.")


def _listing(home: Files, *, lags: bool) -> Iterator[Finding]:
    """Check what the catalogue in the folder above says of this package, where there is one."""
    above = Folder(home.root.parent) if isinstance(home, Folder) else None
    if not isinstance(home, Folder) or above is None or not above.exists("index.json"):
        return
    packages = documents.load(above, "index.json")
    name = home.root.name
    told = [one for one in packages["packages"] if one.get("name") == name]
    right = (
        told == [index.listing(home, name)]
        and above.read("index.json", documents.LIMIT) == documents.render(packages).encode()
    )
    if not right:
        yield _finding("FP712", f"{above}: index.json does not say of {name} what latest.json says.", lags=lags)


def _signed_pointer(home: Files, keys: tuple[str | Path, ...]) -> dict[str, Any] | None:
    """Give the pointer as it was signed, whose signature is checked where keys are given."""
    if not home.exists("latest.dsse.json"):
        return None
    envelope = documents.load(home, "latest.dsse.json")
    trusted = [signatures.public_key(Path(key)) for key in keys]
    payload = signatures.verify(envelope, signatures.POINTER, trusted)
    found = documents.parse(payload, f"{home}: latest.dsse.json")
    if not isinstance(found, dict):
        raise IntegrityError(f"{home}: latest.dsse.json holds no pointer.")
    return found


def _unlisted(home: Files, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Name what stands beside the versions and belongs to none."""
    names = home.names() or set()
    folders = {f"v{one['version']}" for one in entries}
    for top in sorted({name.partition("/")[0] for name in names} - folders - _OWN):
        yield _finding("FP712", f"{home}: {top} is no version that is listed.", lags=top.startswith("v"))


def _finding(code: str, message: str, *, lags: bool = False) -> Finding:
    if not lags:
        return Finding(code=code, message=message)
    hint = "A run was interrupted here; publish again to complete it. No reader is misled."
    return Finding(code=code, message=message, severity=Severity.WARNING, hint=hint)
