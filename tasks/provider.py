"""The door through which the engine finds our families (entry point `convsim.tasks`); nothing loads before its use."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from tasks.family_task import FamilyTask
from tasks.loading import plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from convsim.records.task import TaskRecord
    from convsim.roles import Check, Family, GuidanceLibrary, ImportReport, Task, World


class Provider:
    """Builds and restores the tasks of our families."""

    @property
    def families(self) -> "tuple[Family, ...]":
        """The families with their capacity at scale 1."""
        return _families()

    @property
    def guidance(self) -> "GuidanceLibrary":
        """Functions and demonstrations of the seen families."""
        from tasks.guidance.library import library

        return library

    def build(self, family: str, world: "World", *, seed: int, count: int) -> "Sequence[Task]":
        """Return the first `count` instances for this org and seed; a privacy family gives each probe and its twin.

        Raises ConfigError when the family has fewer or needs facts that the org lacks.
        """
        from tasks.assembly import assemble
        from tasks.ground import available, ground
        from tasks.selection import select

        plan, soil = plan_of(family), ground(world)
        available(soil, family)
        return [
            FamilyTask(record, plan)
            for instance in select(plan, soil, seed=seed, count=count)
            for record in assemble(plan, soil, instance, seed=seed)
        ]

    def restore(self, record: "TaskRecord") -> "Task":
        """Return the task of a stored record; raises ConfigError for a family that is not ours."""
        return FamilyTask(record, plan_of(record.family))

    def import_tasks(self, path: "Path", world: "World | None") -> "ImportReport":
        """Return the tasks of a CRMArena or CRMArena-Pro file; raises ConfigError for a bad one."""
        from tasks.imported.report import import_file

        return import_file(path, world)

    def check(self, family: str, world: "World", *, seed: int, count: int) -> "Sequence[Check]":
        """Return what `tasks.check` finds, one row a rule."""
        from convsim.roles import Check
        from tasks.check import check

        return [
            Check(row.family, row.rule, f"{row.value:.0%} of {row.n} (must be {row.limit}) {row.note}".rstrip(), row.ok)
            for row in check(self, world, [family], seed=seed, count=count)
        ]


@cache
def _families() -> "tuple[Family, ...]":
    from convsim.roles import Family
    from personas.units import ORG_TYPES
    from tasks.catalog import CATALOG
    from tasks.selection import CAPACITY

    return tuple(
        Family(name, each.skill, each.audiences, ORG_TYPES, CAPACITY, each.summary) for name, each in CATALOG.items()
    )


provider = Provider()
