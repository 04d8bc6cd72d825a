"""Agents of other people: `pkg.module:factory` names a ChatAgent, a team, or an async callable on chat messages."""

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError, told, unknown
from convsim.records.episode import AgentConfig

if TYPE_CHECKING:
    from autogen_agentchat.base import ChatAgent

Answering = Callable[[Sequence[Mapping[str, str]]], Awaitable[Any]]
"""(messages in chat format, the system prompt first) -> str or {"content": str, "final": [str]}."""


@dataclass(frozen=True)
class PluginFactory:
    """Makes agents by a foreign factory, or around a foreign function."""

    name: str
    make: Callable[[Any], Any]
    reference: bool
    """The factory's own attribute `reference`: it wants the task with its solution."""

    def __call__(self, given: Any) -> "ChatAgent":
        from convsim.agents.guests import guest
        from convsim.agents.hosted import HostedGuest

        context = given.context if self.reference else given
        return HostedGuest(lambda: guest(self.make(given), context, name=self.name))


def plugin(config: AgentConfig) -> PluginFactory:
    """Return the factory behind `pkg.module:factory`.

    A coroutine function is the agent itself; anything else is called with the context and returns the agent. Raises
    ConfigError when it cannot be imported or is not callable.
    """
    found = _imported(config.target)
    if not callable(found):
        raise ConfigError(
            f"agent '{config.target}' is of type {type(found).__name__}: name a factory or an async function"
        )
    if inspect.iscoroutinefunction(found):
        return PluginFactory(config.target, lambda _: found, reference=False)
    return PluginFactory(config.target, found, reference=bool(getattr(found, "reference", False)))


def _imported(target: str) -> Any:
    module_name, _, attribute = target.partition(":")
    if not module_name or not attribute:
        raise ConfigError(f"agent '{target}' is incomplete: write pkg.module:factory")
    here = str(Path.cwd())
    if here not in sys.path:
        # As `python -m` does: one's own agent usually lies where the command is given.
        sys.path.append(here)
    try:
        place: Any = importlib.import_module(module_name)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise ConfigError(f"agent '{target}' cannot be imported: {told(error)}") from error
    for part in attribute.split("."):
        if not hasattr(place, part):
            raise unknown(f"name in module {module_name}", part, [n for n in dir(place) if not n.startswith("_")])
        place = getattr(place, part)
    return place
