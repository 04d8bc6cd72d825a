"""What both families about the stage of an opportunity share: the opportunity is the record, a manager asks."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from functools import cache

from convsim.draws import choice
from convsim.org.generate.policy import WorkFact
from convsim.records.task import TaskRecord, UnitValue
from personas.units import UnitName
from tasks.ground import Ground, employee, managers
from tasks.plan import Draft, Plan
from tasks.wording import text


class StagePlan(Plan):
    """A question about the tasks of one opportunity."""

    can_be_none = True

    @abstractmethod
    def pool(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Sequence[str]:
        """Return the opportunities that fit."""

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate, or None when no opportunity fits."""
        pool = self.pool(ground, key, none=none)
        if not pool:
            return None
        deal = choice(pool, *key, "deal")
        return Draft(
            key,
            ground.today,
            employee(choice(managers(ground), *key, "requester")),
            values={"record": deal},
            forms={"record": (deal,)},
        )

    def policy(self, draft: Draft) -> str:
        """Return what belongs to a stage, and what is to be answered."""
        del draft
        return text(self.folder / "policy.txt")

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: no opportunity suggests itself."""
        del record, unit
        return None


@cache
def works(ground: Ground) -> dict[str, WorkFact]:
    """Return what the tasks tell, by opportunity."""
    return {each.deal: each for each in ground.latent.works}


def margin(work: WorkFact) -> int:
    """Return by how many tasks the stage of most tasks leads before the next."""
    counts = [count for _, count in Counter(each.stage for each in work.tasks).most_common(2)]
    return counts[0] - sum(counts[1:]) if counts else 0
