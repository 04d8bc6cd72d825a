"""The react agent over real HTTP and litellm: query, tool error, malformed output, answer."""

import json

import pytest

from convsim.agents.targets import resolve
from convsim.errors import AgentError, ContextOverflowError, InfrastructureError
from convsim.records.episode import AgentConfig


@pytest.fixture
def agent(model_server, context):
    args = {"backoff": 0.01, "retries": 1, "timeout": 5}
    return resolve(AgentConfig(target="openai/any", base_url=model_server.url, args=args))(context)


async def test_query_error_malformed_answer(model_server, agent, session, tell):
    model_server.script(
        "<thought>broken</thought><execute>SELECT Id FORM Case</execute>",
        "<thought>only a thought, no action",
        "<thought>right</thought><execute>SELECT COUNT() FROM Case</execute>",
        lambda request: f'<respond>{request.last.splitlines()[1]}.<final>["x"]</final></respond>',
        "And anything else?",
    )
    answered = await tell(agent, "How many cases are there?")
    count = session.salesforce.query("SELECT COUNT() FROM Case")["totalSize"]
    assert answered.content == f"{count:,} rows in total."
    assert json.loads(answered.metadata["final"]) == ["x"]
    assert [(query.text, query.outcome) for query in session.queries][:2] == [
        ("SELECT Id FORM Case", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Case", "ok"),
    ]
    seen = [request.last for request in model_server.requests]
    assert seen[0] == "How many cases are there?"
    assert seen[1].startswith("Error MALFORMED_QUERY: ")
    assert "there is a thought but no action" in seen[2]
    assert seen[3].startswith("Result of your query:\n")

    assert (await tell(agent, "No.")).content == "And anything else?"
    roles = [message["role"] for message in model_server.requests[-1].messages]
    assert roles == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert (agent.usage.calls, agent.usage.input_tokens, agent.served_model) == (5, 50, "served-model-1 fp_1")


async def test_malformed_twice_is_the_agents_failure(model_server, agent, tell):
    model_server.script("<execute></execute>", "<thought>hm</thought>")
    with pytest.raises(AgentError, match="malformed output after a reminder"):
        await tell(agent, "Hi")
    assert len(model_server.requests) == 2


async def test_a_message_without_end_is_the_agents_failure(model_server, agent, tell):
    model_server.script(f"<execute>SELECT Id FROM Case WHERE Subject = '{'x' * 250_000}'</execute>")
    with pytest.raises(AgentError, match=r"wrote 250,\d{3} characters at once; at most 200,000"):
        await tell(agent, "Hi")
    assert len(model_server.requests) == 1


async def test_empty_content_beside_reasoning_gets_a_reminder(model_server, agent, tell):
    model_server.script(model_server.message(None, reasoning_content="Hm.", finish="length"), "<respond>Hi</respond>")
    assert (await tell(agent, "Hi")).content == "Hi"
    last = model_server.requests[1].messages
    assert [message["role"] for message in last] == ["system", "user", "user"]
    assert "length limit" in last[-1]["content"]


async def test_describe_and_unknown_functions(model_server, agent, tell):
    model_server.script(
        '<call>describe(object="Case")</call>',
        '<call>describe(objekt="Case")</call>',
        "<call>average_handle_time()</call>",
        '<call>describe(object="Nothing__c")</call>',
        '<call>describe(object="../query")</call>',
        "<call>describe(object=3)</call>",
        "<respond>Done.</respond>",
    )
    assert (await tell(agent, "Hi")).content == "Done."
    seen = [request.last for request in model_server.requests[1:]]
    assert "AccountId -> Account" in seen[0]
    assert "unexpected keyword argument 'objekt'" in seen[1] or "missing a required argument" in seen[1]
    assert seen[2] == "Error: there is no function 'average_handle_time'; there is describe"
    assert seen[3].startswith("Error NOT_FOUND")
    assert seen[4].startswith("Error NOT_FOUND")
    assert seen[5].startswith("Error NOT_FOUND")


async def test_long_results_are_cut_and_say_so(model_server, context, tell):
    config = AgentConfig(target="openai/any", base_url=model_server.url, args={"result_limit": 500})
    model_server.script("<execute>SELECT Id, Name FROM Contact LIMIT 200</execute>", "<respond>Ok.</respond>")
    await tell(resolve(config)(context), "Hi")
    result = model_server.requests[1].last
    assert len(result) < 700
    assert "left out; at most 500]" in result
    assert result.splitlines()[2].startswith('{"Id":')


async def test_searches_show_types(model_server, agent, tell):
    model_server.script(
        "<execute>FIND {zzzqqqxyz} IN ALL FIELDS RETURNING Case(Id)</execute>", "<respond>Ok.</respond>"
    )
    await tell(agent, "Hi")
    assert model_server.requests[1].last.startswith("Result of your query:\n0 rows found")


@pytest.mark.parametrize(
    ("code", "kind", "error"),
    [(400, "context_length_exceeded", ContextOverflowError), (500, "", InfrastructureError)],
)
async def test_model_failures_have_their_owner(model_server, agent, tell, code, kind, error):
    model_server.script(model_server.status(code, kind=kind, message="maximum context length" if kind else "down"))
    with pytest.raises(error):
        await tell(agent, "Hi")


async def test_each_conversation_has_its_own_account_and_history(model_server, context, tell):
    factory = resolve(AgentConfig(target="openai/any", base_url=model_server.url))
    model_server.script("<respond>Hi</respond>")
    first, second = factory(context), factory(context)
    await tell(first, "one")
    await tell(second, "two")
    assert (first.usage.calls, second.usage.calls) == (1, 1)
    assert [message["content"] for message in model_server.requests[1].messages] == ["You look things up.", "two"]


async def test_scripted_models_drive_it_without_network(context, tell):
    agent = resolve(AgentConfig(target="scripted/counter"))(context)
    assert (await tell(agent, "Hello there")).content == "What would you like me to count?"
    assert (await tell(agent, "How many Cases do we have?")).content.startswith("There are ")
    assert "policy" in (await tell(agent, "And her phone number?")).content
    assert agent.usage.cost_usd == 0.0
