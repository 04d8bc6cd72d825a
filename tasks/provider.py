"""The door through which the engine finds our families (entry point `convsim.tasks`); nothing loads before its use."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from tasks.family_task import FamilyTask
from tasks.loading import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convsim.errors import ConfigError
    from convsim.providers import ImportReport, Suite
    from convsim.records.task import TaskRecord
    from convsim.roles import Check, Family, GuidanceLibrary, Task, World
    from personas.errors import SourceError
    from personas.library import Library
    from tasks.ground import Ground


class Provider:
    """Builds and restores the tasks of our families."""

    @property
    def families(self) -> "tuple[Family, ...]":
        """The families with their capacity at scale 1."""
        return _families()

    @property
    def suites(self) -> "tuple[Suite, ...]":
        """The versioned selections of tasks, smallest first."""
        from tasks.suites.load import suites

        return suites()

    @property
    def guidance(self) -> "GuidanceLibrary":
        """Functions and demonstrations of the seen families."""
        from tasks.guidance.library import library

        return library

    def build(self, family: str, world: "World", *, seed: int, count: int, withheld: bool = False) -> "Sequence[Task]":
        """Return the first `count` instances for this org and seed; a privacy family gives each probe and its twin.

        With `withheld`, the policy text lacks the clause of which there is a rival reading; only the user knows it.
        Raises ConfigError when the family has fewer, has no such clause or needs facts that the org lacks.
        """
        from tasks.assembly import assemble
        from tasks.ground import available, ground
        from tasks.selection import select

        plan, soil = plan_of(family), ground(world)
        available(soil, family)
        if withheld and not plan.ambiguous(soil):
            raise _without_clause(family, soil)
        return [
            FamilyTask(record, plan)
            for instance in select(plan, soil, seed=seed, count=count, withheld=withheld)
            for record in assemble(plan, soil, instance, seed=seed)
        ]

    def restore(self, record: "TaskRecord") -> "Task":
        """Return the task of a stored record; raises ConfigError for a family that is not ours."""
        if not record.origin:
            return FamilyTask(record, plan_of(record.family))
        from tasks.written.task import written

        return written(record)

    def read(self, path: "Path", worlds: "Mapping[str, World]") -> "Sequence[Task]":
        """Return the tasks of a file or a folder of scenarios; raises ConfigError or SourceError for mistakes."""
        from tasks.written.files import read

        return [self.restore(record) for record in read(path, worlds)]

    def scenario_schema(self) -> "dict[str, Any]":
        """Return the JSON Schema of a scenario file."""
        from tasks.scenarios.files import schema

        return schema()

    def new_scenario(self, name: str, world: "World", *, probe: bool = False) -> str:
        """Return the text of a scenario file to start from; raises SourceError for a name that is none."""
        from tasks.scenarios.template import new_scenario

        return new_scenario(name, world, probe=probe)

    def orgs_of(self, paths: "Sequence[Path]") -> "Mapping[str | None, Path]":
        """Return the orgs that readable files name, in their order; None for published tasks, which name none."""
        from tasks.written.files import orgs_of

        return orgs_of(paths)

    def lint_scenarios(
        self, paths: "Sequence[Path]", worlds: "Mapping[str, World]", library: "Library"
    ) -> "tuple[Sequence[SourceError], Sequence[SourceError]]":
        """Return all mistakes by file and line, golds evaluated, and advice."""
        from tasks.scenarios.lint import lint

        return lint(paths, worlds, library)

    def import_tasks(self, path: "Path", world: "World | None") -> "ImportReport":
        """Return the tasks of a CRMArena or CRMArena-Pro file; raises ConfigError for a bad one."""
        from tasks.imported.report import import_file

        return import_file(path, world)

    def plant(
        self, families: "Sequence[str]", world: "World", *, seed: int, count: int, out: "Path"
    ) -> "Sequence[TaskRecord]":
        """Write the planted org and its tasks, clean and planted; raises ConfigError or SelectionError."""
        from convsim.errors import SelectionError
        from personas.library import load_library
        from tasks.planted.plants import planted
        from tasks.planted.write import write

        tasks = [task for family in families for task in self.build(family, world, seed=seed, count=count)]
        records = list(planted(tasks, world, load_library()))
        if not records:
            raise SelectionError(f"nothing to plant: no task of {', '.join(families)} reads a text of the org")
        write(records, world, out)
        return records

    def check(self, family: str, world: "World", *, seed: int, count: int, withheld: bool = False) -> "Sequence[Check]":
        """Return what `tasks.check` finds, one row a rule."""
        from convsim.roles import Check
        from tasks.check import check

        return [
            Check(row.family, row.rule, f"{row.value:.0%} of {row.n} (must be {row.limit}) {row.note}".rstrip(), row.ok)
            for row in check(self, world, [family], seed=seed, count=count, withheld=withheld)
        ]


def _without_clause(family: str, soil: "Ground") -> "ConfigError":
    from convsim.errors import UnavailableError
    from tasks.catalog import CATALOG

    able = ", ".join(name for name in CATALOG if plan_of(name).ambiguous(soil))
    return UnavailableError(
        f"family '{family}' has no policy clause on org '{soil.name}' whose readings differ often enough to be "
        f"withheld: choose among {able}, or leave out --policy withheld"
    )


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
