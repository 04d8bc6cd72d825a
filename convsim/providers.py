"""What a task provider may be beside: a source of suites, an importer, a reader of task files, the home of scenarios.

Each is a protocol of its own, so that a third party's provider need not have all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from convsim.records.task import TaskRecord
from convsim.roles import Task, World
from personas.errors import SourceError

if TYPE_CHECKING:
    from personas.library import Library


@dataclass(frozen=True, slots=True)
class Suite:
    """A versioned selection of tasks with one persona each, for the default orgs and seed 0."""

    name: str
    version: int
    summary: str
    sizes: Mapping[str, Mapping[str, int]]
    """Instances by org and family."""
    frozen: Mapping[str, str]
    """Hash over tasks, personas and records by org: what was frozen with this version."""

    @property
    def id(self) -> str:
        """Name and version, as reports print them."""
        return f"{self.name}@{self.version}"

    @property
    def families(self) -> tuple[str, ...]:
        """All its families, those of its first org first."""
        return tuple(dict.fromkeys(family for sizes in self.sizes.values() for family in sizes))


@runtime_checkable
class SuiteProvider(Protocol):
    """What a task provider may be beside: a source of suites."""

    @property
    def suites(self) -> tuple[Suite, ...]:
        """The suites, smallest first."""


@runtime_checkable
class Planter(Protocol):
    """What a task provider may be beside: one who plants instructions in the texts of an org."""

    def plant(self, families: Sequence[str], world: World, *, seed: int, count: int, out: Path) -> Sequence[TaskRecord]:
        """Write the planted org and the tasks, clean and planted, into a folder; return the tasks.

        Raises ConfigError for a folder that cannot be written, SelectionError where no task reads a text.
        """


class ImportReport(Protocol):
    """What came of a published task file."""

    @property
    def records(self) -> Sequence[TaskRecord]:
        """The tasks, in the file's order."""

    def published(self) -> dict[str, Any]:
        """Return what `tasks import --json` prints."""


@runtime_checkable
class TaskImporter(Protocol):
    """What a task provider may be beside: a reader of task files that others published."""

    def import_tasks(self, path: Path, world: World | None) -> ImportReport:
        """Return the tasks of a file; with an org golds are derived again. Raises ConfigError for a bad file."""


@runtime_checkable
class TaskFiles(Protocol):
    """What a task provider may be beside: a reader of tasks that people keep in files."""

    def read(self, path: Path, worlds: Mapping[str, World]) -> Sequence[Task]:
        """Return the tasks of a file or folder, each of a world of these; their records name their `origin`.

        Raises ConfigError or SourceError for what is no task file or holds mistakes.
        """

    def orgs_of(self, paths: Sequence[Path]) -> Mapping[str | None, Path]:
        """Return the orgs that readable files name, each with the first that does, without looking into any org.

        None stands for published tasks, which name no org.
        """

    def restore(self, record: TaskRecord) -> Task:
        """Return the task of a stored record, able to solve again."""


@runtime_checkable
class ScenarioFiles(Protocol):
    """What a task provider may be beside: the home of the format in which authors write scenarios."""

    def scenario_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a scenario file."""

    def new_scenario(self, name: str, world: World, *, probe: bool = False) -> str:
        """Return the text of a scenario file to start from; raises SourceError for a name that is none."""

    def lint_scenarios(
        self, paths: Sequence[Path], worlds: Mapping[str, World], library: "Library"
    ) -> tuple[Sequence[SourceError], Sequence[SourceError]]:
        """Return all mistakes by file and line, golds evaluated, and advice on what is allowed and hardly meant."""
