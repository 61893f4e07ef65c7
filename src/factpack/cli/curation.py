"""The commands of who takes facts from articles: texts, drafts, and what other tools extracted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from factpack.cli import options, output

if TYPE_CHECKING:
    from datetime import datetime


@click.command(short_help="Make a new dataset: an example, or around your CSV files.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option(
    "--from",
    "files",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A CSV file to make a table of, with a proposed model, or a folder of them. May be repeated.",
)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "pre-commit"]),
    multiple=True,
    help="Write the file that runs the gate there, also into a dataset that stands already. May be repeated.",
)
@click.option("--title", help="The title of the dataset.")
def init(folder: Path, files: tuple[Path, ...], ci: tuple[str, ...], title: str | None) -> int:
    """Make a new dataset in FOLDER: a worked example, or with --from, tables of the CSV files that you have.

    Nothing is overwritten. What is inferred from files is proposed: every run warns until you have adopted it.
    """
    from factpack import pipeline, scaffold

    if files:
        for proposal in scaffold.around(folder, files, title):
            types = ", ".join(f"{name}: {kind}" for name, kind in proposal.types.items())
            click.echo(f"schemas/{proposal.name}.py: key {', '.join(proposal.key)}; {types}")
            for name, doubts in proposal.doubts.items():
                for doubt in doubts:
                    click.echo(f"  {name}: {doubt}")
        click.echo("These are proposals: read them, and take PROPOSED = True out of each.")
    elif ci and (folder / "pyproject.toml").is_file():
        pass
    else:
        written = scaffold.start(folder, title)
        pipeline.ground(options.load(folder), write=True)
        click.echo(f"{len(written)} files in {folder}: an invented text in raw/notes, and the facts taken from it.")
    for kind in ci:
        click.echo(f"{scaffold.write_ci(folder, kind)}")
    click.echo(f"Now: factpack validate {folder}")
    return 0


@click.command(short_help="List every number and date of a text as raw rows.")
@click.argument("source")
@click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
@options.articles
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
        rows = pipeline.draft(options.load(project), source, articles)
    click.echo(rows, nl=False)
    return 0


@click.command("import-langextract", short_help="Turn LangExtract's output into raw rows.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("source")
@click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
@options.articles
def import_langextract(file: Path, source: str, project: Path, articles: tuple[Path, ...]) -> int:
    """Turn LangExtract's FILE (JSON Lines) into raw rows of SOURCE, every span verified anew (CSV on the output)."""
    from factpack import pipeline

    rows, refused = pipeline.import_langextract(options.load(project), file, source, articles)
    click.echo(rows, nl=False)
    for reason in refused:
        click.echo(f"{file.name}: {reason}", err=True)
    click.echo(f"{len(refused)} extractions refused.", err=True)
    return output.FAILED if refused else 0


@click.command(short_help="Take the article out of a saved web page.")
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def text(page: Path) -> int:
    """Take the article out of a saved web PAGE, as text to be kept in raw/articles (needs factpack[html])."""
    from factpack.adapters import html

    click.echo(html.text(page), nl=False)
    return 0
