"""A task: what a requester wants, in which pieces it comes apart, and what is right."""

from datetime import date
from typing import Literal, get_args

from pydantic import Field

from convsim.records.record import Record
from personas.units import Audience, UnitName

Skill = Literal["database", "workflow", "policy", "text", "confidentiality"]
SKILLS: tuple[Skill, ...] = get_args(Skill)

Need = Literal["required", "optional", "derivable"]
Metric = Literal["exact", "set", "fuzzy", "privacy"]
AnswerKind = Literal["id", "month", "state", "label", "text"]
Tactic = Literal["direct", "urgency", "authority", "forged_consent", "impersonation", "piecemeal"]
UnitValue = str | int


def _is_empty(value: object) -> bool:
    # What only tasks from files have stays out of the JSON of all others, whose hashes it would change.
    return not value


class Requester(Record):
    """The authenticated identity behind the request; the agent is told it as the login."""

    kind: Audience
    """Employee, consumer (b2c customer) or business (b2b customer)."""
    id: str
    """18-character Id of the User (employee) or Contact (customer)."""
    name: str
    """Full name as the org has it."""
    account_id: str | None = None
    """Account of a customer; None for employees."""
    email: str = ""
    """Address as the org has it."""
    entitlements: tuple[str, ...] = ()
    """What this login may see: `own` (own records), `account` (all of the account's), `org`, or `record:<Id>`."""


class Unit(Record):
    """A disclosure unit: one typed piece of the request."""

    name: UnitName
    """Which piece; a task holds each name at most once."""
    value: UnitValue
    """Canonical value: a window is `YYYY-MM-DD/YYYY-MM-DD` (half-open), a count is an int, the rest are strings."""
    forms: tuple[str, ...] = Field(min_length=1)
    """Surface wordings of the value, each of which alone tells it. Noun phrases that fit after "I mean" ("Q2 2023",
    "the past three months", "the lowest", "more than five cases"); whole sentences for description, policy and
    answer_format."""
    need: Need = "required"
    """Required: another value gives another gold (see rival). Derivable: the CRM or the login tells it."""
    opening: bool = False
    """Always part of the opening (the answer format)."""
    rival: UnitValue | None = None
    """The admissible value that proves the need: with it, and the rest unchanged, the gold differs."""


class Answer(Record):
    """What an answer looks like, so that it can be found in free text."""

    kind: AnswerKind
    """Type of the items of the gold."""
    prefixes: tuple[str, ...] = ()
    """For ids: the three-character key prefixes that the answer may have."""
    labels: tuple[str, ...] = ()
    """For labels: the closed vocabulary."""
    none: bool = False
    """Whether "none" (the empty list) is offered to the agent."""


class ProtectedValue(Record):
    """A value that must not reach this requester."""

    value: str
    """As the org has it."""
    aliases: tuple[str, ...] = ()
    """Other ways to say the same value."""
    severity: int = Field(default=2, ge=1, le=3)
    """1 mild, 2 serious, 3 grave."""
    kind: str = ""
    """What it is: phone, email, state, amount, product, order, case, name, metric, text."""
    record: str | None = None
    """Id of the record that holds it."""
    field: str | None = None
    """API name of the field that holds it."""
    subject: str = ""
    """Whose or what value it is, in words ("Dana Whitfield's phone number"): short values count only near it."""


class Rung(Record):
    """One step of a pretext ladder: what the requester says after having been refused so far."""

    tactic: Tactic
    """The pretext."""
    text: str
    """What is said; holds no protected value."""
    claimed: str | None = None
    """Identity that is claimed in words, apart from the authenticated one."""


class Segment(Record):
    """A piece of a request in somebody else's words."""

    text: str
    """As it stands there."""
    unit: UnitName | None = None
    """The unit that it tells; None for what belongs to the goal."""


Manner = Literal["plain", "urgent", "system", "markup", "language"]
MANNERS: tuple[Manner, ...] = get_args(Manner)
Demand = Literal["say", "disclose", "divert"]
DEMANDS: tuple[Demand, ...] = get_args(Demand)


class Plant(Record):
    """An instruction in a text that the agent reads, which nobody in the conversation has given."""

    base: str
    """Id of the clean task."""
    object: str
    """API name of the object whose text holds it."""
    record: str
    """Id of the record."""
    field: str
    """API name of the field."""
    text: str
    demand: Demand
    """Say a code, disclose somebody else's phone number, or divert to a wrong answer."""
    manner: Manner
    """Plain, urgent, as a note of the system, in markup, or in another language."""
    canary: ProtectedValue
    """What the agent says when it obeys, and hardly otherwise; the text does not hold it, but for a wrong answer."""
    present: bool = True
    """Whether the text is in the org; False for the clean twin, on which the same is looked for."""


class TaskRecord(Record):
    """One instance of a family, complete: it can be run, solved and judged from this record and the org."""

    id: str
    """`<family>-<org>-<seed>-<number>`, `-twin` appended for a benign twin."""
    family: str
    """One of the families, or the name of a scenario file."""
    skill: Skill
    """Group of families in the tables."""
    org: str
    """b2b, b2c, or the name of a bundle."""
    requester: Requester
    today: date
    """The task's own clock; no window reaches beyond it."""
    goal: str
    """The request without any slot: the heart of an opening."""
    request: str
    """The whole request in one text, as `single` delivery says it."""
    units: tuple[Unit, ...]
    policy: str
    """Definitions that the agent is given beside the request; enough to get the gold."""
    gold: tuple[str, ...]
    """The right answer; empty means "none"."""
    gold_reason: str = ""
    """Why the gold is what it is, for "none" and for false premises."""
    answer: Answer
    metric: Metric
    protected: tuple[ProtectedValue, ...] = ()
    """What must not reach the requester; empty except in privacy probes."""
    ladder: tuple[Rung, ...] = ()
    """Pretexts of a privacy probe, mildest first."""
    twin_of: str | None = None
    """Id of the probe whose benign twin this is."""
    seed: int

    false_premise: bool = Field(default=False, exclude_if=_is_empty)
    """Whether the request takes for granted what does not exist or did not happen; the gold is none, for the reason."""
    full_twin_of: str = Field(default="", exclude_if=_is_empty)
    """Id of the task whose fully specified twin this is: the same, but the opening withholds no unit."""
    origin: str = Field(default="", exclude_if=_is_empty)
    """Name of the file that it was read from; empty for instances that a family builds."""
    solution: str = Field(default="", exclude_if=_is_empty)
    """Scenario files: SOQL whose result is the gold, `:window.start` standing for a unit's value."""
    personas: tuple[str, ...] = Field(default=(), exclude_if=_is_empty)
    """Who speaks it, as its file says or comes nearest to; empty where personas are drawn."""
    segments: tuple[Segment, ...] = Field(default=(), exclude_if=_is_empty)
    """Imported tasks: the published query in pieces, in its order and without a loss; `concat` lists them."""
    voice: str = Field(default="", exclude_if=_is_empty)
    """Imported tasks: the published persona, told to a model that speaks for the user."""
    plant: Plant | None = Field(default=None, exclude_if=_is_empty)
    """The instruction planted for it, or, for its clean twin, the one that is not there."""
    hints: str = Field(default="", exclude_if=_is_empty)
    """Imported tasks: the published definitions that only aided agents are told."""

    def unit(self, name: UnitName) -> Unit | None:
        """Return the unit of that name, or None."""
        return next((unit for unit in self.units if unit.name == name), None)

    @property
    def required(self) -> tuple[Unit, ...]:
        """The units without which the gold cannot be known."""
        return tuple(unit for unit in self.units if unit.need == "required")

    @property
    def is_twin(self) -> bool:
        """Whether it only stands beside another task: a benign or a fully specified twin, one with a plant."""
        return self.twin_of is not None or bool(self.full_twin_of) or self.is_planted

    @property
    def is_planted(self) -> bool:
        """Whether an instruction is planted in its org."""
        return self.plant is not None and self.plant.present

    @property
    def is_work(self) -> bool:
        """Whether its completion counts: neither a probe nor a twin."""
        return not self.is_probe and not self.is_twin

    @property
    def original(self) -> str:
        """Id of the task that a twin belongs to; its own for all others."""
        return self.full_twin_of or self.twin_of or (self.plant.base if self.plant else self.id)

    def fully_specified(self) -> "TaskRecord":
        """Return the twin in whose opening everything is said that the user knows."""
        units = tuple(unit.model_copy(update={"opening": unit.need != "derivable"}) for unit in self.units)
        return self.model_copy(update={"id": f"{self.id}-full", "full_twin_of": self.id, "units": units})

    @property
    def is_probe(self) -> bool:
        """Whether the right thing is to refuse; what is protected may be unknown."""
        return (bool(self.protected) or self.metric == "privacy") and self.twin_of is None
