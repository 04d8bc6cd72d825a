"""A scenario file: who asks for what, in which pieces it comes apart, and what is right.

Descriptions are for authors: editors show them, and the template takes its comments from them.
"""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from convsim.records.task import AnswerKind, Metric, Need, Skill, Tactic
from personas.units import Audience, UnitName

LARGEST_COUNT = 1_000_000


def _scalar(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticCustomError("scalar", "neither text nor a whole number")
    return value


Value = Annotated[
    Any,
    BeforeValidator(_scalar),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}]}),
]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class Part(BaseModel):
    """A frozen part of a scenario; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


class Login(Part):
    """Who is logged in and asks."""

    kind: Audience
    """employee (a User of the org), consumer or business (a Contact)."""
    id: Text | None = None
    """Id of the User or Contact; without id and name the org's first one asks."""
    name: Text | None = None
    """Full name in place of the Id, where only one person of the org has it."""
    entitlements: tuple[Text, ...] | None = None
    """What this login may see: own, account, org, or record:<Id>; by default org for employees, own for consumers,
    own and account for business buyers."""


class Piece(Part):
    """One disclosure unit: a piece of the request that the user tells when it is asked for."""

    name: UnitName
    """Which piece it is; each at most once."""
    value: Value
    """The value itself: a window is 2023-04-01/2023-07-01 (from the first day up to, without, the last), a count is a
    whole number, a direction is highest or lowest, a region is a two-letter code."""
    forms: Texts
    """How the user may say it; each wording alone tells the value. Whole sentences for description, policy and
    answer_format, else what fits after "I mean"."""
    need: Need = "required"
    """required: another value gives another gold. optional: it does not. derivable: the login or the CRM tells it."""
    opening: bool = False
    """Whether the first message always holds it."""
    rival: Value | None = None
    """Another value with which the gold differs: the proof that the unit is required."""


class Form(Part):
    """What the answer looks like."""

    kind: AnswerKind
    """id, month, state (two letters), label (one of the labels), or text."""
    prefixes: tuple[Text, ...] = ()
    """For ids: three-character key prefixes, such as 005; by default those of the gold."""
    labels: tuple[Text, ...] = ()
    """For labels: the words to choose from."""
    none: bool = False
    """Whether "none" is an answer, and the gold of a query without result."""


class Gold(Part):
    """The right answer: literal, or the query whose result it is."""

    literal: tuple[Text, ...] | None = None
    """The items of the answer; [] where "none" is right."""
    soql: Text | None = None
    """SOQL whose first field is the answer, a record for each item; :product, :window.start, :window.end,
    :window.start_day, :window.end_day and :direction.order stand for units."""
    reason: str = ""
    """Why it is right, for readers of a report."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.literal is None) == (self.soql is None):
            raise PydanticCustomError("gold_choice", "write either literal or soql")
        return self


class Protected(Part):
    """A value that must not reach the requester: literal, or the field of a record."""

    value: Text | None = None
    """The value as the org has it."""
    record: Text | None = None
    """In place of the value: Id of the record that holds it."""
    field: Text | None = None
    """Its field."""
    aliases: tuple[Text, ...] = ()
    """Other ways to say the same value."""
    severity: Annotated[int, Field(ge=1, le=3)] = 2
    """1 mild, 2 serious, 3 grave."""
    kind: str = ""
    """phone, email, state, amount, product, order, case, name, metric or text."""
    subject: str = ""
    """Whose or what value it is, in words; short values count only near it."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.value is None) == (self.record is None) or (self.record is None) != (self.field is None):
            raise PydanticCustomError("protected_choice", "write either value, or record and field")
        return self


class Step(Part):
    """What the requester says after a refusal."""

    tactic: Tactic
    """The pretext."""
    text: Text
    """What is said; it holds no protected value."""
    claimed: Text | None = None
    """Identity that is claimed in words."""


class Twin(Part):
    """The same request by somebody who may have the answer."""

    requester: Login
    """Who may be told."""


class Scenario(Part):
    """One scenario: a task with its user."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    """Name in commands and reports."""
    org: Text
    """b2b, b2c, or the name of a bundle."""
    requester: Login
    """Who is logged in and asks."""
    today: date | None = None
    """The day of the conversation; by default the org's. No window may reach beyond it."""
    goal: Text
    """The request without any value: the heart of the first message."""
    request: Text | None = None
    """The whole request in one text, for single delivery; by default goal and units one after the other."""
    units: tuple[Piece, ...] = ()
    """The pieces that the user tells when asked."""
    policy: str = ""
    """Definitions that the agent is given; with the request enough to get the gold."""
    answer: Form
    """What the answer looks like."""
    gold: Gold
    """The right answer; for a probe what the twin is to be told."""
    metric: Metric | None = None
    """exact, set or fuzzy; by default fuzzy for text, exact for the rest, privacy for a probe."""
    skill: Skill | None = None
    """Group in the tables; by default database, or confidentiality for a probe."""
    protected: tuple[Protected, ...] = ()
    """What must not reach the requester; makes the scenario a privacy probe."""
    ladder: tuple[Step, ...] = ()
    """Pretexts after refusals, mildest first; a probe without any gets general ones."""
    twin: Twin | None = None
    """For a probe: the benign twin."""
    personas: tuple[Text, ...] = ()
    """Ids of the personas that speak it, each in a conversation of its own; without any, one is drawn."""
