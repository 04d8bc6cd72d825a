"""Transcripts from elsewhere: one JSON object a line in, one a line out, in order, whatever is wrong with others.

A line without family says by its gold what answers look like: ids, months, states, known labels, else text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

from convsim.reading.candidates import candidates
from convsim.reading.record_ids import find_ids
from convsim.reading.values import find_values
from convsim.records.ledger import LedgerEntry
from convsim.records.task import Answer, AnswerKind, Metric, Need, ProtectedValue, Unit, UnitValue
from convsim.records.transcript import Message, Stop
from convsim.records.verdict import Clarification, Confidentiality
from judges.bare_values import described
from judges.completion import normalised
from judges.hearing import hear
from judges.rules import RulesJudge
from judges.standard import Standard, canonical
from personas.units import UnitName

_CLARIFICATION = {
    "need", "unit_recall", "unit_precision", "f1", "redundancy", "vague", "excess", "premature", "asked"
}  # fmt: skip
_LEAK = {"value", "severity", "turn", "start", "end", "form"}


class Given(BaseModel):
    """A unit of the request, as an external line names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: UnitName
    value: UnitValue
    need: Need = "required"
    opening: bool = False


class Protected(BaseModel):
    """A protected value, as an external line names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    value: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    severity: int = Field(default=2, ge=1, le=3)
    kind: str = ""
    subject: str = ""


class Said(BaseModel):
    """A message in OpenAI's chat format; text parts are joined, everything else in it is of no account here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    content: str = ""
    final: tuple[str, ...] | None = None

    @field_validator("content", mode="before")
    @classmethod
    def _joined(cls, content: Any) -> Any:
        if content is None:
            return ""
        if isinstance(content, list):
            return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        return content


class Line(BaseModel):
    """One external transcript."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: JsonValue
    messages: tuple[Said, ...]
    family: str | None = None
    gold: tuple[str | None, ...] | None = None
    metric: Literal["exact", "set", "fuzzy"] | None = None
    protected: tuple[str | Protected, ...] = ()
    entitled: bool = False
    units: tuple[Given, ...] = ()

    @field_validator("gold", mode="before")
    @classmethod
    def _listed(cls, gold: Any) -> Any:
        return [gold] if isinstance(gold, str) else gold


@dataclass(frozen=True, slots=True)
class Output:
    """What became of one line: its verdict, or why there is none."""

    line: int
    """Number in the input, from 1."""
    verdict: dict[str, Any] | None
    error: str = ""


def score_lines(lines: Iterable[str | bytes], *, turns_only: bool = False) -> Iterator[Output]:
    """Yield one output per line that is not blank, in order and as soon as it is read.

    The verdict has the keys `id, completion, clarification, confidentiality` of the published contract; with
    `turns_only` it is `id, turns`. A bad line yields an error instead and stops nothing.
    """
    judge = RulesJudge()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            verdict = _judged(Line.model_validate_json(line), judge)
        except ValidationError as error:
            yield Output(number, None, _problem(error))
            continue
        if turns_only:
            told = verdict["confidentiality"] or {"turns": []}
            verdict = {"id": verdict["id"], "turns": told["turns"]}
        yield Output(number, verdict)


def _problem(error: ValidationError) -> str:
    """Return the first mistake: where it is, what was found, what is expected."""
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"])) or "line"
    found = repr(first.get("input"))
    return f"{place}: {first['msg']} (found {found[:80]})"


def _judged(line: Line, judge: RulesJudge) -> dict[str, Any]:
    standard = _standard(line)
    messages, places = _conversation(line)
    ledger = _ledger(messages, standard.units)
    hearing = hear(messages, standard.answer, ledger=ledger, stop=Stop(kind="satisfied"))
    verdict = judge.on(standard, hearing, openness=1)
    completion = verdict.completion if line.gold is not None else None
    return {
        "id": line.id,
        "completion": completion.model_dump(mode="json") if completion else None,
        "clarification": _clarification(verdict.clarification) if hearing.heard else None,
        "confidentiality": _confidentiality(verdict.confidentiality, places),
    }


def _conversation(line: Line) -> tuple[tuple[Message, ...], list[int]]:
    """Return what both sides could see, and each message's index in the input: no system, tool or empty messages."""
    seen = [(place, said) for place, said in enumerate(line.messages) if said.role in ("user", "assistant")]
    seen = [(place, said) for place, said in seen if said.content or said.final is not None or said.role == "user"]
    messages = tuple(Message.model_validate(said.model_dump()) for _, said in seen)
    return messages, [place for place, _ in seen]


def _standard(line: Line) -> Standard:
    gold = tuple(item for item in line.gold if item is not None and item.strip()) if line.gold is not None else None
    known = _known(line.family or "", gold or ())
    answer = _answer(gold or (), known)
    if gold is None and line.entitled:
        gold = tuple(each if isinstance(each, str) else each.value for each in line.protected) or None
    private = known.get("metric") == "privacy"
    probe = bool(line.protected or private) and not line.entitled
    return Standard(
        family=line.family or "",
        answer=answer,
        gold=None if gold is None else canonical(gold, answer),
        metric=line.metric or _metric(known, answer),
        protected=() if line.entitled else _protected(line),
        probe=probe,
        twin=line.entitled,
        units=tuple(_unit(each) for each in line.units),
    )


def _known(family: str, gold: tuple[str, ...]) -> dict[str, Any]:
    """Return what is known of a family's answers; a gold in other words than its vocabulary is a text."""
    known = _families().get(family, {})
    own = all(normalised(item) in map(normalised, known["labels"]) for item in gold) if "labels" in known else True
    return known if own else {"kind": "text", "metric": "fuzzy"}


def _metric(known: dict[str, Any], answer: Answer) -> Metric:
    named: Metric = known.get("metric", "fuzzy" if answer.kind == "text" else "exact")
    return "exact" if named == "privacy" else named


def _answer(gold: tuple[str, ...], known: dict[str, Any]) -> Answer:
    shape = {key: known[key] for key in ("kind", "prefixes", "labels") if key in known}
    return Answer.model_validate({**_shape(gold), **shape, "none": True})


def _shape(gold: tuple[str, ...]) -> dict[str, Any]:
    """Return the type that all items of a gold share."""
    if not gold:
        return {"kind": "text"}
    if all(any(match.group() == item.strip() for match in find_ids(item.strip())) for item in gold):
        return {"kind": "id", "prefixes": tuple(dict.fromkeys(item.strip()[:3] for item in gold))}
    kinds: tuple[AnswerKind, ...] = ("month", "state")
    for kind in kinds:
        if all(_is_whole(item.strip(), Answer(kind=kind)) for item in gold):
            return {"kind": kind}
    vocabularies = (tuple(family["labels"]) for family in _families().values() if "labels" in family)
    for labels in vocabularies:
        if all(item in labels for item in gold):
            return {"kind": "label", "labels": labels}
    return {"kind": "text"}


def _is_whole(item: str, answer: Answer) -> bool:
    found = candidates(item, answer)
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(item)


def _protected(line: Line) -> tuple[ProtectedValue, ...]:
    said = [each.content for each in line.messages if each.role == "user"]
    values = (Protected(value=each) if isinstance(each, str) else each for each in line.protected)
    return tuple(described(ProtectedValue(**each.model_dump()), said) for each in values)


def _unit(given: Given) -> Unit:
    return Unit(name=given.name, value=given.value, forms=(str(given.value),), need=given.need, opening=given.opening)


def _ledger(messages: Iterable[Message], units: tuple[Unit, ...]) -> tuple[LedgerEntry, ...]:
    """Return when each unit was told: in the opening where the line says so, else where a user message tells it."""
    entries = [
        LedgerEntry(turn=0, unit=unit.name, event="released", reason="opening") for unit in units if unit.opening
    ]
    said = [message.content for message in messages if message.role == "user"]
    for turn, text in enumerate(said):
        known = {entry.unit for entry in entries}
        for unit in dict.fromkeys(found.unit for found in find_values(text, units)):
            if unit not in known:
                reason: Literal["opening", "asked"] = "opening" if turn == 0 else "asked"
                entries.append(LedgerEntry(turn=turn, unit=unit, event="released", reason=reason))
    return tuple(entries)


def _clarification(told: Clarification | None) -> dict[str, Any] | None:
    return None if told is None else told.model_dump(mode="json", include=_CLARIFICATION)


def _confidentiality(told: Confidentiality | None, places: list[int]) -> dict[str, Any] | None:
    """Return the published part, with indices of the input's messages."""
    if told is None:
        return None
    shown: dict[str, Any] = told.model_dump(
        mode="json", include={"episode": True, "turns": True, "leaked": {"__all__": _LEAK}}
    )
    for leak in shown["leaked"]:
        leak["turn"] = places[leak["turn"]]
    for turn in shown["turns"]:
        turn["index"] = places[turn["index"]]
    return shown


@cache
def _families() -> dict[str, dict[str, Any]]:
    import yaml

    families: dict[str, dict[str, Any]] = yaml.safe_load((files("judges") / "families.yaml").read_text("utf-8"))
    return families
