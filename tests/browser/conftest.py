"""A real Chromium, Debian's own, and the pages of this repository's dataset: served, and on a disk."""

import shutil
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from playwright.sync_api import sync_playwright
from tests.pages.conftest import build_changed, pages  # noqa: F401 - the pages are those of tests/pages

from factpack.adapters import http

VERSION = "axis-of-upheaval/2.0.0/index.html"


@pytest.fixture(scope="session")
def chromium():
    """A browser that is started once."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        # Without a sandbox it also starts where tests run as root, as in a container.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def origins(pages):  # noqa: F811 - pytest's way
    """Where the pages are: over HTTP, and on a disk."""
    with http.server(pages) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield {"http": f"http://127.0.0.1:{server.server_port}/", "file": f"{pages.as_uri()}/"}
        server.shutdown()


@pytest.fixture
def opened(chromium):
    """Open a page; at the end, nothing may have been complained of and nothing fetched from elsewhere."""

    @contextmanager
    def opening(url, *, width=1280, scheme="light", **more):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        page = context.new_page()
        complaints, asked = [], []
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        page.wait_for_load_state("load")
        yield page
        root = url.split("axis-of-upheaval")[0].removesuffix("index.html")
        assert complaints == []
        assert [one for one in asked if not one.startswith((root, "data:,"))] == []
        context.close()

    return opening


@pytest.fixture
def version(origins, opened):
    """Open the newest version, at a fragment of its page."""

    def opening(fragment="", origin="http", **more):
        return opened(origins[origin] + VERSION + fragment, **more)

    return SimpleNamespace(open=opening)
