"""`convsim run`: a benchmark run, new or resumed."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from convsim import tracing
from convsim.cli.interrupts import check_interrupted, resumable
from convsim.cli.limits import run_limits, unused_rates
from convsim.cli.options import (
    AboveZero,
    bundles_option,
    chosen_orgs,
    config_option,
    egress_option,
    json_option,
    option,
    orgs_option,
    pairs,
    policy_option,
    seed_option,
)
from convsim.draws import fingerprint
from convsim.errors import ConfigError
from convsim.records.episode import DELIVERIES, AgentConfig, UserConfig
from convsim.runs.conditions import guided
from convsim.runs.config import BASELINES, JudgeConfig, LimitConfig, RunConfig
from personas.units import ORG_TYPES


@click.command()
@option(
    "--suite", metavar="NAME", help="Versioned selection of tasks: smoke, lite or full; see `convsim tasks suites`."
)
@option("--families", multiple=True, metavar="NAME", help="Task family; may be repeated; all by default.")
@option("--per-family", default=12, type=click.IntRange(1), help="Instances per family and org.")
@orgs_option
@bundles_option
@option("--org-seed", default=0, help="Seed of the generated orgs.")
@option("--scale", default=1.0, help="Size of the generated orgs.")
@option("--delivery", type=click.Choice(DELIVERIES), default="multi", help="How the user tells the task.")
@policy_option
@option("--twins", is_flag=True, help="Add to each task its fully specified twin, where no question is needed.")
@option(
    "--personas", multiple=True, metavar="WHAT",
    help="one (default), all, a number per task, ids, or a file or folder of your own; may be repeated.",
)  # fmt: skip
@option(
    "--scenarios", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
    help="Scenario file or folder of your own; may be repeated. Alone, no family runs beside it.",
)  # fmt: skip
@option(
    "--tasks", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Published CRMArena(-Pro) tasks, or task records; with --org salesforce or --bundle DIR; may be repeated.",
)  # fmt: skip
@option("--trials", default=1, type=click.IntRange(1), help="Repetitions of each task and persona.")
@seed_option
@option("--limit", type=click.IntRange(1), help="At most so many scenarios, taken evenly.")
@option("--agent", "agents", multiple=True, metavar="TARGET", help="Agent under test; may be repeated.")
@option("--style", type=click.Choice(["react", "tools"]), default="react", help="How a model acts.")
@option(
    "--guidance", multiple=True, metavar="CONDITION",
    help="What the agent gets beside raw queries: raw (default), functions, functions+subroutines, source, "
    "source+subroutines, workflow-technical, workflow-plain, or all; may be repeated.",
)  # fmt: skip
@option("--guidance-example", metavar="FAMILY", help="Family of the worked demonstration (handle_time).")
@option("--subroutines", metavar="WHAT", help="Parts to call: correct (default), seeded-faults, or a Python file.")
@option("--privacy-prompt", is_flag=True, help="Add the privacy rules to the agent's prompt.")
@option("--aided", is_flag=True, help="Add calendar definitions and hints to the agent's prompt.")
@option("--agent-args", multiple=True, metavar="K=V", help="Parameter of the agents under test.")
@option("--agent-base-url", metavar="URL", help="Where the agents' model answers.")
@option("--user", default="offline", metavar="WHO", help="offline, or a model.")
@option("--reader", default="rules", metavar="WHO", help="Who reads the agent for the user: rules, or a model.")
@option("--user-args", multiple=True, metavar="K=V", help="Parameter of the user's model.")
@option("--user-base-url", metavar="URL", help="Where the user's models answer.")
@option("--judge", default="rules", metavar="WHO", help="rules, or rules+MODEL.")
@option("--judge-args", multiple=True, metavar="K=V", help="Parameter of the judge's model.")
@option("--judge-base-url", metavar="URL", help="Where the judge's model answers.")
@egress_option
@option("--max-turns", default=10, type=click.IntRange(1, 1000), help="User messages in a conversation.")
@option("--max-actions", default=20, type=click.IntRange(1, 10000), help="Requests to the org in a turn.")
@option("--timeout", default=600.0, type=AboveZero(), help="Seconds for a conversation.")
@option("--run-timeout", type=AboveZero(), help="Seconds for this command.")
@option("--budget-usd", type=AboveZero(), help="Cost of all models of the run, in USD.")
@option("--budget-tokens", type=click.IntRange(1), help="Tokens of all models of the run, in and out.")
@option("--rpm", multiple=True, metavar="[PROVIDER=]N", help="Requests a minute to each, or to one, provider.")
@option("--tpm", multiple=True, metavar="[PROVIDER=]N", help="Tokens a minute to each, or to one, provider.")
@option("-j", "--jobs", default=8, type=click.IntRange(1), help="Conversations at once.")
@option("--workers", default=1, type=click.IntRange(1, 256), help="Local processes that share the conversations.")
@option("--executor", type=click.Choice(["local", "ray"]), default="local", help="This machine, or a Ray cluster.")
@option("--ray-address", metavar="ADDRESS", help="auto, host:port or ray://host:port; by default one is started here.")
@option("--out", metavar="FILE", help="Run file; by default runs/<hash of the configuration>.sqlite.")
@option("--store", metavar="URL", help="SQLAlchemy URL instead of a file.")
@option("--retry-errors", is_flag=True, help="Run again also what ended in an error of the agent or its model.")
@option("--fresh", is_flag=True, help="Begin anew; an earlier run at --out is renamed.")
@option("--add-agent", is_flag=True, help="Add the given agents to the stored run.")
@option("--no-baselines", is_flag=True, help="Leave out the offline reference agents.")
@option("--fail-under", multiple=True, metavar="METRIC=X", help="Exit with 1 if an agent under test is below.")
@option("--traces", metavar="FILE|otlp", help="Record OpenTelemetry spans: to a file, or to the OTLP collector.")
@option("--log", metavar="FILE", help="Append every event of the run to a file, a JSON line each with its time.")
@option("--record", metavar="FILE", help="Write every model call to a cassette.")
@option("--replay", metavar="FILE", help="Answer every model call from a cassette: no network, no key.")
@option("--dry-run", is_flag=True, help="Print the plan and run nothing.")
@json_option
@config_option
def command(**given: Any) -> int:
    """Run a benchmark, or go on with one: the same command resumes what is missing."""
    with resumable():
        return _begun(given)


def _begun(given: dict[str, Any]) -> int:
    from convsim.cli.cassettes import cassette_of
    from convsim.models.cassette.deck import using
    from convsim.report.tables import parse_threshold

    for threshold in given["fail_under"]:
        parse_threshold(threshold)
    given["orgs"] = chosen_orgs(click.get_current_context())
    given["orgs"] = _orgs_of(given) or given["orgs"]
    config = run_config(given)
    cluster_of(given)
    name = fingerprint(config.model_dump_json())[:12] + ("-replay" if given["replay"] else "")
    place = given["store"] or given["out"] or f"runs/{name}.sqlite"
    with using(cassette_of(given, config)):
        return _run(config, place, given)


def _run(config: RunConfig, place: str, given: Mapping[str, Any]) -> int:
    from convsim.runs.egress import check_egress
    from convsim.runs.run import plan_run, prepare

    # A cassette is played back without a network.
    check_egress(config, allowed=given["allow_egress"] or bool(given["replay"]))
    if given["dry_run"]:
        from convsim.cli.forecast import tell_plan

        tell_plan(plan_run(config), as_json=given["as_json"])
        return 0
    run = prepare(config, place, fresh=given["fresh"], add_agents=given["add_agent"], limits=run_limits(given))
    for told in (*(f"left out: {reason}" for reason in run.plan.left_out), *unused_rates(config, run.limits)):
        click.echo(told, err=True)
    return finish(run, place, given)


def run_config(given: Mapping[str, Any]) -> RunConfig:
    """Return the run that the options describe; raises ConfigError for what cannot be run."""

    suite, families = _families(given)
    selection, paths = _personas(given["personas"], os.environ.get("CONVSIM_PERSONAS", ""))
    return RunConfig(
        suite=suite,
        families=families,
        per_family=given["per_family"],
        orgs=tuple(dict.fromkeys(given["orgs"])),
        org_seed=given["org_seed"],
        scale=given["scale"],
        delivery=given["delivery"],
        policy=given["policy"],
        twins=given["twins"],
        personas=selection,
        persona_paths=paths,
        task_paths=tuple(map(str, _files(given))),
        trials=given["trials"],
        seed=given["seed"],
        limit=given["limit"],
        agents=_agents(given),
        user=UserConfig(
            target=given["user"],
            reader=given["reader"],
            args=pairs(given["user_args"], "--user-args"),
            base_url=given["user_base_url"],
        ),
        judge=JudgeConfig(
            spec=given["judge"], args=pairs(given["judge_args"], "--judge-args"), base_url=given["judge_base_url"]
        ),
        limits=LimitConfig(turns=given["max_turns"], actions=given["max_actions"], seconds=given["timeout"]),
    )


def _families(given: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return suite and families; either may be empty. Raises ConfigError for both, and for unknown ones."""
    from convsim import plugins
    from convsim.runs.plan import chosen_families

    if not given.get("suite"):
        return "", chosen_families(given["families"]) if given["families"] or not _files(given) else ()
    if given["families"]:
        raise ConfigError("--suite chooses the families: leave out --families, or --suite")
    suite = plugins.suite(given["suite"])
    return suite.id, suite.families


def _files(given: Mapping[str, Any]) -> list[Path]:
    """Return the files that hold the tasks, scenarios first."""
    return [*given["scenarios"], *given.get("tasks", ())]


def _orgs_of(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the generated orgs that the task files alone need, where the command line names none; else nothing."""
    from click.core import ParameterSource

    from convsim import plugins

    chosen = click.get_current_context().get_parameter_source("orgs") not in (ParameterSource.DEFAULT, None)
    if chosen or given["bundles"] or given["families"] or not _files(given):
        return ()
    named = plugins.task_files().orgs_of(_files(given))
    if None in named:
        raise ConfigError(
            f"{named[None]} does not say which org its tasks are about; name it: --org salesforce, or --bundle DIR of "
            "one that `convsim org pull` has fetched"
        )
    return tuple(name for name in named if name in ORG_TYPES)


def cluster_of(given: Mapping[str, Any]) -> Any:
    """Return the cluster that the options name, None for this machine; `--workers` then says how many actors."""
    from convsim.runs.cluster.cluster import Cluster

    if given.get("executor", "local") == "local":
        if given.get("ray_address"):
            raise ConfigError("--ray-address needs --executor ray")
        return None
    return Cluster(given["ray_address"] or "", given["workers"] if given["workers"] > 1 else 0)


def tested_agents(given: Mapping[str, Any]) -> list[AgentConfig]:
    """Return the agents under test, each in every guidance condition."""
    args = pairs(given["agent_args"], "--agent-args")
    conditions = guided(given)
    if told := _unread(given):
        click.echo(told, err=True)
    return [_tested(target, args, given, guide) for target in dict.fromkeys(given["agents"]) for guide in conditions]


def _unread(given: Mapping[str, Any]) -> str:
    """Return which agents take nothing of the given prompt options, "" when all do or none is given.

    A reference agent alone with guidance is no such case: that run is refused.
    """
    from convsim.agents.reference.roster import ROSTER

    flags = [flag for flag in ("guidance", "privacy_prompt", "aided") if given.get(flag)]
    if len(given["agents"]) == 1:
        flags = [flag for flag in flags if flag != "guidance"]
    deaf = [target for target in dict.fromkeys(given["agents"]) if target in ROSTER and target != "pupil"]
    if not flags or not deaf:
        return ""
    named = ", ".join("--" + flag.replace("_", "-") for flag in flags)
    return f"note: no effect on {', '.join(deaf)} (no prompt is read): {named}"


def _agents(given: Mapping[str, Any]) -> tuple[AgentConfig, ...]:
    """Return the agents under test, then the baselines that are not among them."""
    tested = tested_agents(given)
    baselines = [] if given["no_baselines"] else [AgentConfig(target=name) for name in BASELINES]
    agents = tuple({agent.fingerprint: agent for agent in (*tested, *baselines)}.values())
    if not agents:
        raise ConfigError("no agent: give --agent NAME, or leave out --no-baselines")
    return agents


def _tested(target: str, args: Mapping[str, Any], given: Mapping[str, Any], guide: Mapping[str, Any]) -> AgentConfig:
    """Return an agent under test; a reference agent has no prompt and takes only the arguments that it knows."""
    from convsim.agents.reference.roster import ROSTER

    if target in ROSTER and target != "pupil":
        alone = len(given["agents"]) == 1
        taken = {k: v for k, v in args.items() if alone or k in ROSTER[target].options}
        return AgentConfig(target=target, args=taken, **(guide if alone else {}))
    return AgentConfig(
        target=target,
        style=given["style"],
        **guide,
        privacy_prompt=given["privacy_prompt"],
        aided=given["aided"],
        args=dict(args),
        base_url=given["agent_base_url"],
    )


def _personas(values: tuple[str, ...], variable: str) -> tuple[str, tuple[str, ...]]:
    """Split `--personas` into the selection and the authors' own paths.

    The variable's paths stay there beside a selection on the command line, which would else replace them.
    """
    lasting = [value for value in variable.split() if Path(value).exists()]
    paths = tuple(dict.fromkeys([*(value for value in values if Path(value).exists()), *lasting]))
    rest = [value for value in values if value not in paths]
    for value in rest:
        if "/" in value or value.endswith((".yaml", ".yml")):
            raise ConfigError(f"--personas {value}: there is no such file or folder")
    words = [value for value in rest if value in ("one", "all") or value.isdigit()]
    if words and len(rest) > 1:
        raise ConfigError(
            f"--personas: '{words[0]}' and {', '.join(v for v in rest if v != words[0])} exclude each other"
        )
    return ",".join(rest) or "one", paths


def finish(run: Any, place: str, given: Mapping[str, Any]) -> int:
    """Execute a prepared run, print its scoreboard and return the exit code."""
    from convsim.cli.progress import progress

    shown = progress(as_json=given["as_json"], log=given.get("log"))
    with tracing.recording(given.get("traces")), shown as listener:
        check_interrupted()
        outcome = run.execute(
            jobs=given["jobs"],
            workers=given.get("workers", 1),
            cluster=cluster_of(given),
            listener=listener,
            retry_errors=given.get("retry_errors", False),
        )
    return concluded(run, outcome, place, given)


def concluded(run: Any, outcome: Any, place: str, given: Mapping[str, Any]) -> int:
    """Print the scoreboard of an executed run, and what is missing; return the exit code."""
    from convsim.cli.progress import tell_json
    from convsim.report.card import card_of, told
    from convsim.report.guidance import guidance_table, sheets_of
    from convsim.report.languages import spoken_english
    from convsim.report.spending import spent_of, told_spent
    from convsim.report.tables import scoreboard

    code = 0 if outcome.complete else 3
    if not code and given["fail_under"] and _missed(run.store, given):
        code = 1
    if given["as_json"]:
        tell_json(_done(outcome, place, code))
    else:
        if run.plan.config.suite:
            click.echo(f"suite {run.plan.config.suite}")
        click.echo(scoreboard(run.store.episodes()))
        if table := guidance_table(run.store.episodes(), sheets_of([run.store])):
            click.echo(f"\n{table}")
        spent = told_spent(spent_of([run.store]))
        for line in filter(None, (*told(card_of(run.store.episodes())), spoken_english([run.store]), spent)):
            click.echo(line, err=True)
    if not given["as_json"] or outcome.stopped:
        click.echo(f"{place}: {outcome.told}", err=True)
    if outcome.invalid:
        _tell_why(run.store)
    return code


def _tell_why(store: Any) -> None:
    """Tell each reason for which trials were spoiled, once."""
    spoiled = (episode.transcript.stop for episode in store.episodes() if not episode.transcript.valid)
    for reason in dict.fromkeys(f"{stop.cause.replace('_', ' ')}: {stop.message}" for stop in spoiled):
        click.echo(reason[:300], err=True)


def _done(outcome: Any, place: str, code: int) -> dict[str, Any]:
    """Return the last event of `--json`; see `convsim.records.published.RunDone`."""
    return {
        "event": "done",
        "planned": outcome.planned,
        "finished": outcome.done,
        "valid": outcome.done - outcome.invalid,
        "failed": outcome.invalid + outcome.unjudged,
        "out": str(place),
        "exit": code,
    }


def _missed(store: Any, given: Mapping[str, Any]) -> bool:
    """Tell every threshold that an agent under test misses."""
    from convsim.report.tables import threshold_misses

    exempt = [name for name in BASELINES if name not in given["agents"]]
    misses = [miss for text in given["fail_under"] for miss in threshold_misses(store.episodes(), text, exempt)]
    for miss in misses:
        click.echo(miss, err=True)
    return bool(misses)
