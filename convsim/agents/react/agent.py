"""A model in a loop of thought, action and observation until it says something to the person."""

import inspect
from collections.abc import Mapping, Sequence

from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage
from autogen_core import CancellationToken
from autogen_core.models import AssistantMessage, LLMMessage, SystemMessage, UserMessage
from typing_extensions import override

from convsim.agents.modelled import ModelAgent
from convsim.agents.observation import Observation, Observer
from convsim.agents.react.actions import Action, Call, Execute, Malformed, Respond, parse
from convsim.agents.reply import reply
from convsim.errors import AgentError
from convsim.guidance.calling import SessionFunction
from convsim.models.client import ModelClient

MAX_STEPS = 60
"""Model calls in one turn; the limit on the org's side usually comes first."""
MOST_WRITTEN = 200_000
"""Characters of one message of the model; more would be sent back to it with each further call."""
ENVIRONMENT = "environment"
"""Source of the messages that are not the person's."""
_REMINDER = (
    "Your last message could not be used: {reason}. Send one action: <execute>query</execute>, "
    "<call>function(...)</call> or <respond>text for the person</respond>."
)


class ReactAgent(ModelAgent):
    """Acts by text tags; works with any model that can write."""

    def __init__(
        self, client: ModelClient, observer: Observer, *, system_prompt: str, functions: Mapping[str, SessionFunction]
    ) -> None:
        super().__init__(client, name="react", description="A model that acts by tags in its text.")
        self._observer = observer
        self._system = [SystemMessage(content=system_prompt)] if system_prompt else []
        self._guidance = functions
        self._history: list[LLMMessage] = []

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Forget the conversation."""
        self._history.clear()

    @override
    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Act until the model responds; raises AgentError when it twice in a row sends nothing that can be used."""
        self._history += [UserMessage(content=message.to_model_text(), source=message.source) for message in messages]
        misses = 0
        for _ in range(MAX_STEPS):
            action = await self._next(cancellation_token)
            if isinstance(action, Respond):
                return Response(chat_message=reply(action.text, source=self.name, final=action.final))
            misses = misses + 1 if isinstance(action, Malformed) else 0
            if isinstance(action, Malformed) and misses > 1:
                raise AgentError(f"malformed output after a reminder: {action.reason}")
            self._history.append(UserMessage(content=await self._outcome(action), source=ENVIRONMENT))
        raise AgentError(f"no reply after {MAX_STEPS} steps")

    async def _next(self, cancellation_token: CancellationToken) -> Action:
        """Let the model speak, keep what it said, and read the action in it."""
        result = await self._client.create([*self._system, *self._history], cancellation_token=cancellation_token)
        if not isinstance(result.content, str):
            return Malformed("it calls a tool, but there are none")
        if len(result.content) > MOST_WRITTEN:
            raise AgentError(f"the model wrote {len(result.content):,} characters at once; at most {MOST_WRITTEN:,}")
        # Providers refuse empty assistant messages, and there is nothing to remember in them.
        if result.content.strip():
            self._history.append(AssistantMessage(content=result.content, source=self.name))
        action = parse(result.content)
        cut_off = isinstance(action, Malformed) and result.finish_reason == "length"
        return Malformed("it was cut off at the length limit before the action") if cut_off else action

    async def _outcome(self, action: Action) -> str:
        """Carry out an action and tell the model what came of it."""
        if isinstance(action, Execute):
            return _told("query", await self._observer.query(action.query))
        if isinstance(action, Call):
            return _told("call", await self._called(action))
        return _REMINDER.format(reason=action.reason if isinstance(action, Malformed) else "no action")

    async def _called(self, call: Call) -> Observation:
        if call.name in self._guidance:
            return await self._observer.call(self._guidance[call.name], call.arguments)
        if call.name != "describe":
            names = ["describe", *self._guidance]
            return Observation(f"Error: there is no function '{call.name}'; {_offered(names)}", failed=True)
        try:
            inspect.signature(self._observer.describe).bind(**call.arguments)
        except TypeError as error:
            return Observation(f"Error: {call.name}: {error}", failed=True)
        return await self._observer.describe(**call.arguments)


def _told(what: str, seen: Observation) -> str:
    return seen.text if seen.failed else f"Result of your {what}:\n{seen.text}"


def _offered(names: Sequence[str]) -> str:
    return f"there {'is' if len(names) == 1 else 'are'} {', '.join(sorted(names))}"
