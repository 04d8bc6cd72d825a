"""Who reads the agent's messages for the user: the rules, or a model that is held to the vocabulary.

A model decides what a message does and which units it asks for. Whether an answer is in the form that the task asks for
stays with the rules, and so does a message that answers in such a form: no model can end a conversation too early or
keep it from ending. What a model answers outside of the closed lists is dropped, and the rules' reading stands.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from convsim.errors import AgentError
from convsim.reading.asking import Asked
from convsim.reading.reader import Reading
from convsim.records.episode import HUMAN, UserConfig
from convsim.records.task import Answer
from convsim.records.transcript import Usage
from convsim.records.verdict import Intent, TurnClass
from personas.units import UnitName

if TYPE_CHECKING:
    from convsim.models.client import ModelClient

RULES = "rules"
_CLASSES: Mapping[Intent, TurnClass] = {
    "ask": "neutral",
    "answer": "answer",
    "not_found": "not_found",
    "refuse": "other_refusal",
    "chat": "neutral",
}


class Reader(Protocol):
    """Reads an agent's message."""

    @property
    def usage(self) -> Usage:
        """What its model consumed so far."""

    async def read(self, text: str, rules: Reading, *, answer: Answer, before: str) -> Reading:
        """Return what the message does; `rules` is the rules' reading of it, `before` what the user said before it.

        Raises InfrastructureError when its model cannot be reached.
        """


class RulesReader:
    """Takes the rules' reading."""

    usage = Usage()

    async def read(self, text: str, rules: Reading, *, answer: Answer, before: str) -> Reading:
        """See `Reader`."""
        del text, answer, before
        return rules


class Told(BaseModel):
    """The form in which a model tells what it read."""

    model_config = ConfigDict(extra="forbid")

    intent: Intent
    asked: list[UnitName] = []
    open_question: bool = False
    who: bool = False
    private: bool = False


class ModelReader:
    """Takes a model's reading where it can be used."""

    def __init__(self, client: "ModelClient") -> None:
        self._client = client

    @property
    def usage(self) -> Usage:
        """What the model consumed so far."""
        return self._client.usage

    async def read(self, text: str, rules: Reading, *, answer: Answer, before: str) -> Reading:
        """See `Reader`."""
        if rules.intent == "answer" and rules.form == "in_form" and answer.kind != "text":
            return rules
        told = await self._told(text, before)
        return rules if told is None else merged(told, rules, text)

    async def _told(self, text: str, before: str) -> Told | None:
        """Return what the model says of a message, None when it cannot be used."""
        from autogen_core.models import SystemMessage, UserMessage

        said = f"The person said before:\n{before}\n\nThe message:\n{text}"
        try:
            result = await self._client.create(
                [SystemMessage(content=_prompt()), UserMessage(content=said, source="user")], json_output=Told
            )
            return Told.model_validate_json(result.content if isinstance(result.content, str) else "")
        except (AgentError, ValidationError):
            return None


def merged(told: Told, rules: Reading, text: str) -> Reading:
    """Return a model's reading with the places and the form that the rules found; a unit without a place has all."""
    places = {each.unit: each for each in rules.asked}
    asked = tuple(places.get(unit, Asked(unit, 0, len(text))) for unit in dict.fromkeys(told.asked))
    named = bool(asked) or told.who
    opened = told.open_question and not named
    return Reading(
        told.intent,
        asked=asked,
        open_question=opened,
        vague=told.intent == "ask" and not named,
        unclear=told.intent == "ask" and not named and not opened,
        turn_class="explicit_refusal" if told.intent == "refuse" and told.private else _CLASSES[told.intent],
        evidence=rules.evidence,
        form=rules.form,
        identity=told.who,
    )


def reader_of(config: UserConfig) -> "ModelClient | None":
    """Return a client of the model that reads, None where the rules do; each conversation takes a fork.

    Raises ConfigError for a model that cannot be opened, and for one that cannot answer in a given form.
    """
    if config.reader == RULES or config.target == HUMAN:
        return None
    from convsim.models import open_client

    return open_client(
        config.reader, base_url=config.base_url, args=config.args, role="user", needs=("response_format",)
    )


@cache
def _prompt() -> str:
    return (files("convsim.users") / "wording" / "reading.txt").read_text("utf-8").strip()
