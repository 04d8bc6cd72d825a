"""A family's task as the engine sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

    from convsim.records.task import TaskRecord, UnitValue
    from personas.units import UnitName
    from tasks.plan import Plan


@dataclass(frozen=True, slots=True)
class FamilyTask:
    """A task of one of our families, able to solve itself through the API."""

    record: "TaskRecord"
    plan: "Plan"

    def solve(self, salesforce: "Salesforce", known: "Mapping[UnitName, UnitValue]") -> tuple[str, ...]:
        """Return what a competent admin answers with these values; the others are assumed."""
        assumed = {unit.name: self.assume(unit.name) for unit in self.record.units if unit.name not in known}
        told = {name: value for name, value in assumed.items() if value is not None}
        return self.plan.solve(salesforce, self.record, {**told, **known})

    def assume(self, unit: "UnitName") -> "UnitValue | None":
        """Return what somebody who does not ask takes for the unit; None when nothing suggests itself."""
        return self.plan.readings[0] if unit == "policy" else self.plan.assume(self.record, unit)
