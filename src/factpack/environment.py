"""What this machine has of what factpack uses."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from factpack import project as projects
from factpack.errors import FactpackError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What each extra is for, as a person would ask for it.
_EXTRAS = {
    "gx": "expectation suites",
    "html": "articles from web pages",
    "portals": "sending deposits",
    "remote": "URLs and object stores",
    "repair": "hints for lost phrases",
    "spark": "a Spark cluster",
}
# What Spark 4 runs on.
JAVA = 17
_REQUIRED = re.compile(r"([A-Za-z0-9._-]+)[^;]*(?:;.*extra == ['\"](\w+)['\"])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that was looked for: what was found, and what to do where it is not well."""

    what: str
    well: bool
    found: str
    remedy: str = ""
    needed: bool = False


def examine(root: Path) -> tuple[Examined, ...]:
    """Look at the interpreter, the libraries, the programs, and the project in `root`."""
    return (*_interpreter(), *_libraries(), *_programs(), *_project(root))


def _interpreter() -> Iterator[Examined]:
    version = platform.python_version()
    enough = sys.version_info >= (3, 11)
    yield Examined(what="Python", well=enough, found=version, remedy="Install Python 3.11 or later.", needed=True)
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    yield Examined(what="output", well=utf8, found=str(sys.stdout.encoding), remedy="Set PYTHONUTF8=1.")


def _libraries() -> Iterator[Examined]:
    lacking: dict[str, list[str]] = {"": [], **{extra: [] for extra in _EXTRAS}}
    for requirement in metadata.requires("factpack") or []:
        match = _REQUIRED.match(requirement)
        name, extra = match.groups() if match else (requirement, None)
        if (extra or "") in lacking and _version(name) is None:
            lacking[extra or ""].append(name)
    for extra, missing in lacking.items():
        what = f"factpack[{extra}]" if extra else "factpack"
        found = f"lacks {', '.join(missing)}" if missing else _EXTRAS.get(extra, metadata.version("factpack"))
        remedy = f"For {_EXTRAS[extra]}: pip install '{what}'" if extra else "Install factpack again, with pip."
        yield Examined(what=what, well=not missing, found=found, remedy=remedy, needed=not extra)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _programs() -> Iterator[Examined]:
    found = shutil.which("git")
    remedy = "Install git; publishing dates versions by it, and --changed-since needs it."
    yield Examined(what="git", well=found is not None, found=found or "not found", remedy=remedy)

    if _version("pyspark") is not None:
        yield java()


def java() -> Examined:
    """Look for the Java that Spark would start."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    remedy = f"Install Java {JAVA} or later (on Debian: apt-get install default-jre-headless), or set JAVA_HOME."
    if program is None or not Path(program).is_file():
        return Examined(what="Java", well=False, found=f"{program or 'java'} not found", remedy=remedy)
    done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    said = re.search(r'version "(?:1\.)?(\d+)[^"]*"', done.stderr + done.stdout)
    found = f"{said[0] if said else 'of no known version'} ({program})"
    return Examined(what="Java", well=said is not None and int(said[1]) >= JAVA, found=found, remedy=remedy)


def _project(root: Path) -> Iterator[Examined]:
    try:
        project = projects.load(root)
    except FactpackError as error:
        yield Examined(what="project", well=False, found="none here", remedy=f"{error} factpack init makes one.")
        return
    yield Examined(what="project", well=True, found=project.label)
    for folder in (project.raw, project.schemas, project.transforms, project.checks):
        remedy = f"Make the folder; factpack init shows what stands in it: {folder}"
        named, there = project.relative(folder), folder.is_dir()
        yield Examined(what=named, well=there, found="there" if there else "missing", remedy=remedy, needed=True)
    free = shutil.disk_usage(project.root).free
    yield Examined(
        what="free space", well=free > 100_000_000, found=f"{free // 1_000_000:,} MB", remedy="Make room to publish."
    )
    writable = os.access(project.root, os.W_OK)
    yield Examined(what="may write", well=writable, found=str(project.root), remedy="Publishing writes here.")
