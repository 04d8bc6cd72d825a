"""Scripted models: rules on the history, deterministic, free."""

import time

import pytest
from autogen_core.models import AssistantMessage, UserMessage

from convsim.errors import AgentError, ConfigError
from convsim.models import open_client


def said(text: str) -> UserMessage:
    return UserMessage(content=text, source="user")


async def test_first_rule_that_fits_answers(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "rules:\n"
        "  - {when: 'my name is (?P<name>\\w+)', say: 'Hello {{ name }}, turn {{ turn }}.'}\n"
        "  - {after: 1, say: 'Again.'}\n"
        "  - {last: user, when: look, call: {name: soql, arguments: {query: 'X {{ text }}', top: 3}}}\n"
    )
    client = open_client(f"scripted/{path}")
    assert (await client.create([said("my name is Ada")])).content == "Hello Ada, turn 0."
    history = [said("x"), AssistantMessage(content="y", source="a"), said("z")]
    assert (await client.create(history)).content == "Again."
    call = (await client.create([said("look")])).content[0]
    assert (call.name, call.arguments) == ("soql", '{"query": "X look", "top": 3}')
    assert (client.usage.calls, client.usage.cost_usd) == (3, 0.0)
    with pytest.raises(AgentError, match="no rule"):
        await client.create([said("nothing")])


async def test_latency_is_slept():
    client = open_client("scripted/echo", args={"latency": 0.05})
    started = time.monotonic()
    assert (await client.create([said("ping")])).content == "ping"
    assert time.monotonic() - started >= 0.05


async def test_silent_reasons_without_content():
    result = await open_client("scripted/silent").create([said("hi")])
    assert (result.content, bool(result.thought)) == ("", True)


@pytest.mark.parametrize(
    ("name", "args", "hint"),
    [
        ("scripted/ecko", {}, "did you mean 'echo'"),
        ("scripted/echo", {"latncy": 1}, "did you mean 'latency'"),
        ("scripted/echo", {"latency": "long"}, "seconds"),
        ("scripted/absent.yaml", {}, "there is no file .*absent.yaml"),
    ],
)
def test_mistakes_are_named(name, args, hint):
    with pytest.raises(ConfigError, match=hint):
        open_client(name, args=args)


@pytest.mark.parametrize("text", ["rules: []", "rules: [{say: x, wen: y}]", "rules: [{when: '('}]", "a: ["])
def test_a_broken_file_is_a_config_error(tmp_path, text):
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        open_client(f"scripted/{path}")
