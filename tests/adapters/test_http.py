"""What is published is served, in parts too; whatever else is asked for is not found."""

import http.client
import os
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factpack.adapters import http as served

CONTENT = bytes(range(256)) * 4


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("served")
    (root / "secret.txt").write_text("secret", encoding="utf-8")
    folder = root / "published"
    (folder / "name" / "v1.0.0").mkdir(parents=True)
    (folder / "name" / "v1.0.0" / "table.parquet").write_bytes(CONTENT)
    (folder / "name" / "empty.csv").write_bytes(b"")
    (folder / "name" / ".lock").write_text("hidden", encoding="utf-8")
    (folder / "name" / "link").symlink_to(root / "secret.txt")
    (folder / "up").symlink_to(root)
    os.mkfifo(folder / "name" / "pipe")
    with served.server(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address
        server.shutdown()


def ask(address, path, method="GET", **headers):
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


TABLE = "/name/v1.0.0/table.parquet"


def test_a_file_is_served_whole_and_its_head_without_a_body(address):
    status, headers, body = ask(address, TABLE)
    assert (status, body, headers["Accept-Ranges"]) == (200, CONTENT, "bytes")
    status, headers, body = ask(address, TABLE, "HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", str(len(CONTENT)))
    assert ask(address, "/name/empty.csv")[::2] == (200, b"")


@given(first=st.integers(0, 1100), length=st.integers(1, 1100))
def test_any_range_is_served_as_asked_and_clamped_at_the_end(address, first, length):
    status, headers, body = ask(address, TABLE, Range=f"bytes={first}-{first + length - 1}")
    if first >= len(CONTENT):
        assert (status, headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")
    else:
        last = min(first + length, len(CONTENT)) - 1
        assert (status, body) == (206, CONTENT[first : last + 1])
        assert headers["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"


@pytest.mark.parametrize(
    ("asked", "expected"), [("bytes=-8", CONTENT[-8:]), ("bytes=-5000", CONTENT), ("bytes=1000-", CONTENT[1000:])]
)
def test_open_ranges_and_suffixes(address, asked, expected):
    status, _, body = ask(address, TABLE, Range=asked)
    assert (status, body) == (206, expected)


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,4-5", "bytes=٣-٤"])
def test_a_range_that_is_none_gives_the_whole_file(address, asked):
    connection = socket.create_connection(address)
    request = f"GET {TABLE} HTTP/1.1\r\nHost: x\r\nRange: {asked}\r\nConnection: close\r\n\r\n"
    connection.sendall(request.encode())
    answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    connection.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(CONTENT)


def test_an_unchanged_file_is_not_sent_again(address):
    tag = ask(address, TABLE)[1]["ETag"]
    assert ask(address, TABLE, If_None_Match=tag)[::2] == (304, b"")
    assert ask(address, TABLE, Range="bytes=0-3", If_Range='"other"')[::2] == (200, CONTENT)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/name/..%2f..%2fsecret.txt",
        "/name/../../secret.txt",
        "//etc/hostname",
        "/name/%00",
        "/name/v1.0.0%5c..%5c..%5csecret.txt",
        "/name/link",
        "/up/secret.txt",
        "/name/pipe",
        "/name/.lock",
        "/name",
        "/name/",
        "/",
        "/name/v1.0.0/table.parquet/",
        "/nothing",
        "/" + "a" * 5000,
        "/C:/secret.txt",
    ],
)
def test_whatever_is_no_published_file_is_not_found(address, path):
    connection = socket.create_connection(address)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
    answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    connection.close()
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"secret" not in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(address, method):
    assert ask(address, TABLE, method)[0] == 501
