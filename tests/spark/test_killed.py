"""A driver that is killed while its executors write leaves the old version or the new one, and a retry completes.

A driver is a process of its own. It publishes several projects, and comes with each to another moment, where it or a
worker of it waits (`moments.py`); then all that belongs to it is killed, but for one worker, which outlives it.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from factpack import pipeline, reader, scaffold
from factpack import project as projects

HERE = Path(__file__).parent
OLD, NEW = "1.0.0", "1.0.1"
NAME = "town"
PATIENCE = 120
CONF = "--conf spark.python.daemon.module=moments --conf spark.sql.codegen.wholeStage=false"


@dataclass(frozen=True)
class Moment:
    """An event on a path, what `stands` in the published folder then and what is `missing`, and what readers `see`."""

    event: str
    path: str
    stands: str
    missing: str
    see: str


STAGED = r"/\.staging-[^/]+"
SPARED = "a worker writes the first part"
MOMENTS = {
    SPARED: Moment("os.mkdir", STAGED + "/data/facts", ".staging-*", ".staging-*/data/*/part-*", OLD),
    # Its folder is forced to the disk.
    "the first part stands": Moment(
        "open", STAGED + "/data/facts", ".staging-*/data/facts/part-00000.csv", ".staging-*/datapackage.json", OLD
    ),
    "the manifest stands": Moment("open", STAGED + "/SHA256SUMS", ".staging-*/manifest.json", "v1.0.1", OLD),
    "the version stands": Moment("os.rename", f"/{NAME}/latest.json", "v1.0.1/SHA256SUMS", ".staging-*", OLD),
    "the pointer has moved": Moment(
        "os.rename", f"/{NAME}/versions.json", ".versions.json.tmp", ".latest.json.tmp", NEW
    ),
}
OF_WORKERS = (SPARED, "the first part stands")


@dataclass(frozen=True)
class Killed:
    """A project whose driver was killed at a moment: what readers saw before and after, and the process that waited."""

    root: Path
    waiting: int
    seen: tuple[str, str]
    opened: reader.Package

    @property
    def published(self):
        return self.root / "published" / NAME

    def hidden(self):
        return sorted(path.name for path in (self.root / "published").rglob(".*"))


@contextmanager
def driver(room, roots, moments):
    """Run a driver in a session of its own, and kill what is left of it then.

    `moments` are those of some roots, each with the folder in which is told who waits, and until when.
    """
    quick = f"-XX:TieredStopAtLevel=1 -Djava.io.tmpdir={room}"
    told = [
        {"event": one.event, "path": re.escape(str(root)) + ".*" + one.path, "room": str(place)}
        for root, (one, place) in moments.items()
    ]
    environment = os.environ | {
        "PYSPARK_SUBMIT_ARGS": f'--driver-java-options "{quick}" {CONF} pyspark-shell',
        "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH")))),
        "FACTPACK_TEST_MOMENTS": json.dumps(told),
        # What killed processes leave in folders for temporary files goes with those of the test.
        "SPARK_LOCAL_DIRS": str(room),
        "TMPDIR": str(room),
    }
    command = [sys.executable, str(HERE / "publisher.py"), str(room / "staging"), *map(str, roots)]
    with (room / "out").open("w") as out, (room / "errors").open("w") as errors:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=errors, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def said(room):
    return "".join((room / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "errors"))


def reached(place, process, room):
    """Wait until a process of the driver is at a moment; give its number."""
    until, file = time.monotonic() + PATIENCE, place / "reached"
    while not file.exists():
        assert process.poll() is None, said(room)
        assert time.monotonic() < until, said(room)
        time.sleep(0.01)
    return int(file.read_text(encoding="utf-8"))


def kill(process, spared=None):
    """Kill a driver with its JVM and its workers; these have a group of their own, and share the session alone."""
    for number in [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]:
        with suppress(ProcessLookupError):
            if os.getsid(number) == process.pid and number != spared:
                os.kill(number, signal.SIGKILL)
    process.wait()


def ended(number):
    """Wait until a process has ended, whoever its parent is by now."""
    until = time.monotonic() + PATIENCE
    while Path(f"/proc/{number}/exe").exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def seen(published):
    """Give the version that readers see, once all that is published was found whole."""
    assert pipeline.verify(str(published), logical=True).passed()
    version = reader.open(published).version
    assert pipeline.verify(f"{published}@{version}", logical=True).findings == ()
    return version


def shorten(root, old, new):
    """Let a fact rest on fewer words of its source."""
    facts = root / "raw" / "facts" / "gazette-dunsby.csv"
    text = facts.read_text(encoding="utf-8")
    assert old in text
    facts.write_text(text.replace(old, new), encoding="utf-8")
    pipeline.ground(projects.load(root), write=True)


@pytest.fixture(scope="module", autouse=True)
def released():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767225600")
        yield


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    """The example with 1.0.0 published, and a fact that rests on fewer words in the version to come."""
    root = tmp_path_factory.mktemp("gold") / NAME
    scaffold.start(root)
    project = projects.load(root)
    pipeline.ground(project, write=True)
    pipeline.publish(project, pipeline.validate(project, suites=False))
    shorten(root, "passengers on the lake last year,", "passengers on the lake,")
    return root


@pytest.fixture(scope="module")
def undisturbed(gold, tmp_path_factory):
    """The new version as one machine publishes it."""
    root = shutil.copytree(gold, tmp_path_factory.mktemp("undisturbed") / NAME)
    project = projects.load(root)
    return pipeline.publish(project, pipeline.validate(project, suites=False)).outcome.path


@pytest.fixture(scope="module")
def killed(gold, tmp_path_factory):
    """Kill a driver that has come to all of the moments, each in another project; one worker is spared."""
    room = tmp_path_factory.mktemp("killed")
    roots = {name: shutil.copytree(gold, room / str(at) / NAME) for at, name in enumerate(MOMENTS)}
    found = {}
    with driver(room, roots.values(), {root: (MOMENTS[name], root.parent) for name, root in roots.items()}) as process:
        for name, root in roots.items():
            moment, published = MOMENTS[name], root / "published" / NAME
            waiting = reached(root.parent, process, room)
            assert list(published.glob(moment.stands)), name
            assert not list(published.glob(moment.missing)), name
            assert (waiting == process.pid) == (name not in OF_WORKERS), name
            found[name] = Killed(root, waiting, (seen(published), ""), reader.open(published))
        assert process.poll() is None, said(room)
        kill(process, spared=found[SPARED].waiting)
        yield {name: replace(one, seen=(one.seen[0], seen(one.published))) for name, one in found.items()}


@pytest.fixture(scope="module")
def retried(killed, tmp_path_factory):
    """Publish all of them again, with one driver; give their logical hashes.

    Where a worker was spared, a fact rests on fewer words by now. Once the new version was read back, and right before
    it is renamed into place, that worker goes on with what it was about to do.
    """
    room, spared = tmp_path_factory.mktemp("retried"), killed[SPARED]
    shorten(spared.root, "The Harbour League took in", "Harbour League took in")
    for one in killed.values():
        (one.root.parent / "reached").unlink()
    renamed = Moment("os.rename", f"/{NAME}/v{NEW}", ".staging-*/SHA256SUMS", f"v{NEW}", OLD)
    with driver(room, [one.root for one in killed.values()], {spared.root: (renamed, room)}) as process:
        assert reached(room, process, room) == process.pid
        assert Path(f"/proc/{spared.waiting}/exe").exists(), "else nobody outlived the driver"
        (spared.root.parent / "go").touch()
        ended(spared.waiting)
        (room / "go").touch()
        assert process.wait(PATIENCE) == 0, said(room)
    return dict(zip(killed, (room / "out").read_text(encoding="utf-8").split(), strict=True))


every_moment = pytest.mark.parametrize("name", MOMENTS)


@every_moment
def test_readers_see_the_old_version_or_the_new_one_whole_when_the_driver_is_killed(killed, name):
    assert killed[name].seen == (MOMENTS[name].see,) * 2


@every_moment
def test_a_retry_completes_and_leaves_nothing_behind(killed, retried, undisturbed, name):
    published = killed[name].published
    assert seen(published) == NEW
    assert pipeline.verify(str(published), logical=True).findings == ()
    assert (published / f"v{NEW}" / "data" / "facts" / "part-00000.csv").is_file(), "else no executor wrote anything"
    listed = json.loads((published / "versions.json").read_text(encoding="utf-8"))
    assert [one["version"] for one in listed] == [OLD, NEW]
    assert killed[name].hidden() == [".lock"]
    if name != SPARED:
        manifest = json.loads((undisturbed / "manifest.json").read_text(encoding="utf-8"))
        assert retried[name] == manifest["predicate"]["root"]
        changes = [folder / "CHANGES.md" for folder in (published / f"v{NEW}", undisturbed)]
        assert changes[0].read_text(encoding="utf-8") == changes[1].read_text(encoding="utf-8")


@every_moment
def test_who_has_opened_a_version_before_the_death_goes_on_reading_it(killed, retried, name):
    opened = killed[name].opened
    assert opened.version == MOMENTS[name].see
    assert opened.verify().findings == ()
    assert opened.table("facts").collect().height == 7


def test_a_task_that_outlives_its_driver_writes_nothing_into_what_a_retry_publishes(killed, retried):
    phrases = reader.open(killed[SPARED].published).table("facts").collect()["phrase"].to_list()
    assert "Harbour League took in Dunsby on 4 May 2026" in phrases
