# /// script
# dependencies = ["nox[uv]"]
# ///
"""The project's tasks: `nox -s validate` is the main one, `nox -l` lists the rest."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.10.16"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["validate", "tests"]

ROOT = Path(__file__).parent
# Tests with a session of their own.
ELSEWHERE = ("--ignore=tests/browser", "--ignore=tests/crash", "--ignore=tests/gate")
# What each locked file holds: extras beside the core (None: nothing of it), and dependency groups of pyproject.toml.
LOCKS: dict[str, tuple[list[str] | None, list[str]]] = {
    "validate": (["gx", "repair"], []),
    "tests": (["gx", "html", "portals", "remote", "repair"], ["tests"]),
    "conformance": (["gx", "html", "portals", "remote", "repair"], ["tests", "upstream"]),
    "gate": (["gx"], ["tests", "gate"]),
    "installer": (None, ["installer"]),
    "browser": ([], ["tests", "browser"]),
    "spark": (["gx", "spark"], ["tests"]),
    "cluster": (["spark"], ["plot"]),
    "interop": (None, ["interop"]),
    "bench": (["gx", "remote"], ["bench"]),
    "lint": ([], ["lint"]),
    "types": (["gx", "portals", "remote"], ["types", "nox"]),
    "docs": (None, ["docs"]),
}


def install(session: nox.Session, lock: str) -> None:
    """Install what `requirements/<lock>.txt` pins, its hashes checked, and then the project itself.

    A stamp in the environment spares a warm run the installer.
    """
    requirements = ROOT / "requirements" / f"{lock}.txt"
    wanted = hashlib.sha256(requirements.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = Path(session.virtualenv.location) / "factpack-installed"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    session.install("--require-hashes", "--requirement", str(requirements))
    # The build backend is pinned in the same file, so nothing is fetched unpinned.
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(wanted, encoding="utf-8")


@nox.session
def validate(session: nox.Session) -> None:
    """Validate the dataset: raw facts, tables, relations and expectation suites."""
    install(session, "validate")
    session.run("factpack", "validate", *session.posargs)


@nox.session
def publish(session: nox.Session) -> None:
    """Validate the dataset and publish its version."""
    install(session, "validate")
    session.run("factpack", "publish", *session.posargs)


def need(session: nox.Session, *programs: str) -> None:
    """Install programs that tests need from Debian's packages, where we may; otherwise their tests are skipped."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        session.run("apt-get", "update", "--quiet=2", external=True, silent=True)
        session.run("apt-get", "install", "--yes", "--quiet=2", *missing, external=True, silent=True)
    elif missing:
        session.warn(f"{', '.join(missing)}: not installed, so some tests are skipped")


def need_java(session: nox.Session) -> None:
    """Install the Java that Spark runs on, where we may."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        need(session, "default-jre-headless")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests."""
    install(session, "tests")
    session.run("pytest", "--numprocesses=logical", *ELSEWHERE, *session.posargs)


@nox.session
def gate(session: nox.Session) -> None:
    """Run the GitHub action, the pre-commit hook and the validator of SARIF as their users do."""
    need(session, "git", "npm")
    install(session, "gate")
    session.run("pytest", "tests/gate", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Open the pages in a real Chromium: served, and from a disk."""
    need(session, "chromium")
    install(session, "browser")
    session.run("pytest", "--numprocesses=logical", "tests/browser", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and the layers of the architecture."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session, "types")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation as a site, in site-docs/; a warning or a link that leads nowhere fails."""
    install(session, "docs")
    session.run("zensical", "build", "--strict", "--clean", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks, each beside its peer, and print the ratios."""
    install(session, "bench")
    # These need another environment than the peers of the others: a browser, and Spark.
    elsewhere = {ROOT / "bench" / one for one in ("pages.py", "cluster.py", "losses.py")}
    for benchmark in sorted({*(ROOT / "bench").glob("*.py")} - elsewhere):
        session.run("python", str(benchmark.relative_to(ROOT)), *session.posargs)


@nox.session
def bench_pages(session: nox.Session) -> None:
    """Measure the pages in a real Chromium."""
    need(session, "chromium")
    install(session, "browser")
    session.run("python", "bench/pages.py", *session.posargs)


@nox.session
def bench_cluster(session: nox.Session) -> None:
    """Measure Spark beside polars on the same machine, and what it loses with its workers."""
    need_java(session)
    install(session, "cluster")
    session.run("python", "bench/cluster.py", *session.posargs)
    session.run("python", "-m", "bench.losses")


@nox.session
def spark(session: nox.Session) -> None:
    """Run the tests of Spark, those of a cluster of processes and of suites too; with `-- --short`, without these."""
    need_java(session)
    install(session, "spark")
    chosen = [argument for argument in session.posargs if argument != "--short"]
    slow = ["tests/spark/test_cluster.py", "tests/spark/test_killed.py", "tests/gx/test_spark.py"]
    if "--short" in session.posargs:
        slow = []
    # One session is shared, and Great Expectations does not import under the workers of xdist where Spark is there.
    session.run("pytest", "tests/spark/test_runner.py", "tests/spark/test_dataset.py", *slow, *chosen)


@nox.session
def conformance(session: nox.Session) -> None:
    """Hold our verdicts against those of pandera, GX, frictionless and edtf: a quarter of an hour of the same data."""
    install(session, "conformance")
    # All that CI draws from, and five minutes of random tables for each kind of file.
    every = {"FACTPACK_CONFORMANCE": "1", "FACTPACK_FUZZ": "300"}
    session.run("pytest", "--numprocesses=logical", "-m", "conformance", *session.posargs, env=every)
    upstream(session)


def upstream(session: nox.Session) -> None:
    """Run the own tests of frictionless and Great Expectations: their data and tests come with their sources."""
    quiet = ("-p", "no:randomly", "--quiet", "-W", "ignore")
    with session.chdir(source(session, "frictionless")):
        # Our reports in the shadow of its.
        session.run(
            *("pytest", "-p", "shadow", *quiet, "--numprocesses=0", f"--rootdir={Path.cwd()}"),
            *("--ignore-glob=/*/formats/sql/*", "--ignore-glob=/*/indexer/*", "--pyargs", "frictionless"),
            env={"PYTHONPATH": str(ROOT / "tests" / "frictionless")},
        )
    with session.chdir(source(session, "great_expectations")):
        # Our engine beside that of pandas.
        session.run(
            *("pytest", "-p", "beside", *quiet, "--numprocesses=logical", "--config-file=/dev/null"),
            *(f"--rootdir={Path.cwd()}", "-k", "polars-frame or pandas-data-frame"),
            *("tests/integration/data_sources_and_expectations", "tests/integration/metrics"),
            env={"PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "gx"), str(Path.cwd())])},
        )


def source(session: nox.Session, name: str) -> Path:
    """Fetch the source of an installed package, without the package: it is the installed one that is tested."""
    asked = f"from importlib.metadata import version; print(version('{name}'))"
    version = session.run("python", "-c", asked, silent=True)
    folder, release = Path(session.create_tmp()), f"{name}-{str(version).strip()}"
    download = ("pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", "--no-build-isolation")
    session.run("python", "-m", *download, f"--dest={folder}", release.replace("-", "=="))
    with tarfile.open(folder / f"{release}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    shutil.rmtree(folder / release / name)
    return (folder / release).resolve()


@nox.session
def interop(session: nox.Session) -> None:
    """Let the libraries of others read and validate what is published."""
    need(session, "npm")
    install(session, "interop")
    session.run("pytest", "tests/interop", *session.posargs)


@nox.session
def crash(session: nox.Session) -> None:
    """Interrupt the publisher wherever it changes a file, in every way: an hour; with `-- --short`, at some places."""
    need(session, "strace", "faketime")
    install(session, "tests")
    chosen = [argument for argument in session.posargs if argument != "--short"]
    every = {} if "--short" in session.posargs else {"FACTPACK_CRASH": "1"}
    session.run("pytest", "--numprocesses=logical", "tests/crash", *chosen, env=every)


@nox.session
def rebuild(session: nox.Session) -> None:
    """Build the published version again under another polars: its logical hashes are the same."""
    install(session, "tests")
    session.install("polars==2.0.0", "polars-runtime-32==2.0.0")
    session.run("python", "-c", "import polars; assert polars.__version__ == '2.0.0'")
    session.run("pytest", "tests/pipeline/test_rebuild.py", *session.posargs)


@nox.session(venv_backend="uv")
def minimums(session: nox.Session) -> None:
    """Run the tests with the oldest versions that pyproject.toml allows."""
    groups = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "tests")
    session.install("--resolution=lowest-direct", "--editable", ".[gx,html,portals,remote,repair]", *groups)
    session.run("pytest", "--numprocesses=logical", *ELSEWHERE, *session.posargs)


@nox.session(venv_backend="uv", default=False)
def lock(session: nox.Session) -> None:
    """Write the hash-locked requirements anew: all, or those named after `--`."""
    session.install("uv")
    for lock in session.posargs or LOCKS:
        extras, groups = LOCKS[lock]
        # Without extras to choose from, the project itself is left out, and what it needs.
        project = [] if extras is None else [*(f"--extra={extra}" for extra in extras), "pyproject.toml"]
        chosen = project + [f"--group={group}" for group in [*groups, "build"]]
        session.run(
            *("uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version=3.11"),
            *(
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                "--no-emit-index-url",
                "--no-emit-find-links",
            ),
            *(*chosen, f"--output-file=requirements/{lock}.txt"),
        )
