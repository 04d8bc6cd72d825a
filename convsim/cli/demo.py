"""`convsim demo`: the first contact."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from convsim.cli.interrupts import resumable
from convsim.cli.options import json_option, option, seed_option
from convsim.errors import RunChangedError

DEMO_AGENTS = ("reference", "hasty", "interrogator", "refuser", "leaker", "constant")


@click.command()
@option("--out", default="runs/demo.sqlite", metavar="FILE", help="Run file.")
@option("--html", default="runs/demo.html", metavar="FILE", help="Report.")
@option("--per-family", default=4, type=click.IntRange(1), help="Instances per family and org.")
@seed_option
@option("-j", "--jobs", default=8, type=click.IntRange(1), help="Conversations at once.")
@option("--fresh", is_flag=True, help="Begin anew; an earlier demo at --out is renamed.")
@json_option
def command(out: str, html: str, *, fresh: bool, **given: Any) -> int:
    """Generate both embedded orgs, let the reference agents talk to the offline user over all families, print the
    scoreboard and write the HTML report, whose path is printed last. Needs no key and no network."""
    with resumable():
        return _demonstrated(out, html, fresh=fresh, given=given)


def _demonstrated(out: str, html: str, *, fresh: bool, given: Mapping[str, Any]) -> int:
    from convsim.cli.run import finish
    from convsim.report.html import write_report
    from convsim.runs.run import prepare

    config = _config(given["per_family"], given["seed"])
    click.echo("generating the orgs and the tasks", err=True)
    try:
        run = prepare(config, out, fresh=fresh)
    except RunChangedError as change:
        click.echo(f"{change}\nthe earlier demo is renamed", err=True)
        run = prepare(config, out, fresh=True)
    code = finish(run, out, {**given, "fail_under": ()})
    write_report(list(run.store.episodes()), [run.store], Path(html))
    click.echo(str(Path(html).resolve()), err=given["as_json"])
    return code


def _config(per_family: int, seed: int) -> Any:
    from convsim.records.episode import AgentConfig
    from convsim.runs.config import RunConfig
    from convsim.runs.plan import chosen_families

    return RunConfig(
        families=chosen_families(()),
        per_family=per_family,
        orgs=("b2b", "b2c"),
        seed=seed,
        agents=tuple(AgentConfig(target=name) for name in DEMO_AGENTS),
    )
