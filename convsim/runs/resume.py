"""Resuming: the same configuration goes on, another one is refused with a diff."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from convsim.errors import RunChangedError
from convsim.records.episode import AgentConfig
from convsim.runs.config import Manifest, differences


def check_same(stored: Manifest, now: Manifest, place: Path | str, *, add_agents: bool) -> None:
    """Raise RunChangedError with every difference unless both manifests describe the same run.

    The working folder's git state and convsim's version are not compared: what they change shows in the hashes.
    """
    before = {agent.fingerprint: agent for agent in stored.config.agents}
    after = {agent.fingerprint: agent for agent in now.config.agents}
    lost = [agent for key, agent in before.items() if key not in after]
    added = [agent for key, agent in after.items() if key not in before]
    changes = list(differences(_comparable(stored), _comparable(now)))
    changes += _agent_changes(lost, [] if add_agents else added)
    if changes:
        hint = "; --add-agent adds agents to this run" if added and not lost else ""
        raise RunChangedError(
            f"{place} holds another run ({'; '.join(changes)}){hint}; use another --out, or --fresh to begin anew"
        )
    if stored.judge_id != now.judge_id:
        raise RunChangedError(
            f"{place} was judged by '{stored.config.judge.spec}' ({stored.judge_id}), not by "
            f"'{now.config.judge.spec}' ({now.judge_id}); `convsim score {place} --judge {now.config.judge.spec}` "
            "adds the new verdicts and deletes none"
        )


def with_agents(stored: Iterable[AgentConfig], now: Iterable[AgentConfig]) -> tuple[AgentConfig, ...]:
    """Return the stored agents, then those that are new."""
    return tuple({agent.fingerprint: agent for agent in (*stored, *now)}.values())


def _comparable(manifest: Manifest) -> dict[str, object]:
    values = manifest.model_dump(mode="json", exclude={"git", "version", "judge_id", "guidance"})
    del values["config"]["agents"], values["config"]["judge"]
    return values


def _agent_changes(lost: list[AgentConfig], added: list[AgentConfig]) -> Iterator[str]:
    """Yield what became of each agent; one that kept its target is told as changed."""
    for agent in lost:
        twin = next((other for other in added if other.target == agent.target), None)
        if twin is None:
            yield f"agent '{agent.name}' is missing"
            continue
        added.remove(twin)
        for change in differences(agent.model_dump(mode="json"), twin.model_dump(mode="json")):
            yield f"agent '{agent.target}' {change}"
    for agent in added:
        yield f"agent '{agent.name}' is new"
