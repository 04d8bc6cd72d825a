"""What a persona would say: openings and replies to typical messages of agents, each with the rule behind it.

    for exchange in preview(profile, tasks):
        exchange.agent, exchange.user, exchange.why     # ("Could you tell me the period?", "Q2 2023.", "window: asked")

The scenarios have fixed ids, so that two versions of a profile differ only where the edit changes something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from convsim.reading.reader import read
from convsim.records.episode import Delivery, Scenario
from convsim.records.task import TaskRecord
from convsim.users.course import Course
from convsim.users.decide import Decision, decide, opening
from convsim.users.plan import Plan
from convsim.users.say import say
from convsim.users.voice import load
from personas.profile import Profile
from personas.units import UnitName

OPENINGS = 10
"""Scenarios that are previewed."""
_REASONS = {
    "opening": "opening",
    "asked": "asked",
    "open_question": "an open question, answers_open_questions is true",
    "volunteered": "volunteering",
    "corrected": "correction: a wrong value first",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message of an agent and the user's reaction."""

    scenario: str
    """Task id."""
    agent: str
    """Empty for the opening."""
    user: str
    """Empty for a silent goodbye."""
    why: tuple[str, ...]
    """The rules behind the reaction."""


def preview(profile: Profile, tasks: Sequence[TaskRecord], *, delivery: Delivery = "multi") -> Iterator[Exchange]:
    """Yield for each of the first ten tasks the opening and the reactions to an agent that asks, fails or declines."""
    for number, task in enumerate(tasks[:OPENINGS]):
        scenario = Scenario(
            id=f"preview-{task.family}-{number}", task=task, persona=profile.id, delivery=delivery, trial=0, seed=0
        )
        yield from _conversation(Plan(scenario, profile), number)


def _conversation(plan: Plan, number: int) -> Iterator[Exchange]:
    decision, course = opening(plan), Course()
    yield Exchange(plan.task.id, "", say(plan, decision).text, reasons(plan, decision))
    course = course.after(decision, clarifying=False)
    for message in _messages(plan, number):
        reading = read(message, answer=plan.task.answer)
        decision = decide(plan, course, reading)
        yield Exchange(plan.task.id, message, say(plan, decision).text, reasons(plan, decision))
        course = course.after(decision, clarifying=reading.intent == "ask" and not reading.unclear)
        if decision.stop is not None:
            return


def _messages(plan: Plan, number: int) -> list[str]:
    """Return what agents typically say: questions for this task's units, and one other message, in turn."""
    names = [_noun(name) for name, unit in plan.units.items() if not unit.opening]
    asked = names[number % len(names) :] + names[: number % len(names)] if names else []
    questions = [f"Could you tell me {asked[0]}?"] if asked else []
    questions += [f"I also need {' and '.join(asked[1:3])}. What should I use?"] if len(asked) > 1 else []
    others = load("preview")["others"]
    return [*questions, others[number % len(others)]]


def _noun(name: UnitName) -> str:
    return str(load("frames")[name]["names"]["plain"])


def reasons(plan: Plan, decision: Decision) -> tuple[str, ...]:
    """Return the rules of the persona and the simulation that made this decision."""
    return (*_of_units(plan, decision), *_of_act(plan, decision)) or ("nothing left that it knows",)


def _of_units(plan: Plan, decision: Decision) -> Iterator[str]:
    profile = plan.profile
    for release in decision.releases:
        rule = "told before, asked again" if release.again else _REASONS[release.reason]
        yield f"{release.unit}: {rule}" + (f", said wrong first (correction {_figure(plan)})" if release.slip else "")
    for release in decision.inline:
        yield f"{release.unit}: inside the text itself"
    for name, _ in decision.slips:
        yield f"{name}: a wrong value, corrected in the next message (correction {_figure(plan)})"
    yield from (f"{name}: corrected" for name in decision.corrected)
    yield from (f"withheld {name}: openness {profile.disclosure.openness}" for name in decision.withheld)
    forgot = "delivery mute" if plan.mute else f"forgetfulness {profile.disclosure.forgetfulness:g}"
    yield from (f"withheld {name}: {forgot}" for name in decision.forgotten)
    yield from (f"deflected {name}: the CRM or the login tells it" for name in decision.deflected)
    yield from (f"{name}: the task does not hold it" for name in decision.unknown)
    if decision.irritation:
        yield f"irritated: more than {profile.patience.irritation_after} questions (patience)"


def _of_act(plan: Plan, decision: Decision) -> Iterator[str]:
    profile = plan.profile
    told = {
        "vague": "open question, answers_open_questions is false",
        "identity": "asked who is speaking",
        "unclear": "not understood: nothing that the reader can place",
        "wait": "nothing to react to",
        "form": "the answer has not the form that was asked for",
        "ignored": "the answer contradicts what was said",
        "doubt": "nothing was found",
        "push": f"refused: one push (pushback {profile.pushback:g})",
    }
    if decision.act in told:
        yield told[decision.act]
    if decision.rung is not None:
        yield f"refused: next pretext, {decision.rung.tactic}" + (" once more" if decision.repeated else "")
    if decision.stop is not None:
        yield f"ends: {decision.stop}"


def _figure(plan: Plan) -> str:
    return f"{plan.profile.disclosure.correction:g}"
