"""The published folder over HTTP: read-only, with the Range requests that polars, DuckDB and our own reader need.

Python's own file server answers no Range request and follows links. This one opens files as the reader does: nothing
outside of the folder, no link, nothing hidden; whatever is asked for otherwise is not found.
"""

from __future__ import annotations

import mimetypes
import os
import re
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from factpack.errors import ConfigurationError, IntegrityError
from factpack.reader.files import Folder

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".jsonld": "application/ld+json",
    ".cff": "text/yaml; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    "": "text/plain; charset=utf-8",
}
# RFC 9110, 14.1.2; more than one range at once is answered with the whole file, as 14.2 allows.
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


def server(*folders: Path, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """Make a server of folders; it serves once `serve_forever` is called.

    Args:
        folders: where a file is looked for, the first one first.
        host: the address to listen on.
        port: the port; 0 takes a free one.

    Raises:
        ConfigurationError: there is no such folder, or the address cannot be had.
    """
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError(f"{folder}: no such folder. Publish first, or name one.")
    places = tuple(Folder(folder.resolve()) for folder in folders)
    try:
        return ThreadingHTTPServer((host, port), partial(_Handler, folders=places))
    except OSError as error:
        raise ConfigurationError(f"{host}:{port} cannot be served: {error.strerror}. Choose another port.") from error


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "factpack", ""
    # Who opens a connection and says nothing does not keep a thread for ever.
    timeout = 30

    def __init__(self, *arguments: object, folders: tuple[Folder, ...]) -> None:
        self._folders = folders
        super().__init__(*arguments)  # type: ignore[arg-type] # the server's own three

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent: a request's text comes from anyone, and a terminal would obey it."""

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path, errors="replace").removeprefix("/")
        path += "index.html" if path == "" or path.endswith("/") else ""
        hidden = any(part.startswith(".") for part in path.split("/"))
        try:
            if hidden or not any(self._sent(folder, path, body=body) for folder in self._folders):
                self._end(HTTPStatus.NOT_FOUND, {"Content-Length": "0"})
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    def _sent(self, folder: Folder, path: str, *, body: bool) -> bool:
        """Send a file, if the folder has it."""
        try:
            with folder.open(path) as file:
                self._send(path, file, body=body)
        except (IntegrityError, ValueError):
            return False
        return True

    def _send(self, path: str, file: BinaryIO, *, body: bool) -> None:
        status = os.fstat(file.fileno())
        tag = f'"{status.st_size:x}-{status.st_mtime_ns:x}"'
        suffix = PurePosixPath(path).suffix
        kind = _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "ETag": tag, "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"}
        headers["Last-Modified"] = self.date_time_string(int(status.st_mtime))
        if self.headers.get("If-None-Match") == tag:
            self._end(HTTPStatus.NOT_MODIFIED, headers)
            return
        wanted = self.headers.get("Range", "") if self.headers.get("If-Range", tag) == tag else ""
        match = _RANGE.fullmatch(wanted)
        if match is None or match.groups() == ("", ""):
            self._end(HTTPStatus.OK, headers | {"Content-Length": str(status.st_size)})
            self._copy(file, 0, status.st_size if body else 0)
            return
        start, end = _within(match, status.st_size)
        if start >= end:
            unmet = {"Content-Range": f"bytes */{status.st_size}", "Content-Length": "0"}
            self._end(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, unmet)
            return
        part = {"Content-Range": f"bytes {start}-{end - 1}/{status.st_size}", "Content-Length": str(end - start)}
        self._end(HTTPStatus.PARTIAL_CONTENT, headers | part)
        self._copy(file, start, end - start if body else 0)

    def _copy(self, file: BinaryIO, start: int, length: int) -> None:
        file.seek(start)
        while length > 0 and (piece := file.read(min(length, 1 << 18))):
            self.wfile.write(piece)
            length -= len(piece)

    def _end(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        # Pages say the same of themselves; whoever frames one is told here.
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _within(match: re.Match[str], size: int) -> tuple[int, int]:
    """Give start and end of a range within a file: `-5` is its last five bytes; no end is beyond its own."""
    first, last = match.groups()
    if first == "":
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)
