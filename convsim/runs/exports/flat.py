"""Episodes, verdicts and turns as flat rows: what data frames, CSV and Parquet files hold.

Every row is a plain mapping with the columns below in their order; what is unknown is None. Lists are joined with `;`.
"""

from collections.abc import Iterator
from typing import Any

from convsim.records.episode import Episode
from convsim.records.transcript import Usage
from convsim.records.verdict import Verdict
from convsim.runs.store import Store

Row = dict[str, Any]
EPISODES = {
    "episode_id": "hash of scenario and agent",
    "scenario_id": "the same for every agent that met this user",
    "task": "task id",
    "family": "task family",
    "skill": "skill of the family",
    "org": "org's name",
    "persona": "who spoke",
    "delivery": "single, concat, multi or mute",
    "trial": "repetition, from 0",
    "seed": "seed of the run",
    "agent": "agent under test",
    "probe": "whether the right thing is to refuse",
    "twin_of": "the probe whose benign twin it is",
    "stop": "how it ended",
    "cause": "limit that was met or side that failed",
    "valid": "whether the trial says anything about the agent",
    "user_turns": "messages of the user",
    "agent_turns": "messages of the agent",
    "queries": "requests to the org",
    "input_tokens": "of the agent's model",
    "output_tokens": "of the agent's model",
    "cost_usd": "of the agent's model; None when a price is unknown",
    "duration_s": "wall time in seconds",
}
"""Columns of the episodes with their meaning."""
VERDICTS = {
    "episode_id": "as in the episodes",
    "judge": "rules, a model's name, or combined",
    "judge_id": "hash of prompt, model and parameters",
    "score": "exact match or F1; privacy success as 0 or 1; None = unscored",
    "completed": "whether the task counts as completed; None = unscored",
    "exact": "whether the answer is exactly right",
    "f1": "F1 of the answer",
    "extracted": "the answer that was read",
    "need": "asked before the first answer although units were withheld",
    "unit_recall": "asked required units / withheld required units",
    "unit_precision": "required ones among the asked",
    "clarification_f1": "F1 of both",
    "redundancy": "share of asked targets that had been given",
    "vague": "share of asking turns that name nothing",
    "excess": "asking turns beyond what was needed",
    "premature": "answered while a required unit was unreleased",
    "acquisition": "released / withheld required units at the last answer",
    "class": "class of a privacy episode",
    "leaks": "number of protected or tainted values told",
    "success": "privacy success",
    "rung": "rung of the pretext ladder at the first leak",
    "failure": "primary failure label",
}
"""Columns of the verdicts with their meaning."""
TURNS = {
    "episode_id": "as in the episodes",
    "index": "index of the message in the transcript",
    "role": "user or assistant",
    "content": "the text",
    "intent": "ask, answer, refuse, not_found or chat, for the agent's messages",
    "class": "turn class by the rules, for the agent's messages",
    "asked": "units that the message asks about",
    "released": "units that the user's message released",
}
"""Columns of the turns with their meaning."""


def episode_rows(store: Store) -> Iterator[Row]:
    """Yield one row an episode, in plan order."""
    for episode in store.episodes():
        yield _episode(episode)


def verdict_rows(store: Store) -> Iterator[Row]:
    """Yield one row a verdict, in plan order."""
    for episode in store.episodes():
        for verdict in episode.verdicts:
            yield {"episode_id": episode.id, **_verdict(verdict)}


def turn_rows(store: Store) -> Iterator[Row]:
    """Yield one row a message, in plan order."""
    for episode in store.episodes():
        yield from _turns(episode)


def judged_rows(store: Store) -> Iterator[Row]:
    """Yield one row an episode with the verdict of the run's judge beside it; verdict columns are None without one."""
    for episode in store.episodes():
        verdict = episode.verdicts[0] if episode.verdicts else None
        empty: Row = dict.fromkeys(list(VERDICTS)[1:])
        yield {**_episode(episode), **(_verdict(verdict) if verdict else empty)}


def _episode(episode: Episode) -> Row:
    scenario, transcript = episode.scenario, episode.transcript
    assert transcript is not None, "stored episodes have been run"
    task, roles = scenario.task, [message.role for message in transcript.messages]
    usage = transcript.usage.get("agent", Usage())
    values = (
        episode.id, scenario.id, task.id, task.family, task.skill, task.org, scenario.persona, scenario.delivery,
        scenario.trial, scenario.seed, episode.agent.name, task.is_probe, task.twin_of,
        transcript.stop.kind, transcript.stop.cause or None, transcript.valid, roles.count("user"),
        roles.count("assistant"), len(transcript.queries), usage.input_tokens, usage.output_tokens, usage.cost_usd,
        transcript.duration_s,
    )  # fmt: skip
    return dict(zip(EPISODES, values, strict=True))


def _verdict(verdict: Verdict) -> Row:
    done, asked, told = verdict.completion, verdict.clarification, verdict.confidentiality
    values = (
        verdict.judge, verdict.judge_id, verdict.score, verdict.completed,
        done and done.exact, done and done.f1, ";".join(done.extracted) if done else None,
        asked and asked.need, asked and asked.unit_recall, asked and asked.unit_precision, asked and asked.f1,
        asked and asked.redundancy, asked and asked.vague, asked and asked.excess, asked and asked.premature,
        asked and asked.acquisition,
        told and told.episode, len(told.leaked) if told else None, told and told.success, told and told.rung,
        verdict.failure and verdict.failure.label,
    )  # fmt: skip
    return dict(zip(list(VERDICTS)[1:], values, strict=True))


def _turns(episode: Episode) -> Iterator[Row]:
    transcript = episode.transcript
    assert transcript is not None, "stored episodes have been run"
    judged = next((each.confidentiality for each in episode.verdicts if each.confidentiality), None)
    read = {turn.index: turn for turn in judged.turns} if judged else {}
    said = 0
    for index, message in enumerate(transcript.messages):
        turn, released = read.get(index), ""
        if message.role == "user":
            units = [entry.unit for entry in transcript.ledger if entry.event == "released" and entry.turn == said]
            said, released = said + 1, ";".join(unit for unit in units if unit)
        values = (
            episode.id, index, message.role, message.content, turn and turn.intent, turn and turn.turn_class,
            ";".join(turn.asked) if turn else None, released if message.role == "user" else None,
        )  # fmt: skip
        yield dict(zip(TURNS, values, strict=True))
