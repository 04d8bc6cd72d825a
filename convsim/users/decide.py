"""What the user does next: a pure function of the plan, the course so far and the reading of the agent's message.

It decides which units are released and why, and how the conversation ends; it words nothing. The user holds no gold:
the first answer of the right form ends the conversation whatever its value.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from convsim.draws import chance
from convsim.reading.asking import resolve
from convsim.reading.reader import Reading
from convsim.records.ledger import LedgerEvent, LedgerReason
from convsim.records.task import Rung
from convsim.records.transcript import StopKind
from convsim.users.course import Course
from convsim.users.plan import Plan
from personas.units import UnitName

Act = Literal[
    "opening",  # the first message
    "reply",  # to a question: releases, don't-knows, nothing more to say
    "vague",  # an open question that this persona does not answer
    "identity",  # who is speaking
    "unclear",  # not understood
    "wait",  # small talk, nothing to react to
    "correct",  # only a correction of what was said before
    "form",  # the answer has the wrong form
    "ignored",  # the answer ignores a unit that was stated
    "doubt",  # nothing was found
    "push",  # an ordinary request was refused
    "rung",  # the next pretext
    "end",  # goodbye
]
UNCLEAR_CAP = 3
"""Misunderstandings that are answered; the next one ends the conversation."""
WAIT_CAP = 3
"""Replies to mere small talk; the next one ends the conversation."""


@dataclass(frozen=True, slots=True)
class Release:
    """A unit that is told in this message."""

    unit: UnitName
    reason: LedgerReason
    again: bool = False
    """It had been told before and is asked for again."""
    slip: str | None = None
    """The wrong value that is said first, in the same message."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One user message before it is worded."""

    act: Act
    key: str
    """Names the decision within the conversation, whatever happened before: the root of its wording's draws."""
    releases: tuple[Release, ...] = ()
    inline: tuple[Release, ...] = ()
    """Units that a given text (the whole request, a pretext) tells by itself."""
    slips: tuple[tuple[UnitName, str], ...] = ()
    """Wrong values that stand uncorrected until the next message."""
    corrected: tuple[UnitName, ...] = ()
    """Slips of the last message that are corrected now."""
    forgotten: tuple[UnitName, ...] = ()
    deflected: tuple[UnitName, ...] = ()
    """Units that the system should know."""
    unknown: tuple[UnitName, ...] = ()
    """Units that are asked for and that the task does not hold."""
    withheld: tuple[UnitName, ...] = ()
    """Units that were asked for and come later."""
    asked: tuple[UnitName, ...] = ()
    """Units of the task that were asked for."""
    irritation: int = 0
    """How many questions too many this is; 0 while patience lasts."""
    rung: Rung | None = None
    repeated: bool = False
    """The same pretext once more, in other words."""
    stop: StopKind | None = None

    @property
    def told(self) -> tuple[tuple[UnitName, LedgerReason], ...]:
        """All units that this message tells, with the reason."""
        corrected: LedgerReason = "corrected"
        released = [(each.unit, corrected if each.slip else each.reason) for each in (*self.releases, *self.inline)]
        return (*((name, corrected) for name in self.corrected), *released)

    @property
    def events(self) -> tuple[tuple[UnitName | None, LedgerEvent, LedgerReason | None], ...]:
        """What the ledger records beside the releases."""
        found: list[tuple[UnitName | None, LedgerEvent, LedgerReason | None]] = []
        found += [(name, "withheld", "corrected") for name, _ in self.slips]
        found += [(name, "withheld", "forgot") for name in self.forgotten]
        found += [(name, "withheld", None) for name in (*self.deflected, *self.withheld)]
        found += [(name, "asked_unknown", None) for name in self.unknown]
        if self.act == "unclear":
            found.append((None, "unclear", None))
        if self.act == "vague":
            found.append((None, "withheld", "open_question"))
        return tuple(found)


def opening(plan: Plan) -> Decision:
    """Return the first message's decision, by delivery."""
    if plan.scenario.delivery == "single":
        told = {each.unit for each in plan.values.find(plan.task.request)}
        inline = tuple(Release(name, "opening") for name in plan.units if name in told)
        return Decision("opening", "opening", inline=inline)
    names = tuple(plan.units) if plan.scenario.delivery == "concat" else plan.opening_units()
    return Decision("opening", "opening", releases=tuple(Release(name, "opening") for name in names))


def decide(plan: Plan, course: Course, reading: Reading, *, ignored: tuple[UnitName, ...] = ()) -> Decision:
    """Return the reaction to an agent's message; `ignored` names stated units that its answer contradicts."""
    pending = course.pending
    if not pending:
        return _reaction(plan, course, reading, ignored)
    settled = replace(course, released=course.released.union(pending))
    decision = _reaction(plan, settled, reading, ignored)
    if reading.intent in ("answer", "chat", "not_found") or decision.stop:
        return Decision("correct", f"correct {' '.join(pending)}", corrected=pending)
    return replace(decision, corrected=pending, releases=_without(decision.releases, pending))


def _reaction(plan: Plan, course: Course, reading: Reading, ignored: tuple[UnitName, ...]) -> Decision:
    if reading.intent == "ask" or _asks_on(plan, course, reading):
        return _unclear(course) if reading.unclear else _asked(plan, course, reading)
    if reading.intent == "answer":
        return _answered(course, reading, ignored)
    if reading.intent == "refuse" or (reading.intent == "not_found" and plan.rungs):
        return _refused(plan, course)
    if reading.intent == "not_found":
        return _once(course, "doubt")
    return _end("gave_up") if course.count("wait") >= WAIT_CAP else _act(course, "wait")


def _asks_on(plan: Plan, course: Course, reading: Reading) -> bool:
    """Tell whether an agent that declines without a reason asks for something that it could do more with."""
    if reading.turn_class != "other_refusal" or plan.rungs:
        return False
    return any(held and held not in course.released for held in _held(plan, reading).values())


def _held(plan: Plan, reading: Reading) -> dict[UnitName, UnitName | None]:
    """Return the units asked about with what the task holds in their place; who is speaking is no unit."""
    named = [each.unit for each in reading.asked if not (reading.identity and each.unit == "customer")]
    return {name: resolve(name, plan.units) for name in named}


def _answered(course: Course, reading: Reading, ignored: tuple[UnitName, ...]) -> Decision:
    if reading.form != "in_form":
        return _once(course, "form")
    if ignored and not course.count("ignored"):
        return replace(_act(course, "ignored"), asked=ignored)
    return _end("satisfied")


def _refused(plan: Plan, course: Course) -> Decision:
    if not plan.rungs:
        stop: StopKind = "refused" if plan.task.is_probe else "gave_up"
        return _end(stop) if course.count("push") else _act(course, "push")
    attempt = course.count("rung")
    if attempt >= len(plan.rungs):
        return _end("refused")
    rung = plan.rungs[attempt]
    if attempt > 0 and plan.rungs[attempt - 1] == rung:
        return replace(_act(course, "rung"), rung=rung, repeated=True)
    told = {each.unit for each in plan.values.find(rung.text)}
    inline = tuple(Release(name, "volunteered", again=name in course.released) for name in plan.units if name in told)
    return replace(_act(course, "rung"), rung=rung, inline=inline)


def _unclear(course: Course) -> Decision:
    return _end("gave_up") if course.count("unclear") >= UNCLEAR_CAP else _act(course, "unclear")


def _asked(plan: Plan, course: Course, reading: Reading) -> Decision:
    """Return the answer to a question, or the end of patience."""
    patience = plan.profile.patience
    number = course.clarifications + 1
    if number > patience.gives_up_after:
        return _end("gave_up")
    if _held(plan, reading):
        decision = _specific(plan, course, reading)
    elif reading.identity:
        decision = _act(course, "identity")
    else:
        decision = _open(plan, course)
    return replace(decision, irritation=max(0, number - patience.irritation_after))


def _open(plan: Plan, course: Course) -> Decision:
    if not plan.profile.disclosure.answers_open_questions:
        return _act(course, "vague")
    left = [] if plan.mute else [name for name in _unreleased(plan, course) if plan.units[name].need != "derivable"]
    taken = plan.in_order(left)[: plan.profile.disclosure.openness]
    parts = _told(plan, taken, reason="open_question")
    key = f"open {' '.join(taken)}" if taken else f"nothing left#{course.count('reply') + 1}"
    return Decision("reply", key, releases=parts["releases"], slips=parts["slips"])


def _specific(plan: Plan, course: Course, reading: Reading) -> Decision:
    """Return the answer to a question about named units."""
    named = _held(plan, reading)
    asked = tuple(dict.fromkeys(held for held in named.values() if held))
    unknown = tuple(name for name, held in named.items() if held is None)
    key = f"asked {' '.join(f'{name}#{course.asks(name) + 1}' for name in asked or unknown)}"
    base = Decision("reply", key, asked=asked, unknown=unknown)
    if plan.mute:
        return replace(base, forgotten=tuple(name for name in asked if name not in course.released))
    first = [name for name in asked if name not in course.released and not course.asks(name)]
    forgotten = tuple(name for name in first if plan.forgets(name) and plan.units[name].need != "derivable")
    deflected = tuple(name for name in first if plan.units[name].need == "derivable")
    ready = [name for name in asked if name not in course.released and name not in (*forgotten, *deflected)]
    return _released(plan, course, replace(base, forgotten=forgotten, deflected=deflected), ready)


def _released(plan: Plan, course: Course, base: Decision, ready: list[UnitName]) -> Decision:
    """Add what is told: new units within openness, then repetitions, then perhaps a volunteered one."""
    openness = plan.profile.disclosure.openness
    taken = plan.in_order(ready)[:openness]
    parts = _told(plan, taken, reason="asked")
    withheld = tuple(name for name in ready if name not in taken)
    again = [name for name in base.asked if name in course.released][: max(openness - len(taken), 0 if taken else 1)]
    repeats = tuple(Release(name, "asked", again=True) for name in again)
    room = openness - len(taken) - len(again)
    extra = _volunteered(plan, course, base) if room > 0 else ()
    releases = (*parts["releases"], *repeats, *extra)
    return replace(base, releases=releases, slips=parts["slips"], withheld=withheld)


class _Told(TypedDict):
    releases: tuple[Release, ...]
    slips: tuple[tuple[UnitName, str], ...]


def _told(plan: Plan, names: Iterable[UnitName], *, reason: LedgerReason) -> _Told:
    """Return the releases of these units, and the slips that take the place of some until the next message."""
    later = plan.profile.disclosure.corrects == "next_message"
    wrong = {name: plan.slip(name) for name in names}
    slips = tuple((name, said) for name, said in wrong.items() if said and later)
    told = tuple(Release(name, reason, slip=said) for name, said in wrong.items() if not (said and later))
    return {"releases": told, "slips": slips}


def _volunteered(plan: Plan, course: Course, base: Decision) -> tuple[Release, ...]:
    busy = {*base.asked, *course.released}
    free = [name for name in plan.units if name not in busy and plan.units[name].need != "derivable"]
    if not free or not chance(plan.profile.disclosure.volunteering, plan.id, "volunteer", base.key):
        return ()
    return (Release(plan.in_order(free)[0], "volunteered"),)


def _unreleased(plan: Plan, course: Course) -> list[UnitName]:
    return [name for name in plan.units if name not in course.released]


def _without(releases: tuple[Release, ...], names: tuple[UnitName, ...]) -> tuple[Release, ...]:
    return tuple(each for each in releases if each.unit not in names)


def _act(course: Course, act: Act) -> Decision:
    return Decision(act, f"{act}#{course.count(act) + 1}")


def _once(course: Course, act: Act) -> Decision:
    """React the first time, give up the second time."""
    return _end("gave_up") if course.count(act) else _act(course, act)


def _end(stop: StopKind) -> Decision:
    return Decision("end", f"end {stop}", stop=stop)
