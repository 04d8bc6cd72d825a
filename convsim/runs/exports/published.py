"""A run's episodes as the published JSON lines."""

from collections.abc import Iterator

from convsim.records.episode import Episode
from convsim.records.published import ExportedEpisode
from convsim.runs.store import Store


def exported(store: Store) -> Iterator[ExportedEpisode]:
    """Yield every stored episode as it is published, in plan order."""
    for episode in store.episodes():
        yield _published(episode)


def _published(episode: Episode) -> ExportedEpisode:
    transcript = episode.transcript
    assert transcript is not None, "stored episodes have been run"
    scenario = episode.scenario
    return ExportedEpisode(
        episode_id=episode.id,
        scenario_id=scenario.id,
        task=scenario.task,
        persona=scenario.persona,
        delivery=scenario.delivery,
        agent=episode.agent.name,
        trial=scenario.trial,
        seed=scenario.seed,
        messages=transcript.messages,
        queries=transcript.queries,
        ledger=transcript.ledger,
        stop=transcript.stop,
        verdicts=episode.verdicts,
        usage=transcript.usage,
    )
