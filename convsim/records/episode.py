"""Scenario, agent configuration, episode: what was planned and what came of it."""

from typing import Literal, get_args

from pydantic import Field, JsonValue

from convsim.draws import fingerprint
from convsim.records.guidance import Subroutines
from convsim.records.record import SCHEMA_VERSION, Record
from convsim.records.task import TaskRecord
from convsim.records.transcript import Transcript
from convsim.records.verdict import Verdict

Delivery = Literal["single", "concat", "multi", "mute"]
DELIVERIES: tuple[Delivery, ...] = get_args(Delivery)
Style = Literal["react", "tools"]
HUMAN = "human"
"""Target of the side, agent or user, that a person plays at the terminal."""


class Scenario(Record):
    """Task x persona x delivery x trial: the same for every agent."""

    id: str
    """Hash of everything that the agent meets; see `scenario_id`."""
    task: TaskRecord
    persona: str
    delivery: Delivery
    trial: int
    seed: int


class UserConfig(Record):
    """Who plays the user."""

    target: str = "offline"
    """`offline`, `human`, or a model name."""
    reader: str = "rules"
    """Who reads the agent's messages: `rules` or a model name."""
    args: dict[str, JsonValue] = Field(default_factory=dict)
    base_url: str | None = None
    """Where these models answer; the same user whatever it is."""

    @property
    def speaks(self) -> str:
        """What changes what the user says, as text for hashes."""
        return self.model_dump_json(exclude={"base_url"})


class AgentConfig(Record):
    """Who is tested, with everything that changes its behaviour."""

    target: str
    """Reference agent's name, `provider/model`, `pkg.module:factory`, an http(s) address, or `human`."""
    style: Style = "react"
    guidance: str = "raw"
    guidance_example: str = ""
    """Family of the worked demonstration; empty where the condition has none."""
    subroutines: Subroutines | None = None
    """The parts that may be called; None where the condition has none."""
    privacy_prompt: bool = False
    aided: bool = False
    args: dict[str, JsonValue] = Field(default_factory=dict)
    base_url: str | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of the whole configuration."""
        # What came later leaves the names of older configurations as they were.
        later = {"guidance_example", "subroutines"} if self.guidance == "raw" else set()
        return fingerprint("agent", self.model_dump_json(exclude=later))

    @property
    def name(self) -> str:
        """The shortest name that tells this configuration from others of its target."""
        defaults = {"style": "react", "guidance": "raw"}
        extras = [str(getattr(self, key)) for key, usual in defaults.items() if getattr(self, key) != usual]
        extras += [self.guidance_example] if self.guidance_example else []
        extras += [self.subroutines.name] if self.subroutines and self.subroutines.name != "correct" else []
        extras += [key.replace("_", "-") for key in ("privacy_prompt", "aided") if getattr(self, key)]
        extras += [f"{key}={value}" for key, value in sorted(self.args.items())]
        return self.target + (f" [{', '.join(extras)}]" if extras else "")


class Episode(Record):
    """One scenario met by one agent."""

    schema_version: int = SCHEMA_VERSION
    id: str
    scenario: Scenario
    agent: AgentConfig
    transcript: Transcript | None = None
    """None until it has been run."""
    verdicts: tuple[Verdict, ...] = ()


def scenario_id(task: TaskRecord, *key: object) -> str:
    """Return the hash of the whole task and the rest of the key (persona, delivery, trial, seed, user, org)."""
    return fingerprint("scenario", task.model_dump_json(), *key)


def episode_id(scenario: Scenario, agent: AgentConfig) -> str:
    """Return the hash of scenario and agent configuration; never depends on time."""
    return fingerprint("episode", scenario.id, agent.fingerprint)
