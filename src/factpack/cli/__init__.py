"""The command line: arguments and exit codes only.

Exit codes: 0 passed, 1 findings at or above `--fail-on`, 2 usage or configuration, 3 internal error.
Nothing heavy is imported before a command needs it: `factpack --help` costs what click costs.
"""

from __future__ import annotations

import os
import sys

import click

from factpack.cli import curation, gate, output, publishing, reading
from factpack.cli import help as helping

# The commands as `--help` lists them: by what a person wants to do.
SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Check": (gate.validate, gate.baseline, gate.ground, gate.coverage, gate.validate_package),
    "Publish": (
        publishing.diff,
        publishing.publish,
        publishing.push,
        publishing.deposit,
        publishing.serve,
        publishing.site,
        publishing.keygen,
    ),
    "Read": (reading.show, reading.verify, reading.prove),
    "Collect": (curation.init, curation.draft, curation.import_langextract, curation.text),
    "Help": (helping.explain, helping.doctor, helping.completion),
}


class _Sections(click.Group):
    """A group that lists its commands under headings."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(str(one.name), one.get_short_help_str(formatter.width)) for one in commands])


@click.group(
    cls=_Sections,
    commands=[command for commands in SECTIONS.values() for command in commands],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="factpack")
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn facts taken from articles into a dataset that others can rely on."""
    if os.environ.get("FORCE_COLOR"):
        context.color = True
    elif os.environ.get("NO_COLOR"):
        context.color = False


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from factpack.errors import FactpackError, InternalError

    try:
        code = cli.main(prog_name="factpack", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = output.USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted; nothing was published.", err=True)
        code = output.INTERRUPTED
    except InternalError as error:
        click.echo(f"internal error: {error}", err=True)
        code = output.INTERNAL
    except FactpackError as error:
        click.echo(f"error: {error}", err=True)
        code = output.USAGE
    except Exception:  # noqa: BLE001 - whatever it is, it is our fault and no verdict on the data
        import traceback

        click.echo(f"internal error: {traceback.format_exc()}", err=True)
        code = output.INTERNAL
    sys.exit(code)
