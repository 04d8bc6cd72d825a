"""The agent's system prompt, put together from blocks that can be switched and counted one by one."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from convsim.errors import unknown
from convsim.guidance.recipient import recipient
from convsim.guidance.schema import schema_text
from convsim.guidance.tokens import tokens
from convsim.records.episode import AgentConfig
from convsim.records.task import TaskRecord
from convsim.records.transcript import PromptBlock
from convsim.roles import World

if TYPE_CHECKING:
    from jinja2 import Environment, Template

CONDITIONS = ("raw",)
"""Guidance conditions that can be chosen."""
RESULT_LIMIT = 10_000
"""Characters of one result that the built-in agents get to see; said in the prompt."""


def blocks(task: TaskRecord, world: World, config: AgentConfig) -> tuple[PromptBlock, ...]:
    """Return the blocks of this agent's prompt for this task, in order, with their estimated tokens.

    Reference agents read no prompt and get none. Raises ConfigError for an unknown guidance condition.
    """
    check(config)
    if recipient(config.target) == "reference":
        return ()
    return tuple(PromptBlock(name=name, text=text, tokens=tokens(text)) for name, text in _texts(task, world, config))


def check(config: AgentConfig) -> None:
    """Raise ConfigError unless the configuration's guidance condition exists."""
    if config.guidance not in CONDITIONS:
        raise unknown("guidance condition", config.guidance, CONDITIONS)


def _texts(task: TaskRecord, world: World, config: AgentConfig) -> Iterator[tuple[str, str]]:
    """Yield name and text of each block; what is the same for all tasks of an org comes first (prompt caches)."""
    given = {"task": task, "requester": task.requester, "recipient": recipient(config.target)}
    yield "role", _filled("role", **given)
    yield "actions", _actions(config, given)
    yield "schema", _schema_block(world)
    if config.aided:
        yield "aided", _filled("aided")
    if config.privacy_prompt:
        yield "privacy", _filled("privacy")
    if task.policy:
        yield "policy", _filled("policy", **given)
    yield "login", _filled("login", **given)


def _actions(config: AgentConfig, given: dict[str, Any]) -> str:
    if recipient(config.target) != "model":
        return _filled("access", **given)
    limit = config.args.get("result_limit", RESULT_LIMIT)
    return _filled(f"actions_{config.style}", result_limit=limit)


_SCHEMAS: dict[tuple[str, str], str] = {}


def _schema_block(world: World) -> str:
    key = (world.name, world.content_hash)
    if key not in _SCHEMAS:
        _SCHEMAS[key] = _filled("schema", schema=schema_text(world.connect()))
    return _SCHEMAS[key]


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, StrictUndefined

    # Plain text for a model, never markup: escaping would change names and queries.
    return Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701


def _filled(name: str, **given: Any) -> str:
    return _template(name).render(given).strip()


@cache
def _template(name: str) -> "Template":
    # Compiled once: compiling costs a hundred times what filling does.
    return _environment().from_string((files("convsim.guidance") / "texts" / f"{name}.j2").read_text("utf-8"))
