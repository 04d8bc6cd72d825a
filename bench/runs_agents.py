"""Agents that are measured: no thinking of their own, so that what remains is the simulator's."""

from typing import Any

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import TextMessage
from autogen_core.models import UserMessage

from convsim.models import open_client

PREAMBLE = (
    "I have the records open in front of me and would like to be sure that we mean the same thing before I count "
    "anything, so that you get one right answer and not two half ones. It only takes a moment and saves both of us a "
    "second round later on this week. "
)
QUESTIONS = (
    "Which period should I look at?",
    "Do you want the highest or the lowest?",
    "Which measure do you mean?",
    "Is there a minimum number of cases?",
)
QUERIES = ("SELECT Id, Name FROM User ORDER BY Id LIMIT 5", "SELECT Id, Subject, Status FROM Case ORDER BY Id LIMIT 5")
TURNS = len(QUESTIONS)
"""User messages in an episode: 8 messages with the replies."""
CALLS = 2
"""Model calls in a turn of the slow agent: 8 in an episode."""


class Mix(BaseChatAgent):
    """The bench mix: two queries of five rows in the first turn, and a question of about 60 words in each."""

    produced_message_types = (TextMessage,)

    def __init__(self, salesforce: Any) -> None:
        super().__init__(name="mix", description="")
        self._salesforce = salesforce
        self._turn = 0

    async def on_messages(self, messages: Any, cancellation_token: Any) -> Response:  # noqa: ARG002 - AutoGen calls it
        if self._salesforce is not None and not self._turn:
            for query in QUERIES:
                self._salesforce.query(query)
        question = QUESTIONS[self._turn % TURNS]
        self._turn += 1
        return Response(chat_message=TextMessage(content=PREAMBLE + question, source="mix"))

    async def on_reset(self, cancellation_token: Any) -> None:
        """Nothing outlives a conversation."""


class Slow(Mix):
    """Two calls of a slow model before each reply."""

    def __init__(self, client: Any) -> None:
        super().__init__(None)
        self._client = client

    async def on_messages(self, messages: Any, cancellation_token: Any) -> Response:
        for _ in range(CALLS):
            await self._client.create([UserMessage(content=PREAMBLE, source="user")])
        return await super().on_messages(messages, cancellation_token)


def mix(context: Any) -> Mix:
    return Mix(context.salesforce)


_clients: dict[float, Any] = {}


def slow(context: Any) -> Slow:
    """An agent on one model that all conversations share, as the built-in agents have."""
    latency = float(context.args.get("latency", 0.2))
    if latency not in _clients:
        _clients[latency] = open_client("scripted/echo", args={"latency": latency})
    return Slow(_clients[latency].fork())
