"""A persona profile: who speaks, and how, in traits that can be checked on a transcript.

Traits are written as low, medium, high or as a number and are numbers after loading. Each trait's docstring says
its unit and range and, after "Measured:", the figure of a transcript that moves with it. `speaker.j2` holds the
instructions for a language model, trait by trait.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from personas.scales import Scale
from personas.units import Audience, OrgType

Register = Literal["casual", "plain", "professional", "technical"]
Language = Literal["en", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "zh"]
Order = Literal["as_listed", "most_important_first", "least_important_first", "shuffled"]
Correcting = Literal["at_once", "next_message"]
Tactic = Literal["direct", "urgency", "authority", "forged_consent", "impersonation", "piecemeal"]
Entry = TypeVar("Entry")


class Record(BaseModel):
    """A frozen part of a profile; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


class Style(Record):
    """How the persona words what it says; none of it changes which information is given."""

    verbosity: Annotated[float, Scale("share of the optional clauses that are said", 0.1, 0.4, 0.85)] = 0.4
    """Share of the optional clauses (greeting, reason, background, closing) that are said: 0..1.
    Measured: words per message beside the released values."""

    formality: Annotated[float, Scale("share of the wordings in formal form", 0.1, 0.5, 0.9)] = 0.5
    """Share of the wordings that are in formal form (full forms, no slang) where both exist: 0..1.
    Measured: share of contractions among them and the full forms (smaller when high)."""

    politeness: Annotated[float, Scale("probability of a polite marker per message", 0.1, 0.5, 0.9)] = 0.5
    """Probability that a message carries a polite marker (please, thank you, would you mind): 0..1.
    Measured: share of messages with a polite marker."""

    tangents: Annotated[float, Scale("probability of an off-topic sentence per message", 0.05, 0.2, 0.5)] = 0.0
    """Probability that a message carries one sentence off the topic: 0..1.
    Measured: share of messages with a sentence that serves neither the request nor the reply."""

    typos: Annotated[float, Scale("probability of a typo per word", 0.01, 0.03, 0.08, maximum=0.2)] = 0.0
    """Probability that a word of four letters or more is mistyped, values never: 0..0.2.
    Measured: typos per 100 words."""

    expertise: Annotated[float, Scale("share of system names among the names said", 0.1, 0.5, 0.9)] = 0.5
    """Share of the things called by their system name (case owner) and not by a vague word (who has it): 0..1.
    Measured: share of system names among all names of things said."""


class Disclosure(Record):
    """What the persona gives away in answer to what; whatever is asked for specifically is given in the end."""

    openness: Annotated[int, Scale("units per reply", 1, 2, 4, minimum=1, maximum=5)] = 2
    """Most disclosure units in one reply; what is asked beyond it comes when asked again: 1..5 units.
    Measured: mean units released per reply that releases any."""

    volunteering: Annotated[float, Scale("probability of an unasked unit per reply", 0.05, 0.25, 0.6)] = 0.1
    """Probability that a reply adds one unit that was not asked for, within openness: 0..1.
    Measured: share of released units with the reason `volunteered`."""

    order: Order = "as_listed"
    """Order in which units come when several may: the task's, by their effect on the answer, or drawn.
    Measured: rank correlation of the order of release with the order named here."""

    answers_open_questions: bool = True
    """Whether an open question ("can you tell me more?") is answered with units, or only a specific one is.
    Measured: share of open questions after which a unit is released."""

    forgetfulness: Annotated[float, Scale("probability of a first don't-know per unit", 0.05, 0.15, 0.4)] = 0.0
    """Probability per unit that its first ask is answered with "I don't know", its second with the value: 0..1.
    Measured: share of the released units that were asked for twice with an "I don't know" between."""

    correction: Annotated[float, Scale("probability of a wrong first value per unit", 0.05, 0.15, 0.4)] = 0.0
    """Probability per unit that a wrong value is said first and then corrected: 0..1.
    Measured: share of the released units with the reason `corrected`."""

    corrects: Correcting = "at_once"
    """Where the correction stands: in the same message, or at the start of the next one, contradicting the last.
    Measured: turns between the wrong value and its correction (0 or 1)."""


class Patience(Record):
    """How many clarifying messages of the agent the persona bears; an answer attempt or small talk is none."""

    irritation_after: Annotated[int, Scale("clarifications", 3, 5, 8, minimum=1, maximum=20)] = 5
    """Clarifications that are answered calmly; the replies after them show irritation: 1..20 messages.
    Measured: number of replies before the first sign of irritation."""

    gives_up_after: Annotated[int, Scale("clarifications", 6, 9, 12, minimum=1, maximum=30)] = 9
    """Clarifications that are answered at all; the next one ends the conversation as `gave_up`: 1..30 messages.
    Measured: clarifications in the conversations that end as `gave_up`."""

    @model_validator(mode="after")
    def _irritation_comes_first(self) -> Self:
        if self.irritation_after > self.gives_up_after:
            raise PydanticCustomError(
                "patience_order",
                "irritation_after ({irritation}) is above gives_up_after ({end})",
                {"irritation": self.irritation_after, "end": self.gives_up_after},
            )
        return self


class Pretext(Record):
    """How a persona of a privacy probe tries to get what it is not entitled to."""

    tactics: Annotated[tuple[Tactic, ...], Field(min_length=1)]
    """Tactics in the order in which they are tried, each once, after refusals.
    Measured: the sequence of tactics in the ledger of the probe."""

    persistence: Annotated[int, Scale("attempts", 2, 3, 5, minimum=1, maximum=5)] = 3
    """Most attempts, the opening included; the last tactic is repeated when there are more: 1..5 attempts.
    Measured: attempts in probes whose every answer is a refusal."""

    @field_validator("tactics")
    @classmethod
    def _each_once(cls, tactics: tuple[Tactic, ...]) -> tuple[Tactic, ...]:
        return _distinct(tactics)


class Profile(Record):
    """One persona. `extends` names the profile that it is a variant of; all its traits are resolved here."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*$", max_length=100)]
    """Name in commands and records: lower-case letters, digits and _; `+name` for each overlay laid on."""

    extends: Annotated[str, Field(min_length=1)] | None = None
    """Id of the persona from which everything that is not said here is taken."""

    display_name: Annotated[str, Field(min_length=1, max_length=60)]
    """Name as a person would sign."""

    audience: Audience
    """On which side of the company: an employee, a private consumer, or a buyer at a business."""

    orgs: Annotated[tuple[OrgType, ...], Field(min_length=1)]
    """Org types in which the persona may speak."""

    backstory: Annotated[str, Field(min_length=40, max_length=1500)]
    """One paragraph on the person and their day: colour for the speaker, never a fact of a task."""

    language: Language = "en"
    """Language spoken when a model words the messages (ISO 639-1); offline everybody speaks English."""

    language_register: Register = "plain"
    """Vocabulary: casual, plain, professional or technical.
    Measured: share of words from the word list of each register."""

    adversarial: bool = False
    """A stress profile, drawn only when it is named or when adversarial personas are asked for."""

    style: Style = Style()
    """How things are worded."""

    disclosure: Disclosure = Disclosure()
    """What is given in answer to what."""

    patience: Patience = Patience()
    """How much asking is borne."""

    pushback: Annotated[float, Scale("share of firm reactions", 0.1, 0.5, 0.9)] = 0.5
    """Share of the reactions (to a refusal, to an answer of the wrong form) that are firm and not mild: 0..1.
    Measured: share of reactions with a firm wording."""

    pretext: Pretext | None = None
    """Only for privacy probes: how protected values are asked for."""

    @field_validator("orgs")
    @classmethod
    def _each_once(cls, orgs: tuple[OrgType, ...]) -> tuple[OrgType, ...]:
        return _distinct(orgs)

    @field_validator("backstory")
    @classmethod
    def _one_paragraph(cls, text: str) -> str:
        if "\n\n" in text or "\n \n" in text:
            raise PydanticCustomError("paragraphs", "more than one paragraph")
        return " ".join(text.split())


def _distinct(items: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if len(set(items)) < len(items):
        raise PydanticCustomError("repeated", "the same entry twice")
    return items


class Overlay(Record):
    """Traits laid over any persona (`john_it_director+hurried`); it holds no task information and can remove none."""

    overlay: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    """Name after the + sign."""

    description: Annotated[str, Field(min_length=1, max_length=300)]
    """What it changes, in a sentence."""

    language: Language | None = None
    """See Profile."""

    language_register: Register | None = None
    """See Profile."""

    style: Style | None = None
    """The style traits that are replaced."""

    disclosure: Disclosure | None = None
    """The disclosure traits that are replaced."""

    patience: Patience | None = None
    """The patience traits that are replaced."""

    pushback: Annotated[float, Scale("share of firm reactions", 0.1, 0.5, 0.9)] | None = None
    """See Profile."""
