"""The commands of who needs help: what a rule means, what this machine lacks, completion in a shell."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click

from factpack.cli import output


@click.command(short_help="Say what a rule means and what to do.")
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help="Write the page of all rules, as Markdown.")
def explain(code: str | None, *, every: bool) -> int:
    """Say what the rule CODE, such as FP402, means and what to do; without it, list all rules."""
    from factpack import rulebook

    if every:
        click.echo(rulebook.page(), nl=False)
        return 0
    if code is None:
        for one, rule in sorted(rulebook.RULES.items()):
            click.echo(f"{one}  {rule.name:<24} {rule.meaning}")
        return 0
    known = {one.upper() for one in rulebook.RULES} | {rule.name for rule in rulebook.RULES.values()}
    named = {rule.name: one for one, rule in rulebook.RULES.items()}
    wanted = named.get(code.lower(), code.upper())
    if wanted not in rulebook.RULES:
        near = get_close_matches(wanted, known, n=1)
        raise click.UsageError(f"there is no rule {code!r}." + (f" Did you mean {near[0]}?" if near else ""))
    click.echo(rulebook.explain(wanted).replace("### ", "", 1))
    return 0


@click.command(short_help="Say what this machine lacks, and how to get it.")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
def doctor(project: Path) -> int:
    """Say what this machine has of what factpack uses, what it lacks and how to get it, and what PROJECT needs."""
    from factpack import environment

    found = environment.examine(project)
    for one in found:
        sign = click.style("ok", fg="green") if one.well else click.style("--", fg="red" if one.needed else "yellow")
        click.echo(f"{sign}  {one.what:<24} {one.found}")
        if not one.well:
            click.echo(f"    {'':<24} {one.remedy}")
    return output.FAILED if any(one.needed and not one.well for one in found) else 0


@click.command(short_help="Write the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Write the script that completes commands and options in SHELL; such as: eval "$(factpack completion bash)"."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"{shell}: unknown.")
    context = click.get_current_context().find_root()
    click.echo(found(context.command, {}, "factpack", "_FACTPACK_COMPLETE").source())
    return 0
