"""A run of the pipeline, with a line on the terminal that names the running stage."""

from __future__ import annotations

import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from factpack.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from factpack.adapters.spark.session import SparkSession
    from factpack.models import Project
    from factpack.pipeline import Clustered, Validated

# A run shorter than this needs no progress line.
_PATIENCE = 2.0


def run(
    root: Path,
    *,
    suites: bool,
    articles: tuple[Path, ...],
    baseline: Mapping[str, int] | None = None,
    places: Mapping[str, str] | None = None,
) -> tuple[Project, Validated]:
    """Validate the project in a folder, and name its stages while it takes."""
    from factpack import pipeline

    loaded = options.load(root)
    with Progress() as progress:
        outcome = pipeline.validate(
            loaded, suites=suites, articles=articles, baseline=baseline, places=places, progress=progress.show
        )
    return loaded, outcome


@contextmanager
def on_cluster(
    root: Path,
    engine: options.Engine,
    *,
    suites: bool,
    articles: tuple[Path, ...],
    baseline: Mapping[str, int] | None = None,
) -> Iterator[tuple[SparkSession, Project, Clustered]]:
    """Validate the project in a folder on a cluster; its session and its staged files are there until this is left."""
    from factpack import pipeline
    from factpack.adapters import spark

    loaded = options.load(root)
    session = spark.start(engine.master)
    base = None if engine.staging is None else engine.staging.absolute()
    if base is not None:
        base.mkdir(parents=True, exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="factpack-", dir=base) as folder,
            Progress() as progress,
            spark.ours(),
        ):
            yield (
                session,
                loaded,
                pipeline.validate_on_cluster(
                    loaded,
                    session,
                    Path(folder),
                    places=engine.places,
                    suites=suites,
                    articles=articles,
                    baseline=baseline,
                    progress=progress.show,
                ),
            )
    finally:
        session.stop()


class Progress:
    """Names the running stage on a terminal once the run has taken two seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._shown = False
        self._timer = threading.Timer(_PATIENCE, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._shown:
            self._draw("")

    def show(self, stage: str) -> None:
        """Say which stage runs now."""
        self._stage = f"{stage} ..."
        if self._shown:
            self._draw(self._stage)

    def _begin(self) -> None:
        self._shown = True
        self._draw(self._stage)

    @staticmethod
    def _draw(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
