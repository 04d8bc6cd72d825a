"""Who words a decision: templates offline, or a language model that is told what to say and what not."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from convsim.errors import AgentError, ConfigError, UserError
from convsim.records.episode import UserConfig
from convsim.records.transcript import Usage
from convsim.users.check import Fault
from convsim.users.decide import Decision
from convsim.users.plan import Plan
from convsim.users.say import Utterance, say
from personas.units import UnitName

if TYPE_CHECKING:
    from autogen_core.models import ChatCompletionClient, LLMMessage

    from convsim.models.client import ModelClient


class Heard(NamedTuple):
    """The conversation so far."""

    said: Sequence[tuple[str, str]] = ()
    """(speaker, text), the speaker being `user` or `agent`."""
    released: frozenset[UnitName] = frozenset()
    """The units that the user has told."""


class Speaker(Protocol):
    """Puts decisions into words."""

    attempts: int
    """How often it may try before the template speaks."""

    @property
    def usage(self) -> Usage:
        """What its model consumed so far."""

    async def word(self, plan: Plan, decision: Decision, heard: Heard, *, faults: Sequence[Fault]) -> Utterance:
        """Return the decision in words; `faults` are those of the last attempt."""


class OfflineSpeaker:
    """Speaks by templates."""

    attempts = 1

    @property
    def usage(self) -> Usage:
        """Nothing."""
        return Usage()

    async def word(self, plan: Plan, decision: Decision, heard: Heard, *, faults: Sequence[Fault]) -> Utterance:
        """Return the template's wording."""
        del heard, faults
        return say(plan, decision)


class Spoken(BaseModel):
    """The form in which a model speaks."""

    model_config = ConfigDict(extra="forbid")

    message: str


class ModelSpeaker:
    """Speaks by a language model; a decision is stated as what must and must not be said."""

    attempts = 2

    def __init__(self, client: "ChatCompletionClient") -> None:
        self._client = client
        self._calls = 0

    @property
    def usage(self) -> Usage:
        """What the model consumed so far."""
        own = getattr(self._client, "usage", None)
        if isinstance(own, Usage):
            return own
        total = self._client.total_usage()
        return Usage(
            calls=self._calls,
            input_tokens=total.prompt_tokens,
            output_tokens=total.completion_tokens,
            cost_usd=None if self._calls else 0.0,
        )

    async def word(self, plan: Plan, decision: Decision, heard: Heard, *, faults: Sequence[Fault]) -> Utterance:
        """Return the model's wording with the places of the values; raises UserError when it answers no message."""
        from autogen_core.models import SystemMessage, UserMessage

        system, turn = _prompt(plan, decision, heard=heard, faults=faults)
        messages: list[LLMMessage] = [SystemMessage(content=system), UserMessage(content=turn, source="director")]
        try:
            result = await self._client.create(messages, json_output=Spoken)
        except AgentError as error:
            raise UserError(f"the user's model failed: {error}") from error
        self._calls += 1
        text = _message(result.content)
        spans: dict[Any, tuple[int, int]] = {}
        for found in plan.values.find(text):
            spans.setdefault(found.unit, (found.start, found.end))
        return Utterance(text, spans)


def open_speaker(config: UserConfig, *, client: "ChatCompletionClient | None" = None) -> Speaker:
    """Return the configured speaker; raises ConfigError for a model that cannot be opened."""
    if client is not None:
        return ModelSpeaker(client)
    if config.target == "human":
        raise ConfigError("a human user speaks in `convsim play`, not in a run: choose offline or a model")
    opened = client_of(config)
    return OfflineSpeaker() if opened is None else ModelSpeaker(opened)


def client_of(config: UserConfig) -> "ModelClient | None":
    """Return a client of the model that words the messages, None where none does; each conversation takes a fork.

    Raises ConfigError for a model that cannot be opened, and for one that cannot answer in a given form.
    """
    if config.target in ("offline", "human"):
        return None
    from convsim.models import open_client

    return open_client(
        config.target, base_url=config.base_url, args=config.args, role="user", needs=("response_format",)
    )


def _message(content: object) -> str:
    """Return the text of a structured answer; a model without structure may answer with plain text."""
    if not isinstance(content, str) or not content.strip():
        return ""
    if not content.lstrip().startswith("{"):
        return content.strip()
    try:
        return Spoken.model_validate_json(content).message.strip()
    except ValidationError as error:
        raise UserError(f"the user's model answered no message: {content[:120]!r}") from error


def _prompt(plan: Plan, decision: Decision, *, heard: Heard, faults: Sequence[Fault]) -> tuple[str, str]:
    """Return the system prompt and the instruction for this turn."""
    from personas.speaker import speaker_instructions

    must = [
        {"unit": name, "value": plan.form(name), "wrong": slip}
        for name, slip in (
            *((name, None) for name in decision.corrected),
            *((each.unit, each.slip) for each in decision.releases),
        )
    ]
    told = heard.released.union(name for name, _ in decision.told)
    hidden = [unit.forms[0] for name, unit in plan.units.items() if name not in told]
    context = {
        "sheet": speaker_instructions(plan.profile),
        "task": plan.task,
        "decision": decision,
        "must": must,
        "hidden": hidden,
        "draft": say(plan, decision).text,
        "said": heard.said,
        "faults": faults,
    }
    return _template("system").render(context).strip(), _template("turn").render(context).strip()


@cache
def _template(part: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    # Prompts are plain text: escaping for markup would change the values that must be said.
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    text = (files("convsim.users") / "wording" / f"{part}.j2").read_text(encoding="utf-8")
    return environment.from_string(text)
