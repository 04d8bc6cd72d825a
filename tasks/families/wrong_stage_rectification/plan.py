"""wrong_stage_rectification: the stage to which an opportunity's tasks belong, if another one is recorded."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import choice, shuffled
from convsim.org.generate.policy import STAGES
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.ground import Ground
from tasks.plan import Draft, Ruling, Values
from tasks.stage_tasks.plan import StagePlan, margin, works
from tasks.stage_tasks.reading import main_stage
from tasks.stage_tasks.solution import fetched
from tasks.stage_tasks.tables import found, guide

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_MARGIN = 2
"""Tasks by which the true stage must lead."""


class WrongStage(StagePlan):
    """Stage that should be recorded, or none when it is."""

    name = "wrong_stage_rectification"
    folder = Path(__file__).parent
    answer = Answer(kind="label", labels=STAGES, none=True)
    cap = 1 / len(STAGES) + 0.1

    def pool(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Sequence[str]:
        """Return first a stage, then the opportunities that belong to it."""
        return _pools(ground).get((choice(STAGES, *key, "stage"), none), ())

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the true stage by the latent facts; clear when its tasks lead by a margin."""
        work = works(ground)[str(draft.values["record"])]
        gold = () if work.true == work.recorded else (work.true,)
        said = f"{len(work.tasks)} tasks, most of them {work.true}; recorded is {work.recorded}"
        return Ruling(gold, said, margin(work) >= _MARGIN)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the stage by the tables."""
        recorded, jobs = found(ground, str(draft.values["record"]))
        stage = main_stage(jobs, guide(ground))
        return () if stage == recorded else (stage,)

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield other opportunities whose stage is wrong."""
        wrong = [deal for (_, none), deals in _pools(ground).items() if not none for deal in deals]
        yield from shuffled(sorted(wrong), *draft.key, "rival", unit)

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the stage through the API."""
        del record
        recorded, jobs, assigned = fetched(salesforce, str(values.get("record", "")))
        stage = main_stage(jobs, assigned)
        return () if stage in ("", recorded) else (stage,)


@cache
def _pools(ground: Ground) -> dict[tuple[str, bool], list[str]]:
    """Return the opportunities by true stage and whether it is recorded so."""
    pools: dict[tuple[str, bool], list[str]] = {}
    for deal, work in works(ground).items():
        if margin(work) >= _MARGIN:
            pools.setdefault((work.true, work.true == work.recorded), []).append(deal)
    return pools


PLAN = WrongStage()
