"""Whatever happens to a run, readers see the old version or the new one, whole; and the next run completes it.

A run of the real engine is killed, or one of its calls fails, at places that a trace of it found. `nox -s crash` takes
every place; otherwise some are drawn anew each time.
"""

import os
import random
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from crash import faults
from crash.conftest import publish

OLD, NEW = "1.0.0", "1.0.1"
FULL = bool(os.environ.get("FACTPACK_CRASH"))
FAULTS = {
    "kill": "signal=KILL",
    "EIO": "error=EIO",
    "ENOSPC": "error=ENOSPC",
    "EINTR": "error=EINTR",
}
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed (apt-get)")
needs_mount = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


@pytest.fixture(scope="module")
def found(gold, tmp_path_factory):
    places = faults.points(publish, gold, tmp_path_factory.mktemp("points"))
    assert len(places) > 100
    return places


@needs_strace
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_place_leaves_the_old_version_or_the_new_one(fault, found, gold, tmp_path):
    if fault != "kill":
        found = [place for place in found if place.call in faults.CHANGING or place.call == "fsync"]
    chosen = found if FULL else random.sample(found, 4)

    def attempt(numbered):
        number, place = numbered
        room = tmp_path / str(number % 2)
        code = faults.inject(publish, gold, room, place, FAULTS[fault])
        wrong = "the fault did not fire" if code is None else faults.judge(publish, room / "project", code, OLD, NEW)
        return f"{place}: {wrong}" if wrong else None

    for number in (0, 1):
        (tmp_path / str(number)).mkdir()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        even = one.map(attempt, [item for item in enumerate(chosen) if item[0] % 2 == 0])
        odd = other.map(attempt, [item for item in enumerate(chosen) if item[0] % 2 == 1])
        wrong = [text for text in (*even, *odd) if text]
    assert wrong == []


@needs_strace
def test_everything_is_on_the_disk_before_it_is_seen(gold, tmp_path):
    root = faults.fresh(gold, tmp_path)
    assert faults.trace(publish, root, tmp_path / "trace").returncode == 0
    assert faults.standing(root) == NEW
    assert faults.disorder(tmp_path / "trace", root) == []


@needs_mount
@pytest.mark.parametrize("spare", [8, 40, 100, 200] if not FULL else range(8, 400, 8))
def test_a_full_disk_leaves_the_old_version_or_the_new_one(spare, gold, tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    held = sum(file.stat().st_size for file in gold.rglob("*")) // 1024 + 4 * len(list(gold.rglob("*")))
    if not faults.mounted("-t", "tmpfs", "-o", f"size={held + spare}k", "none", str(root)):
        pytest.skip("this machine lets nobody mount")
    try:
        shutil.copytree(gold, root, dirs_exist_ok=True)
        code = publish(root).returncode
        seen = faults.standing(root)
        assert seen in {OLD, NEW}
        assert code != 0 or seen == NEW
        assert faults.mounted("-o", "remount,size=64m", str(root))
        assert faults.judge(publish, root, 1, OLD, NEW) is None
    finally:
        subprocess.run(["umount", str(root)], check=True)


@needs_mount
def test_a_read_only_disk_is_a_clear_error(gold, tmp_path):
    root = faults.fresh(gold, tmp_path)
    if not faults.mounted("--bind", str(root), str(root)):
        pytest.skip("this machine lets nobody mount")
    try:
        assert faults.mounted("-o", "remount,ro,bind", str(root))
        done = publish(root)
        assert done.returncode != 0
        assert "Read-only file system" in done.stderr
        assert faults.standing(root) == OLD
    finally:
        subprocess.run(["umount", str(root)], check=True)


def test_of_two_runs_one_publishes_and_readers_never_see_a_bad_one(gold, tmp_path):
    root = faults.fresh(gold, tmp_path)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(publish, root) for _ in range(2)]
        seen = set()
        while not all(run.done() for run in runs):
            seen.add(faults.standing(root))
    assert seen <= {OLD, NEW}
    assert any(run.result().returncode == 0 for run in runs)
    assert faults.judge(publish, root, 0, OLD, NEW) is None


@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not installed (apt-get)")
def test_a_wrong_clock_changes_nothing(gold, tmp_path):
    root = faults.fresh(gold, tmp_path)
    assert publish(root, "faketime", "-f", "2001-01-01 00:00:00").returncode == 0
    assert faults.standing(root) == NEW
    assert not publish(root).returncode
