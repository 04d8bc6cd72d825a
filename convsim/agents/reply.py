"""A reply with its structured answer, as it travels through AutoGen."""

import json
from collections.abc import Sequence

from autogen_agentchat.messages import TextMessage


def reply(text: str, *, source: str, final: Sequence[str] | None = None) -> TextMessage:
    """Return the message; `final` goes along as a JSON list in `metadata["final"]`, None for no structured answer."""
    metadata = {} if final is None else {"final": json.dumps(list(final), ensure_ascii=False)}
    return TextMessage(content=text, source=source, metadata=metadata)
