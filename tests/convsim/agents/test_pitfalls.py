"""What AutoGen and litellm are known to do wrong, one test for each that no other test meets."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from autogen_agentchat.agents import AssistantAgent, BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.messages import TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core.models import UserMessage
from simple_salesforce.exceptions import SalesforceError

from convsim.agents.guests import guest
from convsim.agents.hosted import HostedGuest
from convsim.conversation import Limits, converse
from convsim.errors import AgentError, ContextOverflowError, InfrastructureError
from convsim.models import open_client
from convsim.models.client import ModelClient
from convsim.models.model import ChatRequest, Completion, ToolCall
from convsim.models.traffic import Account, Rates, Traffic, flowing
from convsim.records.episode import Scenario
from convsim.records.transcript import Usage
from convsim.users.simulated import SimulatedUser
from personas.library import load_library
from tasks.provider import provider


def hosted(made: Any, context: Any) -> HostedGuest:
    return HostedGuest(lambda: guest(made(), context, name="own"))


@pytest.fixture
def user(org: Any) -> SimulatedUser:
    task = provider.build("handle_time", org, seed=0, count=1)[0]
    profiles = sorted(load_library().profiles.values(), key=lambda each: each.id)
    persona = next(each for each in profiles if each.audience == "employee" and "b2c" in each.orgs)
    scenario = Scenario(id="s1", task=task.record, persona=persona.id, delivery="multi", trial=0, seed=0)
    return SimulatedUser(scenario, persona)


def model(model_server: Any) -> Any:
    args = {"retries": 0, "timeout": 5}
    return open_client("openai/any", base_url=model_server.url, args=args)


class Calling:
    """A model that calls one tool."""

    name = "test/calling"

    def __init__(self, tool: str, arguments: str) -> None:
        self._call = ToolCall(id="c1", name=tool, arguments=arguments)

    async def complete(self, request: ChatRequest) -> Completion:
        return Completion(content="", usage=Usage(calls=1), tool_calls=(self._call,))


@pytest.mark.parametrize(
    ("code", "kind", "error"), [(500, "", InfrastructureError), (400, "context_length_exceeded", ContextOverflowError)]
)
@pytest.mark.parametrize("team", [True, False])
async def test_a_model_s_failure_inside_a_foreign_team_keeps_its_owner(
    model_server: Any, context: Any, tell: Any, code: int, kind: str, error: type[Exception], team: bool
) -> None:
    """Team errors lose their type on the way through AutoGen's runtime."""
    model_server.script(model_server.status(code, kind=kind, message="maximum context length" if kind else "down"))

    def made() -> Any:
        agent = AssistantAgent("own", model_client=model(model_server), system_message=None)
        return RoundRobinGroupChat([agent], termination_condition=MaxMessageTermination(2)) if team else agent

    agent = hosted(made, context)
    with pytest.raises(error) as caught:
        await tell(agent, "hi")
    assert type(caught.value) is error
    await agent.close()


async def test_a_team_s_own_failure_is_its_own(context: Any, tell: Any) -> None:
    class Broken(BaseChatAgent):
        produced_message_types = (TextMessage,)

        async def on_messages(self, messages: Any, cancellation_token: Any) -> Response:
            raise KeyError("a bug of its own")

        async def on_reset(self, cancellation_token: Any) -> None:
            """Nothing to forget."""

    agent = hosted(
        lambda: RoundRobinGroupChat([Broken("broken", "")], termination_condition=MaxMessageTermination(2)), context
    )
    with pytest.raises(AgentError, match="a bug of its own"):
        await tell(agent, "hi")
    await agent.close()


@pytest.mark.parametrize("arguments", ["{}", "[1]", "no json"])
async def test_a_handoff_ends_as_an_agent_error_and_does_not_hang(
    context: Any, session: Any, user: SimulatedUser, arguments: str
) -> None:
    """Arguments that are no object make AutoGen's agent wait forever for a task that died."""
    client = ModelClient(Calling("transfer_to_boss", arguments))
    agent = hosted(lambda: AssistantAgent("own", model_client=client, system_message=None, handoffs=["boss"]), context)
    started = time.monotonic()
    transcript = await converse(user, agent, session, limits=Limits(seconds=2))
    assert time.monotonic() - started < 10
    assert (transcript.stop.kind, transcript.stop.cause) == ("error", "agent_error"), transcript.stop
    await agent.close()


async def test_a_cancelled_tool_call_neither_hangs_nor_asks_the_org_later(
    context: Any, session: Any, user: SimulatedUser
) -> None:
    """Cancelling returns while the tool runs on; by then its session is closed."""
    outcomes: list[str] = []

    def look() -> None:
        time.sleep(1)
        try:
            session.salesforce.query("SELECT COUNT() FROM Case")
        except SalesforceError as error:
            outcomes.append(str(error))
        else:
            outcomes.append("answered")

    async def slow() -> str:
        """Look something up, slowly."""
        await asyncio.to_thread(look)
        return "done"

    client = ModelClient(Calling("slow", "{}"))
    agent = hosted(lambda: AssistantAgent("own", model_client=client, system_message=None, tools=[slow]), context)
    transcript = await converse(user, agent, session, limits=Limits(seconds=0.5))
    session.close()
    assert transcript.stop.cause == "agent_error"
    await agent.close()
    while not outcomes:
        await asyncio.sleep(0.05)
    assert "Expired session" in outcomes[0] or "INVALID_SESSION_ID" in outcomes[0], outcomes
    assert transcript.queries == ()


async def test_every_turn_has_a_token_of_its_own(session: Any, user: SimulatedUser, context: Any) -> None:
    """A token keeps every future that was linked to it."""
    seen: list[Any] = []

    class Keeper(BaseChatAgent):
        produced_message_types = (TextMessage,)

        async def on_messages(self, messages: Any, cancellation_token: Any) -> Response:
            seen.append(cancellation_token)
            return Response(chat_message=TextMessage(content="Which period?", source=self.name))

        async def on_reset(self, cancellation_token: Any) -> None:
            """Nothing to forget."""

    await converse(user, Keeper("keeper", ""), session, limits=Limits(turns=2))
    agent = hosted(lambda: Keeper("keeper", ""), context)
    for text in ("one", "two"):
        await agent.on_messages([TextMessage(content=text, source="user")], seen[0])
    await agent.close()
    assert len(seen) == len({id(token) for token in seen}) == 4


async def test_calls_without_ids_get_some(model_server: Any) -> None:
    def without_ids(request: Any) -> Any:
        made = model_server.message(None, tool_calls=(("a", "{}"), ("b", "{}")))
        return type(made)(made.body.replace(b'"id": "call_0"', b'"id": null').replace(b'"id": "call_1"', b'"id": null'))

    model_server.script(without_ids)
    result = await model(model_server).create([UserMessage(content="hi", source="user")], tools=[{"name": "a"}])
    ids = [call.id for call in result.content]
    assert len(set(ids)) == 2
    assert all(ids)


async def test_who_backs_off_holds_nobody_up(model_server: Any) -> None:
    """The place among the calls in flight is given up before the pause."""
    model_server.script(lambda request: model_server.status(500) if request.last == "first" else "Hello.")
    client = open_client("openai/any", base_url=model_server.url, args={"retries": 1, "backoff": 30, "timeout": 5})
    traffic = Traffic(Account(), Rates())
    with flowing(traffic):
        traffic.pace("openai")._window = 1.0
        first = asyncio.ensure_future(client.create([UserMessage(content="first", source="user")]))
        while not model_server.requests:
            await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            second = await client.fork().create([UserMessage(content="second", source="user")])
        assert second.content == "Hello."
        assert not first.done()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


def test_no_component_is_loaded_by_a_dotted_path() -> None:
    """`load_component` imports whatever a configuration names."""
    root = Path(__file__).parents[3]
    sources = [
        file for package in ("convsim", "judges", "tasks", "personas") for file in (root / package).rglob("*.py")
    ]
    assert len(sources) > 200
    assert [file.name for file in sources if "load_component" in file.read_text("utf-8")] == []
