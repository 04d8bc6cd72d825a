"""What a run will take and what it can show, before the first call: rough, from stated assumptions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, sqrt

from convsim.guidance.recipient import recipient
from convsim.models.prices import price
from convsim.records.episode import AgentConfig, Scenario
from convsim.runs.guiding import prompt_of
from convsim.runs.plan import Plan

ASSUMPTIONS = "one question for each withheld unit, 3 queries an episode, 80 tokens a message, 400 a query's result"
QUERIES = 3
MESSAGE_TOKENS = 80
RESULT_TOKENS = 400
USER_PROMPT_TOKENS = 900
"""Instructions and persona of a model that speaks or reads for the user."""
JUDGE_PROMPT_TOKENS = 1500


@dataclass(frozen=True, slots=True)
class Expected:
    """What one model is expected to take over the whole run."""

    role: str
    """agent, user, reader, judge."""
    name: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    """None when the price is unknown."""


@dataclass(frozen=True, slots=True)
class Power:
    """What the number of tasks lets one see, for a share near one half (the worst case)."""

    tasks: int
    half_width: float | None
    """Of the 95% interval of one agent's completion rate, clustered by task; None for a single task."""
    detectable: float | None
    """Difference between two agents on the same tasks that is found with a probability of 0.8."""


@dataclass(frozen=True, slots=True)
class _Talk:
    """One conversation as it is expected."""

    turns: int
    prompt: int

    @property
    def calls(self) -> int:
        return self.turns + QUERIES

    @property
    def tokens(self) -> int:
        """Tokens of everything that was said and found."""
        return 2 * self.turns * MESSAGE_TOKENS + QUERIES * RESULT_TOKENS

    @property
    def read(self) -> int:
        """Input tokens of all calls: each reads the prompt and, on average, half of the conversation."""
        return self.calls * (self.prompt + self.tokens // 2)


def forecast(plan: Plan) -> list[Expected]:
    """Return what each model of the plan will take; reference agents and the offline user take nothing."""
    found: list[Expected] = []
    everything: list[_Talk] = []
    for agent in plan.config.agents:
        talks = list(_talks(plan, agent))
        everything += talks
        if recipient(agent.target) in ("model", "endpoint"):
            written = sum(talk.calls for talk in talks) * MESSAGE_TOKENS
            found.append(_expected("agent", agent.target, talks, sum(talk.read for talk in talks), written))
    found += _helpers(plan, everything)
    return found


def _helpers(plan: Plan, talks: list[_Talk]) -> Iterator[Expected]:
    """Yield what the models of user, reader and judge will take."""
    config = plan.config
    turns = [_Talk(talk.turns, 0) for talk in talks]
    read = sum(talk.turns * (USER_PROMPT_TOKENS + talk.tokens // 2) for talk in turns)
    written = sum(talk.turns for talk in turns) * MESSAGE_TOKENS
    for role, name in (("user", config.user.target), ("reader", config.user.reader)):
        if "/" in name:
            yield _expected(role, name, turns, read, written, calls=sum(talk.turns for talk in turns))
    for name in config.judge.spec.split("+")[1:]:
        judged = sum(JUDGE_PROMPT_TOKENS + talk.tokens for talk in talks)
        yield _expected("judge", name.strip(), talks, judged, len(talks) * 2 * MESSAGE_TOKENS, calls=len(talks))


def _expected(
    role: str, name: str, talks: Iterable[_Talk], read: int, written: int, *, calls: int | None = None
) -> Expected:
    cost = price(name) if recipient(name) == "model" else None
    usd = None if cost is None else cost.of(read, written)
    return Expected(role, name, sum(talk.calls for talk in talks) if calls is None else calls, read, written, usd)


def _talks(plan: Plan, agent: AgentConfig) -> Iterator[_Talk]:
    prompts: dict[str, int] = {}
    for scenario in plan.scenarios:
        task = scenario.task
        if task.id not in prompts:
            prompts[task.id] = sum(block.tokens for block in prompt_of(task, plan.worlds[task.org], agent))
        yield _Talk(_turns(scenario, plan.config.limits.turns), prompts[task.id])


def _turns(scenario: Scenario, most: int) -> int:
    """Return the agent's turns: its answer, and a question for every unit that is not told at once."""
    withheld = [unit for unit in scenario.task.required if not unit.opening] if scenario.delivery == "multi" else []
    return min(most, 1 + len(withheld))


def power(plan: Plan) -> Power:
    """Return what the plan's tasks let one see; personas and trials of one task are one cluster."""
    tasks = len({scenario.task.id for scenario in plan.scenarios})
    if tasks < 2:
        return Power(tasks, None, None)
    from scipy.special import stdtrit

    reach, chance = float(stdtrit(tasks - 1, 0.975)), float(stdtrit(tasks - 1, 0.8))
    spread = 0.5 / sqrt(tasks - 1)
    return Power(tasks, min(0.5, reach * spread), min(1.0, (reach + chance) * sqrt(2) * spread))


def rounded(number: int) -> int:
    """Return a number with two digits that count, upwards: an estimate should look like one."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return ceil(number / step) * step
