"""A Spark cluster of this machine: a master and workers as processes of their own, on the loopback address alone."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "127.0.0.1"
_PATIENCE = 60.0


class Standalone:
    """A running cluster: its address, and its workers, each of which can be killed with its executors."""

    def __init__(self, room: Path, cores: int, memory: str) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        self._program = str(home / "bin" / "spark-class")
        self._environment = os.environ | {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": _HOST,
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "256m",
        }
        self._room, self._cores, self._memory = room, cores, memory
        self.url = f"spark://{_HOST}:{_free_port()}"
        port = self.url.rpartition(":")[2]
        self._processes = [self._start("master", "--host", _HOST, "--port", port, "--webui-port", "0")]
        self.workers: list[subprocess.Popen[bytes]] = []
        _until_listening(int(port))

    def add_worker(self) -> None:
        """Start a worker, and wait until the master knows it."""
        number = len(self._processes)
        options = ("--host", _HOST, "--webui-port", "0", "--cores", str(self._cores), "--memory", self._memory)
        work = self._room / f"work-{number}"
        process = self._start("worker", *options, "--work-dir", str(work), self.url)
        self.workers.append(process)
        self._processes.append(process)
        log, until = self._room / f"worker-{number}.log", time.monotonic() + _PATIENCE
        while "Successfully registered with master" not in log.read_text(encoding="utf-8", errors="replace"):
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.1)

    def kill_worker(self) -> None:
        """Kill the oldest worker and all of its executors, as a machine that loses its power."""
        _kill(self.workers.pop(0))

    def stop(self) -> None:
        """End all processes."""
        for process in self._processes:
            _kill(process)

    def _start(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        number = len(getattr(self, "_processes", ()))
        log = (self._room / f"{kind}-{number}.log").open("wb")
        name = f"org.apache.spark.deploy.{kind}.{kind.capitalize()}"
        with log:
            return subprocess.Popen(
                [self._program, name, *options],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, so that a worker and its executors die together.
                start_new_session=True,
            )


@contextlib.contextmanager
def cluster(room: Path, *, workers: int = 2, cores: int = 1, memory: str = "3g") -> Iterator[Standalone]:
    """Run a cluster with so many workers."""
    running = Standalone(room, cores, memory)
    try:
        for _ in range(workers):
            running.add_worker()
        yield running
    finally:
        running.stop()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((_HOST, 0))
        port: int = one.getsockname()[1]
        return port


def _until_listening(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection((_HOST, port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
