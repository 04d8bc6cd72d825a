"""`convsim compare`: two agents, in two runs or in one, on the scenarios that both have met."""

import json
from collections.abc import Sequence
from typing import Any

import click

from convsim.cli.options import json_option, option


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@option("--agent", "agents", multiple=True, metavar="NAME", help="Agent of A, then agent of B; once for both.")
@json_option
def command(first: str, second: str, agents: tuple[str, ...], *, as_json: bool) -> int:
    """Print paired differences (B minus A) with their intervals, and the tasks that flipped."""
    from convsim.errors import ConfigError
    from convsim.report.comparison import agent_of, compare
    from convsim.runs.store import Store

    if len(agents) > 2:
        raise ConfigError(f"--agent is given {len(agents)} times: once for A and once for B, or once for both")
    names = (*agents, *agents)[:2] or (None, None)
    chosen = [
        agent_of(Store.open(run).episodes(), name, run=run) for run, name in zip((first, second), names, strict=True)
    ]
    found = compare(*chosen)
    if as_json:
        click.echo(json.dumps(found.as_dict()))
    else:
        _tell(found)
    return 0


def _counted(flips: Sequence[Any]) -> str:
    """Return how many tasks flipped, and in how many conversations where trials or personas repeat them."""
    tasks = len({each.task for each in flips})
    told = f"{tasks} task{'' if tasks == 1 else 's'}"
    return told if tasks == len(flips) else f"{told} in {len(flips)} conversations"


def _tell(found: Any) -> None:
    click.echo(f"A: {found.first}    B: {found.second}    {found.shared} scenarios that both have met")
    click.echo(f"{'metric':28s}{'n':>6s}{'B - A':>10s}  95% interval")
    for each in found.differences:
        interval = "-" if each.low is None else f"[{each.low:+.3f}, {each.high:+.3f}]{' *' if each.clear else ''}"
        click.echo(f"{each.metric:28s}{each.n:6d}{each.mean:+10.3f}  {interval}")
    click.echo("* the interval, clustered by task, leaves out zero")
    gained, lost = (_counted([each for each in found.flips if each.gained is won]) for won in (True, False))
    click.echo(f"gained {gained}, lost {lost}")
    for each in found.flips:
        reason = f" ({each.failure})" if each.failure else ""
        click.echo(f"  {'+' if each.gained else '-'} {each.task} {each.persona} trial {each.trial}{reason}")
