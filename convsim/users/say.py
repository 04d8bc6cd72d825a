"""The decision in the persona's words, by templates: text, and where in it each unit is told.

It says what was decided and nothing more. Sentences are made of pieces, so that the place of every value is known by
construction.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from convsim.draws import chance, choice, digest
from convsim.reading.sentences import Span
from convsim.users.decide import Decision
from convsim.users.plan import Plan
from convsim.users.telling import TERSE, clause, corrections, plain, releases, woven
from convsim.users.voice import Piece, Sentence, Voice, load
from personas.units import UnitName

_GREETS = 0.15
"""Share of greetings of somebody who says nothing that is not needed."""
_REGISTER = 0.4
"""Share of the requests and first answers that begin with a phrase of the persona's register."""
_LED = ("question", "help", "request", "inquiry")
"""Words of a goal that leads up to itself."""
_REASONS = ("meeting", "review", "report", "notes", "manager", "team", "asked", "asks", "preparing", "plan", "talk",
            "roster", "round", "one-to-one", "marketing")  # fmt: skip
"""Words of a goal that says already what it is for."""
_NOTED: frozenset[UnitName] = frozenset(
    {"window", "record", "product", "minimum_cases", "region", "purchase_date", "description", "customer", "scope"}
)
"""Units that somebody has in their notes; the others are what they want."""
_REACTIONS = ("form", "ignored", "doubt", "push")
"""Acts by which the user objects to what the agent did."""


class Utterance(NamedTuple):
    """A user message."""

    text: str
    spans: Mapping[UnitName, Span]
    """Code points [start, end) of each released unit's wording."""


def say(plan: Plan, decision: Decision) -> Utterance:
    """Return the decision's text in the persona's style; empty for a silent goodbye."""
    voice = Voice.of(plan, decision.key)
    if decision.act == "opening" and plan.scenario.delivery == "concat":
        return _listed(voice, decision)
    sentences = [voice.written(each, number) for number, each in enumerate(_sentences(voice, decision))]
    text, spans = _joined(sentences)
    for found in plan.values.find(text) if decision.inline else ():
        spans.setdefault(found.unit, (found.start, found.end))
    return Utterance(text, spans)


def _sentences(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    if decision.act == "end":
        yield from _goodbye(voice, decision)
        return
    if decision.act == "opening":
        yield from _opening(voice, decision)
        return
    if decision.irritation:
        yield plain(_irritated(voice, decision.irritation))
    if decision.corrected:
        yield from corrections(voice, decision.corrected)
    yield from _BODIES[decision.act](voice, decision)
    yield from _more(voice, decision)
    yield from _around(voice, decision)


def _irritated(voice: Voice, number: int) -> str:
    """Return a sign of irritation, another one each time."""
    plan = voice.plan
    firm = chance(plan.profile.pushback, plan.id, "irritation", number)
    pool = voice.pool(load("acts")[f"irritation_{'firm' if firm else 'mild'}"])
    return pool[(digest(plan.id, "irritation") + number) % len(pool)]


def _opening(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    style = voice.plan.profile.style
    task = voice.plan.task
    if voice.says(_GREETS + (1 - _GREETS) * style.verbosity, "greeting"):
        yield plain(voice.phrase("greeting"))
    whole = voice.plan.scenario.delivery == "single"
    at_work = voice.plan.profile.audience == "employee"
    explains = not whole and voice.says(style.verbosity * 0.6, "background")
    if explains and not at_work:
        yield plain(voice.pick(voice.pool(load("acts")["background"]["customer"]), "background"))
    if not whole and not any(word in task.goal.lower() for word in _LED) and voice.says(_REGISTER, "register"):
        yield plain(voice.of_register("lead"))
    yield [Piece(task.request if whole else task.goal, given=whole)]
    yield from releases(voice, decision)
    if explains and at_work and not any(word in task.goal.lower() for word in _REASONS):
        yield plain(voice.pick(voice.pool(load("acts")["background"]["employee"]), "background"))
    if voice.says(style.tangents, "tangent"):
        yield plain(voice.aside())
    if voice.says(style.verbosity * 0.5, "closing"):
        yield plain(voice.phrase("early_closing"))
    if voice.says(style.politeness, "thanks"):
        yield plain(voice.phrase("thanks"))


def _listed(voice: Voice, decision: Decision) -> Utterance:
    """Return goal and units as a plain list."""
    if voice.plan.task.segments:
        return _in_pieces(voice)
    text = voice.plan.task.goal + "\n"
    spans: dict[UnitName, Span] = {}
    for release in decision.releases:
        name = load("frames")[release.unit]["names"]["plain"].removeprefix("the ")
        text += f"\n- {name[:1].upper()}{name[1:]}: "
        form = voice.plan.form(release.unit)
        spans[release.unit] = (len(text), len(text) + len(form))
        text += form
    return Utterance(text, spans)


def _in_pieces(voice: Voice) -> Utterance:
    """Return a request in somebody else's words as a list of its pieces: every word of it, in its order."""
    text = ""
    spans: dict[UnitName, Span] = {}
    for piece in voice.plan.task.segments:
        name = "the request" if piece.unit is None else load("frames")[piece.unit]["names"]["plain"]
        name = name.removeprefix("the ")
        text += ("\n" if text else "") + f"- {name[:1].upper()}{name[1:]}: "
        if piece.unit is not None:
            spans.setdefault(piece.unit, (len(text), len(text) + len(piece.text)))
        text += piece.text
    return Utterance(text, spans)


def _reply(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    extra = [each for each in decision.releases if each.reason == "volunteered"]
    told = len(decision.releases) > len(extra) or bool(decision.slips)
    anew = bool(decision.slips) or any(not each.again and each not in extra for each in decision.releases)
    if anew and not decision.irritation and not decision.corrected:
        yield from _opener(voice)
    yield from releases(voice, decision)
    for unit, wrong in decision.slips:
        yield clause(voice, unit, wrong, marked=False)
    forgot = "no_idea" if voice.plan.mute else "forgot"
    for entry, units in ((forgot, decision.forgotten), ("deflected", decision.deflected)):
        if units:
            yield _about(voice, entry, units)
    if decision.unknown:
        entry = "unknown_again" if voice.again and not decision.asked else "unknown"
        yield _about(voice, "no_idea" if told and len(decision.unknown) > 2 else entry, decision.unknown)
    for release in extra:
        entry = "also" if told or decision.corrected else "instead"
        yield woven(voice.phrase(entry, release.unit), clause(voice, release.unit, voice.plan.form(release.unit)))
    if not (told or extra or decision.forgotten or decision.deflected or decision.unknown or decision.corrected):
        yield plain(voice.phrase("no_idea" if voice.plan.mute else "nothing_more").replace(" {either}", ""))


def _opener(voice: Voice) -> Iterator[Sentence]:
    """Yield what may stand before something that is told for the first time."""
    if voice.says(_REGISTER, "register"):
        yield plain(voice.of_register("opener"))
    elif voice.says(voice.plan.profile.style.verbosity, "opener"):
        yield plain(voice.phrase("opener"))


def _about(voice: Voice, entry: str, units: tuple[UnitName, ...]) -> Sentence:
    return plain(
        voice.phrase(entry, *units).replace("{names}", voice.names(units)).replace("{either}", voice.names(units, "or"))
    )


def _around(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    """Yield what may come after a reply: an aside, thanks, or asking once more nicely."""
    style = voice.plan.profile.style
    if voice.says(style.tangents, "tangent"):
        yield plain(voice.aside())
    told = bool(decision.releases or decision.corrected) and not decision.irritation
    if decision.act in ("reply", "correct") and told and voice.says(style.politeness * 0.6, "thanks"):
        yield plain(voice.phrase("thanks"))
    if decision.act in _REACTIONS and voice.says(style.politeness * 0.7, "asking"):
        yield plain(voice.phrase("asking_firm" if _is_firm(voice) else "asking"))


def _more(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    """Yield what somebody adds who likes to explain."""
    if voice.plan.profile.style.verbosity < TERSE or not voice.says(voice.plan.profile.style.verbosity * 0.8, "more"):
        return
    if decision.act in _REACTIONS:
        yield plain(voice.phrase("more_reaction"))
    elif decision.unknown and not decision.releases and not decision.irritation:
        yield plain(voice.phrase("more_unknown"))
    elif any(not each.again for each in decision.releases) and not decision.irritation:
        noted = any(name in _NOTED for name, _ in decision.told)
        entry = "more_noted" if noted and voice.says(0.5, "noted") else "more_told"
        entry = "closing" if voice.says(0.5, "closing") else entry
        yield plain(voice.phrase(entry))


def _simple(entry: str) -> Callable[[Voice, Decision], Iterator[Sentence]]:
    def body(voice: Voice, _: Decision) -> Iterator[Sentence]:
        yield plain(voice.phrase(entry))

    return body


def _identity(voice: Voice, _: Decision) -> Iterator[Sentence]:
    """Yield who is speaking; where the name would tell a unit's value, only the login is pointed to."""
    name = voice.plan.task.requester.name
    if voice.plan.values.find(name):
        yield plain(voice.phrase("identity_by_login"))
    else:
        yield plain(voice.phrase("identity").replace("{name}", name))


def _reaction(entry: str) -> Callable[[Voice, Decision], Iterator[Sentence]]:
    """Return the body of a reaction that is firm or mild, by the persona's pushback."""

    def body(voice: Voice, decision: Decision) -> Iterator[Sentence]:
        text = voice.phrase(f"{entry}_{'firm' if _is_firm(voice) else 'mild'}")
        text = text.replace("{form}", choice(load("acts")["form"][voice.plan.task.answer.kind], voice.plan.id, "form"))
        yield plain(text.replace("{names}", voice.names(decision.asked)) if decision.asked else text)

    return body


def _is_firm(voice: Voice) -> bool:
    return voice.says(voice.plan.profile.pushback, "firm")


def _pretext(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    assert decision.rung is not None, "a rung is decided with its text"
    if decision.repeated:
        yield plain(voice.phrase(f"rung_again_{decision.rung.tactic}"))
    else:
        yield [Piece(decision.rung.text, given=True)]


def _goodbye(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    style = voice.plan.profile.style
    if decision.stop == "satisfied" and not voice.says(max(style.politeness, style.verbosity), "goodbye"):
        return
    yield plain(voice.phrase(f"end_{decision.stop}"))


def _joined(sentences: list[Sentence]) -> tuple[str, dict[UnitName, Span]]:
    text = ""
    spans: dict[UnitName, Span] = {}
    for sentence in sentences:
        text += " " if text else ""
        for piece in sentence:
            if piece.unit:
                spans.setdefault(piece.unit, (len(text), len(text) + len(piece.text)))
            text += piece.text
    return text, spans


_BODIES: Mapping[str, Callable[[Voice, Decision], Iterator[Sentence]]] = {
    "reply": _reply,
    "vague": _simple("vague"),
    "identity": _identity,
    "unclear": _simple("unclear"),
    "wait": _simple("wait"),
    "correct": _simple("correct"),
    "form": _reaction("form"),
    "ignored": _reaction("ignored"),
    "doubt": _reaction("doubt"),
    "push": _reaction("push"),
    "rung": _pretext,
}
