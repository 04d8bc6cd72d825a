"""Which units are required: those for which some other admissible value gives another gold, the rest unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from convsim.records.task import UnitValue
from personas.units import UnitName
from tasks.ground import Ground
from tasks.plan import Draft, Plan, Ruling

RIVALS = 12
"""Values that are tried for each unit; a unit that none of them moves is optional."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The rival value per unit that was found to change the gold."""

    rivals: Mapping[UnitName, UnitValue]


def prove(plan: Plan, ground: Ground, draft: Draft, ruling: Ruling) -> Proof:
    """Return the rival of every unit that has one among the first `RIVALS` values that the plan names."""
    found = {name: rival(plan, ground, draft, ruling, name) for name in draft.values}
    return Proof({name: value for name, value in found.items() if value is not None})


def rival(plan: Plan, ground: Ground, draft: Draft, ruling: Ruling, unit: UnitName) -> UnitValue | None:
    """Return a value with which the gold is another one; None if none of the first `RIVALS` is."""
    named = plan.readings if unit == "policy" else plan.rivals(ground, draft, unit)
    others = (each for each in named if each != draft.values[unit])
    for value in islice(others, RIVALS):
        other = plan.rule(ground, draft.with_value(unit, value))
        if other.clear and differs(other, ruling):
            return value
    return None


def differs(one: Ruling, other: Ruling) -> bool:
    """Return whether two rulings give different golds, their other wordings included."""
    if sorted(one.gold) == sorted(other.gold):
        return False
    return not (other.same.intersection(one.gold) or one.same.intersection(other.gold))
