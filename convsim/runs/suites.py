"""Suites: how many instances a run takes of each family, and the proof that they are those that were frozen."""

from collections.abc import Mapping, Sequence

from convsim import plugins
from convsim.draws import fingerprint
from convsim.errors import ConfigError
from convsim.providers import Suite
from convsim.records.episode import Scenario
from convsim.roles import World
from convsim.runs.config import RunConfig
from personas.library import Library
from personas.units import ORG_TYPES


def size(config: RunConfig, family: str, org: str) -> int:
    """Return how many instances of the family the run takes on an org; 0 where its suite has none there."""
    if not config.suite:
        return config.per_family
    return plugins.suite(config.suite).sizes.get(org, {}).get(family, 0)


def check_choice(config: RunConfig) -> None:
    """Raise ConfigError where the run wants of a suite what the suite does not leave open."""
    if not config.suite:
        return
    others = [org for org in config.orgs if org not in ORG_TYPES]
    if others:
        raise ConfigError(f"suite {config.suite} is about {' and '.join(ORG_TYPES)}, not about {', '.join(others)}")
    for option, found, fixed in (
        ("--seed", config.seed, 0),
        ("--org-seed", config.org_seed, 0),
        ("--scale", config.scale, 1.0),
        ("--personas", config.personas, "one"),
        ("--policy", config.policy, "given"),
        ("--limit", config.limit, None),
        ("--tasks and --scenarios", config.task_paths, ()),
    ):
        if found != fixed:
            told = "not be given" if fixed in (None, ()) else f"be {fixed}"
            raise ConfigError(f"{option} must {told} with a suite, whose tasks are fixed; leave out one of both")


def check_frozen(
    config: RunConfig, scenarios: Sequence[Scenario], worlds: Mapping[str, World], library: Library
) -> None:
    """Raise ConfigError unless the scenarios of a suite are those that were frozen."""
    if not config.suite:
        return
    suite = plugins.suite(config.suite)
    for org, found in frozen_hashes(scenarios, worlds, library).items():
        if found != suite.frozen.get(org):
            raise ConfigError(
                f"suite {suite.id} is frozen, and on {org} these are other tasks, personas or records ({found} instead "
                f"of {suite.frozen.get(org) or 'nothing'}): leave out --personas PATH, or choose --families"
            )


def frozen_hashes(scenarios: Sequence[Scenario], worlds: Mapping[str, World], library: Library) -> dict[str, str]:
    """Return a hash for each org over tasks, personas and records, whoever speaks and however often."""
    return {
        org: fingerprint("suite", worlds[org].content_hash, *_lines(scenarios, org, library))
        for org in dict.fromkeys(scenario.task.org for scenario in scenarios)
    }


def _lines(scenarios: Sequence[Scenario], org: str, library: Library) -> list[str]:
    lines = dict.fromkeys(
        scenario.task.model_dump_json() + library.get(scenario.persona).model_dump_json()
        for scenario in scenarios
        if scenario.task.org == org and not scenario.task.full_twin_of
    )
    return sorted(lines)


def suite_config(suite: Suite) -> RunConfig:
    """Return the run of a suite that freezes it; it has no agent and is only planned."""
    return RunConfig(families=suite.families, suite=suite.id, orgs=tuple(suite.sizes), agents=())
