"""A process waits at moments of publishing until it is killed, or let go.

A moment is an event that Python audits (a file opened, renamed, a folder made) on a path. Drivers call `watch`, and
Spark starts this module in place of `pyspark.daemon`, so that its workers do, too. The environment names the moments as
JSON: of each its `event`, its `path` as a pattern that the whole path matches, and its `room`, a folder. Who comes
first to a moment writes the number of its process to the file `reached` in its room, and waits there for the file `go`.
"""

import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

MOMENTS = "FACTPACK_TEST_MOMENTS"


def watch() -> None:
    """Wait at the moments that the environment names."""
    moments = [
        (one["event"], re.compile(one["path"]), Path(one["room"])) for one in json.loads(os.environ.get(MOMENTS, "[]"))
    ]

    def stop(event, arguments):
        for awaited, path, room in moments:
            if event != awaited:
                continue
            target = arguments[1 if event == "os.rename" else 0]
            if isinstance(target, str | os.PathLike) and path.fullmatch(os.fspath(target)):
                wait(room)

    if moments:
        sys.addaudithook(stop)


def wait(room: Path) -> None:
    """Wait in a room, if nobody has waited there before."""
    try:
        (room / "taken").open("x").close()
    except FileExistsError:
        return
    if threading.current_thread() is threading.main_thread():
        # Nobody tells a worker on another machine that its driver is dead.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    (room / "taken").write_text(str(os.getpid()), encoding="utf-8")
    os.link(room / "taken", room / "reached")
    while not (room / "go").exists():
        time.sleep(0.01)


if __name__ == "__main__":
    from pyspark import daemon

    watch()
    daemon.manager()
