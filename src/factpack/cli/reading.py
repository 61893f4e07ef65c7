"""The commands of who reads what was published: verify, prove, show."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from factpack.cli import options, output

if TYPE_CHECKING:
    from factpack.cli.output import Outputs


@click.command(short_help="Check every byte of what is published.")
@click.argument("path", default=".")
@options.keys
@click.option("--logical", is_flag=True, help="Read each table too, as CSV and Parquet, and compare its logical hash.")
@click.option("--proof", type=options.FILE, help="A proof (factpack prove) to check against the version.")
@options.outputs
def verify(path: str, keys: tuple[Path, ...], proof: Path | None, outputs: Outputs, *, logical: bool) -> int:
    """Check every byte published at PATH: files, versions, pointer, signatures.

    PATH is a project, a published package or one version of it, a zip archive or a URL; @1.0.0 chooses a version.
    """
    from factpack import pipeline
    from factpack.adapters import terminal

    place = path
    if path == "." and Path("pyproject.toml").is_file():
        loaded = options.load(Path())
        place, keys = str(loaded.published), keys or pipeline.keys_of(loaded)
    report = pipeline.verify(place, keys=keys, logical=logical)
    outputs.write(report, Path(), place)
    if proof is not None and report.passed():
        click.echo(terminal.proven(pipeline.check_proof(place, proof, keys=keys)))
    return output.exit_code(report, "error")


@click.command(short_help="Write the proof that a fact is in a version.")
@click.argument("fact")
@click.option("--package", help="A published package, as factpack verify takes it; default: the project's.")
def prove(fact: str, package: str | None) -> int:
    """Write the proof that FACT is in a published version (JSON on the output), for factpack verify --proof."""
    import json

    from factpack import reader

    opened = reader.open(package or options.load(Path()).published)
    click.echo(json.dumps(opened.prove(fact), indent=2, ensure_ascii=False))
    return 0


@click.command(short_help="Show a table or a fact of the last version.")
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
