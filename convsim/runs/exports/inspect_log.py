"""A run as Inspect AI logs, one per agent, so that `inspect view` opens our transcripts (extra `inspect`).

A sample is a scenario; its epoch is the trial + 1. Queries stand as tool calls before the reply that followed them.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convsim import __version__
from convsim.errors import ConfigError
from convsim.records.episode import Episode
from convsim.records.transcript import Query, Transcript, Usage
from convsim.records.verdict import Verdict
from convsim.runs.store import Store

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.model import ChatMessage
    from inspect_ai.scorer import Score

EPOCH_OF_OLD = "1970-01-01T00:00:00+00:00"
"""When a log was made: runs keep no clock time, so that the same run gives the same log."""


def write_logs(store: Store, folder: Path) -> list[Path]:
    """Write one `.eval` file per agent into the folder and return the paths; raises ConfigError without inspect-ai."""
    try:
        from inspect_ai.log import write_eval_log
    except ImportError as error:
        raise ConfigError("Inspect logs need the package inspect-ai: pip install 'crm-convsim[inspect]'") from error
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, (agent, log) in enumerate(logs(store)):
        name = "".join(each if each.isalnum() else "-" for each in agent)
        path = folder / f"{number:02d}-{name}.eval"
        write_eval_log(log, str(path))
        paths.append(path)
    return paths


def logs(store: Store) -> Iterator[tuple[str, "EvalLog"]]:
    """Yield each agent's name with its log."""
    episodes = sorted(store.episodes(), key=lambda each: each.agent.fingerprint)
    for _, group in groupby(episodes, key=lambda each: each.agent.fingerprint):
        found = list(group)
        yield found[0].agent.name, _log(found)


def _log(episodes: list[Episode]) -> "EvalLog":
    from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalMetric, EvalResults, EvalScore, EvalSpec

    agent = episodes[0].agent
    scores = [verdict.score for each in episodes for verdict in each.verdicts[:1] if verdict.score is not None]
    mean = EvalMetric(name="mean", value=sum(scores) / len(scores)) if scores else None
    return EvalLog(
        status="success",
        eval=EvalSpec(
            eval_id=agent.fingerprint,
            run_id=agent.fingerprint,
            created=EPOCH_OF_OLD,
            task="convsim",
            task_id=agent.fingerprint,
            dataset=EvalDataset(name="convsim", samples=len(episodes), sample_ids=[e.scenario.id for e in episodes]),
            model=agent.target,
            config=EvalConfig(epochs=1 + max(each.scenario.trial for each in episodes)),
            packages={"crm-convsim": __version__},
            metadata={"agent": agent.model_dump(mode="json")},
        ),
        results=EvalResults(
            total_samples=len(episodes),
            completed_samples=len(episodes),
            scores=[EvalScore(name="convsim", scorer="convsim", metrics={"mean": mean} if mean else {})],
        ),
        samples=[_sample(each) for each in episodes],
    )


def _sample(episode: Episode) -> "EvalSample":
    from inspect_ai.log import EvalSample
    from inspect_ai.model import ModelOutput, ModelUsage

    task, transcript = episode.scenario.task, episode.transcript
    assert transcript is not None, "stored episodes have been run"
    usage = transcript.usage.get("agent", Usage())
    last = next((each.content for each in reversed(transcript.messages) if each.role == "assistant"), "")
    return EvalSample(
        id=episode.scenario.id,
        epoch=episode.scenario.trial + 1,
        input=transcript.messages[0].content if transcript.messages else task.goal,
        target=list(task.gold) or ["none"],
        messages=list(messages_of(transcript, model=episode.agent.target)),
        output=ModelOutput.from_content(episode.agent.target, last),
        scores={"convsim": score_of(episode.verdicts[0])} if episode.verdicts else {},
        metadata={
            "task": task.id, "family": task.family, "skill": task.skill, "org": task.org,
            "persona": episode.scenario.persona, "delivery": episode.scenario.delivery,
            "stop": transcript.stop.model_dump(mode="json"),
            "ledger": [entry.model_dump(mode="json") for entry in transcript.ledger],
        },
        model_usage={
            episode.agent.target: ModelUsage(
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                total_tokens=usage.input_tokens + usage.output_tokens,
            )
        },
        total_time=transcript.duration_s,
        uuid=episode.id,
    )  # fmt: skip


def messages_of(transcript: Transcript, *, model: str) -> Iterator["ChatMessage"]:
    """Yield a transcript in Inspect's form; queries become calls of tools."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    if transcript.prompt:
        yield ChatMessageSystem(id="system", content="\n\n".join(block.text for block in transcript.prompt))
    turn = -1
    for index, message in enumerate(transcript.messages):
        if message.role == "user":
            turn += 1
            yield ChatMessageUser(id=f"m{index}", content=message.content)
            for number, query in enumerate(transcript.queries):
                if query.turn == turn:
                    yield from _call(query, number, model=model)
        else:
            yield ChatMessageAssistant(id=f"m{index}", content=message.content, model=model)


def _call(query: Query, number: int, *, model: str) -> Iterator["ChatMessage"]:
    from inspect_ai.model import ChatMessageAssistant, ChatMessageTool
    from inspect_ai.tool import ToolCall, ToolCallError

    call = ToolCall(id=f"q{number}", function=query.kind, arguments={"text": query.text})
    error = None if query.outcome == "ok" else ToolCallError("unknown", f"{query.outcome}: {query.message}")
    yield ChatMessageAssistant(id=f"c{number}", content="", tool_calls=[call], model=model)
    yield ChatMessageTool(id=f"r{number}", content=query.result, tool_call_id=call.id, function=query.kind, error=error)


def score_of(verdict: Verdict) -> "Score":
    """Return a verdict in Inspect's form, whole in the metadata."""
    from inspect_ai.scorer import Score

    value: Any = float("nan") if verdict.score is None else verdict.score
    done = verdict.completion
    return Score(
        value=value,
        answer=", ".join(done.extracted) if done else None,
        explanation=verdict.failure.evidence if verdict.failure else verdict.reason or None,
        metadata=verdict.model_dump(mode="json", by_alias=True),
    )
