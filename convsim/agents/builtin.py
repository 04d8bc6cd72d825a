"""The built-in agents over a model: which style, which options, one model for all conversations."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convsim.errors import ConfigError
from convsim.guidance.prompt import RESULT_LIMIT
from convsim.models import open_client
from convsim.records.episode import AgentConfig
from convsim.roles import AgentContext

if TYPE_CHECKING:
    from autogen_agentchat.base import ChatAgent

    from convsim.models.client import ModelClient


@dataclass(frozen=True)
class BuiltinFactory:
    """Makes a react or tools agent; the clients of its agents are forks on one model."""

    client: "ModelClient"
    style: str
    result_limit: int
    reference: ClassVar[bool] = False

    def __call__(self, given: AgentContext) -> "ChatAgent":
        from convsim.agents.observation import Observer

        client = self.client.fork()
        observer = Observer(given.salesforce, limit=self.result_limit)
        if self.style == "tools":
            from convsim.agents.tools.agent import ToolsAgent
            from convsim.agents.tools.workbench import OrgWorkbench

            return ToolsAgent(client, OrgWorkbench(observer, given.functions), system_prompt=given.system_prompt)
        from convsim.agents.react.agent import ReactAgent

        return ReactAgent(client, observer, system_prompt=given.system_prompt, functions=given.functions)


def builtin(config: AgentConfig) -> BuiltinFactory:
    """Return the factory for `provider/model`; raises ConfigError for what the model does not take."""
    args: dict[str, Any] = dict(config.args)
    limit = args.pop("result_limit", RESULT_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 200:
        raise ConfigError(f"argument 'result_limit' is {limit!r}: give the characters of a result, at least 200")
    needs = ("tools",) if config.style == "tools" else ()
    client = open_client(config.target, base_url=config.base_url, args=args, needs=needs)
    return BuiltinFactory(client=client, style=config.style, result_limit=limit)
