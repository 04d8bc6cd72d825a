"""What happened in one conversation: messages, queries, ledger, stop, usage."""

from typing import Literal

from pydantic import Field

from convsim.records.ledger import LedgerEntry
from convsim.records.record import SCHEMA_VERSION, Record

StopKind = Literal["satisfied", "gave_up", "refused", "limit", "error"]
StopCause = Literal[
    "",
    "turns",
    "actions",
    "time",
    "tokens",
    "money",
    "agent_error",
    "context_overflow",
    "simulator_error",
    "infrastructure",
]
INVALID_CAUSES: frozenset[StopCause] = frozenset({"simulator_error", "infrastructure"})
"""Causes that spoil a trial without the agent's doing."""
QueryKind = Literal["soql", "sosl", "read", "describe", "call", "other"]


class Message(Record):
    """One message that both sides can see."""

    role: Literal["user", "assistant"]
    content: str
    final: tuple[str, ...] | None = None
    """The agent's structured answer, where it gave one."""


class Query(Record):
    """One request to the org or one call of a guidance function."""

    turn: int
    """Number of the user's message that it followed."""
    kind: QueryKind
    text: str
    """The SOQL, SOSL, path, or call with its arguments."""
    outcome: str = "ok"
    """`ok` or the org's error code."""
    message: str = ""
    """The org's error message."""
    rows: int = 0
    """Rows in the answer."""
    size: int = 0
    """Characters of the answer before truncation."""
    duration_ms: float = 0.0
    """Wall time; left out of comparisons."""
    records: tuple[str, ...] = ()
    """Ids of the first rows returned (at most 200)."""
    result: str = ""
    """The answer as JSON, truncated at the stated limit."""


class Stop(Record):
    """Why the conversation ended, decided by state, never by a token in the text."""

    kind: StopKind
    cause: StopCause = ""
    """The limit that was met or the side that failed; empty for an ordinary end."""
    message: str = ""
    """The error's own words."""


class Usage(Record):
    """What one role's model consumed."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    retries: int = 0
    cost_usd: float | None = 0.0
    """None when a price is unknown, never 0 for unknown."""

    def __add__(self, other: "Usage") -> "Usage":
        # Field by field: several sums are made for every call of a model.
        costs = (self.cost_usd, other.cost_usd)
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            retries=self.retries + other.retries,
            cost_usd=None if costs[0] is None or costs[1] is None else costs[0] + costs[1],
        )


class PromptBlock(Record):
    """One part of the agent's system prompt."""

    name: str
    text: str
    tokens: int
    """Estimated; `guidance.tokens.TOKENIZER` says how."""


class ReportCard(Record):
    """How well the simulated user did its own work in this episode; all are counts."""

    grounding_errors: int = 0
    early_reveals: int = 0
    missed_answers: int = 0
    retries: int = 0
    templates: int = 0
    """Model wordings replaced by the template."""
    unclear: int = 0


class Transcript(Record):
    """One conversation, complete; what judges, report and viewer read."""

    schema_version: int = SCHEMA_VERSION
    messages: tuple[Message, ...]
    queries: tuple[Query, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    stop: Stop
    prompt: tuple[PromptBlock, ...] = ()
    usage: dict[str, Usage] = Field(default_factory=dict)
    """By role: agent, user."""
    card: ReportCard = ReportCard()
    sensitive: dict[str, dict[str, str]] = Field(default_factory=dict)
    """What the bundle's own sensitivity.yaml protects: object -> field -> class; empty where it has none."""
    served_model: str = ""
    """Model id and fingerprint as the agent's provider reported them."""
    duration_s: float = 0.0
    """Wall time; left out of comparisons."""

    @property
    def valid(self) -> bool:
        """Whether this trial says anything about the agent."""
        return self.stop.cause not in INVALID_CAUSES
