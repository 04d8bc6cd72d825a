"""How well personas can be told apart by what they say: a nearest-centroid classifier on plain counts.

Nothing of a profile, a task or the ledger goes in, only the texts. Conversations of a scenario are classified by the
centroids of all other scenarios, since the agents of a run meet the same user word for word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

import numpy as np

from convsim.records.episode import Episode

_SIGNS = ".,;:!?'"


@dataclass(frozen=True, slots=True)
class Separability:
    """What the classifier made of the users of a run."""

    accuracy: float
    """Share of the conversations whose persona it named rightly, each scenario weighing the same."""
    personas: int
    """How many it had to choose from; by chance it is right once in so many times."""
    scenarios: int


def features(said: Sequence[str]) -> list[float]:
    """Return what anybody can count in one speaker's messages of a conversation (at least one word).

    Messages, words a message, letters a word, thanks or "please" a message, different words of all, and each mark of
    punctuation a message.
    """
    text = " ".join(said)
    words = text.split()
    signs = [text.count(sign) / len(said) for sign in _SIGNS]
    thanks = sum("hank" in each or "lease" in each for each in said) / len(said)
    return [len(said), len(words) / len(said), fmean(map(len, words)), thanks, len(set(words)) / len(words), *signs]


class Sample(NamedTuple):
    """One conversation's user."""

    persona: str
    scenario: str
    features: list[float]


def sample_of(episode: Episode) -> Sample | None:
    """Return the sample of an episode, None where its user said nothing."""
    messages = episode.transcript.messages if episode.transcript else ()
    said = [each.content for each in messages if each.role == "user" and each.content.strip()]
    return Sample(episode.scenario.persona, episode.scenario.id, features(said)) if said else None


def separability(samples: Iterable[Sample]) -> Separability | None:
    """Return how well the personas of two or more scenarios are told apart; None where there are no two of them."""
    samples = list(samples)
    scenarios: dict[str, set[str]] = {}
    for each in samples:
        scenarios.setdefault(each.persona, set()).add(each.scenario)
    known = sorted(name for name, own in scenarios.items() if len(own) > 1)
    if len(known) < 2:
        return None
    samples = sorted((each for each in samples if each.persona in known), key=lambda each: each.scenario)
    vectors = np.array([each.features for each in samples])
    spread = vectors.std(0)
    vectors = (vectors - vectors.mean(0)) / np.where(spread > 0, spread, 1.0)
    persona = np.array([known.index(each.persona) for each in samples])
    sums = np.array([vectors[persona == each].sum(0) for each in range(len(known))])
    counts = np.bincount(persona).astype(float)
    right = []
    for _, group in groupby(range(len(samples)), key=lambda place: samples[place].scenario):
        own = list(group)
        right.append(_named_rightly(vectors[own], int(persona[own[0]]), sums, counts))
    return Separability(fmean(right), len(known), len(right))


def _named_rightly(own: "np.ndarray", persona: int, sums: "np.ndarray", counts: "np.ndarray") -> float:
    """Return the share of a scenario's conversations nearest to their persona's centroid over the other scenarios.

    `own` is conversations x features, `sums` personas x features, `counts` the conversations of each persona.
    """
    rest, left = sums.copy(), counts.copy()
    rest[persona] -= own.sum(0)
    left[persona] -= len(own)
    nearest = np.linalg.norm(own[:, None] - rest / left[:, None], axis=-1).argmin(-1)
    return float((nearest == persona).mean())
