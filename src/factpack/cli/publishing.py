"""The commands of who publishes: compare, publish, sign, serve, and put elsewhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from factpack.cli import options, output
from factpack.cli.output import Outputs
from factpack.cli.running import Progress, on_cluster, run

if TYPE_CHECKING:
    from datetime import datetime

    from factpack.models import Project
    from factpack.pipeline import Published
    from factpack.report import Report


@click.command(short_help="Say what differs between two versions.")
@click.argument("versions", nargs=-1)
@click.option("--project", type=options.FOLDER, default=Path(), help="The dataset; default: this folder.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "delta"]),
    default="text",
    help="For a terminal, for a review, for machines, or as a list of ADD, MOD and DEL.",
)
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page for reviewers, too."
)
def diff(versions: tuple[str, ...], project: Path, form: str, page: Path | None) -> int:
    """Say what differs between two VERSIONS; of one, and of none, from that or the last one to the working tree.

    Nothing is published. The version that follows from what differs is named, with its reasons.
    """
    from factpack import pipeline
    from factpack.adapters import terminal

    if len(versions) > 2:
        raise click.UsageError("name at most two versions.")
    before, after = (*versions, None, None)[:2]
    loaded = options.load(project)
    changes = pipeline.compare(loaded, before, after)
    click.echo(terminal.difference(changes, form), nl=False)
    if page is not None:
        from factpack.adapters import site

        page.write_text(site.review(loaded.name, changes), encoding="utf-8")
    return 0


@click.command(short_help="Validate, and publish the version that follows.")
@options.project
@options.suites
@options.articles
@options.engine
@click.option("--sign", "key", type=options.FILE, help="The private key to sign the version with (factpack keygen).")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Until when the signed pointer holds, in UTC.")
def publish(  # noqa: PLR0913 - an option each
    project: Path,
    *,
    suites: bool,
    articles: tuple[Path, ...],
    engine: options.Engine,
    key: Path | None,
    expires: datetime | None,
) -> int:
    """Validate PROJECT and publish it as a data package, in the version that follows from what differs."""
    from factpack import pipeline, publishing

    if expires is not None and key is None:
        raise click.UsageError("--expires stands in the signed pointer; name the key with --sign.")
    # A version that can carry no time is refused before anyone waits for its checks.
    publishing.released_at(options.load(project))
    until = f"{expires:%Y-%m-%dT00:00:00Z}" if expires else None
    if engine.name == "spark":
        with on_cluster(project, engine, suites=suites, articles=articles) as (session, loaded, clustered):
            if not clustered.report.passed():
                return _unpublished(loaded, clustered.report)
            return _told(loaded, pipeline.publish_from_cluster(loaded, session, clustered, key=key, expires=until))
    loaded, outcome = run(project, suites=suites, articles=articles, places=engine.places)
    if not outcome.report.passed():
        return _unpublished(loaded, outcome.report)
    with Progress() as progress:
        return _told(loaded, pipeline.publish(loaded, outcome, key=key, expires=until, progress=progress.show))


def _told(project: Project, published: Published) -> int:
    if published.outcome is None:
        return _unpublished(project, published.report)
    Outputs(form="text").write(published.report, project.root, project.label)
    what = "published" if published.outcome.new else "already published, and this is it byte for byte"
    click.echo(f"{project.name} {published.outcome.version}: {what}: {project.relative(published.outcome.path)}")
    return 0


def _unpublished(project: Project, report: Report) -> int:
    from factpack import pipeline

    Outputs(form="text").write(report, project.root, project.label)
    kept = pipeline.archive(project, report)
    click.echo(f"Nothing was published; the report is kept in {project.relative(kept)}.", err=True)
    return output.FAILED


@click.command(short_help="Put versions into an object store.")
@click.argument("url")
@options.project
def push(url: str, project: Path) -> int:
    """Put what PROJECT has published into the object store at URL, such as s3://bucket/name (needs factpack[remote]).

    Credentials and addresses come from the environment, as for every tool that talks to the store.
    """
    from factpack.adapters import stores

    new = stores.push(options.load(project).published, url)
    click.echo(f"{url}: put {', '.join(new)}" if new else f"{url}: has it all already")
    return 0


@click.command(short_help="Write the requests of a deposit in Zenodo or CKAN.")
@click.argument("portal", type=click.Choice(["zenodo", "ckan"]))
@options.project
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

    loaded = options.load(project)
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


@click.command(short_help="Write the pages of what is published.")
@options.project
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=Path("site"), show_default=True)
def site(project: Path, into: Path) -> int:
    """Write the pages of everything that PROJECT has published, with copies of it, for a static host or a disk.

    PROJECT may be a folder of published packages, too. Nothing is written of what is not as it was published.
    """
    from factpack.adapters import site as catalogue

    published = project if (project / "index.json").is_file() else project / "published"
    written = catalogue.build(published, into)
    click.echo(f"{into / 'index.html'}: {len(written)} pages")
    return 0


@click.command(short_help="Make a key to sign versions with.")
@click.argument("path", type=click.Path(path_type=Path))
def keygen(path: Path) -> int:
    """Make a key to sign versions with: the private one at PATH, the public one beside it as PATH.pub."""
    from factpack import signatures

    name = signatures.generate(path)
    click.echo(f"{path}: keep it secret\n{path}.pub: give it to whoever verifies\nkey id: {name}")
    return 0


@click.command(short_help="Serve what is published over HTTP.")
@click.argument("folder", type=options.FOLDER, default=Path(), required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--pages/--no-pages", default=True, help="Show pages of what is published; on by default.")
def serve(folder: Path, host: str, port: int, *, pages: bool) -> int:
    """Serve the published packages of FOLDER (a project, or a folder of packages) over HTTP, read-only.

    With pages of what is published, made when the server starts; a package that is not as it was published has none.
    """
    from factpack.adapters import http, site

    root = folder / "published" if (folder / "pyproject.toml").is_file() else folder
    with tempfile.TemporaryDirectory(prefix="factpack-") as made:
        shown = pages and (root / "index.json").is_file()
        if shown:
            site.pages(root, Path(made))
        with http.server(*([Path(made)] if shown else []), root, host=host, port=port) as server:
            what = "with its pages" if shown else "without pages"
            click.echo(f"http://{host}:{server.server_port}/ serves {root}, {what}; end it with Ctrl-C.")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                return 0
    return 0
