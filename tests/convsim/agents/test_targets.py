"""From names to factories; every mistake has its hint."""

import sys

import pytest
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat

from convsim.agents.targets import reference_agents, resolve
from convsim.errors import AgentError, ConfigError, InfrastructureError
from convsim.models import open_client
from convsim.records.episode import AgentConfig


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module of one's own into the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(text: str, name: str = "my_agents") -> str:
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    yield write
    sys.modules.pop("my_agents", None)


@pytest.mark.parametrize(
    ("config", "hint"),
    [
        ({"target": "referenc"}, "did you mean 'reference'"),
        ({"target": "gpt-4o"}, "provider/model"),
        ({"target": "hasty", "args": {"rate": 1}}, "takes no arguments"),
        ({"target": "noisy", "args": {"rate": 2}}, "share from 0 to 1"),
        ({"target": "noisy", "args": {"fault": "x"}}, "choose from bad_syntax"),
        ({"target": "reference", "guidance": "raww"}, "did you mean 'raw'"),
        ({"target": "scripted/counte"}, "did you mean 'counter'"),
        ({"target": "opena/x"}, "did you mean 'openai'"),
        ({"target": "openai/x", "base_url": "http://127.0.0.1:9", "args": {"tmperature": 1}}, "temperature"),
        ({"target": "scripted/echo", "args": {"result_limit": 5}}, "at least 200"),
        ({"target": "no_such_module:factory"}, "cannot be imported"),
        ({"target": "json:dumsp"}, "did you mean 'dump"),
        ({"target": "json:"}, "pkg.module:factory"),
        ({"target": "json:__name__"}, "is of type str"),
        ({"target": "http:///v1"}, "is no address of a server"),
    ],
)
def test_mistakes(config, hint):
    with pytest.raises(ConfigError, match=hint):
        resolve(AgentConfig(**config))


def test_only_reference_agents_are_given_the_task():
    assert set(reference_agents()) == {
        *(
            "reference",
            "hasty",
            "interrogator",
            "refuser",
            "leaker",
            "gullible",
            "constant",
            "unhelpful",
            "noisy",
            "pupil",
        )
    }
    assert all(resolve(AgentConfig(target=name)).reference for name in reference_agents())
    assert not resolve(AgentConfig(target="scripted/echo")).reference
    assert not resolve(AgentConfig(target="http://127.0.0.1:1/v1")).reference


async def test_a_coroutine_function_is_an_agent(module, context, tell):
    module(
        "async def agent(messages):\n"
        "    roles = ' '.join(m['role'] for m in messages)\n"
        "    return {'content': roles, 'final': ['a', None]} if len(messages) > 2 else roles\n"
    )
    agent = resolve(AgentConfig(target="my_agents:agent"))(context)
    assert (await tell(agent, "one")).content == "system user"
    second = await tell(agent, "two")
    assert (second.content, second.metadata["final"]) == ("system user assistant user", '["a"]')


async def test_a_factory_gets_the_context_and_may_return_a_function(module, context, tell):
    module(
        "def factory(context):\n"
        "    async def agent(messages):\n"
        "        rows = context.salesforce.query('SELECT COUNT() FROM Case')['totalSize']\n"
        "        return f'{context.requester.name} {rows > 0} {context.instance_url} {context.session_id}'\n"
        "    return agent\n"
    )
    factory = resolve(AgentConfig(target="my_agents:factory"))
    assert not factory.reference
    expected = f"Ada Okafor True {context.instance_url} {context.session_id}"
    assert (await tell(factory(context), "hi")).content == expected


@pytest.mark.parametrize("returned", ["None", "3", "{'content': None}", "{'content': 'x', 'final': 'y'}", "b'x'"])
async def test_no_reply_is_the_agents_failure(module, context, tell, returned):
    module(f"async def agent(messages):\n    return {returned}\n")
    with pytest.raises(AgentError, match="answer"):
        await tell(resolve(AgentConfig(target="my_agents:agent"))(context), "hi")


async def test_a_factory_that_makes_no_agent(module, context, tell):
    module("def factory(context):\n    return 'agent'\n")
    with pytest.raises(AgentError, match="made a str"):
        await tell(resolve(AgentConfig(target="my_agents:factory"))(context), "hi")


@pytest.mark.parametrize(
    ("text", "told"), [("raise RuntimeError('no luck')\n", "RuntimeError: no luck"), ("exit(3)\n", "SystemExit: 3")]
)
def test_a_module_that_breaks_is_a_config_error(module, text, told):
    module(text)
    with pytest.raises(ConfigError, match=told):
        resolve(AgentConfig(target="my_agents:factory"))


def assistant(name: str, script: str = "scripted/echo", **more) -> AssistantAgent:
    return AssistantAgent(name=name, model_client=open_client(script), system_message=None, **more)


async def test_a_foreign_chat_agent(module, context, tell):
    module("from autogen_agentchat.agents import AssistantAgent\n")
    sys.modules.pop("my_agents", None)
    module("made = None\ndef factory(context):\n    return made(context)\n")
    factory = resolve(AgentConfig(target="my_agents:factory"))
    sys.modules["my_agents"].made = lambda context: assistant("own")
    assert (await tell(factory(context), "echo me")).content == "echo me"


async def test_a_raw_tool_result_is_never_an_answer(module, context, tell):
    async def soql(query: str) -> str:
        """Run a query."""
        return f"raw {query}"

    module("made = None\ndef factory(context):\n    return made(context)\n")
    factory = resolve(AgentConfig(target="my_agents:factory"))
    sys.modules["my_agents"].made = lambda context: assistant("own", "scripted/caller", tools=[soql])
    with pytest.raises(AgentError, match="max_tool_iterations"):
        await tell(factory(context), "How many Cases are there?")


async def test_a_team_keeps_its_conversation(module, context, tell):
    def team(context):
        members = [assistant("first"), assistant("second")]
        return RoundRobinGroupChat(members, termination_condition=MaxMessageTermination(3))

    module("made = None\ndef factory(context):\n    return made(context)\n")
    factory = resolve(AgentConfig(target="my_agents:factory"))
    sys.modules["my_agents"].made = team
    agent = factory(context)
    assert (await tell(agent, "one")).content == "one"
    assert (await tell(agent, "two")).content == "two"


async def test_an_endpoint_gets_prompt_history_and_headers(model_server, context, tell, monkeypatch):
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "key-of-mine")
    model_server.script("first", "second")
    agent = resolve(AgentConfig(target=model_server.url))(context)
    assert (await tell(agent, "one")).content == "first"
    assert (await tell(agent, "two")).content == "second"
    request = model_server.requests[1]
    assert request.path == "/v1/chat/completions"
    assert request.headers["x-salesforce-instance"] == context.instance_url
    assert request.headers["x-salesforce-session"] == context.session_id
    assert request.headers["x-convsim-episode"] == "e1"
    assert request.headers["authorization"] == "Bearer key-of-mine"
    assert [(m["role"], m["content"]) for m in request.messages] == [
        ("system", "You look things up."),
        *(("user", "one"), ("assistant", "first"), ("user", "two")),
    ]
    assert (agent.usage.calls, agent.usage.cost_usd, agent.served_model) == (2, None, "served-model-1 fp_1")


async def test_an_endpoint_that_is_down_spoils_the_trial(model_server, context, tell):
    model_server.script(model_server.status(500))
    args = {"retries": 1, "backoff": 0.01}
    agent = resolve(AgentConfig(target=f"{model_server.url}/chat/completions", args=args))(context)
    with pytest.raises(InfrastructureError):
        await tell(agent, "hi")
    assert len(model_server.requests) == 2
