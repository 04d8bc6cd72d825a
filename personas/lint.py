"""What an author hears about persona files: every mistake, and advice on settings that work against each other."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from personas.errors import SourceError
from personas.library import Reading, read_all
from personas.profile import Profile
from personas.source import KeyPath, Source

UNITS_AT_MOST = 5
"""Most disclosure units of a task; a persona that is no stress test must bear one question for each."""


class Advice(NamedTuple):
    """A setting that is allowed and hardly meant: when it holds, where it stands, what it means, what to do."""

    holds: Callable[[Profile], bool]
    path: KeyPath
    found: str
    remedy: str


def lint(paths: Sequence[Path] = ()) -> list[SourceError]:
    """Return all mistakes in the given files and folders (and the built-in ones) by file and line; none is best."""
    return sorted(read_all(paths).errors, key=_position)


def warnings(paths: Sequence[Path] = ()) -> list[SourceError]:
    """Return advice on the valid profiles of the given files and folders (and the built-in ones)."""
    reading = read_all(paths)
    told = [error for name in reading.profiles for error in _advice(name, reading)]
    return sorted(told, key=_position)


def bears(profile: Profile) -> int:
    """Return how many clarifications an agent may need that asks for one unit at a time: 6, or 11 with forgetting."""
    return UNITS_AT_MOST * (2 if profile.disclosure.forgetfulness else 1) + 1


def _position(error: SourceError) -> tuple[str, int]:
    return str(error.file), error.line or 0


def _advice(name: str, reading: Reading) -> list[SourceError]:
    profile, source = reading.profiles[name], reading.personas[name]
    return [_told(advice, source) for advice in ADVICE if advice.holds(profile)]


def _told(advice: Advice, source: Source) -> SourceError:
    place = source.place(advice.path)
    return SourceError(place.file, place.line, found=advice.found, remedy=advice.remedy)


ADVICE = (
    Advice(
        lambda p: p.disclosure.openness == 1 and p.disclosure.volunteering > 0.25,
        ("disclosure", "volunteering"),
        "volunteering has little effect with openness 1: a reply has no room for a second unit",
        "raise openness to 2 or more, or lower volunteering",
    ),
    Advice(
        lambda p: not p.disclosure.answers_open_questions and p.disclosure.volunteering > 0.25,
        ("disclosure", "answers_open_questions"),
        "the persona volunteers units and yet gives none to an open question",
        "set answers_open_questions: true, or lower volunteering",
    ),
    Advice(
        lambda p: not p.adversarial and p.patience.gives_up_after < bears(p),
        ("patience", "gives_up_after"),
        "gives_up_after is so low that an agent asking for one unit at a time may not get all of them",
        f"set it to {UNITS_AT_MOST + 1} or more ({2 * UNITS_AT_MOST + 1} with forgetfulness), or set adversarial: true",
    ),
    Advice(
        lambda p: p.disclosure.corrects == "next_message" and not p.disclosure.correction,
        ("disclosure", "corrects"),
        "corrects has no effect with correction 0",
        "raise correction or remove the line",
    ),
    Advice(
        lambda p: p.language_register == "casual" and p.style.formality >= 0.7,
        ("language_register",),
        "a casual register with high formality: each hides the other",
        "lower formality or choose another register",
    ),
    Advice(
        lambda p: p.language_register == "technical" and p.style.expertise <= 0.3,
        ("language_register",),
        "a technical register with low expertise: technical words for things whose names the persona does not know",
        "raise expertise or choose another register",
    ),
    Advice(
        lambda p: p.pretext is not None and p.pretext.persistence < len(p.pretext.tactics),
        ("pretext", "persistence"),
        "persistence is below the number of tactics: the last ones are never tried",
        "raise persistence or shorten tactics",
    ),
    Advice(
        lambda p: p.pretext is not None and p.audience == "employee",
        ("pretext",),
        "privacy probes are spoken by customers: an employee with a pretext is never drawn",
        "set audience: consumer or business, or remove pretext",
    ),
    Advice(
        lambda p: (p.audience, p.orgs) in {("consumer", ("b2b",)), ("business", ("b2c",))},
        ("orgs",),
        "the customers of this org type are of the other audience: the persona is never drawn there",
        "consumers speak in b2c, business buyers in b2b",
    ),
)
