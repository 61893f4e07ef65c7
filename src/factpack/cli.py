"""The command line: arguments and exit codes only.

Exit codes: 0 passed, 1 findings at or above `--fail-on`, 2 usage or configuration, 3 internal error.
Nothing heavy is imported before a command needs it: `factpack --help` costs what click costs.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from factpack.models import Project
    from factpack.pipeline import Validated
    from factpack.report import Report

_FAILED, _USAGE, _INTERNAL = 1, 2, 3
# A run shorter than this needs no progress line.
_PATIENCE = 2.0

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_folder = click.Path(exists=True, file_okay=False, path_type=Path)
_project = click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
_suites = click.option(
    "--suites/--no-suites", default=True, help="Run the Great Expectations suites of checks/ (default)."
)
_articles = click.option(
    "--articles",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder with article texts, beside raw/articles/ and $FACTPACK_ARTICLES. May be repeated.",
)
_fail_on = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="The lightest finding that makes the exit code 1.",
)


_keys = click.option(
    "--key", "keys", type=_file, multiple=True, help="A public key that must have signed. May be repeated."
)
_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write the report."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="factpack")
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn facts taken from articles into a dataset that others can rely on."""
    if os.environ.get("FORCE_COLOR"):
        context.color = True
    elif os.environ.get("NO_COLOR"):
        context.color = False


@cli.command()
@_project
@_suites
@_articles
@_fail_on
@_format
def validate(project: Path, *, suites: bool, articles: tuple[Path, ...], fail_on: str, form: str) -> int:
    """Check the raw facts of PROJECT and every table made of them."""
    began = time.perf_counter()
    loaded, outcome = _validate(project, suites=suites, articles=articles)
    _write(loaded, outcome.report, form, time.perf_counter() - began)
    return _exit_code(outcome.report, fail_on)


@cli.command()
@_project
@_suites
@_articles
@click.option("--sign", "key", type=_file, help="The private key to sign the version with (factpack keygen).")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Until when the signed pointer holds, in UTC.")
def publish(
    project: Path, *, suites: bool, articles: tuple[Path, ...], key: Path | None, expires: datetime | None
) -> int:
    """Validate PROJECT and publish it as a data package, in the version that follows from what differs."""
    from factpack import pipeline

    if expires is not None and key is None:
        raise click.UsageError("--expires stands in the signed pointer; name the key with --sign.")
    began = time.perf_counter()
    loaded, outcome = _validate(project, suites=suites, articles=articles)
    if not outcome.report.passed():
        return _unpublished(loaded, outcome.report, time.perf_counter() - began)
    until = f"{expires:%Y-%m-%dT00:00:00Z}" if expires else None
    with _Progress() as progress:
        published = pipeline.publish(loaded, outcome, key=key, expires=until, progress=progress.show)
    if published.outcome is None:
        return _unpublished(loaded, published.report, time.perf_counter() - began)
    _write(loaded, published.report, "text", time.perf_counter() - began)
    what = "published" if published.outcome.new else "already published, and this is it byte for byte"
    click.echo(f"{loaded.name} {published.outcome.version}: {what}: {loaded.relative(published.outcome.path)}")
    return 0


def _unpublished(project: Project, report: Report, seconds: float) -> int:
    from factpack import pipeline

    _write(project, report, "text", seconds)
    kept = pipeline.archive(project, report)
    click.echo(f"Nothing was published; the report is kept in {project.relative(kept)}.", err=True)
    return _FAILED


@cli.command()
@click.argument("url")
@_project
def push(url: str, project: Path) -> int:
    """Put what PROJECT has published into the object store at URL, such as s3://bucket/name (needs factpack[remote]).

    Credentials and addresses come from the environment, as for every tool that talks to the store.
    """
    from factpack.adapters import stores

    new = stores.push(_load(project).published, url)
    click.echo(f"{url}: put {', '.join(new)}" if new else f"{url}: has it all already")
    return 0


@cli.command()
@click.argument("portal", type=click.Choice(["zenodo", "ckan"]))
@_project
@click.option("--url", required=True, help="The address of the portal.")
@click.option("--organisation", help="Who owns the dataset in CKAN.")
@click.option("--into", type=click.Path(path_type=Path), default=Path("deposit"), show_default=True)
@click.option("--send", is_flag=True, help="Send the requests too, with the token of $FACTPACK_TOKEN.")
def deposit(  # noqa: PLR0913 - an option each
    portal: str, project: Path, url: str, organisation: str | None, into: Path, *, send: bool
) -> int:
    """Write the requests that deposit the last version of PROJECT in a PORTAL, each to a file; and send them, if asked.

    A deposit in Zenodo stays a draft until a person publishes it there.
    """
    from factpack import reader
    from factpack.adapters import portals

    loaded = _load(project)
    token = os.environ.get("FACTPACK_TOKEN", "")
    if send and not token:
        raise click.UsageError("--send needs the token of the portal in FACTPACK_TOKEN.")
    if portal == "ckan" and organisation is None:
        raise click.UsageError("CKAN needs --organisation.")
    version = loaded.published / f"v{reader.open(loaded.published).version}"
    into.mkdir(parents=True, exist_ok=True)
    base = url.rstrip("/")
    steps = (
        portals.zenodo(version, base, into) if portal == "zenodo" else portals.ckan(version, base, organisation or "")
    )
    for file in portals.write(steps, into):
        click.echo(file)
    if send:
        click.echo(f"{portal} answered {len(portals.send(steps, token))} requests; see {base}")
    return 0


@cli.command()
@click.argument("versions", nargs=-1)
@click.option("--project", type=_folder, default=Path(), help="The dataset; default: this folder.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "delta"]),
    default="text",
    help="For a terminal, for a review, for machines, or as a list of ADD, MOD and DEL.",
)
def diff(versions: tuple[str, ...], project: Path, form: str) -> int:
    """Say what differs between two VERSIONS; of one, and of none, from that or the last one to the working tree.

    Nothing is written. The version that follows from what differs is named, with its reasons.
    """
    from factpack import pipeline
    from factpack.adapters import terminal

    if len(versions) > 2:
        raise click.UsageError("name at most two versions.")
    before, after = (*versions, None, None)[:2]
    click.echo(terminal.difference(pipeline.compare(_load(project), before, after), form), nl=False)
    return 0


@cli.command()
@click.argument("path", default=".")
@_keys
@click.option("--logical", is_flag=True, help="Read each table too, as CSV and Parquet, and compare its logical hash.")
@click.option("--proof", type=_file, help="A proof (factpack prove) to check against the version.")
@_format
def verify(path: str, keys: tuple[Path, ...], proof: Path | None, form: str, *, logical: bool) -> int:
    """Check every byte published at PATH: files, versions, pointer, signatures.

    PATH is a project, a published package or one version of it, a zip archive or a URL; @1.0.0 chooses a version.
    """
    from factpack import pipeline
    from factpack.adapters import terminal

    began = time.perf_counter()
    place = path
    if path == "." and Path("pyproject.toml").is_file():
        loaded = _load(Path())
        place, keys = str(loaded.published), keys or pipeline.keys_of(loaded)
    report = pipeline.verify(place, keys=keys, logical=logical)
    if form == "json":
        click.echo(terminal.as_json(report))
    else:
        for finding in report.findings:
            click.echo(terminal.render(finding, Path()) + "\n")
        click.echo(terminal.summarise(report, place, time.perf_counter() - began))
    if proof is not None and report.passed():
        click.echo(terminal.proven(pipeline.check_proof(place, proof, keys=keys)))
    return _exit_code(report, "error")


@cli.command("validate-package")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Check what the standard asks and frictionless lets through, too.")
@click.option("--limit-errors", "limit", type=click.IntRange(min=0), default=1000, show_default=True, help="0: all.")
@_format
def validate_package(path: Path, limit: int, form: str, *, strict: bool) -> int:
    """Validate anyone's data package at PATH, a folder or its datapackage.json, as frictionless does, and faster."""
    from factpack import pipeline
    from factpack.adapters import terminal

    began = time.perf_counter()
    report = pipeline.validate_package(path, strict=strict, limit=limit)
    if form == "json":
        click.echo(terminal.as_json(report))
        return _exit_code(report, "error")
    for finding in report.findings:
        click.echo(terminal.render(finding, path if path.is_dir() else path.parent) + "\n")
    click.echo(terminal.summarise(report, str(path), time.perf_counter() - began))
    return _exit_code(report, "error")


@cli.command()
@click.argument("fact")
@click.option("--package", help="A published package, as factpack verify takes it; default: the project's.")
def prove(fact: str, package: str | None) -> int:
    """Write the proof that FACT is in a published version (JSON on the output), for factpack verify --proof."""
    import json

    from factpack import reader

    opened = reader.open(package or _load(Path()).published)
    click.echo(json.dumps(opened.prove(fact), indent=2, ensure_ascii=False))
    return 0


@cli.command()
@click.argument("folder", type=_folder, default=Path(), required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def serve(folder: Path, host: str, port: int) -> int:
    """Serve the published packages of FOLDER (a project, or a folder of packages) over HTTP, read-only."""
    from factpack.adapters import http

    root = folder / "published" if (folder / "pyproject.toml").is_file() else folder
    with http.server(root, host, port) as server:
        click.echo(f"http://{host}:{server.server_port}/ serves {root}; end it with Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
def keygen(path: Path) -> int:
    """Make a key to sign versions with: the private one at PATH, the public one beside it as PATH.pub."""
    from factpack import signatures

    name = signatures.generate(path)
    click.echo(f"{path}: keep it secret\n{path}.pub: give it to whoever verifies\nkey id: {name}")
    return 0


@cli.command()
@_project
@click.option("--write", is_flag=True, help="Write raw/anchors.lock and raw/coverage.lock from what was found.")
@_articles
@_fail_on
@_format
def ground(project: Path, *, write: bool, articles: tuple[Path, ...], fail_on: str, form: str) -> int:
    """Read the words of every fact of PROJECT again, in the texts at hand, and hold the rest against the lock."""
    from factpack import pipeline

    began = time.perf_counter()
    loaded = _load(project)
    outcome = pipeline.ground(loaded, write=write, articles=articles)
    _write(loaded, outcome.report, form, time.perf_counter() - began)
    return _exit_code(outcome.report, fail_on)


@cli.command()
@_project
@_articles
@click.option(
    "--threshold",
    type=click.IntRange(0, 100),
    help="Percent of each source's numerals; default: [tool.factpack] coverage.",
)
def coverage(project: Path, *, articles: tuple[Path, ...], threshold: int | None) -> int:
    """Say which numerals of each source of PROJECT facts carry, and which no fact does."""
    from factpack import pipeline
    from factpack.adapters import terminal

    began = time.perf_counter()
    loaded = _load(project)
    if threshold is not None:
        loaded = replace(loaded, coverage=threshold)
    outcome = pipeline.ground(loaded, articles=articles)
    if outcome.checked is not None:
        click.echo(terminal.coverage(outcome.checked.coverage))
    _write(loaded, outcome.report, "text", time.perf_counter() - began)
    return _exit_code(outcome.report, "error")


@cli.command()
@click.argument("source")
@click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
@_articles
@click.option(
    "--published", type=click.DateTime(["%Y-%m-%d"]), help="The day that the dates of a file are read against."
)
def draft(source: str, project: Path, articles: tuple[Path, ...], published: datetime | None) -> int:
    """List every number, percentage and date of SOURCE as raw rows for a person to complete (CSV on the output).

    SOURCE is a source_id of PROJECT whose text is at hand, or a text file of its own.
    """
    from factpack import drafts, pipeline

    if Path(source).is_file():
        content = Path(source).read_text(encoding="utf-8")
        rows = drafts.write(drafts.draft(content, published.date() if published else None))
    else:
        rows = pipeline.draft(_load(project), source, articles)
    click.echo(rows, nl=False)
    return 0


@cli.command("import-langextract")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("source")
@click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
@_articles
def import_langextract(file: Path, source: str, project: Path, articles: tuple[Path, ...]) -> int:
    """Turn LangExtract's FILE (JSON Lines) into raw rows of SOURCE, every span verified anew (CSV on the output)."""
    from factpack import pipeline

    rows, refused = pipeline.import_langextract(_load(project), file, source, articles)
    click.echo(rows, nl=False)
    for reason in refused:
        click.echo(f"{file.name}: {reason}", err=True)
    click.echo(f"{len(refused)} extractions refused.", err=True)
    return _FAILED if refused else 0


@cli.command()
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def text(page: Path) -> int:
    """Take the article out of a saved web PAGE, as text to be kept in raw/articles (needs factpack[html])."""
    from factpack.adapters import html

    click.echo(html.text(page), nl=False)
    return 0


@cli.command()
@click.argument("name")
@click.option(
    "--package",
    type=click.Path(exists=True, path_type=Path),
    help="A published package; default: the project's.",
)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows of a table to show.")
def show(name: str, package: Path | None, limit: int) -> int:
    """Show the table or the fact NAME of the last published version."""
    from factpack import project as projects
    from factpack import reader
    from factpack.adapters import terminal

    opened = reader.open(package or projects.load(Path()).published)
    if name in opened.tables:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(terminal.table(opened.table(name), limit, width))
        return 0
    click.echo(terminal.fact(opened, name))
    return 0


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from factpack.errors import FactpackError, InternalError

    try:
        code = cli.main(prog_name="factpack", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = _USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted; nothing was published.", err=True)
        code = 130
    except InternalError as error:
        click.echo(f"internal error: {error}", err=True)
        code = _INTERNAL
    except FactpackError as error:
        click.echo(f"error: {error}", err=True)
        code = _USAGE
    except Exception:  # noqa: BLE001 - whatever it is, it is our fault and no verdict on the data
        import traceback

        click.echo(f"internal error: {traceback.format_exc()}", err=True)
        code = _INTERNAL
    sys.exit(code)


def _load(root: Path) -> Project:
    from factpack import project as projects

    return projects.load(root)


def _validate(root: Path, *, suites: bool, articles: tuple[Path, ...]) -> tuple[Project, Validated]:
    from factpack import pipeline

    loaded = _load(root)
    with _Progress() as progress:
        return loaded, pipeline.validate(loaded, suites=suites, articles=articles, progress=progress.show)


def _write(project: Project, report: Report, form: str, seconds: float) -> None:
    from factpack.adapters import terminal

    if form == "json":
        click.echo(terminal.as_json(report))
        return
    for finding in report.findings:
        click.echo(terminal.render(finding, project.root) + "\n")
    click.echo(terminal.summarise(report, f"{project.name} {project.version}", seconds))


def _exit_code(report: Report, fail_on: str) -> int:
    from factpack.report import Severity

    passed = bool(report.ran) if fail_on == "never" else report.passed(Severity[fail_on.upper()])
    return 0 if passed else _FAILED


class _Progress:
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
