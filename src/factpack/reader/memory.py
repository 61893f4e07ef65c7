"""What this user has seen of a package, so that nobody can show an older version as the latest (rollback)."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factpack.errors import IntegrityError


def hold(place: str, pointer: dict[str, Any]) -> None:
    """Compare a pointer with the last one seen at a place, and remember it.

    Raises:
        IntegrityError: it is older, it is another one with the same number, or it has expired.
    """
    expires = pointer.get("expires")
    if expires is not None and datetime.fromisoformat(expires) < datetime.now(UTC):
        raise IntegrityError(
            f"{place}: latest.json has expired ({expires}): it may be kept from its successor. Ask its publisher."
        )
    file = _file(place)
    seen = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"sequence": 0}
    if pointer["sequence"] < seen["sequence"]:
        raise IntegrityError(
            f"{place}: latest.json names {pointer['version']} (number {pointer['sequence']}), but {seen['version']} "
            f"(number {seen['sequence']}) has been seen here: it was rolled back. If that is right, remove {file}."
        )
    known = {key: pointer.get(key) for key in ("version", "sequence", "manifest_sha256")}
    if pointer["sequence"] == seen["sequence"] and known != seen:
        raise IntegrityError(
            f"{place}: number {pointer['sequence']} was {seen['version']} with the manifest {seen['manifest_sha256']} "
            f"and is now {pointer['version']} with {pointer.get('manifest_sha256')}: there are two of it."
        )
    if known != seen:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(known), encoding="utf-8")
        temporary.replace(file)


def _file(place: str) -> Path:
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    folder = os.environ.get("FACTPACK_STATE") or Path(base).expanduser() / "factpack"
    return Path(folder) / "seen" / f"{hashlib.sha256(place.encode()).hexdigest()}.json"
