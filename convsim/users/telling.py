"""How units are told: values as fragments, in clauses or alone, with slips, once more, or corrected."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from convsim.users.decide import Decision, Release
from convsim.users.plan import DETERMINED
from convsim.users.voice import Piece, Sentence, Voice, load
from personas.units import UnitName

_SHORT = 6
"""Words up to which a value may stand as a fragment."""
_WIDE = ("everything", "the state of things", "the situation", "all ", "the whole ")
"""Windows that are no stretch of time but an extent."""
_ENDS = (".", "!", "?", '."', '!"', '?"')
"""How a form that is a sentence ends."""
TERSE = 0.3
"""Verbosity below which values stand alone."""


def releases(voice: Voice, decision: Decision) -> Iterator[Sentence]:
    """Yield what the decision tells: what is new, what is told once more, and last what closes an opening."""
    new = [each for each in decision.releases if not each.again and each.reason != "volunteered"]
    last = [each for each in new if decision.act == "opening" and _ends(voice, each.unit)]
    new = [each for each in new if each not in last]
    terse = voice.plan.profile.style.verbosity < TERSE and decision.act != "opening"
    for short, group in groupby(new, key=lambda each: _is_short(voice, each) and not each.slip):
        if short:
            yield from (_fragments if terse else _told_in_clauses)(voice, list(group))
        else:
            for release in group:
                yield from _told_alone(voice, release)
    yield from _repeated(voice, [each for each in decision.releases if each.again])
    for release in last:
        yield [Piece(voice.plan.form(release.unit), release.unit)]


def corrections(voice: Voice, units: tuple[UnitName, ...]) -> Iterator[Sentence]:
    """Yield what was said wrongly before, as it is right."""
    for place, unit in enumerate(units):
        entry = "correction_too" if place else "correction"
        yield _filled(voice.phrase(entry, unit), Piece(voice.plan.form(unit), unit))


def clause(voice: Voice, unit: UnitName, value: str, *, marked: bool = True) -> Sentence:
    """Return a clause that tells the value, or the value alone where its form is a sentence."""
    frame = load("frames")[unit]
    kind = "wide" if value.startswith(_WIDE) else "opening" if voice.key == "opening" else "clauses"
    clauses = frame.get(kind, frame["clauses"]) or (() if value.endswith(_ENDS) else frame.get("phrase", ()))
    piece = Piece(value, unit if marked else None, given=True)
    if voice.key == "opening":
        clauses = _not_in(voice.plan.task.goal, clauses)
    return _filled(voice.pick(voice.polite(clauses, unit), "clause", unit), piece) if clauses else [piece]


def _ends(voice: Voice, unit: UnitName) -> bool:
    """Return whether the unit is a sentence of its own that closes every opening, as the answer format does."""
    return voice.plan.units[unit].opening and not load("frames")[unit]["clauses"]


def _told_in_clauses(voice: Voice, releases: list[Release]) -> Iterator[Sentence]:
    """Yield sentences of two clauses each."""
    clauses = [clause(voice, each.unit, voice.plan.form(each.unit)) for each in releases]
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
            yield plain(voice.pick(leads, "lead", release.unit))
        yield [Piece(form, release.unit)]
        return
    if not release.slip:
        yield clause(voice, release.unit, form)
        return
    whole = clause(voice, release.unit, form)
    slipped = voice.phrase("slipped", release.unit).split("{right}")
    wrong = slipped[0].replace("{wrong}", release.slip)
    place = next(index for index, piece in enumerate(whole) if piece.unit)
    yield [*whole[:place], Piece(wrong, given=True), whole[place], Piece(slipped[1])]


def _repeated(voice: Voice, releases: list[Release]) -> Iterator[Sentence]:
    """Yield what is told once more: clauses in one sentence after "as I said", whole sentences on their own."""
    clauses: list[Sentence] = []
    for release in releases:
        if not load("frames")[release.unit]["clauses"] and voice.plan.form(release.unit).endswith(_ENDS):
            yield plain(voice.phrase("once_more", release.unit))
            yield [Piece(voice.plan.form(release.unit), release.unit)]
            continue
        clauses.append(clause(voice, release.unit, voice.plan.form(release.unit)))
    if clauses:
        yield woven(voice.phrase("again"), _in_a_row(clauses))


def _in_a_row(clauses: list[Sentence]) -> Sentence:
    """Return clauses as one: "a, b, and c"."""
    joined = clauses[0]
    for clause in clauses[1:]:
        joined = [*joined, Piece(", and " if clause is clauses[-1] else ", "), *clause]
    return joined


def _not_in(goal: str, clauses: Sequence[str]) -> list[str]:
    """Return the clauses whose words before the value the goal does not use itself, or all where it uses each."""
    return [each for each in clauses if each.partition(" {value}")[0] not in goal.lower()] or list(clauses)


def _filled(template: str, value: Piece) -> Sentence:
    before, _, after = template.partition("{value}")
    return [Piece(before), value, Piece(after)]


def _is_short(voice: Voice, release: Release) -> bool:
    has_clauses = bool(load("frames")[release.unit]["clauses"])
    return has_clauses and len(voice.plan.form(release.unit).split()) <= _SHORT


def woven(template: str, clause: Sentence) -> Sentence:
    """Return a template with a clause in its place; what follows a clause that is a sentence falls away."""
    before, _, after = template.partition("{clause}")
    return [Piece(before), *clause, Piece("" if clause[-1].text.endswith(_ENDS) else after)]


def plain(text: str) -> Sentence:
    """Return a sentence that tells no unit."""
    return [Piece(text)]
