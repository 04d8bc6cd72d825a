"""The plan of a run: which scenarios, met by which agents, in which order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from convsim import plugins
from convsim.draws import fingerprint, shuffled
from convsim.errors import ConfigError, SelectionError, UnavailableError, unknown
from convsim.records.episode import AgentConfig, Scenario, episode_id, scenario_id
from convsim.records.task import TaskRecord
from convsim.roles import Task, World
from convsim.runs.config import RunConfig
from convsim.runs.suites import check_frozen, size
from personas.library import Library
from personas.profile import Profile
from personas.units import ORG_TYPES, OrgType


@dataclass(frozen=True, slots=True)
class Planned:
    """One episode to be run."""

    id: str
    scenario: Scenario
    agent: AgentConfig


@dataclass(frozen=True, slots=True)
class Plan:
    """All scenarios of a run with what is needed to run them."""

    config: RunConfig
    scenarios: tuple[Scenario, ...]
    tasks: Mapping[str, Task]
    """By task id."""
    worlds: Mapping[str, World]
    """By org name."""
    library: Library
    left_out: tuple[str, ...] = ()
    """Why a family is missing on an org that does not hold what it is about."""

    @property
    def scenario_hash(self) -> str:
        """Hash over all scenario ids in order."""
        return fingerprint("plan", *(scenario.id for scenario in self.scenarios))

    def episodes(self) -> Iterator[Planned]:
        """Yield every episode, scenario by scenario, so that an interrupted run has all agents side by side."""
        for scenario in self.scenarios:
            for agent in self.config.agents:
                yield Planned(episode_id(scenario, agent), scenario, agent)

    def __len__(self) -> int:
        return len(self.scenarios) * len(self.config.agents)


def make_plan(config: RunConfig, worlds: Mapping[str, World], library: Library) -> Plan:
    """Build the tasks, give them personas and order the scenarios.

    Raises ConfigError for unknown families and personas and for a suite that is not as frozen, SelectionError when
    nothing is left to run.
    """
    tasks: dict[str, Task] = {}
    left_out: list[str] = []
    groups = [*_from_families(config, worlds, tasks, left_out), *_from_files(config, worlds, tasks)]
    columns = [
        list(_scenarios(_with_twins(records, config, tasks), worlds[records[0].org], config, library))
        for records in groups
    ]
    rows = zip_longest(*columns)
    scenarios = [scenario for row in rows for scenario in row if scenario is not None][: config.limit]
    if not scenarios:
        if left_out:
            raise SelectionError(left_out[0])
        raise SelectionError("nothing to run: no task of the chosen families and orgs has a persona that can speak it")
    check_frozen(config, scenarios, worlds, library)
    return Plan(config, tuple(scenarios), tasks, worlds, library, tuple(left_out))


def _with_twins(records: Sequence[TaskRecord], config: RunConfig, tasks: dict[str, Task]) -> Sequence[TaskRecord]:
    """Return the records, where twins are wanted each ordinary one followed by its own, entered among `tasks`."""
    if not config.twins:
        return records
    found: list[TaskRecord] = []
    for record in records:
        found.append(record)
        if record.is_work:
            twin = record.fully_specified()
            tasks[twin.id] = plugins.restore(twin)
            found.append(twin)
    return found


def _from_families(
    config: RunConfig, worlds: Mapping[str, World], tasks: dict[str, Task], left_out: list[str]
) -> Iterator[Sequence[TaskRecord]]:
    """Enter the tasks of families among `tasks`; yield their records, those of one family and org together.

    Of all families those that an org cannot have are left out with the reason.
    """
    every = set(config.families) == {family.name for family in plugins.families()}
    for family in config.families:
        for world in worlds.values():
            if not (count := size(config, family, world.name)):
                continue
            try:
                built = plugins.provider_of(family).build(
                    family, world, seed=config.seed, count=count, withheld=config.policy == "withheld"
                )
            except UnavailableError as error:
                if not every:
                    raise
                left_out.append(str(error))
                continue
            tasks.update({task.record.id: task for task in built})
            yield [task.record for task in built]


def _from_files(
    config: RunConfig, worlds: Mapping[str, World], tasks: dict[str, Task]
) -> Iterable[Sequence[TaskRecord]]:
    """Enter the tasks of files among `tasks`; return their records, those of one file and org together."""
    files: dict[tuple[str, str], list[TaskRecord]] = {}
    for task in plugins.read_tasks(map(Path, config.task_paths), worlds):
        record = task.record
        if record.id in tasks:
            raise ConfigError(f"two tasks have the id '{record.id}': rename the one in {record.origin}")
        tasks[record.id] = task
        files.setdefault((record.origin, record.org), []).append(record)
    return files.values()


def _scenarios(records: Sequence[TaskRecord], world: World, config: RunConfig, library: Library) -> Iterator[Scenario]:
    """Yield the scenarios of one family on one org; a twin has its probe's personas."""
    numbers: dict[str, int] = {}
    for record in records:
        number = numbers.setdefault(record.original, len(numbers))
        for profile in _speakers(record, number, config, library):
            for trial in range(config.trials):
                key = (
                    profile.model_dump_json(),
                    config.delivery,
                    trial,
                    config.seed,
                    config.user.speaks,
                    world.content_hash,
                )
                yield Scenario(
                    id=scenario_id(record, *key),
                    task=record,
                    persona=profile.id,
                    delivery=config.delivery,
                    trial=trial,
                    seed=config.seed,
                )


def _speakers(record: TaskRecord, number: int, config: RunConfig, library: Library) -> list[Profile]:
    """Return the personas that speak a task: balanced over the family by seed, fixed over trials."""
    choice = config.personas
    audience, confidential = record.requester.kind, record.is_probe or bool(record.twin_of)
    able = able_speakers(record, library, adversarial=choice == "all")
    if choice == "one" and record.personas:
        return [library.get(name) for name in record.personas]
    if choice not in ("one", "all") and not choice.isdigit():
        named = [library.get(name.strip()) for name in choice.split(",")]
        return [one for one in named if one.audience == audience and (one.pretext is not None) == confidential]
    if not able:
        raise ConfigError(
            f"no persona can speak task {record.id}: it needs audience '{audience}'"
            + (" with a pretext" if confidential else "")
            + "; add one with `convsim personas new`"
        )
    order = shuffled(able, "personas", config.seed, record.family, record.org)
    count = len(order) if choice == "all" else min(len(order), 1 if choice == "one" else int(choice))
    return [order[(number * count + i) % len(order)] for i in range(count)]


def able_speakers(record: TaskRecord, library: Library, *, adversarial: bool) -> Sequence[Profile]:
    """Return the personas of the right audience; probes and their twins need one with a pretext, others one without."""
    confidential = record.is_probe or bool(record.twin_of)
    orgs: tuple[OrgType, ...] = tuple(org for org in ORG_TYPES if org == record.org) or ORG_TYPES
    found = {
        profile.id: profile
        for org in orgs
        for profile in library.for_(record.requester.kind, org, pretext=confidential, adversarial=adversarial)
    }
    return tuple(found.values())


def chosen_families(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families by name, all of them for none; raises ConfigError for an unknown one."""
    known = [family.name for family in plugins.families()]
    for name in names:
        if name not in known:
            raise unknown("family", name, known, remedy="`convsim tasks list` shows all")
    return tuple(dict.fromkeys(names)) or tuple(known)
