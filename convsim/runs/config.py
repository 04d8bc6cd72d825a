"""What a run is: everything that changes a transcript or a verdict, and nothing else."""

from collections.abc import Iterator
from typing import Any, Literal, get_args

from pydantic import Field, JsonValue

from convsim.records.episode import AgentConfig, Delivery, UserConfig
from convsim.records.guidance import GuidanceSheet
from convsim.records.record import SCHEMA_VERSION, Record

BASELINES = ("reference", "hasty", "interrogator", "refuser", "constant")
"""Offline agents that run on the same scenarios beside the agents under test."""


class JudgeConfig(Record):
    """Who judges."""

    spec: str = "rules"
    """`rules` or `rules+MODEL`."""
    args: dict[str, JsonValue] = Field(default_factory=dict)
    base_url: str | None = None


class LimitConfig(Record):
    """Limits of each conversation."""

    turns: int = Field(default=10, ge=1, le=1000)
    """User messages."""
    actions: int = Field(default=20, ge=1, le=10_000)
    """Requests to the org in one turn of the agent."""
    seconds: float | None = Field(default=600.0, gt=0)
    """Wall time of a conversation."""


Policy = Literal["given", "withheld"]
POLICIES: tuple[Policy, ...] = get_args(Policy)


class RunConfig(Record):
    """A run as the command line describes it; the same value resumes the same run."""

    schema_version: int = SCHEMA_VERSION
    families: tuple[str, ...]
    per_family: int = Field(default=12, ge=1)
    """Instances per family and org; privacy families add a benign twin to each."""
    suite: str = ""
    """Name and version of the suite that chooses families and their instances; `per_family` then means nothing."""
    orgs: tuple[str, ...]
    """b2b, b2c, or a bundle's folder."""
    org_seed: int = 0
    scale: float = Field(default=1.0, gt=0, le=100)
    delivery: Delivery = "multi"
    policy: Policy = "given"
    """`withheld`: a clause of the policy text is left out, and only the user knows it."""
    twins: bool = False
    """Whether each ordinary task has a fully specified twin beside it, for the measure `need_balanced`."""
    personas: str = "one"
    """`one` per task, `all`, a number per task, or ids separated by commas."""
    persona_paths: tuple[str, ...] = ()
    """Authors' own persona files."""
    task_paths: tuple[str, ...] = ()
    """Files and folders of tasks: scenarios, imported tasks. Each is run whole, whatever `per_family` says."""
    trials: int = Field(default=1, ge=1)
    seed: int = 0
    limit: int | None = Field(default=None, ge=1)
    """At most so many scenarios, taken evenly over families and orgs."""
    agents: tuple[AgentConfig, ...]
    user: UserConfig = UserConfig()
    judge: JudgeConfig = JudgeConfig()
    limits: LimitConfig = LimitConfig()


class Manifest(Record):
    """A stored run's identity card."""

    schema_version: int = SCHEMA_VERSION
    version: str
    """Version of convsim."""
    config: RunConfig
    org_hashes: dict[str, str]
    """Content hash of each org."""
    scenarios: str
    """Hash over all scenario ids in order."""
    judge_id: str
    guidance: tuple[GuidanceSheet, ...] = ()
    """What stands beside the results of each guidance condition; not compared."""
    git: str = ""
    """Commit of the working folder, `+` appended when it has changes; not compared."""


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield one line `path: old -> new` for every leaf in which two JSON values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif old != new:
        yield f"{path}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"
