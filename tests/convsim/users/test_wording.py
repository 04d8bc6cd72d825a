"""What the offline user says over all families: openings vary, sentences are well formed, typos have owners."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise, product

import pytest

from convsim import plugins
from convsim.draws import shuffled
from convsim.records.episode import Scenario, scenario_id
from convsim.records.task import TaskRecord
from convsim.records.transcript import ReportCard
from convsim.runs.worlds import open_world
from convsim.users.decide import opening
from convsim.users.plan import Plan
from convsim.users.say import say
from convsim.users.simulated import SimulatedUser
from convsim.users.voice import load
from personas.library import load_library
from personas.profile import Profile
from tests.convsim.users.figures import asker, prober

CONVERSATIONS = 1000
PER_FAMILY = 25
FAMILIES = [family.name for family in plugins.families()]
LIBRARY = load_library()
FAULTS = {
    "a doubled word": r"\b(?!that\b|had\b)([A-Za-z]+) \1\b(?! ?-)",
    "'a' before a vowel": r"\b[Aa] (?:[aeio]|un(?!i)|(?:Id|hour)\b)",
    "'an' before a consonant": r"\b[Aa]n (?![aeioAEIO]|hour|[uU]n|[uU]p|[uU]s|MX|X|F|H|L|M|N|R|S)\w",
    "a sentence in lower case": r"[.!?] [a-z]",
    "doubled punctuation": r"[,;:] ?[,;:.!?]|\.\.(?!\.)(?<!\.\.\.)|[!?][.,;:]",
    "a space before punctuation": r"\s[.,;:!?]",
    "two spaces": r"  |^\s|\s$",
    "an unfilled brace": r"[{}]",
    "a singular verb after several things": r"\b(?:[Ii]s|[Ii]sn't) the \w+(?: \w+){0,3} and\b",
    "a small i": r"\bi(?:'m|'d|'ve|'ll)?\b",
    "a contraction written out twice": r"\b(?:not not|is is|am am)\b",
}
"""What no sentence has, beside what stands in quotation marks."""

UNMEANT = {
    "a greeting, which the persona has": r"^(?:hello|hi|hey|good (?:day|morning|afternoon))\b",
    "what was not mentioned": r"^[^.:;?]*\bthis (?:agent|article|case|customer|deal|lead|month|product|quote)\b",
    "a question for nothing": r"\b(?:work out|find out|look up|check for me|tell me|let me know)\?",
    "a telephone, in writing": r"\bI'm calling\b",
}
"""What no goal has: it is said first, and by anybody."""


def spoken_by(task: TaskRecord) -> list[Profile]:
    """Return the personas that may speak this task, in a fixed order without meaning."""
    own = [each for each in LIBRARY.profiles.values() if each.audience == task.requester.kind and task.org in each.orgs]
    own = [each for each in own if task.is_probe or not each.pretext]
    return shuffled(own, task.id)


@pytest.fixture(scope="module")
def built() -> Mapping[str, Sequence[TaskRecord]]:
    """Return the first tasks of every family."""
    world = open_world("b2b")
    return {name: [task.record for task in plugins.provider_of(name).build(name, world, seed=0, count=PER_FAMILY)]
            for name in FAMILIES}  # fmt: skip


def scenarios(tasks: Sequence[TaskRecord], trials: int) -> Iterator[tuple[Scenario, Profile]]:
    for trial, task in product(range(trials), tasks):
        people = spoken_by(task)
        profile = people[trial % len(people)]
        key = scenario_id(task, profile.id, "multi", trial)
        yield Scenario(id=key, task=task, persona=profile.id, delivery="multi", trial=trial, seed=0), profile


@pytest.mark.parametrize("family", FAMILIES)
def test_openings_of_a_family_do_not_repeat(family: str, built: Mapping[str, Sequence[TaskRecord]]) -> None:
    own = built[family]
    plans = [Plan(*each) for each in islice(scenarios(own, CONVERSATIONS), CONVERSATIONS)]
    said = Counter(say(plan, opening(plan)).text for plan in plans)
    assert said.total() == CONVERSATIONS
    assert said.most_common(1)[0][1] <= CONVERSATIONS / 100, said.most_common(1)


async def conversation(scenario: Scenario, profile: Profile) -> tuple[SimulatedUser, list[str]]:
    user = SimulatedUser(scenario, profile)
    said = [await user.open()]
    asks = prober(scenario.task) if profile.pretext else asker(scenario.task)
    for message in (*asks[:2], "Who am I speaking with?", "One moment, please.", "What color is it?", *asks[2:]):
        if user.stop is not None:
            break
        said.append(await user.answer(message))
    return user, [text for text in said if text]


def faults(text: str) -> list[tuple[str, str]]:
    """Return what is wrong with a message that has no typing mistakes."""
    bare = re.sub(r'"[^"]*"', '"x"', text).replace("...", ",")
    found = [(name, each.group()) for name, pattern in FAULTS.items() for each in re.finditer(pattern, bare)]
    start, end = text.lstrip("\"'")[:1], text.rstrip("\"')")[-1:]
    found += [("a small beginning", start)] if start.islower() else []
    return found + ([("no end", end)] if end not in ".!?" else [])


@pytest.mark.parametrize("family", FAMILIES)
def test_sentences_are_well_formed_and_tell_what_was_decided(
    family: str, built: Mapping[str, Sequence[TaskRecord]]
) -> None:
    for scenario, profile in scenarios(built[family][:6], 3):
        calm = profile.model_copy(update={"style": profile.style.model_copy(update={"typos": 0.0})})
        user, said = asyncio.run(conversation(scenario, calm))
        given = [scenario.task.goal, *(form for unit in scenario.task.units for form in unit.forms if len(form) > 60)]
        for text in said:
            bare = text
            for each in sorted(given, key=len, reverse=True):
                bare = bare.replace(each, "This." if each.rstrip('"').endswith((".", "?", "!")) else "this")
            assert faults(bare) == [], (text, profile.id)
        assert user.card.model_copy(update={"unclear": 0}) == ReportCard(), said


def test_typos_only_where_the_persona_has_them(built: Mapping[str, Sequence[TaskRecord]]) -> None:
    """The same conversation without typing mistakes is word for word the same for whoever makes none."""
    for family in FAMILIES:
        for scenario, profile in scenarios(built[family][:3], 2):
            calm = profile.model_copy(update={"style": profile.style.model_copy(update={"typos": 0.0})})
            _, said = asyncio.run(conversation(scenario, profile))
            _, plain = asyncio.run(conversation(scenario, calm))
            same = said == plain
            assert same or profile.style.typos > 0
            assert [len(text.split()) for text in said] == [len(text.split()) for text in plain]


@pytest.mark.parametrize("family", FAMILIES)
def test_goals_stand_by_themselves(family: str, built: Mapping[str, Sequence[TaskRecord]]) -> None:
    for goal in {task.goal for task in built[family]}:
        assert not [name for name, sign in UNMEANT.items() if re.search(sign, goal, re.IGNORECASE)], goal


def test_sentences_in_a_row_of_an_opening_begin_differently(built: Mapping[str, Sequence[TaskRecord]]) -> None:
    """The goal's own words are not taken up at once: "It concerns a range. It concerns the ..." """
    for family, tasks in built.items():
        for plan in [Plan(*each) for each in scenarios(tasks, 1)]:
            text = re.sub(r'"[^"]*"', "it", say(plan, opening(plan)).text)
            starts = [" ".join(each.lower().split()[:2]) for each in re.split(r"(?<=[.!?]) ", text)]
            same = [one for one, two in pairwise(starts) if one == two and one.split()[0] in ("it", "it's", "my")]
            assert not same, (family, plan.task.goal, same)


@pytest.mark.parametrize("name", ["acts", "frames", "registers"])
def test_wordings_are_well_formed(name: str) -> None:
    for text in wordings(load(name)):
        filled = re.sub(r"\{\w+\}", "this", text)
        assert not re.search(FAULTS["a doubled word"], filled.replace("this this", "this"))
        assert not re.search(FAULTS["'a' before a vowel"], filled), text
        assert not re.search(FAULTS["a sentence in lower case"], filled.replace("...", ",")), text
        assert filled.count('"') % 2 == 0


def wordings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from wordings(each)
    elif isinstance(part, list):
        for each in part:
            yield from wordings(each)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("I mean the the window.", "a doubled word"),
        ("It is a Id.", "'a' before a vowel"),
        ("I mean this.. Yes.", "doubled punctuation"),
        ("Sure. it is.", "a sentence in lower case"),
        ("I mean {names}.", "an unfilled brace"),
        ("hello.", "a small beginning"),
        ("Is the state and the product known?", "a singular verb after several things"),
        ("It is this", "no end"),
    ],
)
def test_faults_are_found(text: str, fault: str) -> None:
    assert fault in [name for name, _ in faults(text)]
