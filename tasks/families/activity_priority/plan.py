"""activity_priority: the tasks of a status that belong to another stage than the opportunity's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import shuffled
from convsim.org.generate.policy import WorkFact
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.ground import Ground
from tasks.plan import Draft, Ruling, Values
from tasks.stage_tasks.plan import StagePlan, works
from tasks.stage_tasks.reading import strays
from tasks.stage_tasks.solution import fetched
from tasks.stage_tasks.tables import found, guide

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_STATUS = "Not Started"
_OTHERS = ("In Progress", "Completed", "Waiting on someone else", "Deferred")


class ActivityPriority(StagePlan):
    """Ids of the tasks that do not fit, or none."""

    name = "activity_priority"
    metric = "set"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("00T",), none=True)
    prefers_required = True

    def pool(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Sequence[str]:
        """Return the opportunities with tasks that were not begun, and with or without strays among them."""
        del key
        return _pools(ground)[none]

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: an opportunity and the status."""
        draft = super().draft(ground, key, none=none)
        if draft is None:
            return None
        forms: Mapping[UnitName, tuple[str, ...]] = {
            **draft.forms,
            "status_filter": tuple(self.wording.section("statuses")),
        }
        return replace(draft, values={**draft.values, "status_filter": _STATUS}, forms=forms)

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the strays by the latent facts."""
        work, status = works(ground)[str(draft.values["record"])], str(draft.values["status_filter"])
        gold = _strays(work, status)
        count = sum(each.status == status for each in work.tasks)
        return Ruling(gold, f"{len(gold)} of {count} tasks '{status}' do not belong to {work.recorded}")

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the strays by the tables."""
        stage, jobs = found(ground, str(draft.values["record"]))
        return strays(jobs, guide(ground), stage=stage, status=str(draft.values["status_filter"]))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield other statuses; other opportunities with strays."""
        if unit == "status_filter":
            yield from _OTHERS
        else:
            yield from shuffled(_pools(ground)[False], *draft.key, "rival", unit)

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the strays through the API."""
        del record
        stage, jobs, assigned = fetched(salesforce, str(values.get("record", "")))
        return strays(jobs, assigned, stage=stage, status=str(values.get("status_filter", _STATUS)))


def _strays(work: WorkFact, status: str) -> tuple[str, ...]:
    return tuple(sorted(each.id for each in work.tasks if each.status == status and each.stage != work.recorded))


@cache
def _pools(ground: Ground) -> dict[bool, list[str]]:
    """Return the opportunities whose stage is right: with strays that were not begun (False) and without (True)."""
    pools: dict[bool, list[str]] = {False: [], True: []}
    for deal, work in sorted(works(ground).items()):
        if work.true == work.recorded and any(each.status == _STATUS for each in work.tasks):
            pools[not _strays(work, _STATUS)].append(deal)
    return pools


PLAN = ActivityPriority()
