"""One version of a published package, and its tables and facts: nothing is read that is not what was sealed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader import citation, documents, integrity, memory, proof, seals
from factpack.reader.files import Archive, Files, Folder, checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from factpack.diff import Diff, Snapshot
    from factpack.report import Report

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a fact rests on: the words, where they stand, and what reading them again gave.

    `start` and `end` count characters of the normalised text of the source. Where `text_kind` is `note`, the words are
    our own about an article, never those of its publisher.
    """

    phrase: str
    verdict: str | None
    start: int | None
    end: int | None
    quote_sha256: str | None
    source_id: str
    title: str | None
    publisher: str | None
    published: str | None
    url: str | None
    text_kind: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a package: `row` is that of the table `facts`."""

    id: str
    row: dict[str, Any]
    package: Package

    @property
    def evidence(self) -> Evidence:
        """The words that the fact was taken from, and their source."""
        source = self.package.table("sources").filter(source_id=self.row["source_id"]).collect().row(0, named=True)
        return Evidence(
            phrase=self.row["phrase"],
            verdict=self.row.get("verdict"),
            start=self.row.get("anchor_start"),
            end=self.row.get("anchor_end"),
            quote_sha256=self.row.get("quote_sha256"),
            source_id=self.row["source_id"],
            published=None if source["published"] is None else str(source["published"]),
            **{name: source[name] for name in ("title", "publisher", "url", "text_kind")},
        )

    def history(self) -> dict[str, dict[str, Any]]:
        """Give what other versions of the package say of this fact where that is something else.

        Returns:
            The cells that differ, by version, the newest first; nothing for a version that has no such fact, or says
            the same, and nothing at all where the package was opened as one version alone.
        """
        told: dict[str, dict[str, Any]] = {}
        for version in self.package.versions:
            if version == self.package.version:
                continue
            rows = _version(self.package.home, version).table("facts").filter(fact_id=self.id).collect()  # type: ignore[arg-type] # there is a home where there are versions
            for row in rows.rows(named=True):
                cells = {name: value for name, value in row.items() if name in self.row and value != self.row[name]}
                told |= {version: cells} if cells else {}
        return told

    def cite(self, form: str = "text") -> str:
        """Cite the package at this version, for this fact; `form` is `text` or `bibtex`."""
        return citation.cite(self.package.descriptor, self.package.root, self.id, form=form)

    def prove(self) -> proof.Proof:
        """Give the proof that this fact is in this version (see `factpack.reader.proof`)."""
        return self.package.prove(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One version of a published data package.

    `files` is the tree of the version; `home` that of the package with all its versions, where it was opened there.
    """

    files: Files
    descriptor: dict[str, Any]
    manifest: dict[str, Any] | None
    home: Files | None = None

    @property
    def version(self) -> str:
        """The version, such as 1.0.0."""
        return str(self.descriptor["version"])

    @property
    def root(self) -> str | None:
        """The logical hash of the version; None where it was published before there were manifests."""
        return str(self.manifest["predicate"]["root"]) if self.manifest else None

    @property
    def versions(self) -> tuple[str, ...]:
        """All versions of the package, the newest first; none where it was opened as one version alone."""
        listed = [] if self.home is None else documents.load(self.home, "versions.json")
        return tuple(one["version"] for one in sorted(listed, key=lambda one: -one["sequence"]))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, in the order of the descriptor."""
        return tuple(one["name"] for one in self.descriptor["resources"] if one.get("type") == "table")

    def table(self, name: str) -> pl.LazyFrame:
        """Scan a table; filters and the choice of columns are pushed down to its Parquet files.

        Raises:
            ConfigurationError: the package has no such table.
            IntegrityError: the file is missing, is no regular file inside the package, or has other content. Over the
                network that is seen when the query runs.

        Example:
            >>> package.table("facts").filter(subject="brics").select("value").collect()  # doctest: +SKIP
        """
        import polars as pl

        scans = list(self.parts(name))
        return scans[0] if len(scans) == 1 else pl.concat(scans)

    def parts(self, name: str) -> Iterator[pl.LazyFrame]:
        """Scan a table file by file, in order, to read no more of it at once: one, unless it stands in parts.

        Raises:
            ConfigurationError: the package has no such table.
            IntegrityError: as for `table`.
        """
        seals.resource(self.descriptor, name, self.files)
        parquet = seals.resource(self.descriptor, f"{name}-parquet", self.files)
        for one in seals.sealed(parquet, self.manifest, self.files):
            yield self.files.scan(one)

    def schema(self, name: str) -> dict[str, Any]:
        """Give the Table Schema of a table."""
        return dict(seals.resource(self.descriptor, name, self.files)["schema"])

    def snapshot(self) -> Snapshot:
        """Read all tables, with their schemas, to be compared with another version."""
        from factpack.diff import METADATA, Snapshot

        return Snapshot(
            version=self.version,
            tables={name: self.table(name).collect() for name in self.tables},
            schemas={name: self.schema(name) for name in self.tables},
            metadata={name: self.descriptor.get(name) for name in METADATA},
        )

    def fact(self, fact_id: str) -> Fact:
        """Give one fact.

        Raises:
            ConfigurationError: the package has no such fact.
        """
        rows = self.table("facts").filter(fact_id=fact_id).collect().rows(named=True)
        if not rows:
            raise ConfigurationError(f"{self.files}: no fact {fact_id!r} in version {self.version}.")
        return Fact(fact_id, rows[0], self)

    def diff(self, other: str) -> Diff:
        """Say what differs between another version of the same package and this one.

        Raises:
            ConfigurationError: there is no such version, or the package was opened as one version alone.
        """
        from factpack.diff import compare

        if self.home is None:
            raise ConfigurationError(f"{self.files}: opened as one version alone; open the folder above it.")
        return compare(_version(self.home, other).snapshot(), self.snapshot())

    def verify(self) -> Report:
        """Check every file of the version, and that its tables are what its manifest says of them.

        Raises:
            IntegrityError: something is not as it was published; the message names each file.
        """
        report = integrity.check(self.files, self.descriptor, self.manifest)
        if not report.passed():
            raise IntegrityError("\n".join(finding.message for finding in report.findings))
        return report

    def prove(self, fact_id: str) -> proof.Proof:
        """Give the proof that a fact is in this version, for someone who has nothing but the version's root."""
        if self.manifest is None:
            raise ConfigurationError(f"{self.files}: version {self.version} has no manifest, so no root to prove by.")
        rows, key = (part.collect() for part in self.parts("facts")), self.schema("facts")["primaryKey"]
        return proof.prove(self.manifest, "facts", rows, key, {"fact_id": fact_id})

    def cite(self, form: str = "text") -> str:
        """Cite the package at this version; `form` is `text` or `bibtex`."""
        return citation.cite(self.descriptor, self.root, form=form)


def open(  # noqa: A001 - `factpack.open`, as gzip.open and pooch have it
    path: str | Path, *, keys: tuple[str | Path, ...] = (), **options: Any
) -> Package:
    """Open a published package: its folder, a zip of it, a URL, or any of these with `@1.0.0` behind it.

    Args:
        path: where the package stands, or one version of it.
        keys: files with Ed25519 public keys; each must have signed the version. With keys, and over the network, the
            newest version seen is remembered, and an older one is refused.
        options: for the fsspec file system of a URL.

    Raises:
        ConfigurationError: nothing is published there, or a key cannot be used.
        IntegrityError: something is not as it was published or signed.

    Example:
        >>> open("published/axis-of-upheaval").version  # doctest: +SKIP
        '2.0.0'
    """
    from factpack import signatures

    name, wanted = split(path)
    trusted = [signatures.public_key(Path(key)) for key in keys]
    home = place(name, **options)
    if wanted:
        return _version(home, wanted, trusted)
    if home.exists("latest.json"):
        pointer = _pointer(home, trusted)
        if trusted or "://" in name:
            memory.hold(str(home), pointer)
        return _version(home, pointer["version"], trusted, pointer)
    if not home.exists("datapackage.json"):
        raise ConfigurationError(f"{path}: no published package here; expected latest.json or datapackage.json.")
    return _load(home, None, trusted)


def split(path: str | Path) -> tuple[str, str]:
    """Split the version that is asked for from a place: none is an empty text."""
    name, _, wanted = str(path).rpartition("@")
    return (name, wanted) if name and _VERSION.fullmatch(wanted) else (str(path), "")


def named(version: str) -> bool:
    """Say whether a text is a version, such as 1.0.0 (https://semver.org, without build metadata)."""
    return _VERSION.fullmatch(version) is not None


def place(name: str, **options: Any) -> Files:
    """Give the tree of files at a folder, a zip archive or a URL.

    Raises:
        ConfigurationError: there is none.
    """
    if "://" in name and not name.startswith("file://"):
        from factpack.reader.remote import Remote

        return Remote.of(name, **options)
    local = Path(name.removeprefix("file://"))
    if local.is_file():
        return Archive.of(local)
    if not local.is_dir():
        raise ConfigurationError(f"{name}: no published package here; there is no such folder or zip archive.")
    return Folder(local.resolve())


def _pointer(home: Files, trusted: Sequence[Any]) -> dict[str, Any]:
    """Read which version is the latest: as signed, where keys are given."""
    from factpack import signatures

    if trusted:
        envelope = documents.load(home, "latest.dsse.json")
        try:
            payload = signatures.verify(envelope, signatures.POINTER, trusted)
        except IntegrityError as error:
            raise IntegrityError(f"{home}: latest.dsse.json: {error}") from error
        pointer = documents.parse(payload, f"{home}: latest.dsse.json")
    else:
        pointer = documents.load(home, "latest.json")
    if (
        not isinstance(pointer, dict)
        or not _VERSION.fullmatch(str(pointer.get("version")))
        or not isinstance(pointer.get("sequence"), int)
    ):
        raise IntegrityError(f"{home}: latest.json is no pointer to a version.")
    last = max((one["sequence"] for one in _listed(home)), default=0)
    if pointer["sequence"] < last:
        raise IntegrityError(
            f"{home}: latest.json names {pointer['version']}, number {pointer['sequence']}, but versions.json goes to "
            f"number {last}: an old pointer stands in place of the new one."
        )
    return pointer


def _listed(home: Files) -> list[dict[str, Any]]:
    listed = documents.load(home, "versions.json") if home.exists("versions.json") else []
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and isinstance(one.get("sequence"), int) for one in listed
    ):
        raise IntegrityError(f"{home}: versions.json is no list of versions.")
    return listed


def _version(home: Files, version: str, trusted: Sequence[Any] = (), entry: dict[str, Any] | None = None) -> Package:
    """Open a version, whose manifest is the one that the pointer or the list of versions names."""
    if entry is None:
        entry = next((one for one in _listed(home) if one.get("version") == version), None)
    files = home.sub(f"v{version}")
    if not files.exists("datapackage.json"):
        raise ConfigurationError(f"{home}@{version}: no published package here; expected {files}/datapackage.json.")
    package = _load(files, entry, trusted, home)
    if package.version != version:
        raise IntegrityError(f"{files}: this is version {package.version}, expected {version}.")
    return package


def _load(files: Files, entry: dict[str, Any] | None, trusted: Sequence[Any], home: Files | None = None) -> Package:
    manifest = _manifest(files, entry, trusted)
    known = seals.seals(manifest, files) if manifest else seals.sums(files)
    if known and "datapackage.json" not in known:
        raise IntegrityError(f"{files}: datapackage.json is not sealed by the version.")
    content = checked(files, known["datapackage.json"]) if known else files.read("datapackage.json", documents.LIMIT)
    descriptor = documents.parse(content, f"{files}: datapackage.json")
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("resources"), list):
        raise IntegrityError(f"{files}: datapackage.json is not the descriptor of a data package.")
    return Package(files=files, descriptor=descriptor, manifest=manifest, home=home)


def _manifest(files: Files, entry: dict[str, Any] | None, trusted: Sequence[Any]) -> dict[str, Any] | None:
    """Read the manifest: the one whose SHA-256 the list of versions has, and that the keys have signed."""
    import hashlib

    from factpack import signatures

    expected = entry.get("manifest_sha256") if entry else None
    if not files.exists("manifest.json"):
        if expected or trusted:
            raise IntegrityError(f"{files}: manifest.json is missing.")
        return None
    content = files.read("manifest.json", documents.LIMIT)
    found = hashlib.sha256(content).hexdigest()
    if entry is not None and found != expected:
        raise IntegrityError(f"{files}: manifest.json has the SHA-256 {found}, expected {expected}.")
    if trusted:
        envelope = documents.load(files, "manifest.dsse.json")
        try:
            signed = signatures.verify(envelope, signatures.STATEMENT, trusted)
        except IntegrityError as error:
            raise IntegrityError(f"{files}: manifest.dsse.json: {error}") from error
        if signed != content:
            raise IntegrityError(f"{files}: what is signed is another manifest than manifest.json.")
    manifest = documents.parse(content, f"{files}: manifest.json")
    if not isinstance(manifest, dict) or not isinstance(manifest.get("subject"), list):
        raise IntegrityError(f"{files}: manifest.json is no in-toto statement.")
    return manifest
