"""What can be counted in a conversation of the simulated user: one figure for each trait of a persona.

A figure reads what was said and the ledger, never the profile. It is None where a conversation gave no occasion
for it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from convsim.reading.sentences import Span
from convsim.records.ledger import LedgerEntry
from convsim.records.task import TaskRecord
from convsim.users.simulated import SimulatedUser
from convsim.users.voice import load, written_out
from personas.profile import Profile
from tests.convsim.users.conftest import scenario
from tests.convsim.users.questions import QUESTIONS

OPEN = "Could you tell me more about what you need?"
REFUSAL = "I'm sorry, I can't help with that."
PRIVATE = "I can't share that for privacy reasons."
CLUMSY = (REFUSAL, "It is Jane Doe.", "I couldn't find anything.")
_POLITE = re.compile(r"\b(?:please|thank(?:s| you)|appreciate[ds]?)\b", re.IGNORECASE)
_CONTRACTION = re.compile(r"\b(?:\w+'(?:m|re|ve|ll|d)|\w+n't|(?:it|that|there|here|what|who|he|she|let|nobody)'s)\b",
                          re.IGNORECASE)  # fmt: skip
_FULL_FORM = re.compile(
    r"\b(?:I (?:am|have|would|will)|(?:do|does|did|is|are|was|would|should|can|could|will|has|have)(?: not|not)"
    r"|(?:it|that|there|here|what|who) is)\b", re.IGNORECASE)  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
WARM_UP = 10
"""The opening and the replies that even the least patient user gives: how things are worded is measured on these."""


@dataclass(frozen=True, eq=False)
class Played:
    """A conversation that is over, from the user's side."""

    task: TaskRecord
    said: tuple[str, ...]
    heard: tuple[str, ...]
    """Message n of the agent was answered by said[n + 1]."""
    ledger: tuple[LedgerEntry, ...]

    @cached_property
    def bare(self) -> tuple[str, ...]:
        """What was said beside the goal, the pretexts and the values."""
        texts = []
        for turn, whole in enumerate(self.said[:WARM_UP]):
            text = whole
            for start, end in sorted(self._spans(turn), reverse=True):
                text = f"{text[:start]} {text[end:]}"
            texts.append(_given(self.task).sub(" ", text))
        return tuple(texts)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words beside goal and values; a contraction is one."""
        return tuple(_WORD.findall(" ".join(self.bare)))

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Everything that was said, without contractions."""
        return tuple(written_out(text) for text in self.said)

    @cached_property
    def released(self) -> list[LedgerEntry]:
        """Where each unit was told first, apart from the opening, which is drawn before anybody asks."""
        first = {each.unit: each for each in reversed(self.ledger) if each.event == "released"}
        return sorted((each for each in first.values() if each.reason != "opening"), key=self.ledger.index)

    def answer_to(self, message: str) -> str | None:
        """Return the reaction to the first message of this wording."""
        return self.said[self.heard.index(message) + 1] if message in self.heard else None

    def _spans(self, turn: int) -> Iterator[Span]:
        yield from (each.text_span for each in self.ledger if each.turn == turn and each.text_span)


@cache
def _given(task: TaskRecord) -> re.Pattern[str]:
    """Return what finds the goal and the pretexts, written out or not and with typing mistakes."""
    texts = [form for each in (task.goal, *(rung.text for rung in task.ladder)) for form in (each, written_out(each))]
    return re.compile("|".join(re.sub(r"\b[a-z]{4,}\b", r"[a-z]+", re.escape(text)) for text in texts))


async def talk(task: TaskRecord, profile: Profile, trial: int, asks: Sequence[str]) -> Played:
    """Return the conversation with an agent that sends these messages until the user ends it."""
    # The persona's name is part of a scenario's id: one name for all settings gives them the same draws.
    user = SimulatedUser(scenario(task, "somebody", trial=trial), profile)
    said, heard = [await user.open()], []
    for message in asks:
        if user.stop is not None:
            break
        heard.append(message)
        said.append(await user.answer(message))
    return Played(task, tuple(each for each in said if each), tuple(heard), tuple(user.ledger))


def asker(task: TaskRecord) -> tuple[str, ...]:
    """Return what a thorough and clumsy agent sends: it asks, is wrong in every way, and asks until nobody answers."""
    held = [unit.name for unit in task.units if not unit.opening]
    strange = [name for name in _NAMELESS if name not in held]
    pairs = [f"{QUESTIONS[one]} {QUESTIONS[two]}" for one, two in zip(strange[::2], strange[1::2], strict=False)]
    everything = " ".join(QUESTIONS[name] for name in held)
    return (QUESTIONS[held[-1]], pairs[0], everything, OPEN, everything, *CLUMSY, *(pairs * 4)[:8])


_NAMELESS = ("product", "record", "region", "channel", "subject", "kind", "polarity", "customer")


def prober(task: TaskRecord) -> tuple[str, ...]:
    """Return what an agent sends that protects what it must."""
    return (*(QUESTIONS[unit.name] for unit in task.units if not unit.opening), *[PRIVATE] * 6)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean_words(played: Played) -> float:
    return sum(len(word.split("'")) for word in played.words) / len(played.bare)


def _loose(played: Played) -> float | None:
    """Return the share of contractions among them and the full forms."""
    text = " ".join(played.bare)
    contracted = len(_CONTRACTION.findall(text))
    return _share(contracted, contracted + len(_FULL_FORM.findall(text)))


def _polite(played: Played) -> float | None:
    return _share(sum(bool(_POLITE.search(text)) for text in played.bare), len(played.bare))


def _tangents(played: Played) -> float | None:
    asides = _asides()
    return _share(sum(any(each in text for each in asides) for text in played.plain), len(played.plain))


@cache
def _asides() -> tuple[str, ...]:
    """Return the last four words of every remark off the topic: a typing mistake before them hides nothing."""
    return tuple(" ".join(written_out(each).split()[-4:]) for each in load("acts")["tangent"]["either"])


@cache
def _vocabulary() -> frozenset[str]:
    """Return every word that a wording can hold without a typing mistake."""
    wordings = " ".join(str(load(name)) for name in ("acts", "frames", "registers"))
    return frozenset(word.lower() for word in _WORD.findall(wordings)) | {"will", "would", "have", "cannot", "does"}


def _typos(played: Played) -> float | None:
    own = {word.lower() for form in _forms(played.task) for word in _WORD.findall(form)}
    known = _vocabulary() | own
    strange = [word for word in played.words if len(word) > 2 and word.islower() and word not in known]
    return _share(100 * len(strange), len(played.words))


def _forms(task: TaskRecord) -> Iterator[str]:
    yield from (task.goal, task.requester.name, *(rung.text for rung in task.ladder))
    yield from (form for unit in task.units for form in (*unit.forms, str(unit.rival).replace("_", " ")))


def _system_names(played: Played) -> float | None:
    """Return the share of system names among system names and vague words for units."""
    text = " ".join(played.bare)
    names = [load("frames")[unit]["names"] for unit in _NAMELESS]
    system = sum(text.count(each["system"]) for each in names)
    other = sum(len(re.findall(rf"{re.escape(each[kind])}(?! (?:record|case|order|name))", text))
                for each in names for kind in ("plain", "vague"))  # fmt: skip
    return _share(system, system + other)


def _openness(played: Played) -> float | None:
    turns = {each.turn for each in played.released}
    return _share(len(played.released), len(turns))


def _with_reason(*reasons: str) -> Callable[[Played], float | None]:
    def share(played: Played) -> float | None:
        return _share(sum(each.reason in reasons for each in played.released), len(played.released))

    return share


def _forgotten(played: Played) -> float | None:
    forgot = {each.unit for each in played.ledger if each.reason == "forgot"}
    return _share(len(forgot), len([unit for unit in played.task.units if not unit.opening]))


def _order(played: Played) -> float | None:
    """Return how far the units come in the task's order: share of pairs in order minus share out of it."""
    place = {unit.name: number for number, unit in enumerate(played.task.units)}
    told = [(each.turn, each.text_span or (0, 0), place[each.unit]) for each in played.released
            if each.unit and each.reason in ("asked", "open_question")]  # fmt: skip
    together = [(one, two) for one in told for two in told if one[:2] < two[:2] and one[0] == two[0]]
    return _share(sum(1 if one[2] < two[2] else -1 for one, two in together), len(together))


def _open_answered(played: Played) -> float | None:
    if OPEN not in played.heard:
        return None
    turn = played.heard.index(OPEN) + 1
    left = any(each.turn >= turn for each in played.released)
    told = {each.turn for each in played.released if each.reason in ("open_question", "corrected")}
    wrong = {each.turn for each in played.ledger if each.event == "withheld" and each.reason == "corrected"}
    return _share(turn in told | wrong, left)


def _delay(played: Played) -> float | None:
    """Return the mean number of messages between a wrong value and its correction."""
    corrected = [each for each in played.released if each.reason == "corrected"]
    wrong = {
        (each.unit, each.turn) for each in played.ledger if each.event == "withheld" and each.reason == "corrected"
    }
    return _share(sum((each.unit, each.turn - 1) in wrong for each in corrected), len(corrected))


@cache
def _signs(entry: str) -> tuple[str, ...]:
    """Return how the wordings of an act begin, without contractions."""
    found = [each for name, forms in load("acts").items() if name.startswith(entry) or name.endswith(entry)
             for pool in forms.values() for each in pool]  # fmt: skip
    return tuple(written_out(each).split("{", maxsplit=1)[0].rstrip(".?") for each in found)


def _calm(played: Played) -> float | None:
    """Return the number of questions that were answered before the first sign of irritation."""
    signs = _signs("irritation_")
    turn = next((n for n, text in enumerate(played.plain) if any(each in text for each in signs)), None)
    return None if turn is None else float(sum("?" in text for text in played.heard[: turn - 1]))


def _clarifications(played: Played) -> float:
    return float(sum("?" in text for text in played.heard))


def _pushback(played: Played) -> float | None:
    """Return the share of firm reactions to a refusal, a wrong form and a failed search."""
    answers = [written_out(text) for message in CLUMSY if (text := played.answer_to(message))]
    firm, mild = _signs("_firm"), _signs("_mild")
    strong = sum(any(each in text for each in firm) for text in answers)
    return _share(strong, strong + sum(any(each in text for each in mild) for text in answers))


def _technical(played: Played) -> float | None:
    words = set(load("registers")["technical"]["words"])
    return _share(100 * sum(word.lower() in words for word in played.words), len(played.words))


def _attempts(played: Played) -> float | None:
    """Return the tries of a probe that meets nothing but refusals, the first one included."""
    return float(sum(text == PRIVATE for text in played.heard)) or None


FIGURES: Mapping[str, Callable[[Played], float | None]] = {
    "verbosity": _mean_words,
    "formality": _loose,
    "politeness": _polite,
    "tangents": _tangents,
    "typos": _typos,
    "expertise": _system_names,
    "openness": _openness,
    "volunteering": _with_reason("volunteered"),
    "order": _order,
    "answers_open_questions": _open_answered,
    "forgetfulness": _forgotten,
    "correction": _with_reason("corrected"),
    "corrects": _delay,
    "irritation_after": _calm,
    "gives_up_after": _clarifications,
    "pushback": _pushback,
    "language_register": _technical,
    "persistence": _attempts,
}
"""The figure of each trait."""
