"""The rules of the families, measured on an org: the rows of `convsim tasks check`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from convsim.errors import SimulationError
from convsim.records.task import Unit, UnitValue
from convsim.roles import Task, TaskProvider, World
from personas.units import UnitName

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Rule = Literal[
    "oracles agree", "reference solution", "required units", "constant answer", "none share", "false premises",
    "distinct", "policy share"
]  # fmt: skip
_NONE = (0.10, 0.25)
_AMBIGUOUS = 0.5
_FEW = 8
"""Below so many instances a share says nothing."""
_FROM = f" from {_FEW} instances on"


@dataclass(frozen=True, slots=True)
class Row:
    """One rule, measured on one family, org and seed."""

    family: str
    org: str
    seed: int
    rule: Rule
    n: int
    """What was measured: instances, or units."""
    value: float
    """The share that was found."""
    limit: str
    """What it must be."""
    ok: bool
    note: str = ""
    """The first offender."""


def check(
    provider: TaskProvider, world: World, families: Iterable[str], *, seed: int, count: int, withheld: bool = False
) -> Iterator[Row]:
    """Yield the rows of each family for the first `count` instances of a seed; raises ConfigError as `build` does."""
    salesforce = world.connect()
    for family in families:
        try:
            tasks = provider.build(family, world, seed=seed, count=count, withheld=withheld)
        except SimulationError as error:
            yield Row(family, world.name, seed, "oracles agree", count, 0.0, "= 1", False, str(error))
            continue
        yield Row(family, world.name, seed, "oracles agree", len(tasks), 1.0, "= 1", True)
        answers = [sorted(task.solve(salesforce, values(task))) for task in tasks]
        yield _reference(tasks, answers)
        yield _required(tasks, answers, salesforce)
        yield from _spread(tasks)
        if withheld:
            yield _ambiguous(tasks)


def values(task: Task) -> dict[UnitName, UnitValue]:
    """Return what somebody knows who has been told everything."""
    return {unit.name: unit.value for unit in task.record.units}


def expected(task: Task) -> tuple[str, ...] | None:
    """Return what the reference solution must give; None for a probe, whose gold is a refusal."""
    return None if task.record.is_probe else tuple(sorted(task.record.gold))


def _reference(tasks: Sequence[Task], answers: Sequence[list[str]]) -> Row:
    measured = [(task, answer) for task, answer in zip(tasks, answers, strict=True) if not task.record.is_probe]
    wrong = [task.record.id for task, answer in measured if tuple(answer) != expected(task)]
    return _row(tasks, "reference solution", len(measured), wrong=wrong)


def _required(tasks: Sequence[Task], answers: Sequence[list[str]], salesforce: "Salesforce") -> Row:
    """Prove each required unit again, through the API: the rival value gives another answer."""
    pairs = [(task, answer, unit) for task, answer in zip(tasks, answers, strict=True) for unit in task.record.required]
    wrong = [
        f"{task.record.id} {unit.name}" for task, answer, unit in pairs if not _proved(task, answer, unit, salesforce)
    ]
    return _row(tasks, "required units", len(pairs), wrong=wrong)


def _proved(task: Task, answer: list[str], unit: Unit, salesforce: "Salesforce") -> bool:
    if unit.rival is None:
        return False
    return sorted(task.solve(salesforce, {**values(task), unit.name: unit.rival})) != answer


def _spread(tasks: Sequence[Task]) -> Iterator[Row]:
    from tasks.loading import plan_of

    measured = [task.record for task in tasks if not task.record.is_probe]
    golds = Counter(tuple(sorted(record.gold)) for record in measured)
    most = max((found for gold, found in golds.items() if gold), default=0)
    share = most / len(measured)
    few = len(measured) < _FEW
    first = measured[0]
    cap = plan_of(first.family).cap
    place = (first.family, first.org, first.seed)
    yield Row(*place, "constant answer", len(measured), share, f"<= {cap:g}{_FROM}", share <= cap or few)
    if any(record.answer.none for record in measured):
        none = golds[()] / len(measured)
        ok = _NONE[0] <= none <= _NONE[1] or few
        yield Row(*place, "none share", len(measured), none, f"{_NONE[0]} to {_NONE[1]}{_FROM}", ok)
    false = sum(record.false_premise for record in measured)
    if false:
        sound = all(record.answer.none and not record.gold and record.gold_reason for record in measured
                    if record.false_premise)  # fmt: skip
        yield Row(*place, "false premises", len(measured), false / len(measured), "answered none, with reason", sound)
    told = {(tuple((unit.name, unit.value) for unit in record.units), record.gold) for record in measured}
    yield Row(*place, "distinct", len(measured), len(told) / len(measured), "= 1", len(told) == len(measured))


def _ambiguous(tasks: Sequence[Task]) -> Row:
    """Return in how many instances the rival reading of the policy gives another answer."""
    first = tasks[0].record
    found = sum(any(unit.name == "policy" for unit in task.record.required) for task in tasks)
    share = found / len(tasks)
    return Row(first.family, first.org, first.seed, "policy share", len(tasks), share, ">= 0.5", share >= _AMBIGUOUS)


def _row(tasks: Sequence[Task], rule: Rule, n: int, *, wrong: Sequence[str]) -> Row:
    first = tasks[0].record
    share = 1 - len(wrong) / n if n else 1.0
    return Row(first.family, first.org, first.seed, rule, n, share, "= 1", not wrong, wrong[0] if wrong else "")
