"""A run's episodes as the published JSON lines."""

from collections.abc import Iterator
from typing import Any

from convsim.records.episode import Episode
from convsim.runs.store import Store


def exported(store: Store) -> Iterator[dict[str, Any]]:
    """Yield one JSON object per stored episode, in plan order, with the keys of the published contract."""
    for episode in store.episodes():
        yield _line(episode)


def _line(episode: Episode) -> dict[str, Any]:
    transcript = episode.transcript
    assert transcript is not None, "stored episodes have been run"
    scenario = episode.scenario
    return {
        "episode_id": episode.id,
        "scenario_id": scenario.id,
        "task": scenario.task.model_dump(mode="json"),
        "persona": scenario.persona,
        "delivery": scenario.delivery,
        "agent": episode.agent.name,
        "trial": scenario.trial,
        "seed": scenario.seed,
        "messages": [message.model_dump(mode="json", exclude_none=True) for message in transcript.messages],
        "queries": [query.model_dump(mode="json") for query in transcript.queries],
        "ledger": [entry.model_dump(mode="json") for entry in transcript.ledger],
        "stop": transcript.stop.model_dump(mode="json"),
        "verdicts": [verdict.model_dump(mode="json") for verdict in episode.verdicts],
        "usage": {role: usage.model_dump(mode="json") for role, usage in transcript.usage.items()},
    }
