"""Every trait can be measured: 200 conversations with the trait high against 200 with it low, all else equal.

The asker of `figures.py` meets the offline user over tasks of the embedded orgs; both settings meet the same draws.
Cohen's d is at least 1.0 in the trait's own figure and below 0.3 in every other one, apart from the dependencies in
`dependencies.yaml`.
"""

import asyncio
import statistics
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from convsim import plugins
from convsim.records.task import TaskRecord
from convsim.report.separability import features
from convsim.runs.worlds import open_world
from personas.library import load_library
from personas.profile import Profile
from personas.scales import Scale
from personas.speaker import traits
from tests.convsim.users.conftest import persona
from tests.convsim.users.figures import FIGURES, PRIVATE, Played, asker, prober, talk

Conversations = Mapping[str, tuple[list[Played], list[Played]]]
COUNT = 200
TASKS = {"handle_time": 6, "best_region_identification": 2, "top_issue_identification": 2}
"""Tasks of each family with at least two units beside the answer's format."""
PROBES = {"private_customer_information": 10}
DEPENDENCIES: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "dependencies.yaml").read_text(encoding="utf-8")
)
BASE = {
    "disclosure": {"volunteering": "low"},
    "style": {"politeness": "low", "formality": "low", "expertise": "low"},
    "patience": {"irritation_after": 6, "gives_up_after": 6},
}
"""What is the same in both settings: low where low may serve as one of them, so that it is played only once."""
CHOICES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "order": ({"disclosure": {"order": "least_important_first"}}, {"disclosure": {"order": "most_important_first"}}),
    "answers_open_questions": ({"disclosure": {"answers_open_questions": False}}, {}),
    "corrects": (
        {"disclosure": {"correction": "high"}},
        {"disclosure": {"correction": "high", "corrects": "next_message"}},
    ),
    "language_register": ({}, {"language_register": "technical"}),
    "irritation_after": (
        {"patience": {"irritation_after": 3, "gives_up_after": 9}},
        {"patience": {"irritation_after": 8, "gives_up_after": 9}},
    ),
    "gives_up_after": (
        {},
        {"patience": {"irritation_after": 6, "gives_up_after": 12}},
    ),
    "pushback": ({}, {"pushback": "high"}),
    "persistence": (
        {"pretext": {"tactics": ["urgency", "authority"], "persistence": "low"}},
        {"pretext": {"tactics": ["urgency", "authority"], "persistence": "high"}},
    ),
}
"""What low and high are for traits that are no scale of `style` or `disclosure`."""


def scales() -> Iterator[tuple[str, str]]:
    """Yield the part and the name of each trait in style and disclosure that has words for low and high."""
    for part in ("style", "disclosure"):
        model: Any = Profile.model_fields[part].annotation
        for name, field in model.model_fields.items():
            if any(isinstance(each, Scale) for each in field.metadata):
                yield part, name


WITH_PRETEXT = persona(pretext={"tactics": ["urgency"], "persistence": 2})
ABSENT = ("tangents", "typos", "forgetfulness", "correction")
"""Traits whose low setting here is that they are not there at all."""
SETTINGS = {
    name: ({} if name in ABSENT else {part: {name: "low"}}, {part: {name: "high"}}) for part, name in scales()
} | CHOICES


def profile_of(change: Mapping[str, Any]) -> Profile:
    parts = {part: {**own, **change.get(part, {})} for part, own in BASE.items()}
    return persona(**{"pushback": "low", **parts, **{name: own for name, own in change.items() if name not in parts}})


@pytest.fixture(scope="module")
def tasks() -> Mapping[bool, Sequence[TaskRecord]]:
    """Return ordinary tasks and privacy probes."""
    world = open_world("b2b")

    def built(counts: Mapping[str, int]) -> list[TaskRecord]:
        return [each.record for family, count in counts.items()
                for each in plugins.provider_of(family).build(family, world, seed=0, count=count)[:count]]  # fmt: skip

    return {False: built(TASKS), True: [each for each in built(PROBES) if each.is_probe]}


@pytest.fixture(scope="module")
def played(tasks: Mapping[bool, Sequence[TaskRecord]]) -> Conversations:
    """Return the conversations of each trait, low and high; settings that are the same share theirs."""
    known: dict[Profile, list[Played]] = {}

    async def all_of(profile: Profile) -> list[Played]:
        own = tasks[profile.pretext is not None]
        asks = {each.id: (prober if profile.pretext else asker)(each) for each in own}
        picked = [(own[number % len(own)], number // len(own)) for number in range(COUNT)]
        return [await talk(task, profile, trial, asks[task.id]) for task, trial in picked]

    def conversations(change: Mapping[str, Any]) -> list[Played]:
        profile = profile_of(change)
        if profile not in known:
            known[profile] = asyncio.run(all_of(profile))
        return known[profile]

    return {trait: (conversations(low), conversations(high)) for trait, (low, high) in SETTINGS.items()}


@cache
def measured(played: Played, figure: str) -> float | None:
    return FIGURES[figure](played)


def effect(low: Sequence[Played], high: Sequence[Played], figure: str) -> float:
    """Return Cohen's d with the pooled standard deviation; 0 where neither setting gives the figure an occasion."""
    samples = [[value for each in side if (value := measured(each, figure)) is not None] for side in (low, high)]
    if any(len(each) < 2 for each in samples):
        return 0.0
    apart = statistics.fmean(samples[1]) - statistics.fmean(samples[0])
    spread = statistics.fmean(statistics.pvariance(each) for each in samples) ** 0.5
    return apart / spread if spread else float("inf") * apart if apart else 0.0


def test_every_trait_with_an_offline_effect_has_a_figure() -> None:
    told_by_models_only = {"language", "tactics"}
    assert set(SETTINGS) == set(FIGURES)
    assert {path.rsplit(".", maxsplit=1)[-1] for path in traits(WITH_PRETEXT)} - told_by_models_only == set(FIGURES)


@pytest.mark.parametrize("trait", SETTINGS)
def test_a_trait_moves_its_own_figure(trait: str, played: Conversations) -> None:
    assert abs(effect(*played[trait], trait)) >= 1.0


@pytest.mark.parametrize("trait", SETTINGS)
def test_a_trait_moves_no_other_figure(trait: str, played: Conversations) -> None:
    others = {figure: effect(*played[trait], figure) for figure in FIGURES if figure != trait}
    moved = {figure: round(found, 2) for figure, found in others.items() if abs(found) >= 0.3}
    assert set(moved) <= set(DEPENDENCIES.get(trait, {})), moved


def test_tactics_come_in_the_order_of_the_ladder(tasks: Mapping[bool, Sequence[TaskRecord]]) -> None:
    for tactics in (["urgency", "authority"], ["authority", "piecemeal"], ["piecemeal"]):
        profile = profile_of({"pretext": {"tactics": tactics, "persistence": 5}})
        for task in tasks[True]:
            said = asyncio.run(talk(task, profile, 0, [PRIVATE] * 6)).said
            heard = [rung.tactic for text in said for rung in task.ladder if rung.text in text]
            assert heard == tactics
            assert len(set(said)) == len(said), "nothing is said word for word twice"


def test_extreme_profiles_are_told_apart_by_plain_text_features(tasks: Mapping[bool, Sequence[TaskRecord]]) -> None:
    """A nearest-centroid classifier names the speaker of unseen conversations: 0.87 are right, by chance 0.17.

    Twelve counts on the texts, standardised; the centroids are of 30 conversations of each extreme profile, 30 more
    are classified.
    """
    from numpy import array, linalg

    people = [each for each in load_library().profiles.values() if each.adversarial and each.audience == "employee"]
    own = tasks[False]
    asks = {each.id: asker(each) for each in own}

    async def vectors(profile: Profile) -> list[list[float]]:
        picked = [(own[number % len(own)], number) for number in range(60)]
        return [features((await talk(task, profile, trial, asks[task.id])).said) for task, trial in picked]

    found = array([asyncio.run(vectors(each)) for each in people])
    scaled = (found - found[:, :30].mean((0, 1))) / found[:, :30].std((0, 1))
    centroids = scaled[:, :30].mean(1)
    nearest = linalg.norm(scaled[:, 30:, None] - centroids, axis=-1).argmin(-1)
    accuracy = float((nearest == array(range(len(people)))[:, None]).mean())
    assert len(people) == 6
    assert accuracy >= 0.75
