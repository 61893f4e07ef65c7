"""What a git repository held at a revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
from typing import TYPE_CHECKING

from factpack.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

# What a validation reads; what was published is not compared with itself.
_PARTS = ("raw", "schemas", "transforms", "checks", "pyproject.toml")


def extract(root: Path, revision: str, folder: Path) -> None:
    """Write the dataset in `root`, as it was at a revision, into a folder.

    Raises:
        ConfigurationError: `root` is in no git repository, or the revision is not there or had no dataset.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    if not commit:
        raise ConfigurationError(
            f"{root}: git knows no revision {revision!r} here; in CI, fetch it (actions/checkout: fetch-depth: 0)."
        )
    listed = _git(root, "ls-tree", "--name-only", commit.decode(), *_PARTS).decode().splitlines()
    if "pyproject.toml" not in listed:
        raise ConfigurationError(f"{root}: at {revision} there was no dataset here.")
    content = _git(root, "archive", "--format=tar", commit.decode(), *listed)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise ConfigurationError("git is not installed; --changed-since needs it.") from None
    if done.returncode and b"not a git repository" in done.stderr:
        raise ConfigurationError(f"{root}: not in a git repository.")
    return done.stdout if not done.returncode else b""
