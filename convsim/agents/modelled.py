"""An agent that stands on a language model: speaks text and passes on what its model consumed."""

from collections.abc import Sequence

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.messages import BaseChatMessage, TextMessage

from convsim.models.client import ModelClient
from convsim.records.transcript import Usage


class ModelAgent(BaseChatAgent):
    """What the built-in styles have in common; one instance a conversation."""

    def __init__(self, client: ModelClient, *, name: str, description: str) -> None:
        super().__init__(name=name, description=description)
        self._client = client

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text only."""
        return (TextMessage,)

    @property
    def usage(self) -> Usage:
        """What its model consumed in this conversation."""
        return self._client.usage

    @property
    def served_model(self) -> str:
        """Model id and fingerprint as the provider reported them."""
        return self._client.served_model
