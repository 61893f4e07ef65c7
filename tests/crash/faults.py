"""One fault at one place: a publisher runs under strace, which kills it or fails a call, and everything is judged.

A place is a system call on a published file: the call, the path, and which time it is that the call touches the path.
Naming paths and not only counts keeps a fault at its place when threads take turns otherwise.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from factpack import reader
from factpack.errors import FactpackError

CHANGING = ("openat", "write", "pwrite64", "writev", "ftruncate", "rename", "renameat2", "mkdir", "unlink", "unlinkat")
CALLS = (*CHANGING, "rmdir", "fsync", "fdatasync", "copy_file_range", "sendfile", "fallocate", "fchmod")
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += +(-?\d+)")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPEN = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>")


@dataclass(frozen=True)
class Point:
    """A call on a path below the published folder, and which time it is."""

    call: str
    path: str
    count: int


def calls(log, root):
    """Give each successful call on a file of the published folder, in order: thread, call, path, arguments."""
    published = str(root / "published")
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        thread, call, arguments, result = match.groups()
        named = _PATH.findall(arguments) if call not in {"write", "pwrite64", "writev"} else []
        opened = _OPEN.findall(arguments)
        paths = [os.path.normpath(Path(opened[0] if opened else "/") / name) for name in named] or opened
        if any(path.startswith(published) for path in paths):
            yield thread, call, [path for path in paths if path.startswith(published)], arguments, int(result)


def trace(publish, root, log):
    """Run the publisher and write its calls to a log."""
    return publish(root, "strace", "-f", "-y", "-s", "0", "-o", str(log), "-e", f"trace={','.join(CALLS)}")


def points(publish, gold, room):
    """List the places where a run changes what is published."""
    root = fresh(gold, room)
    done = trace(publish, root, room / "trace")
    assert done.returncode == 0, done.stderr
    seen, found = {}, []
    for thread, call, paths, arguments, result in calls(room / "trace", root):
        if result < 0 or (call == "openat" and not re.search("O_WRONLY|O_RDWR|O_CREAT", arguments)):
            continue
        # Of the two paths of a rename, strace looks at the first.
        place = thread, call, paths[0]
        seen[place] = seen.get(place, 0) + 1
        found.append(Point(call, os.path.relpath(paths[0], root), seen[place]))
    return found


def fresh(gold, room):
    """Copy the project, as it was before the run."""
    root = room / "project"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(gold, root)
    return root


def inject(publish, gold, room, point, fault):
    """Run the publisher with one fault; give its exit code, or None where the fault did not fire."""
    root = fresh(gold, room)
    log = room / "inject"
    done = publish(
        root,
        *("strace", "-f", "-y", "-s", "0", "-o", str(log), "-P", str(root / point.path), "-e", f"trace={point.call}"),
        *("-e", f"inject={point.call}:{fault}:when={point.count}"),
    )
    said = log.read_text(encoding="utf-8", errors="replace")
    return done.returncode if "(INJECTED)" in said or "killed by SIGKILL" in said else None


def standing(root):
    """Give the version that readers see, after all of it is verified; or what is wrong with it."""
    published = root / "published" / "axis-of-upheaval"
    try:
        report = reader.check(published, logical=True)
        if not report.passed():
            return "torn: " + "; ".join(finding.message for finding in report.findings)
        return reader.open(published).version
    except FactpackError as error:
        return f"torn: {error}"


def litter(root):
    """List what a finished run leaves behind that is none of its results."""
    return sorted(path.name for path in (root / "published").rglob(".*") if path.name != ".lock")


def judge(publish, root, code, old, new):
    """Say what is wrong after a run that ended with `code`: None is nothing."""
    seen = standing(root)
    if seen not in {old, new}:
        return seen
    if code == 0 and seen != new:
        return f"the run said it published {new}, and readers see {seen}"
    again = publish(root)
    if again.returncode != 0 or standing(root) != new:
        return f"a retry does not complete: {again.stderr.strip()[-200:]} {standing(root)}"
    return f"litter: {litter(root)}" if litter(root) else None


def disorder(log, root):
    """Name what a power loss could tear: a file renamed or left before it was forced to the disk (on a trace)."""
    files, folders, found = set(), set(), []
    for _, call, paths, arguments, result in calls(log, root):
        if result < 0:
            continue
        path = paths[-1]
        if call in {"write", "pwrite64", "writev", "ftruncate", "copy_file_range"}:
            files.add(path)
        elif call in {"fsync", "fdatasync"}:
            files.discard(path)
            folders.discard(path)
        elif call == "mkdir" or (call == "openat" and "O_CREAT" in arguments):
            folders.add(str(Path(path).parent))
        elif call.startswith("rename"):
            source = paths[0]
            inside = {one for one in files | folders if one == source or one.startswith(f"{source}/")}
            found += [f"{one} is not on the disk when {source} is renamed" for one in sorted(inside)]
            files, folders = files - inside, folders - inside
            folders.add(str(Path(path).parent))
    left = [one for one in sorted(files | folders) if Path(one).exists()]
    return found + [f"{one} is never forced to the disk" for one in left]


def mounted(*arguments):
    """Mount something; say whether this machine lets us."""
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
