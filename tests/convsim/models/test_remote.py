"""The litellm client over real HTTP: what providers do, and what comes of it."""

import asyncio
import time

import pytest
from autogen_core import CancellationToken
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from pydantic import BaseModel

from convsim.errors import AgentError, ConfigError, ContextOverflowError, InfrastructureError
from convsim.models import open_client

HELLO = [SystemMessage(content="Be brief."), UserMessage(content="Hi", source="user")]


@pytest.fixture
def client(model_server):
    return open_client("openai/any", base_url=model_server.url, args={"backoff": 0.01, "timeout": 5})


async def test_text_usage_and_what_was_sent(model_server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    counted = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 40},
        "completion_tokens_details": {"reasoning_tokens": 30},
    }
    model_server.script(model_server.message("Hello.", usage=counted, reasoning_content="A greeting."))
    args = {"temperature": 0.2, "seed": 7}
    client = open_client("openai/gpt-4o", base_url=model_server.url, args=args)
    result = await client.create(HELLO)
    assert (result.content, result.finish_reason, result.thought) == ("Hello.", "stop", "A greeting.")
    assert client.served_model == "served-model-1 fp_1"
    used = client.usage
    assert (used.calls, used.input_tokens, used.output_tokens) == (1, 100, 50)
    assert (used.cached_tokens, used.reasoning_tokens, used.retries) == (40, 30, 0)
    # The list price of gpt-4o per million tokens: 2.50 in, 1.25 cached, 10 out.
    assert used.cost_usd == pytest.approx((60 * 2.5 + 40 * 1.25 + 50 * 10) / 1e6)
    sent = model_server.requests[0]
    assert sent.headers["authorization"] == "Bearer sk-mine"
    assert (sent.body["temperature"], sent.body["seed"], sent.model) == (0.2, 7, "gpt-4o")
    assert sent.messages == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    assert "sk-mine" not in repr(client) + repr(client.model)


async def test_unknown_price_is_none_and_stays_none(model_server, client):
    model_server.script("Hello.")
    await client.create(HELLO)
    await client.create(HELLO)
    assert (client.usage.calls, client.usage.cost_usd, client.usage.input_tokens) == (2, None, 20)
    assert client.total_usage().prompt_tokens == 20


async def test_usage_left_out_costs_none(model_server):
    model_server.script(model_server.message("Hello.", usage={}))
    client = open_client("openai/gpt-4o", base_url=model_server.url)
    await client.create(HELLO)
    assert (client.usage.calls, client.usage.cost_usd) == (1, None)


async def test_forks_share_the_model_and_not_the_account(model_server, client):
    model_server.script("Hello.")
    fork = client.fork()
    await fork.create(HELLO)
    assert (client.usage.calls, fork.usage.calls, fork.model is client.model) == (0, 1, True)


async def test_retry_after_is_honoured(model_server, client):
    model_server.script(model_server.status(429, retry_after=0.3), model_server.status(503), "Hello.")
    started = time.monotonic()
    assert (await client.create(HELLO)).content == "Hello."
    assert time.monotonic() - started >= 0.3
    assert (client.usage.retries, client.usage.calls, len(model_server.requests)) == (2, 1, 3)


async def test_a_longer_wait_than_allowed_gives_up(model_server, client):
    model_server.script(model_server.status(429, retry_after=3600))
    with pytest.raises(InfrastructureError, match="3600 s"):
        await client.create(HELLO)
    assert len(model_server.requests) == 1


@pytest.mark.parametrize("fault", ["status", "cut", "malformed", "no_choice"])
async def test_what_passes_is_repeated(model_server, client, fault):
    faults = {
        "status": model_server.status(500),
        "cut": model_server.cut(),
        "malformed": model_server.malformed(),
        "no_choice": model_server.message("lost", choices=False),
    }
    model_server.script(faults[fault], "Hello.")
    assert (await client.create(HELLO)).content == "Hello."
    assert (client.usage.retries, len(model_server.requests)) == (1, 2)


async def test_what_does_not_pass_is_infrastructure_and_sent_once_per_attempt(model_server):
    model_server.script(model_server.status(500, message="on fire"))
    client = open_client("openai/any", base_url=model_server.url, args={"backoff": 0.01, "retries": 2})
    with pytest.raises(InfrastructureError, match=r"on fire.*attempt 3 of 3"):
        await client.create(HELLO)
    assert len(model_server.requests) == 3


async def test_a_hang_ends_at_the_timeout(model_server):
    model_server.script(model_server.slow(60))
    client = open_client("openai/any", base_url=model_server.url, args={"timeout": 0.2, "retries": 0})
    started = time.monotonic()
    with pytest.raises(InfrastructureError, match=r"(?i)time"):
        await client.create(HELLO)
    assert time.monotonic() - started < 2


async def test_refused_connection_is_infrastructure():
    client = open_client("openai/any", base_url="http://127.0.0.1:9/v1", args={"retries": 1, "backoff": 0.01})
    with pytest.raises(InfrastructureError, match=r"\(at http://127.0.0.1:9/v1\) \(attempt 2 of 2\)"):
        await client.create(HELLO)
    client = open_client("hosted_vllm/any", base_url="http://127.0.0.1:9/v1", args={"retries": 0})
    with pytest.raises(InfrastructureError, match="Cannot connect") as caught:
        await client.create(HELLO)
    assert "0x" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "kind", "message", "error"),
    [
        (400, "context_length_exceeded", "This model's maximum context length is 10 tokens", ContextOverflowError),
        (400, "", "This model's maximum prompt length is 131072 but the request contains 537812", ContextOverflowError),
        (400, "", "Input is too long for requested model.", ContextOverflowError),
        (400, "", "Please reduce the length of the messages or completion.", ContextOverflowError),
        (400, "", "the request exceeds the available context size, try increasing it", ContextOverflowError),
        (400, "", "Your request exceeded model token limit: 8192", ContextOverflowError),
        (413, "", "Request too large", ContextOverflowError),
        (400, "invalid_request_error", "bad tool", AgentError),
        (401, "invalid_api_key", "Incorrect API key: sk-mine", InfrastructureError),
        (404, "model_not_found", "no such model", InfrastructureError),
        (429, "insufficient_quota", "You exceeded your current quota, insufficient_quota", InfrastructureError),
    ],
)
async def test_errors_have_one_owner_and_are_not_repeated(model_server, monkeypatch, code, kind, message, error):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    model_server.script(model_server.status(code, kind=kind, message=message))
    client = open_client("openai/any", base_url=model_server.url, args={"backoff": 0.01})
    with pytest.raises(error) as caught:
        await client.create(HELLO)
    assert type(caught.value) is error
    assert len(model_server.requests) == 1
    assert "sk-mine" not in str(caught.value)


async def test_what_stands_for_no_key_is_not_blotted_out_and_decides_nothing(model_server, monkeypatch):
    """Servers without keys still want something in its place, often a single letter."""
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    model_server.script(model_server.status(400, message="maximum context length"))
    with pytest.raises(ContextOverflowError, match="maximum context length"):
        await open_client("openai/any", base_url=model_server.url).create(HELLO)


async def test_nothing_is_printed(model_server, client, capfd):
    model_server.script(model_server.status(401))
    with pytest.raises(InfrastructureError):
        await client.create(HELLO)
    assert capfd.readouterr() == ("", "")


async def test_tool_calls_decide_by_content(model_server, client):
    calls = (("soql", '{"query": "SELECT Id FROM Case"}'), ("soql", None), ("soql", "no json"))
    model_server.script(model_server.message("Let me look.", tool_calls=calls, finish="stop"), "Done.")
    offered = {"name": "soql"}
    result = await client.create(HELLO, tools=[offered])
    assert result.finish_reason == "function_calls"
    assert [call.arguments for call in result.content] == ['{"query": "SELECT Id FROM Case"}', "{}", "no json"]
    assert result.thought == "Let me look."
    parameters = model_server.requests[0].body["tools"][0]["function"]["parameters"]
    assert parameters == {"type": "object", "properties": {}}

    said = AssistantMessage(content=result.content, thought=result.thought, source="agent")
    results = [
        FunctionExecutionResult(content=f"r{i}", name="soql", call_id=c.id) for i, c in enumerate(result.content)
    ]
    await client.create([*HELLO, said, FunctionExecutionResultMessage(content=results)], tools=[offered])
    roles = [message["role"] for message in model_server.requests[1].messages]
    assert roles == ["system", "user", "assistant", "tool", "tool", "tool"]
    assert model_server.requests[1].messages[2]["content"] == "Let me look."


async def test_empty_content_beside_reasoning(model_server, client):
    model_server.script(model_server.message(None, reasoning_content="Hm.", finish="length"))
    result = await client.create(HELLO)
    assert (result.content, result.thought, result.finish_reason) == ("", "Hm.", "length")


async def test_half_a_character_does_not_spoil_the_conversation(model_server, client):
    whole = model_server.message("abZZ", tool_calls=(("soql", '{"query": "ZZ"}'),))
    model_server.script(type(whole)(whole.body.replace(b"ZZ", b"\\ud800")), "Hello.")
    result = await client.create(HELLO, tools=[{"name": "soql"}])
    assert (result.thought, result.content[0].arguments) == ("ab?", '{"query": "?"}')
    said = AssistantMessage(content=result.content, thought=result.thought, source="agent")
    assert (await client.create([*HELLO, said])).content == "Hello."


@pytest.mark.parametrize(
    ("content", "finish", "said", "thought"),
    [
        ("<think>Hm.</think>\n\nHello.", "stop", "Hello.", "Hm."),
        ("Hm, a greeting.\n</think>\nHello.", "stop", "Hello.", "Hm, a greeting."),
        ("<think>Hm, and on and", "length", "", "Hm, and on and"),
        ("<think></think>Hello.", "stop", "Hello.", None),
        ("Write <think>x</think> for a thought.", "stop", "Write <think>x</think> for a thought.", None),
        ("Hello <b>you</b>.", "length", "Hello <b>you</b>.", None),
    ],
)
async def test_thinking_in_front_of_the_text_is_not_said(model_server, client, content, finish, said, thought):
    model_server.script(model_server.message(content, finish=finish))
    result = await client.create(HELLO)
    assert (result.content, result.thought) == (said, thought)


async def test_several_system_messages_become_one_of_the_wanted_role(model_server):
    model_server.script("Hello.")
    client = open_client("openai/any", base_url=model_server.url, args={"system_role": "user"})
    await client.create([*HELLO, SystemMessage(content="Be kind.")])
    assert model_server.requests[0].messages[0] == {"role": "user", "content": "Be brief.\n\nBe kind."}


async def test_structured_output(model_server, client):
    class Verdict(BaseModel):
        good: bool

    model_server.script('{"good": true}')
    await client.create(HELLO, json_output=Verdict)
    await client.create(HELLO, json_output=True)
    wanted = [request.body["response_format"] for request in model_server.requests]
    assert wanted[0]["json_schema"]["schema"]["properties"]["good"]["type"] == "boolean"
    assert wanted[1] == {"type": "json_object"}


async def test_cancelling_the_token_ends_the_call(model_server, client):
    model_server.script(model_server.slow(60))
    token = CancellationToken()
    call = asyncio.ensure_future(client.create(HELLO, cancellation_token=token))
    asyncio.get_running_loop().call_later(0.1, token.cancel)
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("name", "args", "hint"),
    [
        ("openai/gpt-4o", {"temprature": 0}, "temperature"),
        ("openai/o3-mini", {"temperature": 0.3}, "temperature"),
        ("opnai/gpt-4o", {}, "did you mean 'openai'"),
        ("gpt-4o", {}, "provider/model"),
        ("openai/o3-mini", {"temperature": 0.3}, r"Only temperature=1 is supported\.$"),
        ("nonesuch/gpt-4o", {}, r"choose from openai, anthropic, gemini, .*\(\d{3} in all\)$"),
        ("openai/any", {"timeout": 0}, "timeout"),
        ("openai/any", {"messages": []}, "messages"),
        ("openai/any", {"api_key": "sk-mine"}, "environment variable"),
    ],
)
def test_configuration_errors_come_before_the_first_call(model_server, name, args, hint, capfd):
    with pytest.raises(ConfigError, match=hint):
        open_client(name, base_url=model_server.url, args=args)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("127.0.0.1:8000", "is no address of a server"),
        ("ftp://127.0.0.1/v1", "is no address of a server"),
        ("http:///v1", "is no address of a server"),
        ("http://127.0.0.1:port/v1", "is no address of a server"),
        ("http://me:secret@127.0.0.1/v1", "the address of 127.0.0.1 holds a login"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address, hint):
    with pytest.raises(ConfigError, match=hint) as caught:
        open_client("openai/any", base_url=address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "needs", "hint"),
    [
        ("perplexity/sonar", ["tools"], "perplexity/sonar takes no tools: act by text with --style react"),
        ("nlp_cloud/x", ["tools", "response_format"], "takes no tools and no response_format"),
        ("cohere/command-r", ["response_format"], "takes no response_format: take another model"),
    ],
)
def test_what_a_role_needs_and_a_model_lacks_is_refused(model_server, name, needs, hint):
    with pytest.raises(ConfigError, match=hint):
        open_client(name, base_url=model_server.url, needs=needs)


def test_a_missing_key_is_named(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        open_client("openai/gpt-4o")


def test_nothing_is_fetched_at_import():
    import os

    from convsim.models.loading import litellm

    litellm()
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    assert litellm().drop_params is False


def test_a_model_serves_one_event_loop_after_another(model_server, client):
    model_server.script("Hello.")
    for _ in range(2):
        assert asyncio.run(client.create(HELLO)).content == "Hello."


async def test_many_calls_at_once_keep_their_accounts(model_server, client):
    model_server.script(lambda request: request.last)
    forks = [client.fork() for _ in range(20)]
    asked = [fork.create([UserMessage(content=str(i), source="user")]) for i, fork in enumerate(forks)]
    results = await asyncio.gather(*asked)
    assert [result.content for result in results] == [str(i) for i in range(20)]
    assert [fork.usage.calls for fork in forks] == [1] * 20
