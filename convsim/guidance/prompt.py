"""The agent's system prompt, put together from blocks that can be switched and counted one by one."""

from collections.abc import Iterator
from typing import Any

from convsim.guidance.conditions import check
from convsim.guidance.filling import filled, filled_once
from convsim.guidance.guide import Guide
from convsim.guidance.recipient import recipient
from convsim.guidance.schema import schema_text
from convsim.guidance.tokens import tokens
from convsim.records.episode import AgentConfig
from convsim.records.task import TaskRecord
from convsim.records.transcript import PromptBlock
from convsim.roles import World

RESULT_LIMIT = 10_000
"""Characters of one result that the built-in agents get to see; said in the prompt."""


def blocks(task: TaskRecord, world: World, config: AgentConfig, guide: Guide | None = None) -> tuple[PromptBlock, ...]:
    """Return the blocks of this agent's prompt for this task, in order, with their estimated tokens.

    Reference agents read no prompt and get none. `guide` gives the blocks of any condition but `raw`. Raises
    ConfigError for an unknown guidance condition.
    """
    check(config)
    if recipient(config.target) == "reference":
        return ()
    return tuple(_blocks(task, world, config, guide))


def _blocks(task: TaskRecord, world: World, config: AgentConfig, guide: Guide | None) -> Iterator[PromptBlock]:
    """Yield each block; what is the same for all tasks of an org comes first (prompt caches)."""
    for name, text in _general(task, world, config):
        yield PromptBlock(name=name, text=text, tokens=tokens(text))
    if guide is not None:
        yield from guide.blocks(world)
    for name, text in _special(task, config):
        yield PromptBlock(name=name, text=text, tokens=tokens(text))


def _general(task: TaskRecord, world: World, config: AgentConfig) -> Iterator[tuple[str, str]]:
    """Yield name and text of the blocks that all tasks of an org share."""
    given = {"requester": task.requester, "recipient": recipient(config.target)}
    yield "role", filled_once("role", **given)
    yield "actions", _actions(config, given)
    yield "schema", _schema_block(world)
    if config.aided and not task.hints:
        yield "aided", filled("aided")
    if config.privacy_prompt:
        yield "privacy", filled("privacy")


def _special(task: TaskRecord, config: AgentConfig) -> Iterator[tuple[str, str]]:
    """Yield name and text of the blocks that are the task's own."""
    if config.aided and task.hints:
        yield "aided", task.hints
    if task.policy:
        yield "policy", filled_once("policy", policy=task.policy)
    yield "login", filled_once("login", requester=task.requester, today=task.today)


def _actions(config: AgentConfig, given: dict[str, Any]) -> str:
    if recipient(config.target) == "human":
        return filled("actions_human")
    if recipient(config.target) not in ("model", "pupil"):
        return filled_once("access", **given)
    limit = config.args.get("result_limit", RESULT_LIMIT)
    return filled(f"actions_{config.style}", result_limit=limit)


_SCHEMAS: dict[tuple[str, str], str] = {}


def _schema_block(world: World) -> str:
    key = (world.name, world.content_hash)
    if key not in _SCHEMAS:
        _SCHEMAS[key] = filled("schema", schema=schema_text(world.connect()))
    return _SCHEMAS[key]
