"""What came of a published file: per family how many tasks came apart completely, and each that did not, with why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convsim.errors import unknown
from convsim.records.task import TaskRecord
from convsim.roles import World
from personas.library import Library, load_library
from personas.units import Audience
from tasks.derived import NEEDS
from tasks.family_task import FamilyTask
from tasks.imported.files import Published, read
from tasks.imported.records import Imported, Place, imported
from tasks.imported.shapes import SHAPES
from tasks.imported.told import told
from tasks.loading import plan_of

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_NO_DATE = date(2024, 12, 31)
"""Today of tasks without a date in a file without any: the last day of which the published orgs hold records."""


@dataclass(frozen=True, slots=True)
class Report:
    """A file's tasks with what there is to say about them."""

    tasks: tuple[Imported, ...]
    differences: tuple[tuple[int | str, str], ...] = ()
    """(idx, what differs) for golds that the org's tables do not give."""

    @property
    def records(self) -> tuple[TaskRecord, ...]:
        """The tasks, in the file's order."""
        return tuple(each.record for each in self.tasks)

    def published(self) -> dict[str, Any]:
        """Return what `tasks import --json` prints."""
        found = Counter(each.record.family for each in self.tasks)
        whole = Counter(each.record.family for each in self.tasks if not each.missing)
        return {
            "tasks": len(self.tasks),
            "segmented": whole.total(),
            "flagged": sum(bool(each.flags) for each in self.tasks),
            "families": {name: {"tasks": count, "segmented": whole[name]} for name, count in found.items()},
            "problems": [{"idx": idx, "reason": reason} for idx, reason in self.problems()],
            "personas": self.personas(),
        }

    def problems(self) -> Iterator[tuple[int | str, str]]:
        """Yield (idx, reason): units not found, known faults, golds that differ."""
        for each in self.tasks:
            if each.missing:
                yield each.idx, f"not fully segmented: no {', no '.join(each.missing)} found in the query"
            yield from ((each.idx, flag) for flag in each.flags)
        yield from self.differences

    def personas(self) -> Mapping[str, str]:
        """Return the profile that speaks offline by the published persona's text."""
        return {each.record.voice: each.record.personas[0] for each in self.tasks if each.record.voice}


def import_file(path: Path, world: World | None = None, library: Library | None = None) -> Report:
    """Return the tasks of a file, in its order; with an org golds are derived again where the tables tell them.

    Raises ConfigError for a file that is none, and for a family that nobody published.
    """
    tasks = read(path)
    for task in tasks:
        if task.family not in SHAPES:
            raise unknown(f"family of task {task.idx} in {path}", task.family, SHAPES)
    place = _place(path, tasks, world)
    people = library or load_library()
    found = tuple(imported(task, place, people) for task in tasks)
    return Report(found, tuple(_differences(found, world)) if world is not None else ())


def _place(path: Path, tasks: Sequence[Published], world: World | None) -> Place:
    dates = [day for task in tasks if (day := told(task.metadata.required).today)]
    today = world.today if world is not None else max(dates, default=_NO_DATE)
    consumers = tasks[0].original or "b2c" in path.name.lower()
    audience: Audience = "consumer" if consumers else "business"
    return Place(world.name if world is not None else "salesforce", audience, today, path.stem)


def _differences(found: Sequence[Imported], world: World) -> Iterator[tuple[int | str, str]]:
    salesforce = world.connect()
    for each in found:
        if each.record.family in NEEDS and not each.missing:
            other = _derived(each.record, salesforce)
            if isinstance(other, str):
                yield each.idx, f"the gold cannot be derived again: {other}"
            elif sorted(other) != sorted(each.record.gold):
                yield each.idx, f"the gold is {_said(each.record.gold)}, the org's tables give {_said(other)}"


def _derived(record: TaskRecord, salesforce: "Salesforce") -> tuple[str, ...] | str:
    """Return the answer by our definitions, or in one line why the org gives none."""
    from simple_salesforce.exceptions import SalesforceError

    task = FamilyTask(record, plan_of(record.family))
    try:
        return task.solve(salesforce, {unit.name: unit.value for unit in record.units})
    except SalesforceError as error:
        content = error.content
        told_ = content[0].get("message", "") if isinstance(content, list) and content else str(content)
        return " ".join(str(told_).split())


def _said(gold: Sequence[str]) -> str:
    return ", ".join(gold) or "None"
