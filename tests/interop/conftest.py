"""The last published version, for libraries that know nothing of factpack (`nox -s interop`)."""

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def version(repository):
    published = repository / "published" / "axis-of-upheaval"
    latest = json.loads((published / "latest.json").read_text(encoding="utf-8"))
    return Path(published / f"v{latest['version']}")


@pytest.fixture(scope="session")
def rows(version):
    """How many rows each table has, as its manifest says."""
    manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
    return {name: one["rows"] for name, one in manifest["predicate"]["tables"].items()}
