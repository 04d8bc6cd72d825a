"""A model that answers from rules on the message history: for tests, examples and measurements, without a key.

`scripted/NAME` reads `scripts/NAME.yaml` beside this file; a NAME that ends in .yaml is a file of one's own:

    rules:                                  # the first rule that fits answers
      - last: user                          # optional: role of the last message
        after: 1                            # optional: at least so many answers were given before
        when: "how many (?P<object>\\w+)"   # optional: regular expression on the last message's text, any case
        say: "<execute>SELECT COUNT() FROM {{ object }}</execute>"     # Jinja; groups, text and turn are its variables
      - call: {name: soql, arguments: {query: "SELECT Id FROM {{ object }}"}}     # or a tool call
        reasoning: "..."                    # optional, what a reasoning model would show

Arguments: `latency`, seconds that every call takes.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import Field, JsonValue, ValidationError

from convsim.errors import AgentError, ConfigError, unknown
from convsim.models.model import ChatMessage, ChatRequest, Completion, ToolCall
from convsim.records.record import Record
from convsim.records.transcript import Usage

_SCRIPTS = files("convsim.models") / "scripts"
_TEMPLATES = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)


class ScriptedCall(Record):
    """A tool call; every string in the arguments is a template."""

    name: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class Rule(Record):
    """One condition and what is answered when it holds."""

    last: Literal["system", "user", "assistant", "tool"] | None = None
    after: int = Field(default=0, ge=0)
    when: str = ""
    say: str = ""
    call: ScriptedCall | None = None
    reasoning: str = ""

    def fits(self, request: ChatRequest) -> re.Match[str] | None:
        """Return the match on the last message when the whole rule holds."""
        last = request.messages[-1] if request.messages else {"role": "system", "content": ""}
        if self.last not in {None, last["role"]} or _answers(request) < self.after:
            return None
        return re.search(self.when, _text(last), flags=re.IGNORECASE)


class Script(Record):
    """An ordered list of rules."""

    about: str = ""
    rules: tuple[Rule, ...] = Field(min_length=1)


class ScriptedModel:
    """Answers with the first rule that fits; the same history always gets the same answer."""

    def __init__(self, name: str, script: Script, *, latency: float = 0.0) -> None:
        self.name = f"scripted/{name}"
        self._script = script
        self._latency = latency

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the answer; raises AgentError when no rule fits."""
        if self._latency:
            await asyncio.sleep(self._latency)
        for rule in self._script.rules:
            match = rule.fits(request)
            if match is not None:
                return self._answer(rule, match, request)
        raise AgentError(f"{self.name} holds no rule for: {_text(request.messages[-1])[:200]!r}")

    def _answer(self, rule: Rule, match: re.Match[str], request: ChatRequest) -> Completion:
        turn = _answers(request)
        known = {"text": match.string, "turn": turn, **{k: v or "" for k, v in match.groupdict().items()}}
        content = _filled(rule.say, known)
        calls = () if rule.call is None else (_call(rule.call, known, turn),)
        sizes = sum(len(_text(message)) for message in request.messages), len(content)
        usage = Usage(calls=1, input_tokens=sizes[0] // 4, output_tokens=sizes[1] // 4)
        return Completion(content=content, tool_calls=calls, reasoning=rule.reasoning, usage=usage, served_by=self.name)


def open_script(name: str, *, args: Mapping[str, Any]) -> ScriptedModel:
    """Return the scripted model of that name or file; raises ConfigError for an unknown name or a broken file."""
    for arg in args:
        if arg != "latency":
            raise unknown("argument for scripted models", arg, ["latency"])
    try:
        latency = float(args.get("latency", 0.0))
    except (TypeError, ValueError):
        raise ConfigError(f"argument 'latency' of scripted/{name} is {args['latency']!r}: give seconds") from None
    return ScriptedModel(name, _script(name), latency=latency)


@cache
def _script(name: str) -> Script:
    own = Path(name).suffix in {".yaml", ".yml"}
    try:
        text = Path(name).read_text("utf-8") if own else (_SCRIPTS / f"{name}.yaml").read_text("utf-8")
    except FileNotFoundError:
        if own:
            raise ConfigError(f"scripted model '{name}': there is no file {Path(name).absolute()}") from None
        names = sorted(entry.name.removesuffix(".yaml") for entry in _SCRIPTS.iterdir())
        raise unknown("scripted model", name, names, remedy="or give a .yaml file") from None
    try:
        script = Script.model_validate(yaml.safe_load(text))
        for rule in script.rules:
            re.compile(rule.when)
    except (yaml.YAMLError, ValidationError, re.error) as error:
        raise ConfigError(f"scripted model '{name}': {' '.join(str(error).split())}") from None
    return script


def _call(call: ScriptedCall, known: Mapping[str, Any], turn: int) -> ToolCall:
    arguments = {k: _filled(v, known) if isinstance(v, str) else v for k, v in call.arguments.items()}
    return ToolCall(id=f"call_{turn}", name=_filled(call.name, known), arguments=json.dumps(arguments))


def _filled(template: str, known: Mapping[str, Any]) -> str:
    try:
        return _compiled(template).render(known)
    except TemplateError as error:
        raise ConfigError(f"template {template!r} of a scripted model: {error}") from None


@lru_cache(maxsize=1024)
def _compiled(template: str) -> Template:
    return _TEMPLATES.from_string(template)


def _answers(request: ChatRequest) -> int:
    return sum(message["role"] == "assistant" for message in request.messages)


def _text(message: ChatMessage) -> str:
    return str(message.get("content") or "")
