"""Language models: anything that completes a chat, behind one AutoGen client that counts what it consumes.

`open_client(name)` is the door: `provider/model` goes through litellm, `scripted/NAME` answers from rules. Neither
AutoGen nor litellm loads before a client is opened.
"""

from convsim.models.opening import open_client, open_model

__all__ = ["open_client", "open_model"]
