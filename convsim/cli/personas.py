"""`convsim personas`: list, show, write, lint and preview personas."""

from pathlib import Path
from typing import Any

import click

from convsim.cli.options import json_option, option, schema_option
from personas.units import AUDIENCES, ORG_TYPES

paths_option = option(
    "--personas", "paths", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="PATH",
    help="File or folder of your own; may be repeated.",
)  # fmt: skip


@click.group()
def command() -> None:
    """List, show, write, lint and preview personas."""


@command.command("list")
@paths_option
@json_option
@schema_option("persona-row")
def list_personas(paths: tuple[Path, ...], *, as_json: bool) -> int:
    """List all personas, the built-in ones and your own."""
    import json

    from personas.library import load_library

    rows = load_library(paths).rows()
    if as_json:
        click.echo(json.dumps(rows))
        return 0
    for row in rows:
        click.echo(f"{row['id']:32s} {row['audience']:10s} {'/'.join(row['orgs']):8s} {row['extends'] or ''}".rstrip())
    return 0


@command.command()
@click.argument("persona", metavar="ID")
@paths_option
@json_option
def show(persona: str, paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Show one persona with all its traits as numbers."""
    import yaml

    from personas.library import load_library

    library = load_library(paths)
    profile = library.get(persona)
    if as_json:
        click.echo(profile.model_dump_json())
    else:
        click.echo(f"# {library.file(persona)}")
        click.echo(yaml.safe_dump(profile.model_dump(mode="json"), sort_keys=False, allow_unicode=True), nl=False)
    return 0


@command.command()
@click.argument("persona", metavar="ID")
@option("--audience", type=click.Choice(AUDIENCES), default="employee", help="Who the persona is.")
@option("--file", type=click.Path(path_type=Path), help="Where to write; ID.yaml in the working folder by default.")
def new(persona: str, audience: Any, file: Path | None) -> int:
    """Write a persona file to start from, with every trait explained."""
    from personas.template import new_profile

    target = file or Path(f"{persona}.yaml")
    write_new(target, new_profile(persona, audience))
    click.echo(f"{target}: edit it, then `convsim personas lint {target}`")
    return 0


def write_new(target: Path, text: str) -> None:
    """Write a file that does not exist yet; raises ConfigError when it does or cannot be written."""
    from convsim.errors import ConfigError

    try:
        with target.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise ConfigError(f"{target} exists; choose another --file") from None
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror}; choose another --file") from error


@command.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH...]")
@option("--schema", is_flag=True, help="Print the JSON Schema that editors complete and check with.")
def lint(paths: tuple[Path, ...], *, schema: bool) -> int:
    """Explain every mistake in persona files with file, line, what is allowed and what to do."""
    import json

    if schema:
        from personas.schema import schema as published

        click.echo(json.dumps(published(), indent=2))
        return 0
    from personas import lint as linter

    mistakes = linter.lint(paths)
    for mistake in mistakes:
        click.echo(str(mistake))
    for advice in linter.warnings(paths):
        click.echo(f"advice: {advice}", err=True)
    if not mistakes:
        click.echo("no mistakes", err=True)
    return 2 if mistakes else 0


@command.command()
@click.argument("persona", metavar="ID")
@option("--family", metavar="NAME", help="Task family; by default one that fits the persona.")
@option("--org", type=click.Choice(ORG_TYPES), help="Org; by default the persona's first.")
@option("--diff", "old", metavar="OLD", help="Id or file of another version: print only what differs from it.")
@paths_option
@json_option
def preview(persona: str, paths: tuple[Path, ...], *, as_json: bool, **given: Any) -> int:
    """Print ten openings and replies to typical messages of agents, with the rule behind each line."""
    from convsim.cli.previewing import difference, persona_named, tasks_for, tell_json, told_lines
    from convsim.users.preview import preview as previewed

    profile = persona_named(persona, paths)
    tasks = tasks_for(profile, given["family"], given["org"])
    exchanges = list(previewed(profile, tasks))
    if as_json:
        tell_json(exchanges)
        return 0
    lines = told_lines(exchanges)
    if given["old"] is not None:
        before = told_lines(previewed(persona_named(given["old"], paths), tasks))
        lines = difference(before, lines, names=(given["old"], persona))
    for line in lines:
        click.echo(line)
    return 0
