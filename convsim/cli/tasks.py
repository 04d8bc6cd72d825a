"""`convsim tasks`: list, show, build and check the task families."""

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import click

from convsim.cli.options import json_option, option, orgs_option, policy_option, schema_option, seed_option


@click.group()
def command() -> None:
    """List, show, build and check tasks."""


@command.command("list")
@json_option
def list_families(*, as_json: bool) -> int:
    """List the families with skill, audiences and capacity."""
    import json
    from dataclasses import asdict

    from convsim import plugins

    for family in plugins.families():
        if as_json:
            click.echo(json.dumps(asdict(family)))
        else:
            click.echo(f"{family.name:30s} {family.skill:16s} {'/'.join(family.audiences):20s} {family.summary}")
    return 0


@command.command("suites")
@json_option
def list_suites(*, as_json: bool) -> int:
    """List the suites with version, instances and the hashes to which they are frozen."""
    import json
    from dataclasses import asdict

    from convsim import plugins

    for suite in plugins.suites():
        if as_json:
            click.echo(json.dumps(asdict(suite)))
            continue
        instances = ", ".join(
            f"{org} {sum(sizes.values())} ({suite.frozen.get(org)})" for org, sizes in suite.sizes.items()
        )
        click.echo(f"{suite.id:10s} {suite.summary}: {instances}")
    return 0


@command.command()
@click.argument("task", metavar="TASK_ID")
@option("--scale", default=1.0, help="Size of the generated orgs.")
def show(task: str, scale: float) -> int:
    """Show one task by its id, for instance handle_time-b2b-0-3."""
    from convsim.errors import ConfigError

    for record in _of_id(task, scale):
        if record.id == task:
            click.echo(record.model_dump_json(indent=2))
            return 0
    raise ConfigError(f"unknown task '{task}': ids are family-org-seed-number, as `convsim tasks build` prints them")


def _of_id(task: str, scale: float) -> Iterator[Any]:
    """Yield the records of the id's family up to its number; raises ConfigError for an id of another form."""
    import re

    from convsim.errors import ConfigError

    found = re.fullmatch(r"(\w+)-(b2b|b2c)-(\d+)-(\d+)(-withheld)?(-twin)?", task)
    if not found:
        raise ConfigError(f"'{task}' is no task id: ids are family-org-seed-number, for instance handle_time-b2b-0-3")
    family, org, seed, number = found[1], found[2], int(found[3]), int(found[4])
    policy = "withheld" if found[5] else "given"
    yield from _records([family], (org,), seed=seed, per_family=number + 1, scale=scale, policy=policy)


def _records(
    families: Iterable[str],
    orgs: tuple[str, ...],
    *,
    seed: int,
    per_family: int,
    scale: float = 1.0,
    policy: str = "given",
) -> Iterator[Any]:
    from convsim import plugins
    from convsim.runs.worlds import open_world

    withheld = policy == "withheld"
    for family in families:
        for org in orgs:
            world = open_world(org, seed=0, scale=scale)
            for task in plugins.provider_of(family).build(
                family, world, seed=seed, count=per_family, withheld=withheld
            ):
                yield task.record


@command.command()
@option("--families", multiple=True, metavar="NAME", help="Family; may be repeated; all by default.")
@option("--per-family", default=12, type=click.IntRange(1), help="Instances per family and org.")
@orgs_option
@seed_option
@option("--scale", default=1.0, help="Size of the generated orgs.")
@policy_option
@json_option
@schema_option("task")
def build(families: tuple[str, ...], orgs: tuple[str, ...], *, as_json: bool, **given: Any) -> int:
    """Build tasks and print them: their ids and requests, or whole as JSON lines."""
    from convsim.runs.plan import chosen_families

    for record in _records(list(chosen_families(families)), orgs, **given):
        click.echo(record.model_dump_json() if as_json else f"{record.id}\n  {record.request}")
    return 0


@command.command()
@option("--families", multiple=True, metavar="NAME", help="Family; may be repeated; all by default.")
@option("--per-family", default=12, type=click.IntRange(1), help="Instances per family and org.")
@orgs_option
@option("--seeds", default="0", metavar="A-B", help="Seeds of the tasks, for instance 0-4.")
@policy_option
@option("--all", "whole", is_flag=True, help="Every instance of a full run: 100 per family and org, 80 for privacy.")
@json_option
def check(
    families: tuple[str, ...],
    per_family: int,
    orgs: tuple[str, ...],
    *,
    seeds: str,
    policy: str,
    whole: bool,
    as_json: bool,
) -> int:
    """Prove tasks: latent oracle, SQL oracle and reference solution agree, units are required, golds vary."""
    import json
    from dataclasses import asdict

    from convsim import plugins
    from convsim.runs.plan import chosen_families
    from convsim.runs.worlds import open_world

    missed = 0
    skills = {each.name: each.skill for each in plugins.families()}
    for family, org, seed in product(chosen_families(families), orgs, _seeds(seeds)):
        count = _FULL.get(skills[family], 100) if whole else per_family
        rows = plugins.provider_of(family).check(
            family, open_world(org), seed=seed, count=count, withheld=policy == "withheld"
        )
        for row in rows:
            missed += not row.ok
            place = {"org": org, "seed": seed, **asdict(row)}
            mark = "ok    " if row.ok else "MISSED"
            told = f"{mark} {row.subject} ({org}, seed {seed}) {row.name}: {row.figure}"
            click.echo(json.dumps(place) if as_json else told)
    return 1 if missed else 0


@command.command()
@option("--families", multiple=True, metavar="NAME", help="Family; may be repeated; all that read texts by default.")
@option("--per-family", default=5, type=click.IntRange(1), help="Instances per family and org.")
@orgs_option
@seed_option
@option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder of orgs and tasks.")
def plant(families: tuple[str, ...], orgs: tuple[str, ...], *, per_family: int, seed: int, out: Path) -> int:
    """Plant instructions in texts that the agent reads, and write the orgs and tasks, each beside its clean twin."""
    from convsim import plugins
    from convsim.runs.plan import chosen_families
    from convsim.runs.worlds import open_world

    chosen = chosen_families(families)
    for org in orgs:
        records = plugins.planter().plant(chosen, open_world(org), seed=seed, count=per_family, out=out)
        click.echo(f"{len(records) // 2:5d} plants in {out / f'{org}-planted'}")
    worlds = " ".join(f"--org {org} --bundle {out / f'{org}-planted'}" for org in orgs)
    click.echo(f"next: convsim run --tasks {out / 'tasks.jsonl'} {worlds} --agent ...")
    return 0


@command.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option("--org", metavar="NAME", help="Org whose tables derive golds again: salesforce, or a bundle's folder.")
@option("--bundle", metavar="DIR", help="The same, for a bundle's folder.")
@option("--out", type=click.Path(path_type=Path), metavar="F", help="Write the tasks as JSON lines.")
@json_option
def import_file(file: Path, org: str | None, bundle: str | None, out: Path | None, *, as_json: bool) -> int:
    """Take published CRMArena or CRMArena-Pro tasks apart into goal and units, and tell what is wrong with them."""
    import json

    from convsim import plugins
    from convsim.errors import ConfigError
    from convsim.runs.worlds import open_world

    place = org or bundle
    report = plugins.task_importer().import_tasks(file, open_world(place) if place else None)
    if out is not None:
        try:
            out.write_text("".join(f"{each.model_dump_json()}\n" for each in report.records), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--out {out} cannot be written: {error.strerror}; choose another file") from error
    told = report.published()
    if as_json:
        click.echo(json.dumps(told))
        return 0
    for name, each in told["families"].items():
        click.echo(f"{each['segmented']:5d} of {each['tasks']:5d}  {name}")
    click.echo(f"{told['segmented']:5d} of {told['tasks']:5d}  fully segmented, {told['flagged']} flagged")
    for problem in told["problems"]:
        click.echo(f"task {problem['idx']}: {problem['reason']}")
    for text, profile in told["personas"].items():
        click.echo(f"offline {profile} speaks for: {text}")
    return 0


_FULL = {"confidentiality": 80}
"""Instances of a full run by skill, where it is not 100."""


def _seeds(text: str) -> range:
    from convsim.errors import ConfigError

    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()) or (dash and int(last) < int(first)):
        raise ConfigError(f"--seeds takes a number or a range such as 0-4, not '{text}'")
    return range(int(first), int(last or first) + 1)
