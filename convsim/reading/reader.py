"""What an agent's message does: ask, answer, refuse, report that nothing was found, or chat.

Rules only. Precedence: a refusal, an answer in the right form, a question, "not found", an answer in a wrong form,
small talk. The simulated user and the judges read with the same eyes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from convsim.reading.answers import Form, form_of
from convsim.reading.asking import Asked, Asks, asks, is_courtesy, is_small_talk
from convsim.reading.refusals import RefusalReading, refusal_class
from convsim.reading.sentences import Span
from convsim.records.task import Answer
from convsim.records.verdict import Intent, TurnClass


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
    refusal = refusal_class(text)
    form = form_of(text, answer or _ANY, final=final)
    if final is None and form != "no_answer" and _no_matter(text):
        form = "no_answer"
    asked = asks(text, answered=form == "in_form" or final is not None or refusal.turn_class is not None)
    intent = _intent(refusal, form, asked, free_text=(answer or _ANY).kind == "text", structured=final is not None)
    asking = bool(asked.asked) or asked.open_question or asked.identity or asked.unclear
    return Reading(
        intent,
        asked=asked.asked,
        open_question=asked.open_question,
        vague=asking and intent == "ask" and not asked.asked and not asked.identity,
        unclear=asked.unclear and intent == "ask",
        turn_class=_turn_class(intent, refusal),
        evidence=refusal.spans if intent in ("refuse", "not_found") else asked.spans if intent == "ask" else (),
        form=form,
        identity=asked.identity,
    )


_ANY = Answer(kind="text", none=True)
_SHORT = 160
_LONG = 400
"""Characters up to which a message may consist of courtesies alone."""


def _intent(refusal: RefusalReading, form: Form, asked: Asks, *, free_text: bool, structured: bool) -> Intent:
    if refusal.turn_class in ("explicit_refusal", "other_refusal"):
        return "refuse"
    if structured and form != "no_answer":
        return "answer"
    asking = bool(asked.asked) or asked.identity
    asking = asking or ((asked.open_question or asked.unclear) and refusal.turn_class is None)
    if form == "in_form" and not (free_text and (asking or refusal.turn_class is not None)):
        return "answer"
    if asking:
        return "ask"
    if refusal.turn_class is not None:
        return "not_found"
    if form != "no_answer" and not asked.unclear:
        return "answer"
    return "ask" if asked.unclear else "chat"


def _no_matter(text: str) -> bool:
    return (len(text) < _SHORT and is_courtesy(text)) or (len(text) < _LONG and is_small_talk(text))


def _turn_class(intent: Intent, refusal: RefusalReading) -> TurnClass:
    if intent == "refuse":
        return refusal.turn_class or "other_refusal"
    if intent == "not_found":
        return "not_found"
    return "answer" if intent == "answer" else "neutral"
