"""Guidance functions through both styles of the built-in agent: called by the environment, logged, errors readable."""

import json
from dataclasses import replace

import pytest

from convsim.agents.targets import resolve
from convsim.guidance.calling import in_session
from convsim.records.episode import AgentConfig
from tasks.guidance.library import library

GOOD = {"start": "2024-01-01", "end": "2024-07-01", "metric": "closed_cases"}


@pytest.fixture
def guided(context, session):
    return replace(context, functions=in_session(library.functions(), session))


async def test_react_calls(model_server, guided, session, tell):
    model_server.script(
        '<call>best_region(start="2024-01-01", end="2024-07-01", metric="closed_cases")</call>',
        '<call>best_region(start="2024-01-01", metric="speed")</call>',
        "<call>best_regions()</call>",
        lambda request: "<respond>Done.</respond>",
    )
    agent = resolve(AgentConfig(target="openai/any", base_url=model_server.url, guidance="functions"))(guided)
    assert (await tell(agent, "Which state?")).content == "Done."
    seen = [request.last for request in model_server.requests][1:]
    assert seen[0].startswith('Result of your call:\n["')
    assert seen[1].startswith("Error: best_region: argument 'end' is missing; argument 'metric' is 'speed'")
    assert "there is no function 'best_regions'; there are best_region," in seen[2]
    calls = [query for query in session.queries if query.kind == "call"]
    assert [call.outcome for call in calls] == ["ok", "INVALID_CALL"]
    assert calls[0].text == 'best_region(start="2024-01-01", end="2024-07-01", metric="closed_cases")'
    assert json.loads(calls[0].result)
    assert [query.kind for query in session.queries] == ["soql", "call", "call"]


async def test_tool_calls(model_server, guided, session, tell):
    message = model_server.message
    model_server.script(
        message(None, tool_calls=(("best_region", json.dumps(GOOD)), ("best_region", json.dumps({"start": 3})))),
        "Done.",
    )
    config = AgentConfig(target="openai/any", style="tools", base_url=model_server.url, guidance="functions")
    assert (await tell(resolve(config)(guided), "Which state?")).content == "Done."
    results = [each["content"] for each in model_server.requests[1].messages if each["role"] == "tool"]
    assert json.loads(results[0])
    assert results[1].startswith("Error: best_region: argument 'start' is 3")
    offered = {each["function"]["name"]: each["function"] for each in model_server.requests[0].body["tools"]}
    assert list(offered)[:4] == ["soql", "sosl", "describe", "final"]
    assert offered["best_region"]["parameters"]["properties"]["metric"]["enum"] == ["closure_time", "closed_cases"]
    assert offered["best_region"]["description"].startswith("Return the two-letter code")


async def test_a_plug_in_has_them_in_its_context(guided):
    assert await guided.functions["best_region"](**GOOD)
