"""A version appears whole or not at all, never changes, and the pointer moves last; whatever happens meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from factpack import publishing
from factpack.errors import PublishingError
from factpack.models import Project

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
SLOW = """
import json, sys, time
from pathlib import Path
from factpack import publishing

published, version, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
after = publishing.before(published, version)

def build(folder):
    for number in range(20):
        (folder / f"{number}.txt").write_text(version)
        time.sleep(pause)
    (folder / "datapackage.json").write_text('{"title": "x", "created": "2026-01-01T00:00:00Z"}')
    release = {"previous": publishing.link(published, after), "bump": "minor", "tables": {}}
    (folder / "manifest.json").write_text(json.dumps({"predicate": release}))

publishing.publish(published, version, build, after=after)
"""


def publish(published, version, content="x"):
    after = publishing.before(published, version)

    def fill(folder):
        (folder / "data").mkdir()
        (folder / "data" / "a.csv").write_text(content, encoding="utf-8")
        (folder / "CHANGES.md").write_text(f"## {version}\n", encoding="utf-8")
        write(folder / "datapackage.json", {"title": "T", "created": "2026-01-01T00:00:00Z"})
        release = {"previous": publishing.link(published, after), "bump": "minor", "tables": {}}
        write(folder / "manifest.json", {"predicate": release})

    return publishing.publish(published, version, fill, after=after)


def write(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def litter(published):
    return sorted(path.name for path in published.rglob(".*") if path.name != ".lock")


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published" / "name"


def test_a_version_its_pointer_and_the_catalogue_appear_together(published):
    outcome = publish(published, "1.0.0")
    assert (outcome.new, outcome.path) == (True, published / "v1.0.0")
    assert (outcome.path / "data" / "a.csv").read_text(encoding="utf-8") == "x"
    assert read(published / "latest.json")["version"] == "1.0.0"
    assert read(published.parent / "index.json")["packages"][0]["title"] == "T"
    assert litter(published) == []


def test_the_same_content_is_no_new_version_and_other_content_is_refused(published):
    publish(published, "1.0.0")
    assert not publish(published, "1.0.0").new
    with pytest.raises(PublishingError, match=r"v1.0.0 is published already, with other content in data/a.csv"):
        publish(published, "1.0.0", "y")
    assert (published / "v1.0.0" / "data" / "a.csv").read_text(encoding="utf-8") == "x"
    assert len(read(published / "versions.json")) == 1
    assert litter(published) == []


def test_a_build_that_fails_leaves_everything_as_it_was(published):
    publish(published, "1.0.0")

    def fail(folder):
        (folder / "half").write_text("x", encoding="utf-8")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publishing.publish(published, "1.1.0", fail, after="1.0.0")
    assert not (published / "v1.1.0").exists()
    assert read(published / "latest.json")["version"] == "1.0.0"
    assert litter(published) == []


@pytest.mark.parametrize(
    ("first", "then", "rises"),
    [
        ("1.0.0", "1.0.1", True),
        ("1.9.0", "1.10.0", True),
        ("2.0.0", "10.0.0", True),
        ("1.0.0-rc.1", "1.0.0", True),
        ("1.0.0-rc.2", "1.0.0-rc.10", True),
        ("1.0.0-alpha", "1.0.0-alpha.1", True),
        ("1.0.0-1", "1.0.0-alpha", True),
        ("1.0.1", "1.0.0", False),
        ("1.10.0", "1.9.0", False),
        ("1.0.0", "1.0.0-rc.1", False),
        ("1.0.0-beta", "1.0.0-alpha", False),
    ],
)
def test_versions_only_rise_by_the_precedence_of_semver(published, first, then, rises):
    publish(published, first)
    if rises:
        publish(published, then)
        assert [one["sequence"] for one in read(published / "versions.json")] == [1, 2]
        assert read(published / "latest.json")["version"] == then
    else:
        with pytest.raises(PublishingError, match="is lower than"):
            publish(published, then)
        assert read(published / "latest.json")["version"] == first


def test_a_run_that_died_before_the_pointer_is_finished_by_the_next(published):
    publish(published, "1.0.0")
    publish(published, "1.1.0")
    for name in ("latest.json", "versions.json"):
        content = read(published / name)
        old = content[:1] if name == "versions.json" else content | {"version": "1.0.0", "sequence": 1}
        (published / name).write_text(json.dumps(old), encoding="utf-8")
    publish(published, "1.1.0")
    assert read(published / "latest.json")["version"] == "1.1.0"
    assert [one["version"] for one in read(published / "versions.json")] == ["1.0.0", "1.1.0"]


def test_what_a_killed_run_left_is_swept_by_the_next(published):
    published.mkdir(parents=True)
    (published / ".staging-9.9.9").mkdir()
    (published / ".staging-9.9.9" / "half").write_text("x", encoding="utf-8")
    (published / ".latest.json.tmp").write_text("{", encoding="utf-8")
    publish(published, "1.0.0")
    assert litter(published) == []


def test_of_the_reports_of_failed_runs_the_last_ten_are_kept(published):
    publish(published, "1.0.0")
    for number in range(1, 14):
        assert publishing.archive(published, f"{number}").name == f"{number}.json"
    kept = {file.name: file.read_text(encoding="utf-8") for file in (published / "failed").iterdir()}
    assert kept == {f"{number}.json": f"{number}" for number in range(4, 14)}


def start(published, version, pause):
    return subprocess.Popen([sys.executable, "-c", SLOW, str(published), version, str(pause)], stderr=subprocess.PIPE)


@pytest.mark.parametrize("after", [0.15, 0.4, 0.8])
def test_a_kill_at_any_time_leaves_the_old_version_or_the_new_one(published, after):
    subprocess.run([sys.executable, "-c", SLOW, str(published), "1.0.0", "0"], check=True)
    process = start(published, "1.1.0", 0.02)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    version = read(published / "latest.json")["version"]
    assert version in {"1.0.0", "1.1.0"}
    assert len(list((published / f"v{version}").iterdir())) == 22
    subprocess.run([sys.executable, "-c", SLOW, str(published), "1.1.0", "0"], check=True)
    assert read(published / "latest.json")["version"] == "1.1.0"
    assert litter(published) == []


def test_of_two_at_once_one_publishes_and_the_other_is_told(published):
    first = start(published, "1.0.0", 0.1)
    deadline = time.monotonic() + 20
    while not (published / ".staging-1.0.0").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(PublishingError, match="another run is publishing"):
        publish(published, "1.0.0")
    assert first.wait() == 0
    first.stderr.close()
    assert read(published / "latest.json")["version"] == "1.0.0"


def git(root, *arguments, **environment):
    names = {f"GIT_{role}_{what}": "x@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", "-C", str(root), *arguments]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | names | environment)


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    (root / "raw").mkdir(parents=True)
    (root / "raw" / "facts.csv").write_text("x", encoding="utf-8")
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    return Project(root=root, name="x", version="1.0.0", title="x", description="x", licence="x")


def test_the_time_of_a_version_is_that_of_the_last_commit_of_its_inputs(project, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    git(project.root, "init")
    git(project.root, "add", ".")
    git(project.root, "commit", "-m", "inputs", GIT_COMMITTER_DATE="2026-01-01T01:00:00+01:00")
    (project.root / "README.md").write_text("x", encoding="utf-8")
    git(project.root, "add", ".")
    git(project.root, "commit", "-m", "no input", GIT_COMMITTER_DATE="2026-05-05T00:00:00Z")
    assert publishing.released_at(project) == WHEN
    (project.root / "raw" / "facts.csv").write_text("y", encoding="utf-8")
    with pytest.raises(PublishingError, match="not committed"):
        publishing.released_at(project)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert publishing.released_at(project) == WHEN


def test_without_a_whole_history_the_time_must_be_given(project, monkeypatch, tmp_path):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    with pytest.raises(PublishingError, match="SOURCE_DATE_EPOCH"):
        publishing.released_at(project)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(PublishingError, match="'yesterday', expected seconds since 1970"):
        publishing.released_at(project)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    git(project.root, "init")
    git(project.root, "add", ".")
    git(project.root, "commit", "-m", "one")
    git(project.root, "commit", "--allow-empty", "-m", "two")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{project.root}", str(shallow)], check=True)
    copy = Project(root=shallow, name="x", version="1.0.0", title="x", description="x", licence="x")
    with pytest.raises(PublishingError, match="no whole git history"):
        publishing.released_at(copy)
    shutil.rmtree(shallow)
