"""A task from a file: its reference solution runs the author's query, or gives the gold once it knows what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convsim.records.task import TaskRecord, UnitValue
from convsim.roles import Task
from personas.units import UnitName
from tasks.derived import NEEDS
from tasks.family_task import FamilyTask
from tasks.imported.shapes import SHAPES
from tasks.loading import plan_of
from tasks.written.bindings import UnboundError, filled
from tasks.written.results import answers

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


def written(record: TaskRecord) -> Task:
    """Return the task of a record from a file.

    A published one whose answer the org's tables give is solved from them, as our own of that family are.
    """
    if record.segments and record.family in NEEDS and all(map(record.unit, SHAPES[record.family].needs)):
        return FamilyTask(record, plan_of(record.family))
    return WrittenTask(record)


@dataclass(frozen=True, slots=True)
class WrittenTask:
    """A task that is nothing but its record. Implements `convsim.roles.Task`."""

    record: TaskRecord

    def solve(self, salesforce: "Salesforce", known: Mapping[UnitName, UnitValue]) -> tuple[str, ...]:
        """Return the query's answer for these values; without a query the gold, where no required value is another.

        For a probe without a query that is what must not be told.
        """
        values = {**self._assumed(known), **known}
        if not self.record.solution:
            if self.record.is_probe:
                return tuple(each.value for each in self.record.protected)
            told = all(values.get(unit.name) == unit.value for unit in self.record.required)
            return self.record.gold if told else ()
        try:
            return answers(salesforce, filled(self.record.solution, values), self.record.answer)
        except UnboundError:
            return ()

    def assume(self, unit: UnitName) -> UnitValue | None:
        """Return what somebody who does not ask takes for the unit: its rival where it is needed, else its value."""
        held = self.record.unit(unit)
        if held is None:
            return None
        return held.rival if held.need == "required" else held.value

    def _assumed(self, known: Mapping[UnitName, UnitValue]) -> dict[UnitName, UnitValue]:
        taken = {unit.name: self.assume(unit.name) for unit in self.record.units if unit.name not in known}
        return {name: value for name, value in taken.items() if value is not None}
