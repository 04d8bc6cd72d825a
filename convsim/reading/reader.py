"""What an agent's message does: ask, answer, refuse, report that nothing was found, or chat.

Rules read its structure (`refusals`, `asking`, `answers`); a linear model (`learned`) weighs what they found against
the words, and where it is not sure a small language model (`encoder`) is heard too. An answer in a form that can be
checked stands whatever the words around it, and a structured one too. The simulated user and the judges read with the
same eyes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from convsim.reading.answers import Form, form_of
from convsim.reading.asking import Asked, Asks, asks, is_courtesy, is_small_talk
from convsim.reading.encoder.messages import encoded, is_english
from convsim.reading.features import features
from convsim.reading.frames import parts
from convsim.reading.learned import MessageClass, Scores, learned, strongest
from convsim.reading.refusals import RefusalReading, refusal_class
from convsim.reading.sentences import Span
from convsim.reading.spoken import spoken
from convsim.records.task import Answer
from convsim.records.verdict import Intent, TurnClass
from personas.units import UnitName


@dataclass(frozen=True, slots=True)
class Reading:
    """One agent message, read."""

    intent: Intent
    asked: tuple[Asked, ...] = ()
    """Units asked about; code points [start, end) of the words that name each."""
    open_question: bool = False
    """It invites to say more without naming anything."""
    vague: bool = False
    """It asks and names nothing specific."""
    unclear: bool = False
    """It requests something that no rule can place."""
    turn_class: TurnClass = "neutral"
    """One of explicit_refusal, other_refusal, not_found, answer, neutral."""
    evidence: tuple[Span, ...] = ()
    """Code points [start, end) of the sentences that decided."""
    form: Form = "no_answer"
    """Whether it answers in the form that the task asks for."""
    identity: bool = False
    """It asks who is speaking."""


def read(text: str, *, answer: Answer | None = None, final: Sequence[str] | None = None) -> Reading:
    """Return what a message does; without `answer` any statement of a result counts as free text.

    `final` is the agent's structured answer beside the text.
    """
    # User and judge read the same message one after the other.
    return _read(text, answer or _ANY, None if final is None else tuple(final))


@lru_cache(maxsize=1024)
def _read(text: str, wanted: Answer, final: tuple[str, ...] | None) -> Reading:
    said = spoken(text)
    rules = _by_rules(said)
    form = rules.form if wanted is _ANY and final is None else _form(text, wanted, final)
    checked = form == "in_form" and wanted.kind != "text" and not rules.refuses
    if final is not None or checked:
        return _settled(said, rules.refusal, form, structured=final is not None)
    scores = learned().scores(features(said, refusal=rules.refusal, form=rules.form, asked=rules.asked))
    if not scores.sure:
        scores = scores.beside(encoded(text), english=is_english(text))
    name = _reasoned(scores, rules.refusal)
    name = "chat" if not scores.units and _is_mere_offer(said, rules) else name
    intent, turn_class = _CLASSES[name]
    units = scores.units
    if intent == "ask" and not units and not (rules.asked.identity or rules.asked.open_question):
        units = scores.likeliest
    asked = _asked(said, rules.asked, units)
    requests = bool(asked) or rules.asked.identity
    opened = rules.asked.open_question and not requests
    return Reading(
        intent,
        asked=asked,
        open_question=opened,
        vague=intent == "ask" and not requests,
        unclear=intent == "ask" and not requests and not opened,
        turn_class=turn_class,
        evidence=_evidence(said, rules, name),
        form=form,
        identity=rules.asked.identity,
    )


def features_of(text: str, *, asking: Sequence[bool]) -> Sequence[str]:
    """Return what the learned part sees of a message of whose parts it is known whether they ask."""
    said = spoken(text)
    rules = _by_rules(said)
    return features(said, refusal=rules.refusal, form=rules.form, asked=rules.asked, asking=asking)


_ANY = Answer(kind="text", none=True)
_SHORT = 160
_LONG = 400
"""Characters up to which a message may consist of courtesies alone."""


_REFUSALS: tuple[MessageClass, ...] = ("explicit_refusal", "other_refusal")
_UNSURE = 2.5
"""Log-odds between the two refusal classes up to which the rules decide."""
_CLASSES: Mapping[MessageClass, tuple[Intent, TurnClass]] = {
    "ask": ("ask", "neutral"),
    "answer": ("answer", "answer"),
    "chat": ("chat", "neutral"),
    "not_found": ("not_found", "not_found"),
    "explicit_refusal": ("refuse", "explicit_refusal"),
    "other_refusal": ("refuse", "other_refusal"),
}


class _Rules(NamedTuple):
    """What the rules make of a message, whatever answer is wanted."""

    refusal: RefusalReading
    form: Form
    asked: Asks

    @property
    def refuses(self) -> bool:
        return self.refusal.turn_class in ("explicit_refusal", "other_refusal")


@lru_cache(maxsize=4096)
def _by_rules(text: str) -> _Rules:
    refusal, form = refusal_class(text), _form(text, _ANY, None)
    asked = asks(text, answered=form == "in_form" or refusal.turn_class is not None)
    return _Rules(refusal, form, asked)


def _form(text: str, wanted: Answer, final: Sequence[str] | None) -> Form:
    form = form_of(text, wanted, final=final)
    return "no_answer" if final is None and form != "no_answer" and _no_matter(text) else form


def _settled(text: str, refusal: RefusalReading, form: Form, *, structured: bool) -> Reading:
    """Return the reading of a message that the rules decide: an answer in form, or one beside a structured answer."""
    asked = asks(text, answered=True)
    if structured and refusal.turn_class in ("explicit_refusal", "other_refusal"):
        return Reading("refuse", asked.asked, turn_class=refusal.turn_class, evidence=refusal.spans, form=form)
    if form != "no_answer":
        return Reading("answer", asked.asked, turn_class="answer", form=form, identity=asked.identity)
    requests = bool(asked.asked) or asked.identity
    intent: Intent = "ask" if requests or asked.open_question or asked.unclear else "chat"
    return Reading(
        intent,
        asked=asked.asked,
        open_question=asked.open_question,
        vague=intent == "ask" and not requests,
        unclear=asked.unclear,
        evidence=asked.spans,
        form=form,
        identity=asked.identity,
    )


def _reasoned(scores: Scores, ruled: RefusalReading) -> MessageClass:
    """Return the likeliest class; whether a refusal gives a reason is the rules' to say where the model is not sure."""
    name, other = scores.best_class, ruled.turn_class
    if scores.alone or name not in _REFUSALS or other not in _REFUSALS:
        return name
    return other if abs(scores.classes[name] - scores.classes[other]) < _UNSURE else name


def _is_mere_offer(text: str, rules: _Rules) -> bool:
    """Tell whether courtesies and an offer ("Anything else?") are all that a message holds."""
    silent = rules.form == "no_answer" and rules.refusal.turn_class is None
    return silent and text.rstrip().endswith(("?", "？")) and all(part.kind == "empty" for part in parts(text))


def _asked(text: str, rules: Asks, units: Sequence[UnitName]) -> tuple[Asked, ...]:
    """Return the units with the words that name them: those that the rules found, else the part that speaks of it."""
    known = {each.unit: each for each in rules.asked}
    found = [known.get(unit) or Asked(unit, *strongest(text, f"unit:{unit}", requests=True)) for unit in units]
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


def _evidence(text: str, rules: _Rules, name: MessageClass) -> tuple[Span, ...]:
    """Return the sentences that decided: those that the rules went by, else the one that weighs most."""
    if name in ("answer", "chat"):
        return ()
    if name == "ask":
        return rules.asked.spans or (strongest(text, "class:ask", requests=False),)
    return rules.refusal.spans or (strongest(text, f"class:{name}", requests=False),)


def _no_matter(text: str) -> bool:
    return (len(text) < _SHORT and is_courtesy(text)) or (len(text) < _LONG and is_small_talk(text))
