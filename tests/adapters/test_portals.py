"""A portal on this machine gets exactly what the dry run wrote, and a refusal is named."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import factpack
from factpack.adapters import portals
from factpack.errors import ConfigurationError, PublishingError


class Portal(BaseHTTPRequestHandler):
    """Answer as Zenodo and CKAN do, and keep what came."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.command, self.path, dict(self.headers), body))
        base = f"http://127.0.0.1:{self.server.server_port}"
        answers = {
            "/api/deposit/depositions": (201, {"id": 7, "links": {"bucket": f"{base}/api/files/b-1"}}),
            "/api/3/action/package_create": (200, {"success": True, "result": {"id": "p-1"}}),
            "/api/3/action/resource_create": (200, {"success": True, "result": {"id": "r-1"}}),
        }
        code, answer = answers.get(self.path, (201, {}) if self.path.startswith("/api/files/") else (404, {}))
        if self.server.refuse:
            code, answer = 403, {"message": "this token may not"}
        content = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_PUT = do_POST  # noqa: N815 - http.server's own names

    def log_message(self, *arguments):
        pass


@pytest.fixture
def portal():
    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        server.came, server.refuse = [], False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.base = f"http://127.0.0.1:{server.server_port}"
        yield server
        server.shutdown()


def parse(file, **known):
    head, _, body = file.read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, url, _ = first.format(**known).split(" ")
    return method, url, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("kind", ["zenodo", "ckan"])
def test_what_is_sent_is_what_the_dry_run_wrote(kind, portal, signed, tmp_path):
    version = signed.published / "v1.0.1"
    steps = (
        portals.zenodo(version, portal.base, tmp_path)
        if kind == "zenodo"
        else portals.ckan(version, portal.base, "desk")
    )
    written = portals.write(steps, tmp_path / "dry")
    portals.send(steps, "secret-token")
    assert len(portal.came) == len(written) == (2 if kind == "zenodo" else 1 + 2 * 11)
    for file, (method, path, headers, body) in zip(written, portal.came, strict=True):
        expected = parse(file, bucket=f"{portal.base}/api/files/b-1")
        assert (method, f"{portal.base}{path}", body) == (expected[0], expected[1], expected[3])
        for name, text in expected[2].items():
            assert headers[name] == text.replace("${TOKEN}", "secret-token")
        assert b"secret-token" not in file.read_bytes()


def test_zenodo_gets_an_archive_that_opens(portal, signed, tmp_path):
    steps = portals.zenodo(signed.published / "v1.0.1", portal.base, tmp_path)
    portals.send(steps, "t")
    metadata = json.loads(portal.came[0][3])["metadata"]
    assert (metadata["upload_type"], metadata["version"], metadata["license"]) == ("dataset", "1.0.1", "cc-by-4.0")
    archive = tmp_path / "came.zip"
    archive.write_bytes(portal.came[1][3])
    opened = factpack.open(archive, keys=(signed.public,))
    assert opened.version == "1.0.1"
    assert opened.verify().passed()
    (tmp_path / "again").mkdir()
    portals.zenodo(signed.published / "v1.0.1", portal.base, tmp_path / "again")
    assert next((tmp_path / "again").iterdir()).read_bytes() == archive.read_bytes()


def test_a_refusal_and_a_portal_that_is_down_are_named(portal, signed, tmp_path):
    steps = portals.ckan(signed.published / "v1.0.1", portal.base, "desk")
    portal.refuse = True
    with pytest.raises(PublishingError, match=r"request 1 of 23: .* answers 403: .*this token may not"):
        portals.send(steps, "t")
    down = portals.ckan(signed.published / "v1.0.1", "http://127.0.0.1:9", "desk")
    with pytest.raises(PublishingError, match="cannot be reached"):
        portals.send(down, "t")


def test_a_portal_that_answers_otherwise_is_named(portal, signed, tmp_path):
    steps = portals.zenodo(signed.published / "v1.0.1", f"{portal.base}/api/files", tmp_path)
    with pytest.raises(PublishingError, match=r"did not say links\.bucket"):
        portals.send(steps, "t")


def test_a_dry_run_writes_over_nothing(signed, tmp_path):
    steps = portals.ckan(signed.published / "v1.0.1", "https://portal.example", "desk")
    portals.write(steps, tmp_path)
    with pytest.raises(ConfigurationError, match="is there already"):
        portals.write(steps, tmp_path)
    with pytest.raises(ConfigurationError, match="no version of a package"):
        portals.ckan(tmp_path, "https://portal.example", "desk")
