"""A whole run with a user whose model makes mistakes: they are caught, mended and counted, and nobody is blamed.

There is one kind of mistake per scenario. The model makes it in every message for which it can, mends it at once in the
opening, and insists on it later, where the template speaks in its place.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest
import yaml

from convsim.records.episode import AgentConfig, Episode, UserConfig
from convsim.records.ledger import LedgerEntry
from convsim.records.transcript import ReportCard, Transcript
from convsim.report.card import card_of, told
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.users.simulated import SimulatedUser
from personas.library import load_library
from personas.profile import Profile

SCENARIO = """
id: {id}
org: b2b
requester: {{kind: employee}}
goal: I have to find out which of our rules for {id} fits an offer.
units:
{units}
  - {{name: answer_format, value: One word is enough., forms: [One word is enough.]}}
answer: {{kind: label, labels: [strict, loose]}}
gold: {{literal: [strict], reason: it is the strict one for such an offer}}
personas: [rosalind_case_auditor]
"""
UNITS = {
    "Q2 2023": "  - {name: window, value: 2023-04-01/2023-07-01, forms: [Q2 2023], rival: 2023-07-01/2023-10-01}",
    "Oregon": "  - {name: region, value: OR, forms: [Oregon, the state of Oregon], rival: TX}",
    "limit": '  - {name: aspect, value: "$5,000", forms: ["the limit of $5,000"], rival: "$9,000"}',
}
"""By a word of their forms. The persona tells one at a time, in the order in which they stand."""
_JSON_TEXT = r'(?:[^"\\]|\\.)*'
DRAFT = rf'as a draft: "(?P<draft>{_JSON_TEXT})"'
TOLD = rf'{DRAFT}[\s\S]*word for word: "{_JSON_TEXT}"'
WITHHELD = rf"{DRAFT}[\s\S]*hint at any of these: \[[^\]]*"


class Mistake(NamedTuple):
    """What a model says, when, and which counter of the report card counts it."""

    when: str
    says: str
    counter: str = "grounding_errors"


MISTAKES: Mapping[str, Mistake] = {
    "amber": Mistake(rf'{WITHHELD}"(?P<hidden>{_JSON_TEXT})"', "{{ draft }} I mean: {{ hidden }}", "early_reveals"),
    "birch": Mistake(TOLD, "Well, what shall I say to that?", "missed_answers"),
    "cedar": Mistake(DRAFT, "{{ draft }} The case is 500000000000123AAA."),
    "dahlia": Mistake(DRAFT, "{{ draft }} There are forty-two of them."),
    "elder": Mistake(DRAFT, "{{ draft }} It was on 4 May 2016."),
    "fern": Mistake(DRAFT, "{{ draft }} It is worth 70k to me."),
    "ginger": Mistake(DRAFT, "{{ draft }} As an agent I would look at the records first."),
    "hazel": Mistake(DRAFT, r"User: {{ draft }}\nAgent: Let me look."),
    "ivory": Mistake(DRAFT, "*sighs and leans back* {{ draft }}"),
    "jade": Mistake(DRAFT, "{{ draft }} You must not say any of it."),
    "khaki": Mistake(TOLD, ""),
    "lemon": Mistake(f"{WITHHELD}Oregon", "{{ draft }} They are in OR.", "early_reveals"),
    "mauve": Mistake(f"{WITHHELD}Oregon", "{{ draft }} Salem, Oregon (OR), that is.", "early_reveals"),
    "navy": Mistake(f"{WITHHELD}limit", "{{ draft }} It is $5,000.00, by the way.", "early_reveals"),
    "olive": Mistake(f"{WITHHELD}limit", "{{ draft }} It's about five thousand dollars.", "early_reveals"),
    "pearl": Mistake(f"{WITHHELD}limit", "{{ draft }} 5k it is.", "early_reveals"),
    "rose": Mistake(f"{WITHHELD}Q2 2023", "{{ draft }} I mean April through June 2023.", "early_reveals"),
    "sienna": Mistake(f"{WITHHELD}Q2 2023", "{{ draft }} From 2023-04-01 to 2023-06-30.", "early_reveals"),
}
"""By the scenario in which it is made."""


def script() -> list[dict[str, str]]:
    """Return what the model does: the retry of an opening is right, a mistake is insisted on later."""
    right = '{"message": "{{ draft }}"}'
    rules = [{"when": rf"\(0 messages\)[\s\S]*{DRAFT}[\s\S]*last attempt was wrong", "say": right}]
    for when in dict.fromkeys(mistake.when for mistake in MISTAKES.values()):
        own = {name: mistake.says for name, mistake in MISTAKES.items() if mistake.when == when}
        here = rf"\A(?=[\s\S]*rules for (?P<name>{'|'.join(own)}) )"
        says = "".join(f"{{% if name == '{name}' %}}{text}{{% endif %}}" for name, text in own.items())
        rules.append({"when": rf"{here}[\s\S]*{when}", "say": f'{{"message": "{says}"}}'})
    return [*rules, {"when": DRAFT, "say": right}]


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Episode]:
    """Return what the run stored."""
    folder = tmp_path_factory.mktemp("faulty")
    for name, mistake in MISTAKES.items():
        last = sorted(UNITS, key=lambda word: word in mistake.when)
        scenario = SCENARIO.format(id=name, units="\n".join(UNITS[word] for word in last))
        (folder / f"{name}.yaml").write_text(scenario, encoding="utf-8")
    voice = folder.parent / "voice.yaml"
    voice.write_text(yaml.safe_dump({"rules": script()}), encoding="utf-8")
    chosen = RunConfig(
        families=(),
        orgs=("b2b",),
        task_paths=(str(folder),),
        trials=2,
        agents=(AgentConfig(target="reference"),),
        user=UserConfig(target=f"scripted/{voice}"),
    )
    prepared = prepare(chosen, folder.parent / "run.sqlite")
    outcome = prepared.execute(jobs=4, listener=lambda _: None)
    assert outcome.complete, outcome.told
    return list(prepared.store.episodes())


@pytest.fixture(scope="module")
def people() -> Mapping[str, Profile]:
    return load_library().profiles


def transcript_of(episode: Episode) -> Transcript:
    assert episode.transcript is not None
    return episode.transcript


def said_by_user(episode: Episode) -> list[str]:
    return [message.content for message in transcript_of(episode).messages if message.role == "user"]


async def offline(episode: Episode, profile: Profile) -> tuple[list[str], SimulatedUser]:
    """Return what the user of templates says to the same agent messages."""
    user = SimulatedUser(episode.scenario, profile)
    heard = [message for message in transcript_of(episode).messages if message.role == "assistant"]
    said = [await user.open(), *[await user.answer(message.content, final=message.final) for message in heard]]
    return [text for text in said if text], user


def without_places(ledger: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    return [entry.model_copy(update={"text_span": None}) for entry in ledger]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_caught_mended_and_counted(name: str, episodes: Sequence[Episode]) -> None:
    own = [episode for episode in episodes if episode.scenario.task.id == name]
    assert len(own) == 2
    card = ReportCard(**card_of(own).counts)
    counter = MISTAKES[name].counter
    others = {"early_reveals", "missed_answers", "grounding_errors"} - {counter}
    assert getattr(card, counter) >= card.retries + card.templates
    assert not any(getattr(card, other) for other in others)
    assert 0 < card.templates <= card.retries <= card.templates + len(own), "only openings are mended by the retry"


def test_openings_are_mended_by_the_retry(episodes: Sequence[Episode]) -> None:
    card = ReportCard(**card_of(episodes).counts)
    assert card.retries - card.templates >= len(episodes) / 2


def test_no_mistake_reaches_the_agent(episodes: Sequence[Episode], people: Mapping[str, Profile]) -> None:
    """The conversations are those of the user that speaks by templates, which tells nothing but what was decided."""
    for episode in episodes:
        transcript = transcript_of(episode)
        said, user = asyncio.run(offline(episode, people[episode.scenario.persona]))
        assert [text for text in said_by_user(episode) if text] == said
        assert without_places(transcript.ledger) == without_places(user.ledger)
        assert transcript.stop == user.stop


def test_the_agent_is_not_blamed(episodes: Sequence[Episode]) -> None:
    for episode in episodes:
        assert transcript_of(episode).valid
        verdict = episode.verdicts[0]
        assert (verdict.score, verdict.failure) == (1.0, None)


def test_the_card_of_the_run_is_told(episodes: Sequence[Episode]) -> None:
    counts = card_of(episodes).counts
    line = next(iter(told(card_of(episodes))))
    for counter in ("grounding_errors", "early_reveals", "missed_answers", "retries", "templates"):
        assert f"{counter.replace('_', ' ')} {counts[counter]}" in line
        assert counts[counter] > 0
