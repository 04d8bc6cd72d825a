"""The only door to tasks and judges: one entry-point group each, the same for us and for third parties."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

from convsim.errors import ConfigError, unknown
from convsim.providers import Planter, ScenarioFiles, Suite, SuiteProvider, TaskFiles, TaskImporter
from convsim.records.task import TaskRecord
from convsim.roles import (
    Family,
    GuidanceLibrary,
    GuidanceProvider,
    JudgeProvider,
    LeakFinder,
    Task,
    TaskProvider,
    World,
)

TASKS = "convsim.tasks"
JUDGES = "convsim.judges"


def _load(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except ImportError as error:
        raise ConfigError(
            f"plugin '{entry.name}' of group {entry.group} ({entry.value}) cannot be imported: {error}; "
            "reinstall the package that provides it, or uninstall it"
        ) from error


@cache
def task_providers() -> tuple[TaskProvider, ...]:
    """Return all task providers, ours first, in the order of their names."""
    entries = sorted(entry_points(group=TASKS), key=lambda entry: (entry.value.split(".")[0] != "tasks", entry.name))
    return tuple(cast(TaskProvider, _load(entry)) for entry in entries)


def families() -> Iterator[Family]:
    """Yield every family that any provider can build."""
    for provider in task_providers():
        yield from provider.families


def provider_of(family: str) -> TaskProvider:
    """Return the provider that builds the family; raises ConfigError with the nearest name."""
    for provider in task_providers():
        if any(known.name == family for known in provider.families):
            return provider
    raise unknown("family", family, [known.name for known in families()], remedy="`convsim tasks list` shows all")


def suites() -> Iterator[Suite]:
    """Yield every suite that any provider has."""
    for provider in task_providers():
        if isinstance(provider, SuiteProvider):
            yield from provider.suites


def suite(name: str) -> Suite:
    """Return a suite by its name, with or without `@version`; raises ConfigError for another name or version."""
    known = list(suites())
    bare, _, version = name.partition("@")
    found = next((each for each in known if each.name == bare), None)
    if found is None:
        raise unknown("suite", name, [each.name for each in known], remedy="`convsim tasks suites` shows all")
    if version and version != str(found.version):
        raise ConfigError(f"suite {name}: this version of convsim has {found.id}; leave out the version to run it")
    return found


def planter() -> Planter:
    """Return who plants instructions; raises ConfigError where no provider does."""
    for provider in task_providers():
        if isinstance(provider, Planter):
            return provider
    raise ConfigError(f"no installed package plants instructions (entry-point group {TASKS}); reinstall crm-convsim")


def task_importer() -> TaskImporter:
    """Return the reader of published task files; raises ConfigError where no provider is one."""
    for provider in task_providers():
        if isinstance(provider, TaskImporter):
            return provider
    raise ConfigError(f"no installed package imports task files (entry-point group {TASKS}); reinstall crm-convsim")


def read_tasks(paths: Iterable[Path], worlds: Mapping[str, World]) -> list[Task]:
    """Return the tasks of files and folders, in their order; raises ConfigError or SourceError for a bad one."""
    return [task for path in paths for task in task_files().read(path, worlds)]


def restore(record: TaskRecord) -> Task:
    """Return the task of a stored record, able to solve again."""
    return task_files().restore(record) if record.origin else provider_of(record.family).restore(record)


def scenario_files() -> ScenarioFiles:
    """Return the home of the scenario format; raises ConfigError where no provider has it."""
    for provider in task_providers():
        if isinstance(provider, ScenarioFiles):
            return provider
    raise _no_files()


def task_files() -> TaskFiles:
    """Return the reader of tasks in files; raises ConfigError where no provider is one."""
    for provider in task_providers():
        if isinstance(provider, TaskFiles):
            return provider
    raise _no_files()


def _no_files() -> ConfigError:
    return ConfigError(f"no installed package reads task files (entry-point group {TASKS}); reinstall crm-convsim")


@cache
def judge_provider() -> JudgeProvider:
    """Return the judge provider: a third party's where one is installed, ours otherwise."""
    entries = sorted(entry_points(group=JUDGES), key=lambda entry: (entry.value.split(".")[0] == "judges", entry.name))
    if not entries:
        raise ConfigError("no judges are installed (entry-point group convsim.judges is empty); reinstall crm-convsim")
    return cast(JudgeProvider, _load(entries[0]))


def leak_finder() -> LeakFinder:
    """Return the search for leaks; raises ConfigError where the installed judges have none."""
    provider = judge_provider()
    if isinstance(provider, LeakFinder):
        return provider
    raise ConfigError("the installed judges bring no search for leaks, so nothing can be redacted; leave out --redact")


@cache
def guidance_library() -> GuidanceLibrary:
    """Return the guidance of the first task provider that has any, ours before others."""
    for provider in task_providers():
        if isinstance(provider, GuidanceProvider):
            return provider.guidance
    raise ConfigError("no installed task provider has guidance; reinstall crm-convsim, or leave --guidance at raw")
