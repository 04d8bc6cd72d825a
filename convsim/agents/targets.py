"""From an agent's configuration to the factory of its agents; mistakes are found here, before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from convsim.errors import ConfigError, unknown
from convsim.guidance.conditions import check
from convsim.guidance.recipient import recipient
from convsim.records.episode import AgentConfig
from convsim.roles import ReferenceContext

if TYPE_CHECKING:
    from autogen_agentchat.base import ChatAgent

    from convsim.agents.reference.desk import Desk


class AgentFactory(Protocol):
    """Makes the agent of one conversation; what conversations share (model, endpoint) lives in the factory."""

    @property
    def reference(self) -> bool:
        """Whether it is called with a ReferenceContext, which knows the task's solution, or with an AgentContext."""

    def __call__(self, given: Any, /) -> "ChatAgent":
        """Return a fresh agent."""


@dataclass(frozen=True)
class ReferenceFactory:
    """Makes reference agents."""

    agent: "type[Desk]"
    reference: ClassVar[bool] = True

    def __call__(self, given: ReferenceContext) -> "ChatAgent":
        return self.agent(given)


def resolve(config: AgentConfig) -> AgentFactory:
    """Return the factory for a configuration.

    Raises ConfigError for an unknown name (with the nearest one), a plug-in that cannot be imported, an argument that
    the agent or its model does not take, and an unknown guidance condition.
    """
    check(config)
    kind = recipient(config.target)
    if kind == "model":
        from convsim.agents.builtin import builtin

        return builtin(config)
    if kind == "endpoint":
        from convsim.agents.endpoint import endpoint

        return endpoint(config)
    if kind == "human":
        raise ConfigError("agent 'human' is a person, who plays in `convsim play --as agent`, not in a run")
    if kind == "plugin":
        from convsim.agents.plugin import plugin

        return plugin(config)
    return _reference(config.target, config.args)


def reference_agents() -> Mapping[str, str]:
    """Return the reference agents' names with what each of them shows."""
    from convsim.agents.reference.roster import ROSTER

    return {name: agent.about for name, agent in ROSTER.items()}


def _reference(name: str, args: Mapping[str, Any]) -> ReferenceFactory:
    from convsim.agents.reference.roster import ROSTER

    if name not in ROSTER:
        others = "a model is written provider/model, a plug-in pkg.module:factory, an endpoint http(s)://..."
        raise unknown("agent", name, ROSTER, remedy=f"({others})")
    agent = ROSTER[name]
    for arg in args:
        if arg not in agent.options:
            taken = ", ".join(sorted(agent.options)) or "no arguments"
            raise ConfigError(f"agent '{name}' does not take the argument '{arg}': it takes {taken}")
    agent.check(args)
    return ReferenceFactory(agent)
