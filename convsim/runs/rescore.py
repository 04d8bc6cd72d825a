"""Judging stored transcripts again: new verdicts stand beside the old ones, nothing is deleted."""

from collections.abc import Callable
from dataclasses import dataclass

from convsim import plugins
from convsim.errors import SelectionError, SimulationError
from convsim.models.traffic import counted
from convsim.runs.config import JudgeConfig
from convsim.runs.purge import check_unpurged
from convsim.runs.store import JUDGE, Store, verdict_row


@dataclass(frozen=True, slots=True)
class Rescored:
    """Counts of episodes."""

    judged: int
    failed: int


async def rescore(store: Store, config: JudgeConfig, *, told: Callable[[str], None]) -> Rescored:
    """Judge every stored episode that this judge has not judged, and make it the run's judge.

    `told` hears of each judgement that failed. Raises SelectionError for a run without episodes, ConfigError for one
    that was purged.
    """
    judge = plugins.judge_provider().judge(config.spec, config.args, base_url=config.base_url)
    manifest = store.manifest()
    if manifest is None:
        raise SelectionError(f"nothing to judge: {store.name} holds no run yet")
    check_unpurged(store)
    done = store.judged(judge.judge_id)
    before = {role: store.spent(role) for role in ("", JUDGE)}
    judged = failed = 0
    with counted() as account:
        for episode in store.episodes():
            if episode.id in done or episode.transcript is None:
                continue
            try:
                verdicts = await judge.judge(episode.scenario, episode.transcript)
            except SimulationError as error:
                failed += 1
                told(f"{episode.id} could not be judged: {error}")
                continue
            spent = {role: usage + account.usage for role, usage in before.items()}
            rows = [verdict_row(episode.id, judge.judge_id, verdict) for verdict in verdicts]
            store.append([], rows, spent=spent if account.usage.calls else None)
            judged += 1
    changed = manifest.config.model_copy(update={"judge": config})
    store.write_manifest(manifest.model_copy(update={"config": changed, "judge_id": judge.judge_id}))
    return Rescored(judged, failed)
