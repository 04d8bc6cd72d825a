"""The parts that others can play: agent, user, task, judge, guidance; and how they are handed in.

The participants of a conversation are AutoGen `ChatAgent`s. Everything here is a Protocol or plain data, so that the
parts do not know each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from convsim.records.episode import Scenario
from convsim.records.guidance import Subroutines
from convsim.records.ledger import LedgerEntry
from convsim.records.task import ProtectedValue, Requester, Skill, TaskRecord, UnitValue
from convsim.records.transcript import PromptBlock, Query, QueryKind, ReportCard, Stop, Transcript, Usage
from convsim.records.verdict import Verdict
from personas.units import Audience, OrgType, UnitName

if TYPE_CHECKING:
    from autogen_agentchat.base import ChatAgent
    from simple_salesforce import Salesforce

    from convsim.guidance.calling import SessionFunction
    from convsim.guidance.functions import GuidanceFunction


class World(Protocol):
    """The org that tasks are about: the embedded one, a bundle, or a real one."""

    @property
    def name(self) -> str:
        """`b2b`, `b2c`, or the bundle's name."""

    @property
    def today(self) -> date:
        """The org's frozen date; for a real org the date of the run."""

    @property
    def folder(self) -> Path | None:
        """The bundle's folder, where latent facts lie beside the records; None for a real org."""

    @property
    def content_hash(self) -> str:
        """Hash of all rows; part of every manifest."""

    @property
    def sensitive(self) -> Mapping[str, Mapping[str, str]]:
        """What the bundle's own sensitivity.yaml protects: object -> field -> class; empty where it has none."""

    def connect(self) -> "Salesforce":
        """Return a client with administrator's sight, outside every episode's log."""

    def open_session(self, requester: Requester) -> "Session":
        """Return one episode's access, logged from its first request."""


class Session(Protocol):
    """One episode's access to the org; everything that is asked through it is logged."""

    @property
    def id(self) -> str:
        """The session id, as the REST API takes it."""

    @property
    def instance_url(self) -> str:
        """Where the REST API answers."""

    @property
    def salesforce(self) -> "Salesforce":
        """A client that speaks for this session."""

    @property
    def queries(self) -> Sequence[Query]:
        """Every request of this session so far."""

    @property
    def fault(self) -> Exception | None:
        """The first breakdown of the org itself, or None; never the agent's doing."""

    on_exhausted: Callable[[], None] | None
    """Called once when a turn asks for more actions than it may."""

    def begin_turn(self, turn: int, max_actions: int) -> None:
        """Stamp what follows with the turn's number and allow it so many actions."""

    def note(self, kind: QueryKind, text: str, *, outcome: str = "ok", message: str = "", result: str = "") -> None:
        """Log something that was done without the API, such as the call of a guidance function."""

    def close(self) -> None:
        """End the session: later requests answer INVALID_SESSION_ID."""


@runtime_checkable
class Task(Protocol):
    """A task that knows its own solution."""

    @property
    def record(self) -> TaskRecord:
        """The task as data."""

    def solve(self, salesforce: "Salesforce", known: Mapping[UnitName, UnitValue]) -> tuple[str, ...]:
        """Return the answer that a competent admin gets through the API alone when the units have these values.

        Units that `known` lacks are filled in by `assume`. Serves reference agents and proofs.
        """

    def assume(self, unit: UnitName) -> UnitValue | None:
        """Return what somebody who does not ask would take for the unit; None when nothing suggests itself."""


@dataclass(frozen=True, slots=True)
class Family:
    """A task family as lists and reports name it."""

    name: str
    skill: Skill
    audiences: tuple[Audience, ...]
    orgs: tuple[OrgType, ...]
    capacity: int
    """Instances that can be generated at scale 1."""
    summary: str


@dataclass(frozen=True, slots=True)
class Check:
    """One acceptance check with its figure."""

    subject: str
    """What was checked: a family, an object."""
    name: str
    figure: str
    ok: bool


class TaskProvider(Protocol):
    """Entry point `convsim.tasks`: a source of tasks."""

    @property
    def families(self) -> tuple[Family, ...]:
        """The families that it can build."""

    def build(self, family: str, world: World, *, seed: int, count: int, withheld: bool = False) -> Sequence[Task]:
        """Return the first `count` instances of the family for this org and seed.

        With `withheld`, a clause of the policy is a required unit that only the user knows. Raises ConfigError when the
        family has fewer, UnavailableError when it cannot be built on this org or has no such clause (with the reason).
        """

    def restore(self, record: TaskRecord) -> Task:
        """Return the task of a stored record, able to solve again."""

    def check(self, family: str, world: World, *, seed: int, count: int, withheld: bool = False) -> Sequence[Check]:
        """Prove the first `count` instances: oracles agree, required units are required, golds vary."""


class Judge(Protocol):
    """Turns a transcript into verdicts."""

    @property
    def judge_id(self) -> str:
        """Hash of everything that can change a verdict."""

    async def judge(self, scenario: Scenario, transcript: Transcript) -> Sequence[Verdict]:
        """Return one verdict per source (rules; with a model also the model's and the combined one)."""

    @property
    def usage(self) -> Usage:
        """What this judge's models consumed so far."""


class ScoredLine(Protocol):
    """What came of one line of an external transcript file."""

    @property
    def line(self) -> int:
        """Number of the line, from 1."""

    @property
    def verdict(self) -> dict[str, Any] | None:
        """The published object, or None for a bad line."""

    @property
    def error(self) -> str:
        """What is wrong with a bad line, and what is expected."""


class JudgeProvider(Protocol):
    """Entry point `convsim.judges`: a source of judges."""

    def judge(self, spec: str, args: Mapping[str, Any], *, base_url: str | None = None) -> Judge:
        """Return the judge for `rules`, `rules+MODEL`, ...; raises ConfigError for an unknown one."""

    def score_lines(self, lines: Iterable[str | bytes], *, turns_only: bool = False) -> Iterator[ScoredLine]:
        """Judge transcripts from elsewhere, one JSON object a line, by rules; a bad line costs only itself."""


class ValueSearch(Protocol):
    """Finds protected values in text, in every form that counts as a leak."""

    def find(self, text: str, *, question: str = "") -> Sequence[tuple[int, int, int]]:
        """Return (index of the value, start, end) of wholes and parts; `question` is what the text replies to."""


@runtime_checkable
class LeakFinder(Protocol):
    """What a judge provider may be beside: the home of the search for leaks, which redaction uses too."""

    def search(self, values: Sequence[ProtectedValue], *, anywhere: bool = False) -> ValueSearch:
        """Return the search for these values; `anywhere`: only wholes, and only what counts in any context."""

    def sensitive_fields(self) -> Mapping[str, Mapping[str, str]]:
        """Return object -> field -> class of the standard fields that are not for everybody."""


class User(Protocol):
    """The simulated user: an AutoGen ChatAgent with a state that can be read."""

    @property
    def agent(self) -> "ChatAgent":
        """Speaks: no message for the opening, then the agent's replies; a StopMessage when it ends."""

    @property
    def stop(self) -> Stop | None:
        """Why the user ended the conversation, or None while it goes on."""

    @property
    def ledger(self) -> Sequence[LedgerEntry]:
        """What was released, withheld and asked so far."""

    @property
    def card(self) -> ReportCard:
        """How well the user did its own work so far."""

    @property
    def usage(self) -> Usage:
        """What the user's models consumed so far."""


class Person(Protocol):
    """Somebody at a terminal who plays one side."""

    def begin(self, episode: str) -> None:
        """Take note that the conversation of this episode begins."""

    def hear(self, speaker: str, text: str) -> None:
        """Show what the other side said."""

    def note(self, text: str) -> None:
        """Show what nobody said: instructions, results, mistakes."""

    async def line(self, speaker: str) -> str:
        """Return what the person types next, `speaker` standing before it; raises LeftError once the person left."""


@dataclass(frozen=True, slots=True)
class AgentContext:
    """What a factory gets to build the agent of one episode; holds no gold, units or protected values."""

    instance_url: str
    session_id: str
    salesforce: "Salesforce"
    system_prompt: str
    today: date
    requester: Requester
    seed: int
    prompt: tuple[PromptBlock, ...] = ()
    """The system prompt in its parts, for the transcript."""
    args: Mapping[str, Any] = field(default_factory=dict)
    """`--agent-args` of this agent."""
    episode: str = ""
    """The episode's id, which an endpoint is told in a header."""
    functions: "Mapping[str, SessionFunction]" = field(default_factory=dict)
    """Guidance functions by name, each an async callable with named arguments; their queries run in this session."""


@dataclass(frozen=True, slots=True)
class ReferenceContext:
    """What a factory marked `reference = True` gets: the context and the task with its solution."""

    context: AgentContext
    task: Task


class Tried(Protocol):
    """What came of one part's trials against the oracle."""

    @property
    def name(self) -> str:
        """The part."""

    @property
    def passed(self) -> bool:
        """Whether it was right every time."""


class GuidanceLibrary(Protocol):
    """Functions, their parts and demonstrations of the seen families, injected into the agents by runs."""

    @property
    def seen(self) -> tuple[str, ...]:
        """Families for which there is guidance."""

    @property
    def unseen(self) -> tuple[str, ...]:
        """Families of the comparison for which there is none."""

    def functions(self) -> "Sequence[GuidanceFunction]":
        """Return the task-specific functions."""

    def subroutines(self, chosen: Subroutines) -> "Sequence[GuidanceFunction]":
        """Return the parts of the functions; raises ConfigError for a file that cannot be used."""

    def composed(self, chosen: Subroutines) -> Sequence[str]:
        """Return the sources of the functions put together of these parts, under their own names; of some or none."""

    def demonstration(self, family: str, world: World, kind: Literal["technical", "plain"]) -> str:
        """Return a worked demonstration of a seen family, executed on this org; raises ConfigError for another one."""

    def sentences(self, family: str, kind: Literal["technical", "plain"]) -> Sequence[str]:
        """Return what people wrote for a demonstration."""

    def trials(self, chosen: Subroutines, world: World) -> Sequence[Tried]:
        """Return how the parts fare against the oracle on this org."""


@runtime_checkable
class GuidanceProvider(Protocol):
    """A task provider that has guidance too."""

    @property
    def guidance(self) -> GuidanceLibrary:
        """The library."""
