"""Translation between AutoGen's messages and chat format."""

import subprocess
import sys

import pytest
from autogen_core import FunctionCall, Image
from autogen_core.models import AssistantMessage, UserMessage
from autogen_core.tools import FunctionTool
from PIL import Image as Picture

from convsim.errors import AgentError
from convsim.models.client import ModelClient
from convsim.models.messages import chat, tool, tool_choice
from convsim.models.model import ChatRequest, Completion, ToolCall
from convsim.records.transcript import Usage


async def add(a: int, b: int) -> int:
    return a + b


def test_tools_come_as_tool_or_schema():
    translated = tool(FunctionTool(add, description="Adds."))["function"]
    assert (translated["name"], sorted(translated["parameters"]["properties"])) == ("add", ["a", "b"])
    assert tool({"name": "bare"})["function"]["description"] == ""


def test_tool_choice_may_be_a_tool():
    chosen = tool_choice(FunctionTool(add, description="Adds."), tools=True)
    assert chosen == {"type": "function", "function": {"name": "add"}}
    assert tool_choice("required", tools=True) == "required"
    assert tool_choice("required", tools=False) is None


def test_images_are_refused():
    image = Image(Picture.new("RGB", (1, 1)))
    with pytest.raises(AgentError, match="image"):
        chat([UserMessage(content=["look", image], source="user")])


class Thinker:
    """A model that thinks in signed blocks; keeps what it was sent."""

    name = "test/thinker"

    def __init__(self) -> None:
        self.sent: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> Completion:
        self.sent.append(request)
        block = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}
        calls = (ToolCall(id="c1", name="soql", arguments="{}"),)
        return Completion(content="", usage=Usage(calls=1), tool_calls=calls, reasoning="Hm.", thinking_blocks=(block,))


async def test_thinking_goes_back_unchanged():
    model = Thinker()
    client = ModelClient(model)
    user = UserMessage(content="Hi", source="user")
    result = await client.create([user])
    said = AssistantMessage(content=result.content, thought=result.thought, source="agent")
    await client.create([user, said])
    sent_back = model.sent[1].messages[1]
    assert sent_back["thinking_blocks"] == [{"type": "thinking", "thinking": "Hm.", "signature": "sig"}]
    assert sent_back["content"] is None
    assert "thinking_blocks" not in chat([said])[0]


def test_calls_keep_id_and_arguments():
    call = FunctionCall(id="c1", name="soql", arguments="{}")
    message = chat([AssistantMessage(content=[call], source="agent")])[0]
    assert message["tool_calls"][0]["function"] == {"name": "soql", "arguments": "{}"}


def test_opening_a_scripted_client_and_its_model_info_load_no_litellm():
    code = (
        "import sys; from convsim.models import open_client; assert 'autogen_core' not in sys.modules;"
        "client = open_client('scripted/echo'); client.model_info; assert 'litellm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
