"""Many publish at once, some are killed at random, and readers never see a version that is not whole."""

import json
import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime

import polars as pl
import pytest

from factpack import datapackage, publishing, reader, versioning
from factpack.errors import PublishingError
from factpack.models import Project

WRITERS, EACH = 6, 40
KILLS = 150 if os.environ.get("FACTPACK_CRASH") else 30
# A fresh process a run, and none that inherits the threads of another.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["factpack.datapackage", "factpack.publishing", "factpack.reader", "pandera.polars"])


def publish_next(root, who):
    """Publish the version that follows, with a table that says who wrote it; False where another was faster."""
    from crash.tables import MODELS

    project = Project(root=root, name="stress", title="t", description="d", licence="CC0-1.0")
    before = publishing.before(project.published, None)
    version = versioning.raised(before, versioning.Level.PATCH) if before else "1.0.0"
    rows = {"source_id": [f"{who}-{number}" for number in range(20)], "title": [version] * 20}
    table = pl.DataFrame(rows | {name: ["x"] * 20 for name in ("publisher", "url")}).with_columns(
        published=pl.lit(None, dtype=pl.Date)
    )

    def build(folder):
        release = {"bump": "patch", "previous": publishing.link(project.published, before)}
        numbered = Project(root=root, name="stress", title="t", description="d", licence="CC0-1.0", version=version)
        datapackage.write(
            folder,
            numbered,
            {"sources": table},
            MODELS,
            created=datetime(2026, 1, 1, tzinfo=UTC),
            documents={"CHANGES.md": f"## {version}\n"},
            release=release,
        )

    try:
        return publishing.publish(project.published, version, build, after=before).new
    except PublishingError:
        return False


def write(root, who, times):
    done = 0
    while done < times:
        if publish_next(root, who):
            done += 1
        else:
            time.sleep(random.uniform(0, 0.02))


def read(root, stop, counted):
    """Open the latest version again and again, and verify all of it; end with 1 at the first bad one."""
    while not stop.is_set():
        try:
            opened = reader.open(root / "published" / "stress")
        except reader.package.ConfigurationError:
            continue
        assert opened.verify().passed()
        assert opened.table("sources").collect().height == 20
        with counted.get_lock():
            counted.value += 1


@pytest.fixture
def readers(tmp_path):
    stop, counted = PROCESSES.Event(), PROCESSES.Value("i", 0)
    running = [PROCESSES.Process(target=read, args=(tmp_path, stop, counted)) for _ in range(2)]
    for process in running:
        process.start()
    yield counted
    stop.set()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0, 0]


def chain(root):
    """Give the listed versions, after every one was verified with the link to the one before it."""
    published = root / "published" / "stress"
    report = reader.check(published)
    assert report.findings == ()
    return json.loads((published / "versions.json").read_text(encoding="utf-8"))


def test_every_version_of_every_writer_is_there_once_in_one_chain(tmp_path, readers):
    writers = [PROCESSES.Process(target=write, args=(tmp_path, who, EACH)) for who in range(WRITERS)]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    listed = chain(tmp_path)
    assert [one["sequence"] for one in listed] == list(range(1, WRITERS * EACH + 1))
    assert [one["previous"] for one in listed] == [None, *(one["version"] for one in listed[:-1])]
    assert readers.value > 20


def staged(root):
    """Tell the folders that are being filled, or that a killed writer left, from each other."""
    found = set()
    for path in (root / "published" / "stress").glob(".staging-*"):
        with suppress(FileNotFoundError):
            found.add(path.stat().st_ctime_ns)
    return found


def test_writers_killed_at_random_leave_nothing_bad_and_nothing_behind(tmp_path, readers):
    publish_next(tmp_path, "first")
    for number in range(KILLS):
        process = PROCESSES.Process(target=write, args=(tmp_path, f"w{number}", 1000))
        left = staged(tmp_path)
        process.start()
        # However busy the machine is, it is at its work when it is killed.
        deadline = time.monotonic() + 60
        while staged(tmp_path) <= left and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.3))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    publish_next(tmp_path, "last")
    while not publish_next(tmp_path, "after"):
        pass
    assert len(chain(tmp_path)) > 10
    names = [path.name for path in tmp_path.rglob(".*") if path.name != ".lock"]
    assert names == []
    assert readers.value > 20
