"""A persona's voice: which of the wordings it takes, written out or contracted, with its typing mistakes.

All draws are hashes of (scenario id, purpose, key of the decision), so that a decision always sounds the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from convsim.draws import chance, digest, uniform
from convsim.users.plan import Plan
from personas.units import UNIT_NAMES, UnitName

_PRONOUN = r"(?! (?:you|it|that|there|he|she|they|we|I)\b)"
_FULL_FORMS = (
    (re.compile(r"\bcan't\b" + _PRONOUN), "cannot"),
    (re.compile(r"\bwon't\b" + _PRONOUN), "will not"),
    (re.compile(r"n't\b" + _PRONOUN), " not"),
    (re.compile(r"\bI'm\b"), "I am"),
    (re.compile(r"\b([Ll])et's\b"), r"\1et us"),
    (re.compile(r"\b(it|that|there|here|what|who|he|she|It|That|There|Here|What|Who|He|She)'s (?=been\b)"), r"\1 has "),
    (re.compile(r"\b(it|that|there|here|what|who|he|she|It|That|There|Here|What|Who|He|She)'s\b"), r"\1 is"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d (?=like|rather|be|have|expect|know|prefer|want)"), " would "),
)
_WORD = re.compile(r"\b[a-z]{4,}\b(?!')")
_STEADY = 0.75
"""Share of the messages that keep to the conversation's own form; the others are drawn one by one."""
_COUNTER = re.compile(r"#\d+")
_OCCASIONS = ("opening", "open", "nothing", "vague", "identity", "unclear", "wait", "correct", "form", "ignored",
              "doubt", "push", "rung", "end")  # fmt: skip
"""How the keys of decisions begin that name no unit."""
_OPENING_QUOTE = "\"'“‘(["


class Piece(NamedTuple):
    """A stretch of a sentence; with a unit it is that unit's value and is never altered."""

    text: str
    unit: UnitName | None = None
    given: bool = False
    """Words of the task, which stay as they are."""


Sentence = list[Piece]


@cache
def load(name: str) -> Any:
    """Return the content of `wording/<name>.yaml`."""
    import yaml

    text = (files("convsim.users") / "wording" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)


@dataclass(frozen=True, slots=True)
class Voice:
    """The wording of one decision."""

    plan: Plan
    key: str
    """The decision's key."""
    formal: bool
    """Whether this message is in formal form."""

    @classmethod
    def of(cls, plan: Plan, key: str) -> "Voice":
        """Return the voice in which the decision of this key is worded."""
        whole = chance(_STEADY, plan.id, "steady", key)
        purpose = "formal" if whole else f"formal {key}"
        return cls(plan, key, chance(plan.profile.style.formality, plan.id, purpose))

    def pick(self, options: list[str], *purpose: object) -> str:
        """Return one of the wordings; the same decision taken again gets the next one."""
        root = _COUNTER.sub("", self.key)
        times = sum(int(each[1:]) for each in _COUNTER.findall(self.key))
        first = digest(self.plan.id, root, *purpose)
        return options[(first + times) % len(options)]

    def phrase(self, entry: str, *purpose: object, part: str = "acts") -> str:
        """Return a wording of an act, in this message's form; questions about different units meet different ones."""
        pool = self.pool(load(part)[entry])
        place, times = self._place
        if place is None:
            return self.pick(pool, entry, *purpose)
        return pool[(digest(self.plan.id, entry) + place + times) % len(pool)]

    def of_register(self, part: str) -> str:
        """Return a phrase of the persona's register: before the request (lead), before what is told (opener)."""
        return self.pick(load("registers")[self.plan.profile.language_register][part], "register", part)

    @property
    def _place(self) -> tuple[int | None, int]:
        """The place of the first unit that the decision is about among all units, and how often this was decided."""
        words = _COUNTER.sub("", self.key).split()
        places = [UNIT_NAMES.index(word) for word in words if word in UNIT_NAMES]
        return (places[0] if places else None), sum(int(each[1:]) for each in _COUNTER.findall(self.key))

    @property
    def again(self) -> bool:
        """Whether the same was asked for before."""
        times = [int(each[1:]) for each in _COUNTER.findall(self.key)]
        return bool(times) and min(times) > 1

    def aside(self) -> str:
        """Return a remark off the topic: another one for each act, each unit asked for, and each time."""
        place, times = self._place
        if place is None:
            place = len(UNIT_NAMES) + _OCCASIONS.index(_COUNTER.sub("", self.key).split()[0])
        remarks: Mapping[str, list[str]] = load("acts")["tangent"]
        pool = [*remarks["either"], *remarks["home" if self.plan.profile.audience == "consumer" else "work"]]
        return pool[(digest(self.plan.id, "aside") + 2 * place + times) % len(pool)]

    def polite(self, wordings: list[str], *purpose: object) -> list[str]:
        """Return the wordings with "please" for a polite message and those without it for another, if there are any."""
        asks = self.says(self.plan.profile.style.politeness, "please", *purpose)
        return [each for each in wordings if ("please" in each) == asks] or wordings

    def pool(self, wordings: Mapping[str, list[str]]) -> list[str]:
        """Return the wordings that fit this message's form."""
        return wordings.get("either") or wordings["formal" if self.formal else "casual"]

    def says(self, share: float, *purpose: object) -> bool:
        """Tell whether something that is said with this probability is said here."""
        return share > 0 and chance(share, self.plan.id, "says", self.key, *purpose)

    def name(self, unit: UnitName) -> str:
        """Return what this persona calls a unit: by its system name, or vaguely, with the plain name between."""
        level = uniform(self.plan.id, "name", unit)
        expertise = self.plan.profile.style.expertise
        names: Mapping[str, str] = load("frames")[unit]["names"]
        return names["system" if level < expertise - 0.2 else "vague" if level > expertise + 0.3 else "plain"]

    def names(self, units: Iterable[UnitName], joint: str = "and") -> str:
        """Return several units by name: "a, b and c"."""
        said = [self.name(unit) for unit in units]
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {joint} {said[-1]}"

    def written(self, sentence: Sentence, number: int) -> Sentence:
        """Return a sentence in this message's form, with a capital, an end mark and the persona's typing mistakes."""
        pieces = [self._formed(piece) for piece in sentence if piece.text]
        pieces[0] = pieces[0]._replace(text=capital(pieces[0].text, fixed=pieces[0].unit in ("record",)))
        if pieces[-1].text.rstrip("\"'”’)")[-1:] not in ".!?…":
            pieces.append(Piece("."))
        rate = self.plan.profile.style.typos
        return [self._mistyped(piece, rate, f"{number}.{n}") for n, piece in enumerate(pieces)] if rate else pieces

    def _formed(self, piece: Piece) -> Piece:
        if piece.unit or piece.given or not self.formal or "'" not in piece.text:
            return piece
        return piece._replace(text=written_out(piece.text))

    def _mistyped(self, piece: Piece, rate: float, place: str) -> Piece:
        if piece.unit or piece.given:
            return piece

        def maybe(word: re.Match[str]) -> str:
            key = (self.plan.id, "typo", self.key, place, word.start())
            return _slip_of_the_finger(word.group(), digest(*key, "kind")) if chance(rate, *key) else word.group()

        return piece._replace(text=_WORD.sub(maybe, piece.text))


def written_out(text: str) -> str:
    """Return the text without contractions."""
    for pattern, full in _FULL_FORMS:
        text = pattern.sub(full, text)
    return text


def capital(text: str, *, fixed: bool = False) -> str:
    """Return the text with a capital at its start, past quotation marks; ids stay as they are."""
    for place, char in enumerate(text):
        if char not in _OPENING_QUOTE:
            return text if fixed else text[:place] + char.upper() + text[place + 1 :]
    return text


def _slip_of_the_finger(word: str, drawn: int) -> str:
    """Swap two letters, leave one out, or double one; never the first."""
    place = 1 + (drawn >> 8) % (len(word) - 2)
    kind = drawn % 3
    if kind == 0 and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    return word[: place + 1] + word[place:]
