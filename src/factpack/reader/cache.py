"""Pieces of published files that this user has read before, by their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cache:
    """Pieces of files, each under its own SHA-256; a piece that has changed on the disk is none."""

    root: Path

    def get(self, sha256: str) -> bytes | None:
        """Give a piece, if it is here and whole."""
        try:
            content = self._place(sha256).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def put(self, sha256: str, content: bytes) -> None:
        """Keep a piece; a disk that refuses it costs nothing but the next download."""
        place = self._place(sha256)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
                file.write(content)
            Path(file.name).replace(place)
        except OSError:
            return

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256


def cache() -> Cache:
    """Give the cache of this user: `$FACTPACK_CACHE`, or `factpack` in the XDG cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Cache(Path(os.environ.get("FACTPACK_CACHE") or Path(base).expanduser() / "factpack" / "sha256"))
