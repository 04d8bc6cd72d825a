"""The document that a model judge sees: evidence as data, without the names of agents and models."""

import re
from typing import Any

from convsim.records.verdict import Verdict
from judges.hearing import Hearing
from judges.standard import Standard

_MODELS = re.compile(
    r"\b(?:(?:chat)?gpt|claude|gemini|llama|mi[sx]tral|qwen|deepseek|grok|command[ -]r|phi|gemma"
    r"|o[134](?=-mini|-preview))"
    r"(?:[- ]?(?:\d[\w.]*|turbo|mini|pro|flash|opus|sonnet|haiku|instruct|preview|large|small|o))*\b"
    r"|\b(?:OpenAI|Anthropic|Google DeepMind|DeepSeek|Mistral AI|xAI|Cohere)\b",
    re.IGNORECASE,
)
HIDDEN = "[assistant]"


def document(standard: Standard, hearing: Hearing) -> dict[str, Any]:
    """Return what the judge is told, ready for JSON."""
    told: dict[str, Any] = {"transcript": [_message(index, hearing) for index in range(len(hearing.messages))]}
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


def _message(index: int, hearing: Hearing) -> dict[str, Any]:
    message = hearing.messages[index]
    shown: dict[str, Any] = {"message": index, "role": message.role, "text": message.content}
    if message.role == "assistant":
        shown["text"] = _MODELS.sub(HIDDEN, message.content)
    if message.final is not None:
        shown["final"] = list(message.final)
    return shown
