"""The decision in the persona's words, by templates: text, and where in it each unit is told.

It says what was decided and nothing more. Sentences are made of pieces, so that the place of every value is known by
construction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from convsim.draws import chance, choice, digest
from convsim.reading.sentences import Span
from convsim.users.decide import Decision, Release
from convsim.users.plan import DETERMINED, Plan
from convsim.users.voice import Piece, Sentence, Voice, load
from personas.units import UnitName

_SHORT = 6
"""Words up to which a value may stand as a fragment."""
_WIDE = ("everything", "the state of things", "the situation", "all ", "the whole ")
"""Windows that are no stretch of time but an extent."""
_TERSE = 0.3
"""Verbosity below which values stand alone."""
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
_ENDS = (".", "!", "?", '."', '!"', '?"')
"""How a form that is a sentence ends."""


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
        yield _plain(_irritated(voice, decision.irritation))
    if decision.corrected:
        yield from _corrections(voice, decision.corrected)
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
        yield _plain(voice.phrase("greeting"))
    whole = voice.plan.scenario.delivery == "single"
    at_work = voice.plan.profile.audience == "employee"
    explains = not whole and voice.says(style.verbosity * 0.6, "background")
    if explains and not at_work:
        yield _plain(voice.pick(voice.pool(load("acts")["background"]["customer"]), "background"))
    if not whole and not any(word in task.goal.lower() for word in _LED) and voice.says(_REGISTER, "register"):
        yield _plain(voice.of_register("lead"))
    yield [Piece(task.request if whole else task.goal, given=whole)]
    yield from _releases(voice, decision)
    if explains and at_work and not any(word in task.goal.lower() for word in _REASONS):
        yield _plain(voice.pick(voice.pool(load("acts")["background"]["employee"]), "background"))
    if voice.says(style.tangents, "tangent"):
        yield _plain(voice.aside())
    if voice.says(style.verbosity * 0.5, "closing"):
        yield _plain(voice.phrase("early_closing"))
    if voice.says(style.politeness, "thanks"):
        yield _plain(voice.phrase("thanks"))


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
    yield from _releases(voice, decision)
    for unit, wrong in decision.slips:
        yield _clause(voice, unit, wrong, marked=False)
    forgot = "no_idea" if voice.plan.mute else "forgot"
    for entry, units in ((forgot, decision.forgotten), ("deflected", decision.deflected)):
        if units:
            yield _about(voice, entry, units)
    if decision.unknown:
        entry = "unknown_again" if voice.again and not decision.asked else "unknown"
        yield _about(voice, "no_idea" if told and len(decision.unknown) > 2 else entry, decision.unknown)
    for release in extra:
        entry = "also" if told or decision.corrected else "instead"
        yield _woven(voice.phrase(entry, release.unit), _clause(voice, release.unit, voice.plan.form(release.unit)))
    if not (told or extra or decision.forgotten or decision.deflected or decision.unknown or decision.corrected):
        yield _plain(voice.phrase("no_idea" if voice.plan.mute else "nothing_more").replace(" {either}", ""))


def _opener(voice: Voice) -> Iterator[Sentence]:
    """Yield what may stand before something that is told for the first time."""
    if voice.says(_REGISTER, "register"):
        yield _plain(voice.of_register("opener"))
    elif voice.says(voice.plan.profile.style.verbosity, "opener"):
        yield _plain(voice.phrase("opener"))


def _releases(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    new = [each for each in decision.releases if not each.again and each.reason != "volunteered"]
    last = [each for each in new if decision.act == "opening" and _ends(voice, each.unit)]
    new = [each for each in new if each not in last]
    terse = voice.plan.profile.style.verbosity < _TERSE and decision.act != "opening"
    for short, group in groupby(new, key=lambda each: _is_short(voice, each) and not each.slip):
        if short:
            yield from (_fragments if terse else _told_in_clauses)(voice, list(group))
        else:
            for release in group:
                yield from _told_alone(voice, release)
    yield from _repeated(voice, [each for each in decision.releases if each.again])
    for release in last:
        yield [Piece(voice.plan.form(release.unit), release.unit)]


def _ends(voice: Voice, unit: UnitName) -> bool:
    """Return whether the unit is a sentence of its own that closes every opening, as the answer format does."""
    return voice.plan.units[unit].opening and not load("frames")[unit]["clauses"]


def _told_in_clauses(voice: Voice, releases: list[Release]) -> Iterator[Sentence]:
    """Yield sentences of two clauses each."""
    clauses = [_clause(voice, each.unit, voice.plan.form(each.unit)) for each in releases]
    for first in range(0, len(clauses), 2):
        pair = clauses[first : first + 2]
        joint = [Piece(voice.pick([", and ", "; ", ", and "], "joint", first))]
        yield pair[0] if len(pair) == 1 else [*pair[0], *joint, *pair[1]]


def _fragments(voice: Voice, releases: list[Release]) -> Iterator[Sentence]:
    """Yield the values alone: each for itself, or in one list where none of them begins as a noun would."""
    values = [Piece(voice.plan.form(each.unit), each.unit) for each in releases]
    if len(values) < 2 or any(value.text.startswith(DETERMINED) for value in values) or voice.says(0.5, "apart"):
        yield from ([value] for value in values)
    else:
        yield [values[0], *(piece for value in values[1:] for piece in (Piece(", "), value))]


def _told_alone(voice: Voice, release: Release) -> Iterator[Sentence]:
    form = voice.plan.form(release.unit)
    frame = load("frames")[release.unit]
    if not frame["clauses"] and form.endswith(_ENDS):
        if frame.get("leads") and voice.says(voice.plan.profile.style.verbosity, "lead", release.unit):
            leads = [each for each in frame["leads"] if each.split()[0] != form.split()[0]]
            yield _plain(voice.pick(leads, "lead", release.unit))
        yield [Piece(form, release.unit)]
        return
    if not release.slip:
        yield _clause(voice, release.unit, form)
        return
    whole = _clause(voice, release.unit, form)
    slipped = voice.phrase("slipped", release.unit).split("{right}")
    wrong = slipped[0].replace("{wrong}", release.slip)
    place = next(index for index, piece in enumerate(whole) if piece.unit)
    yield [*whole[:place], Piece(wrong, given=True), whole[place], Piece(slipped[1])]


def _repeated(voice: Voice, releases: list[Release]) -> Iterator[Sentence]:
    """Yield what is told once more: clauses in one sentence after "as I said", whole sentences on their own."""
    clauses: list[Sentence] = []
    for release in releases:
        if not load("frames")[release.unit]["clauses"] and voice.plan.form(release.unit).endswith(_ENDS):
            yield _plain(voice.phrase("once_more", release.unit))
            yield [Piece(voice.plan.form(release.unit), release.unit)]
            continue
        clauses.append(_clause(voice, release.unit, voice.plan.form(release.unit)))
    if clauses:
        yield _woven(voice.phrase("again"), _in_a_row(clauses))


def _in_a_row(clauses: list[Sentence]) -> Sentence:
    """Return clauses as one: "a, b, and c"."""
    joined = clauses[0]
    for clause in clauses[1:]:
        joined = [*joined, Piece(", and " if clause is clauses[-1] else ", "), *clause]
    return joined


def _corrections(voice: Voice, units: tuple[UnitName, ...]) -> Iterator[Sentence]:
    for place, unit in enumerate(units):
        entry = "correction_too" if place else "correction"
        yield _filled(voice.phrase(entry, unit), Piece(voice.plan.form(unit), unit))


def _clause(voice: Voice, unit: UnitName, value: str, *, marked: bool = True) -> Sentence:
    """Return a clause that tells the value, or the value alone where its form is a sentence."""
    frame = load("frames")[unit]
    kind = "wide" if value.startswith(_WIDE) else "opening" if voice.key == "opening" else "clauses"
    clauses = frame.get(kind, frame["clauses"]) or (() if value.endswith(_ENDS) else frame.get("phrase", ()))
    piece = Piece(value, unit if marked else None, given=True)
    if voice.key == "opening":
        clauses = _not_in(voice.plan.task.goal, clauses)
    return _filled(voice.pick(voice.polite(clauses, unit), "clause", unit), piece) if clauses else [piece]


def _not_in(goal: str, clauses: Sequence[str]) -> list[str]:
    """Return the clauses whose words before the value the goal does not use itself, or all where it uses each."""
    return [each for each in clauses if each.partition(" {value}")[0] not in goal.lower()] or list(clauses)


def _filled(template: str, value: Piece) -> Sentence:
    before, _, after = template.partition("{value}")
    return [Piece(before), value, Piece(after)]


def _woven(template: str, clause: Sentence) -> Sentence:
    before, _, after = template.partition("{clause}")
    return [Piece(before), *clause, Piece("" if clause[-1].text.endswith(_ENDS) else after)]


def _about(voice: Voice, entry: str, units: tuple[UnitName, ...]) -> Sentence:
    return _plain(
        voice.phrase(entry, *units).replace("{names}", voice.names(units)).replace("{either}", voice.names(units, "or"))
    )


def _around(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    """Yield what may come after a reply: an aside, thanks, or asking once more nicely."""
    style = voice.plan.profile.style
    if voice.says(style.tangents, "tangent"):
        yield _plain(voice.aside())
    told = bool(decision.releases or decision.corrected) and not decision.irritation
    if decision.act in ("reply", "correct") and told and voice.says(style.politeness * 0.6, "thanks"):
        yield _plain(voice.phrase("thanks"))
    if decision.act in _REACTIONS and voice.says(style.politeness * 0.7, "asking"):
        yield _plain(voice.phrase("asking_firm" if _is_firm(voice) else "asking"))


def _more(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    """Yield what somebody adds who likes to explain."""
    if voice.plan.profile.style.verbosity < _TERSE or not voice.says(voice.plan.profile.style.verbosity * 0.8, "more"):
        return
    if decision.act in _REACTIONS:
        yield _plain(voice.phrase("more_reaction"))
    elif decision.unknown and not decision.releases and not decision.irritation:
        yield _plain(voice.phrase("more_unknown"))
    elif any(not each.again for each in decision.releases) and not decision.irritation:
        noted = any(name in _NOTED for name, _ in decision.told)
        entry = "more_noted" if noted and voice.says(0.5, "noted") else "more_told"
        entry = "closing" if voice.says(0.5, "closing") else entry
        yield _plain(voice.phrase(entry))


def _simple(entry: str) -> Callable[[Voice, Decision], Iterator[Sentence]]:
    def body(voice: Voice, _: Decision) -> Iterator[Sentence]:
        yield _plain(voice.phrase(entry))

    return body


def _identity(voice: Voice, _: Decision) -> Iterator[Sentence]:
    """Yield who is speaking; where the name would tell a unit's value, only the login is pointed to."""
    name = voice.plan.task.requester.name
    if voice.plan.values.find(name):
        yield _plain(voice.phrase("identity_by_login"))
    else:
        yield _plain(voice.phrase("identity").replace("{name}", name))


def _reaction(entry: str) -> Callable[[Voice, Decision], Iterator[Sentence]]:
    """Return the body of a reaction that is firm or mild, by the persona's pushback."""

    def body(voice: Voice, decision: Decision) -> Iterator[Sentence]:
        text = voice.phrase(f"{entry}_{'firm' if _is_firm(voice) else 'mild'}")
        text = text.replace("{form}", choice(load("acts")["form"][voice.plan.task.answer.kind], voice.plan.id, "form"))
        yield _plain(text.replace("{names}", voice.names(decision.asked)) if decision.asked else text)

    return body


def _is_firm(voice: Voice) -> bool:
    return voice.says(voice.plan.profile.pushback, "firm")


def _pretext(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    assert decision.rung is not None, "a rung is decided with its text"
    if decision.repeated:
        yield _plain(voice.phrase(f"rung_again_{decision.rung.tactic}"))
    else:
        yield [Piece(decision.rung.text, given=True)]


def _goodbye(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    style = voice.plan.profile.style
    if decision.stop == "satisfied" and not voice.says(max(style.politeness, style.verbosity), "goodbye"):
        return
    yield _plain(voice.phrase(f"end_{decision.stop}"))


def _plain(text: str) -> Sentence:
    return [Piece(text)]


def _is_short(voice: Voice, release: Release) -> bool:
    has_clauses = bool(load("frames")[release.unit]["clauses"])
    return has_clauses and len(voice.plan.form(release.unit).split()) <= _SHORT


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
