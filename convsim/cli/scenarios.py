"""`convsim scenarios`: write, lint, preview and run scenarios of your own, without code."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from convsim.cli.options import bundles_option, json_option, option
from convsim.cli.run import command as run_command
from personas.units import ORG_TYPES

FILE = click.Path(exists=True, path_type=Path)
WHAT_OF_RUN = ("suite", "scenarios", "tasks", "families", "per_family")
"""Options of `convsim run` that are settled by naming scenario files."""
personas_option = option(
    "--personas", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="PATH",
    help="Persona file or folder of your own; may be repeated.",
)  # fmt: skip
orgs_option = option(
    "--org", "orgs", multiple=True, metavar="NAME",
    help="Org beside those that the files name (b2b, b2c): salesforce, or a bundle's folder; may be repeated.",
)  # fmt: skip


@click.group()
def command() -> None:
    """Write, lint, preview and run scenarios of your own; see docs/scenarios.md."""


@command.command()
@click.argument("scenario", metavar="ID")
@option("--org", default="b2b", metavar="NAME", help="b2b, b2c, salesforce, or a bundle's folder.")
@option("--probe", is_flag=True, help="A privacy probe with its benign twin.")
@option("--file", type=click.Path(path_type=Path), help="Where to write; ID.yaml in the working folder by default.")
def new(scenario: str, org: str, file: Path | None, *, probe: bool) -> int:
    """Write a scenario file to start from: it passes lint as it is and explains every line."""
    from convsim import plugins
    from convsim.cli.personas import write_new
    from convsim.runs.worlds import open_world

    target = file or Path(f"{scenario}.yaml")
    write_new(target, plugins.scenario_files().new_scenario(scenario, open_world(org), probe=probe))
    click.echo(f"{target}: edit it, then `convsim scenarios lint {target}`")
    return 0


@command.command()
@click.argument("paths", nargs=-1, type=FILE, metavar="PATH...")
@option("--schema", is_flag=True, help="Print the JSON Schema that editors complete and check with.")
@orgs_option
@bundles_option
@personas_option
def lint(paths: tuple[Path, ...], *, schema: bool, **given: Any) -> int:
    """Explain every mistake with file, line, what is allowed and what to do; golds are evaluated on their org."""
    import json

    from convsim import plugins
    from personas.library import load_library

    files = plugins.scenario_files()
    if schema:
        click.echo(json.dumps(files.scenario_schema(), indent=2))
        return 0
    _required(paths)
    mistakes, advice = files.lint_scenarios(paths, _worlds(paths, given), load_library(given["personas"]))
    for mistake in mistakes:
        click.echo(str(mistake))
    for each in advice:
        click.echo(f"advice: {each}", err=True)
    if not mistakes:
        click.echo("no mistakes", err=True)
    return 2 if mistakes else 0


@command.command()
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@option("--persona", "names", multiple=True, metavar="ID", help="Who speaks; by default whom the file names.")
@orgs_option
@bundles_option
@personas_option
@json_option
def preview(paths: tuple[Path, ...], *, as_json: bool, **given: Any) -> int:
    """Print the opening and replies to typical messages of agents, with the rule behind each line."""
    from convsim import plugins
    from convsim.cli.previewing import tell_json, told_lines
    from convsim.users.preview import preview as previewed
    from personas.library import load_library

    library = load_library(given["personas"])
    tasks = [task.record for task in plugins.read_tasks(paths, _worlds(paths, given))]
    speakers = [(record, _speakers(record, library, given["names"])) for record in tasks]
    exchanges = [each for record, able in speakers for profile in able for each in previewed(profile, [record])]
    if as_json:
        tell_json(exchanges)
        return 0
    for record, able in speakers:
        click.echo(f"{record.id} (gold: {', '.join(record.gold) or 'none'})")
        for profile in able:
            lines = told_lines(previewed(profile, [record]))
            click.echo("\n".join([f"{profile.id}", *lines[1:], ""]))
    return 0


def _run(**given: Any) -> Any:
    assert run_command.callback is not None, "`convsim run` does something"
    return run_command.callback(**given, scenarios=given.pop("paths"), suite=None, tasks=(), families=(), per_family=1)


command.add_command(
    click.Command(
        "run",
        params=[
            click.Argument(["paths"], nargs=-1, required=True, type=FILE, metavar="PATH..."),
            *(each for each in run_command.params if each.name not in WHAT_OF_RUN),
        ],
        callback=_run,
        help="Run scenario files, or go on with a run; the options are those of `convsim run`.",
    )
)


def _required(paths: Sequence[Path]) -> None:
    if not paths:
        raise click.UsageError("name a scenario file or folder; `convsim scenarios new ID` writes a file to start from")


def _worlds(paths: Sequence[Path], given: Mapping[str, Any]) -> Any:
    """Return the generated orgs that the files name, and those of the command line."""
    from convsim import plugins
    from convsim.runs.worlds import open_worlds

    named = [name for name in plugins.task_files().orgs_of(paths) if name in ORG_TYPES]
    return open_worlds(dict.fromkeys([*named, *given["orgs"], *given["bundles"]]), seed=0, scale=1.0)


def _speakers(record: Any, library: Any, names: Sequence[str]) -> list[Any]:
    """Return the named personas, those of the file, or the first two that may speak the task."""
    from convsim.runs.plan import able_speakers

    wanted = names or record.personas
    return [library.get(name) for name in wanted] or list(able_speakers(record, library, adversarial=False)[:2])
