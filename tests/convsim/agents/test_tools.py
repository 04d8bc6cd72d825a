"""The tools agent: AutoGen's AssistantAgent over the fixed workbench."""

import asyncio
import json

import pytest
import requests

from convsim.agents.targets import resolve
from convsim.agents.tools.workbench import SCHEMAS
from convsim.errors import AgentError, InfrastructureError
from convsim.records.episode import AgentConfig

COUNT = ("soql", '{"query": "SELECT COUNT() FROM Case"}')


@pytest.fixture
def agent(model_server, context):
    return resolve(AgentConfig(target="openai/any", style="tools", base_url=model_server.url))(context)


async def test_calls_errors_final_and_reply(model_server, agent, session, tell):
    message = model_server.message
    model_server.script(
        message(None, tool_calls=(COUNT, ("soql", '{"query": "nonsense"}')), finish="stop"),
        message(None, tool_calls=(("final", '{"answers": ["7", null]}'),)),
        "There are seven.",
        "You are welcome.",
    )
    answered = await tell(agent, "How many cases?")
    assert (answered.content, json.loads(answered.metadata["final"])) == ("There are seven.", ["7"])
    results = [each["content"] for each in model_server.requests[1].messages if each["role"] == "tool"]
    assert results[0].endswith("in total")
    assert results[1].startswith("Error MALFORMED_QUERY")
    assert [query.outcome for query in session.queries] == ["ok", "MALFORMED_QUERY"]
    assert agent.usage.calls == 3
    assert "final" not in (await tell(agent, "Thanks")).metadata
    offered = [each["function"]["name"] for each in model_server.requests[0].body["tools"]]
    assert offered == ["soql", "sosl", "describe", "final"]


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (("soql", "no json"), "Error: Expecting value"),
        (("soql", "[1]"), "JSON object with 'query'"),
        (("soql", '"text"'), "JSON object with 'query'"),
        (("soql", None), "takes 'query' and nothing else (found: nothing)"),
        (("soql", '{"q": "x"}'), "takes 'query'"),
        (("soql", '{"query": 3}'), "must be a string, found int"),
        (("final", '{"answers": "x"}'), "must be a array"),
        (("sql", "{}"), "'sql' not found"),
    ],
)
async def test_bad_calls_are_errors_that_the_model_can_read(model_server, agent, tell, call, hint):
    model_server.script(model_server.message(None, tool_calls=(call,)), "Sorry.")
    assert (await tell(agent, "Hi")).content == "Sorry."
    assert hint in model_server.requests[1].last


async def test_running_out_of_steps_is_no_answer(model_server, agent, tell):
    model_server.script(model_server.message(None, tool_calls=(("final", '{"answers": []}'),)))
    with pytest.raises(AgentError, match="25 rounds"):
        await tell(agent, "Hi")


async def test_silence_gets_one_reminder(model_server, agent, tell):
    model_server.script(model_server.message(None), "Here I am.")
    assert (await tell(agent, "Hi")).content == "Here I am."
    assert "empty" in model_server.requests[1].last


async def test_lasting_silence_is_the_agents_failure(model_server, agent, tell):
    model_server.script(model_server.message(None))
    with pytest.raises(AgentError, match="empty output"):
        await tell(agent, "Hi")


async def test_a_final_without_text_is_said(model_server, agent, tell):
    model_server.script(
        model_server.message(None, tool_calls=(("final", '{"answers": []}'),)), model_server.message(None)
    )
    answered = await tell(agent, "Hi")
    assert (answered.content, answered.metadata["final"]) == ("There is none.", "[]")


async def test_schemas_are_built_once(context, tell):
    agent = resolve(AgentConfig(target="scripted/caller", style="tools"))(context)
    before = [id(schema) for schema in SCHEMAS]
    for _ in range(10):
        assert (await tell(agent, "How many Cases are there?")).content.startswith("There are")
    assert [id(schema) for schema in SCHEMAS] == before


async def test_a_tool_that_breaks_ends_the_turn_and_does_not_hang(model_server, agent, session, tell, monkeypatch):
    def unreachable(query: str):
        raise requests.exceptions.ConnectionError("no route")

    monkeypatch.setattr(session.salesforce, "query", unreachable)
    model_server.script(model_server.message(None, tool_calls=(COUNT,)))
    async with asyncio.timeout(10):
        with pytest.raises(InfrastructureError, match="no route"):
            await tell(agent, "Hi")
    assert len(model_server.requests) == 1


async def test_model_failures_reach_the_loop(model_server, agent, tell):
    model_server.script(model_server.status(401))
    async with asyncio.timeout(10):
        with pytest.raises(InfrastructureError):
            await tell(agent, "Hi")
