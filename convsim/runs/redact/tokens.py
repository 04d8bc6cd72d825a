"""The values of a run and their tokens, numbered in the order in which they are met."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from convsim.records.episode import Episode
from convsim.records.task import ProtectedValue, TaskRecord
from convsim.records.transcript import Transcript

TOKEN = re.compile(r"\[[\w.]+#\d+\]")
_OBJECTS = {
    "001": "Account", "003": "Contact", "005": "User", "006": "Opportunity", "00Q": "Lead", "00T": "Task",
    "00U": "Event", "500": "Case", "800": "Contract", "801": "Order", "802": "OrderItem", "0Q0": "Quote",
    "02s": "EmailMessage", "ka0": "Knowledge__kav",
}  # fmt: skip
"""Object by key prefix (help.salesforce.com, "Standard Field Record ID Prefix Decoder")."""
_FIGURE = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w,])")
_COUNTED = ("metric", "count")
"""Kinds of values that are no field's, but counted over many records."""
_PAIR = re.compile(r'"type"\s*:\s*"(?P<type>\w+)"|"(?P<field>\w+)"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)(?P<end>"?)')
_CUT = re.compile(r" \[\.\.\. \d+ of \d+ characters left out\]$")

Sensitive = Mapping[str, Mapping[str, str]]
"""Object -> field -> class."""


class Tokens:
    """Every value that is to be replaced, with its token."""

    def __init__(self, standard: Sensitive) -> None:
        self._standard = standard
        self.values: list[ProtectedValue] = []
        """What was learned, each value once; its token is at the same place of `names`."""
        self.names: list[str] = []
        self._probes: dict[str, tuple[ProtectedValue, ...]] = {}
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._figures: set[float] = set()

    def of(self, value: str) -> str | None:
        """Return the token of a value or one of its other wordings, None for what is no value."""
        return self._known.get(key_of(value))

    def protected_in(self, task: TaskRecord) -> tuple[ProtectedValue, ...]:
        """Return what is protected in a task's conversations: for a twin, what its probe protects, or its answer."""
        if not task.twin_of:
            return task.protected
        return self._probes.get(task.twin_of) or tuple(ProtectedValue(value=each) for each in task.gold if each.strip())

    def learn(self, value: str, label: str, *, kind: str = "", aliases: tuple[str, ...] = ()) -> str:
        """Return the token of a value, a new one when it is met for the first time."""
        found = self.of(value) or next((known for each in aliases if (known := self.of(each))), None)
        if found is None:
            number = self._counts.get(label, 0) + 1
            while any(abs(number - each) * 20 <= each for each in self._figures):
                number += 1
            self._counts[label], found = number, f"[{label}#{number}]"
        new = [each for each in (value, *aliases) if each.strip() and key_of(each) not in self._known]
        for each in new:
            self._known[key_of(each)] = found
        if new:
            self.values.append(ProtectedValue(value=new[0], aliases=tuple(new[1:]), kind=kind))
            self.names.append(found)
        return found

    def avoid(self, task: TaskRecord) -> None:
        """Keep tokens from telling a protected number, or one that is it rounded, by their own."""
        words = " ".join(word for each in task.protected for word in (each.value, *each.aliases))
        self._figures |= {float(each.replace(",", "")) for each in _FIGURE.findall(words)}

    def learn_task(self, task: TaskRecord) -> None:
        """Learn what a task protects, a twin's answer, and the requester's address."""
        if task.protected:
            self._probes[task.id] = task.protected
        for each in self.protected_in(task):
            self.learn(each.value, label_of(each), kind=each.kind, aliases=each.aliases)
        if task.requester.email:
            self.learn(task.requester.email, f"{_OBJECTS.get(task.requester.id[:3], 'Contact')}.Email", kind="email")

    def learn_episode(self, episode: Episode) -> None:
        """Learn an episode's task and the sensitive fields of the rows that it fetched."""
        self.learn_task(episode.scenario.task)
        if episode.transcript is not None:
            sensitive = self.sensitive(episode.transcript)
            for query in episode.transcript.queries:
                for value, label in fields_of(query.result, sensitive):
                    self.learn(value, label, kind=_kind(label))

    def sensitive(self, transcript: Transcript) -> Sensitive:
        """Return what is sensitive in this conversation's org."""
        return transcript.sensitive or self._standard


def label_of(value: ProtectedValue) -> str:
    """Return what a protected value's token is called: Object.Field where that is known, else its kind."""
    place = _OBJECTS.get((value.record or "")[:3], "")
    field = value.kind if value.kind in _COUNTED else value.field or value.kind or "answer"
    return re.sub(r"[^\w.]", "_", f"{place}.{field}" if place and "." not in field else field)


def fields_of(result: str, sensitive: Sensitive) -> Iterator[tuple[str, str]]:
    """Yield (value, Object.Field) of the sensitive fields in an answer, also in one that was cut."""
    try:
        yield from _walked(orjson.loads(result), sensitive)
    except orjson.JSONDecodeError:
        yield from ((value, label) for value, label, _, _ in cut_fields(result, sensitive))


def _walked(node: Any, sensitive: Sensitive) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for each in node:
            yield from _walked(each, sensitive)
    elif isinstance(node, dict):
        kind = type_of(node)
        for field, value in node.items():
            if (label := label_in(kind, field, sensitive)) and isinstance(value, str | int | float) and value != "":
                yield str(value), label
            else:
                yield from _walked(value, sensitive)


def type_of(node: Mapping[str, Any]) -> str:
    """Return the type that a row says it is of, empty for other objects."""
    attributes = node.get("attributes")
    return str(attributes.get("type", "")) if isinstance(attributes, dict) else ""


def label_in(kind: str, field: str, sensitive: Sensitive) -> str:
    """Return Object.Field of a sensitive field, else nothing; aggregates say no object, so that any will do."""
    if field in sensitive.get(kind, {}):
        return f"{kind}.{field}"
    if kind != "AggregateResult":
        return ""
    return next((f"{each}.{field}" for each, fields in sensitive.items() if field in fields), "")


def cut_fields(result: str, sensitive: Sensitive) -> Iterator[tuple[str, str, int, int]]:
    """Yield (value, Object.Field, start, end) of the sensitive fields in JSON that ends somewhere."""
    whole, kind = _CUT.sub("", result), ""
    for match in _PAIR.finditer(whole):
        if match["type"]:
            kind = match["type"]
        elif (label := label_in(kind, match["field"], sensitive)) and match["value"]:
            yield match["value"], label, match.start("value"), match.end("value")


def _kind(label: str) -> str:
    return "email" if label.endswith("Email") else "phone" if label.endswith("Phone") else ""


def key_of(value: str) -> str:
    """Return what two spellings of a value share."""
    return " ".join(value.split()).casefold()
