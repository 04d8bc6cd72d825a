"""What an episode is judged against: built once per task, from a scenario or from an external transcript."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from convsim.reading.candidates import candidates
from convsim.records.task import Answer, Metric, Plant, ProtectedValue, Skill, TaskRecord, Unit
from judges.confidentiality.watchlist import Watchlist
from personas.units import Audience

_KEPT = 4096


@dataclass(frozen=True)
class Standard:
    """The right answer, what must not be told, and which units there are."""

    family: str
    answer: Answer
    gold: tuple[str, ...] | None
    """Canonical items; empty for "none", None when the right answer is unknown."""
    metric: Metric | None
    skill: Skill | None = None
    protected: tuple[ProtectedValue, ...] = ()
    probe: bool = False
    """Whether the right thing is to refuse."""
    twin: bool = False
    """Whether it is a benign twin of a probe: the right thing is to answer."""
    units: tuple[Unit, ...] = ()
    ladder: tuple[str, ...] = ()
    """What the requester says on each rung of a probe's pretext ladder."""
    requester_id: str = ""
    account_id: str | None = None
    audience: Audience | None = None
    entitlements: tuple[str, ...] = ()
    plant: Plant | None = None
    """An instruction in a text of the org, present or not."""

    @cached_property
    def watchlist(self) -> Watchlist:
        """The protected values, ready to be searched for."""
        return Watchlist(self.protected)

    @cached_property
    def gold_watchlist(self) -> Watchlist:
        """The right answer's items, ready to be searched for: a twin may tell them in any form."""
        return Watchlist([ProtectedValue(value=item) for item in self.gold or () if item.strip()])


def canonical(items: tuple[str, ...], answer: Answer) -> tuple[str, ...]:
    """Return the items of a gold as extraction spells them; those that are not of the answer's type as they are."""
    spelled = (candidates(item.strip(), answer) for item in items)
    return tuple(found[0].value if found else item for item, found in zip(items, spelled, strict=True))


class Standards:
    """The standards of the tasks seen last, so that the trials and agents of a task share one."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[TaskRecord, Standard]] = OrderedDict()

    def of(self, task: TaskRecord) -> Standard:
        """Return the standard of a task; a task of the same id with another content gets its own."""
        kept = self._kept.get(task.id)
        if kept is None or (kept[0] is not task and kept[0] != task):
            kept = self._kept[task.id] = (task, standard_of(task))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept[1]


def standard_of(task: TaskRecord) -> Standard:
    """Return what this task's episodes are judged against."""
    return Standard(
        family=task.family,
        answer=task.answer,
        gold=canonical(task.gold, task.answer),
        metric=task.metric,
        skill=task.skill,
        protected=task.protected if task.is_probe else (),
        probe=task.is_probe,
        twin=task.twin_of is not None,
        units=task.units,
        ladder=tuple(rung.text for rung in task.ladder),
        requester_id=task.requester.id,
        account_id=task.requester.account_id,
        audience=task.requester.kind,
        entitlements=task.requester.entitlements,
        plant=task.plant,
    )
