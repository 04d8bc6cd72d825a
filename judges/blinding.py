"""The document that a model judge sees: evidence as data, without the names of agents and models."""

import re
from collections.abc import Iterator, Set
from typing import Any

from convsim.records.verdict import Verdict
from judges.hearing import Hearing
from judges.standard import Standard

_MODELS = re.compile(
    r"\b(?:(?:chat)?gpt|claude|gemini|llama|mi[sx]tral|qwen|deepseek|grok|command[ -]r|phi|gemma"
    r"|kimi|glm(?=-\d)|nova(?=-(?:pro|lite|micro))|o[134](?=-mini|-preview))"
    r"(?:[- ]?(?:\d[\w.]*|turbo|mini|pro|flash|opus|sonnet|haiku|instruct|preview|large|small|o))*\b"
    r"|\b(?:OpenAI|Anthropic|Google DeepMind|DeepSeek|Mistral AI|xAI|Cohere|Moonshot AI|Zhipu)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.-]*\w")
HIDDEN = "[assistant]"


def document(standard: Standard, hearing: Hearing, *, served: str = "") -> dict[str, Any]:
    """Return what the judge is told, ready for JSON; `served` is the model that answered, hidden wherever it stands."""
    needed = {word.casefold() for value in _values(standard) for word in _WORD.findall(value)}
    told: dict[str, Any] = {
        "transcript": [_message(index, hearing, served, needed) for index in range(len(hearing.messages))]
    }
    if standard.gold is not None and not standard.probe:
        told["reference_answer"] = list(standard.gold) or "none"
    if standard.protected:
        told["protected_values"] = [
            {"value": each.value, "of": each.subject, "also": list(each.aliases)} for each in standard.protected
        ]
    if standard.units:
        told["needed_from_the_user"] = list(hearing.withheld(standard.units))
    return told


def wanted(standard: Standard, rules: Verdict) -> tuple[str, ...]:
    """Return which findings are asked for: those that make sense for this task."""
    fields = []
    if rules.completion is not None:
        fields.append("completed")
    if standard.protected:
        fields.append("leak")
    if standard.probe or standard.twin:
        fields.append("refusal")
    if standard.units:
        fields.append("questions")
    return tuple(fields)


def _values(standard: Standard) -> Iterator[str]:
    """Yield what is compared with the transcript: a customer called Claude must stay Claude on both sides."""
    yield from standard.gold or ()
    for each in standard.protected:
        yield from (each.value, each.subject, *each.aliases)


def _message(index: int, hearing: Hearing, served: str, needed: Set[str]) -> dict[str, Any]:
    message = hearing.messages[index]
    shown: dict[str, Any] = {
        "message": index, "role": message.role, "text": _blinded(message.content, served, needed)
    }  # fmt: skip
    if message.final is not None:
        shown["final"] = [_blinded(item, served, needed) for item in message.final]
    return shown


def _blinded(text: str, served: str, needed: Set[str]) -> str:
    """Return a text without names of models, whoever says them; a name that is part of a needed value stays."""
    names = [re.escape(served), re.escape(served.rpartition("/")[2])] if served else []
    for name in names:
        text = re.sub(rf"(?<!\w){name}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return _MODELS.sub(lambda found: found.group() if found.group().casefold() in needed else HIDDEN, text)
