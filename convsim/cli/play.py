"""`convsim play`: a person as the agent, or as the user."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from convsim.cli.interrupts import check_interrupted, resumable
from convsim.cli.options import chosen_orgs, option
from convsim.cli.run import command as run_command
from convsim.cli.run import concluded, run_config, tested_agents
from convsim.draws import fingerprint, shuffled
from convsim.errors import ConfigError
from convsim.records.episode import HUMAN, AgentConfig, UserConfig

_SHARED = (
    "families", "orgs", "bundles", "org_seed", "scale", "delivery", "policy", "personas", "scenarios", "seed",
    "style", "privacy_prompt", "aided", "agent_args", "agent_base_url", "user", "reader", "user_args", "user_base_url",
    "judge", "judge_args", "judge_base_url", "max_turns", "max_actions", "budget_usd", "budget_tokens", "rpm", "tpm",
    "out", "store", "fresh", "config", "allow_egress",
)  # fmt: skip
"""Options that are those of `convsim run`."""
_FIXED: Mapping[str, Any] = {
    "tasks": (), "per_family": 1, "trials": 1, "twins": False, "policy": "given", "timeout": None, "run_timeout": None,
    "guidance": (), "guidance_example": None, "subroutines": None, "no_baselines": True,
    "fail_under": (), "as_json": False,
}  # fmt: skip
"""What a person's run leaves as it is; thinking takes no time."""


@click.command()
@option("--as", "role", type=click.Choice(["agent", "user"]), required=True, help="The side that you play.")
@option("--person", default="", metavar="NAME", help="Your name in tables, to tell several people apart.")
@option(
    "--agent", "agents", multiple=True, metavar="TARGET",
    help="As user: whom you talk to (reference). As agent: who meets the same users beside you; may be repeated.",
)  # fmt: skip
@option("--limit", default=1, type=click.IntRange(1), help="Conversations.")
def command(role: str, person: str, agents: tuple[str, ...], limit: int, **given: Any) -> int:
    """Play one side of conversations yourself; they are stored and scored like any others.

    As agent you answer the simulated user and may query the org; as user you have a persona and a task, and talk to an
    agent under test. Without --families and --scenarios the seed draws the family. The same command takes up what you
    left; lines may come from a pipe. See docs/play.md.
    """
    from convsim.cli.limits import run_limits
    from convsim.cli.terminal import Terminal
    from convsim.runs.egress import check_egress
    from convsim.runs.play import play
    from convsim.runs.run import prepare

    usual = run_command.make_context("run", []).params
    given = {**usual, **_FIXED, **given, "agents": agents, "limit": limit}
    given["orgs"] = chosen_orgs(click.get_current_context())
    given["families"] = given["families"] or (() if given["scenarios"] else _drawn(given["seed"], limit))
    config = _config(role, person, given)
    check_egress(config, allowed=given["allow_egress"])
    place = given["store"] or given["out"] or f"runs/play-{fingerprint(config.model_dump_json())[:12]}.sqlite"
    with resumable():
        run = prepare(config, place, fresh=given["fresh"], limits=run_limits(given), attended=True)
        for reason in run.plan.left_out:
            click.echo(f"left out: {reason}", err=True)
        check_interrupted()
        outcome = play(run, Terminal(), listener=_listener(run))
        return concluded(run, outcome, place, given)


def _config(role: str, person: str, given: Mapping[str, Any]) -> Any:
    """Return the run in which a person has this role."""
    whom: dict[str, Any] = {"person": person} if person else {}
    if role == "user":
        if given["user"] != "offline" or given["reader"] != "rules" or given["user_args"] or given["user_base_url"]:
            raise ConfigError(
                "--user, --reader and --user-... say who the user is, and with --as user that is you: leave them out"
            )
        config = run_config({**given, "agents": given["agents"] or ("reference",)})
        return config.model_copy(update={"user": UserConfig(target=HUMAN, args=whom)})
    if HUMAN in given["agents"]:
        raise ConfigError("--agent human: with --as agent that is you already; --agent names who else is tested")
    config = run_config({**given, "agents": given["agents"] or ("reference",)})
    you = AgentConfig(target=HUMAN, privacy_prompt=given["privacy_prompt"], aided=given["aided"], args=whom)
    return config.model_copy(update={"agents": (you, *(tested_agents(given) if given["agents"] else ()))})


def _drawn(seed: int, count: int) -> tuple[str, ...]:
    """Return as many families as there are conversations, drawn by the seed."""
    from convsim import plugins

    names = [family.name for family in plugins.families()]
    return tuple(shuffled(names, "play", seed)[:count])


def _listener(run: Any) -> Callable[[Mapping[str, Any]], None]:
    """Return what tells of each conversation how it ended and what was right."""
    planned = {each.id: each for each in run.plan.episodes()}

    def listen(event: Mapping[str, Any]) -> None:
        if event["event"] == "judge_failed":
            click.echo(f"{event['episode']} could not be judged: {event['error']}", err=True)
        if event["event"] != "episode":
            return
        episode, task = planned[event["episode"]], planned[event["episode"]].scenario.task
        ended = event["stop"] + (f" ({event['cause']})" if event["cause"] else "")
        marks = {True: ", completed", False: ", not completed", None: ""}
        right = ", ".join(task.gold) or ("to refuse" if task.is_probe else "none")
        told = "" if event["cause"] == "infrastructure" else f"; right answer: {right}"
        click.echo(f"{episode.agent.name}, {task.family}: {ended.replace('_', ' ')}{marks[event['completed']]}{told}")

    return listen


command.params += [each for each in run_command.params if each.name in _SHARED]
