"""Our scenarios, users and judges as a task of Inspect AI (extra `inspect`): its models, its limits, its viewer.

    inspect eval convsim/crm --model openai/gpt-4o -T families=handle_time,knowledge_qa -T orgs=b2b

The model under test is Inspect's; `-T user=inspect/user --model-role user=...` lets another one word the user, and
`-T judge=rules+inspect/judge` one judge what rules leave open. A trial is an epoch: `-T trials=3`, not `--epochs`.
"""

from typing import TYPE_CHECKING, Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from convsim import plugins
from convsim.errors import ConfigError
from convsim.models.inspect_model import ACTIVE, limits_kept
from convsim.records.episode import AgentConfig, Scenario, UserConfig, episode_id
from convsim.records.transcript import Transcript
from convsim.runs.conditions import guided
from convsim.runs.config import JudgeConfig, LimitConfig, RunConfig
from convsim.runs.exports.inspect_log import messages_of, score_of
from convsim.runs.plan import Plan, Planned, chosen_families
from convsim.runs.run import plan_run
from convsim.runs.stage import Stage

if TYPE_CHECKING:
    from convsim.roles import Judge

_TRANSCRIPT = "convsim:transcript"
"""Where a sample's store keeps the transcript as JSON."""
_PLANNED = ("per_family", "delivery", "personas", "seed", "limit", "org_seed", "scale")
_PROMPTED = ("guidance", "guidance_example", "subroutines", "privacy_prompt", "aided")


@task
def crm(
    families: str | list[str] = "",
    orgs: str | list[str] = "b2b,b2c",
    trials: int = 1,
    judge: str = "rules",
    user: str = "offline",
    style: str = "react",
    **more: Any,
) -> Task:
    """Return the benchmark as Inspect's task.

    `families` and `orgs` are names separated by commas (all families by default); `style` is react or tools. `more`
    takes `per_family`, `delivery`, `personas`, `seed`, `limit`, `max_turns`, `max_actions`, `privacy_prompt`, `aided`,
    `guidance` (one condition), `guidance_example`, `subroutines` and `agent` (another agent than Inspect's model, such
    as `reference`), as the options of `convsim run`. Raises ConfigError for what cannot be run.
    """
    plan = plan_run(_config(_names(families), _names(orgs), trials, user, style=style, more=dict(more)))
    judging = plugins.judge_provider().judge(judge, {}, base_url=None)
    first = [scenario for scenario in plan.scenarios if scenario.trial == 0]
    return Task(
        dataset=MemoryDataset([_sample(scenario) for scenario in first], name="convsim"),
        solver=conversation(plan),
        scorer=verdict(plan, judging),
        epochs=trials,
        name="crm",
    )


def _config(
    families: list[str], orgs: list[str], trials: int, user: str, *, style: str, more: dict[str, Any]
) -> RunConfig:
    limits = {"turns": more.pop("max_turns", 10), "actions": more.pop("max_actions", 20), "seconds": None}
    agent = {"target": more.pop("agent", f"inspect/{ACTIVE}"), "style": style, **_prompted(more)}
    for name in more:
        if name not in _PLANNED:
            raise ConfigError(f"-T {name}: there is no such parameter; there are {', '.join((*_PLANNED, *_PROMPTED))}")
    return RunConfig(
        families=chosen_families(families),
        orgs=tuple(orgs),
        trials=trials,
        agents=(AgentConfig.model_validate(agent),),
        user=UserConfig(target=user),
        judge=JudgeConfig(),
        limits=LimitConfig.model_validate(limits),
        **{name: str(value) if name == "personas" else value for name, value in more.items()},
    )


def _prompted(more: dict[str, Any]) -> dict[str, Any]:
    """Take out of `more` what changes the agent's prompt and return it as fields of its configuration."""
    given = {name: more.pop(name) for name in _PROMPTED if name in more}
    asked = {**given, "guidance": _names(given.get("guidance", ""))}
    conditions = guided(asked)
    if len(conditions) > 1:
        raise ConfigError(
            f"-T guidance={','.join(asked['guidance'])}: a task has one condition; run `inspect eval` once for each"
        )
    return {**{name: given[name] for name in ("privacy_prompt", "aided") if name in given}, **conditions[0]}


def _names(value: str | list[str]) -> list[str]:
    """Return names; Inspect has split a list at its commas already."""
    return [each.strip() for each in (value.split(",") if isinstance(value, str) else value) if each.strip()]


def _sample(scenario: Scenario) -> Sample:
    task_ = scenario.task
    about: dict[str, Any] = {"task": task_.id, "family": task_.family, "skill": task_.skill, "org": task_.org}
    return Sample(
        id=scenario.id,
        input=task_.goal,
        target=list(task_.gold) or ["none"],
        metadata={**about, "persona": scenario.persona, "delivery": scenario.delivery},
    )


def _planned(plan: Plan, state: TaskState) -> Planned:
    """Return the episode of a sample's epoch; raises ConfigError for more epochs than trials."""
    by_id = {scenario.id: scenario for scenario in plan.scenarios}
    first = by_id[str(state.sample_id)]
    for scenario in plan.scenarios:
        if (scenario.task.id, scenario.persona) == (first.task.id, first.persona) and scenario.trial == state.epoch - 1:
            agent = plan.config.agents[0]
            return Planned(episode_id(scenario, agent), scenario, agent)
    raise ConfigError(f"epoch {state.epoch} has no trial: give -T trials={state.epoch} instead of --epochs")


@solver
def conversation(plan: Plan) -> Solver:
    """Return the solver: the whole conversation between our user and the model under test."""
    stage = Stage.of(plan)

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 - Inspect calls it so
        with limits_kept() as beyond:
            transcript, _ = await stage.play(_planned(plan, state))
        if beyond:
            raise beyond[0]
        if not transcript.valid:
            raise RuntimeError(f"the trial is spoiled ({transcript.stop.cause}): {transcript.stop.message}")
        state.messages = list(messages_of(transcript, model=str(state.model)))
        last = next((each.content for each in reversed(transcript.messages) if each.role == "assistant"), "")
        state.output = ModelOutput.from_content(str(state.model), last)
        state.store.set(_TRANSCRIPT, transcript.model_dump(mode="json", by_alias=True))
        return state

    return solve


@scorer(metrics=[mean(), stderr(cluster="task")])
def verdict(plan: Plan, judge: "Judge") -> Scorer:
    """Return the scorer: the verdict of our judge, whole in the score's metadata."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - Inspect calls it so
        stored = state.store.get(_TRANSCRIPT)
        if stored is None:
            return Score.unscored()
        transcript = Transcript.model_validate(stored)
        verdicts = await judge.judge(_planned(plan, state).scenario, transcript)
        return score_of(verdicts[-1])

    return score
