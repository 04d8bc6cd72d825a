"""The nearest of our personas to a published one, which is a sentence or two of text."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from convsim.draws import digest
from personas.library import Library
from personas.profile import Profile
from personas.units import Audience
from tasks.wording import content

_WORD = re.compile(r"[a-z]{4,}")
_CUE = 1.0
"""Weight of a trait that a text names, against that of a word in common with the backstory."""
_SHARED = 0.25


def nearest(text: str, audience: Audience, library: Library) -> str:
    """Return the id of the ordinary persona of the audience whose traits and words are most like the text's."""
    able = [each for each in library.profiles.values() if each.audience == audience and not each.adversarial]
    able = [each for each in able if each.pretext is None] or able
    return max(able, key=lambda each: (_likeness(text, each), digest(text, each.id))).id


def _likeness(text: str, profile: Profile) -> float:
    traits = profile.model_dump()
    score = -sum(_CUE * abs(_trait(traits, trait) - wanted) for trait, wanted in _wanted(text))
    return score + _SHARED * len(_words(text) & _words(profile.backstory))


def _wanted(text: str) -> Iterable[tuple[str, float]]:
    words = text.lower()
    for cue in _cues():
        if any(word in words for word in cue["words"]):
            yield from cue["traits"].items()


def _trait(traits: dict[str, dict[str, float]], name: str) -> float:
    """Return a trait on a scale of 0 to 1."""
    group, _, trait = name.partition(".")
    value = float(traits[group][trait])
    return {"patience.gives_up_after": value / 12, "disclosure.openness": value / 5}.get(name, value)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower())) - {"your", "with", "that", "from", "before", "their"}


@cache
def _cues() -> tuple[dict[str, dict[str, float]], ...]:
    return tuple(content(Path(__file__).parent / "cues.yaml")["cues"])
