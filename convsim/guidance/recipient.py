"""Who stands behind an agent's name, and so which prompt it needs."""

from typing import Literal

from convsim.records.episode import HUMAN

Recipient = Literal["endpoint", "human", "model", "plugin", "pupil", "reference"]


def recipient(target: str) -> Recipient:
    """Return the kind of agent that a target names, by its shape alone.

    `https://...` is an endpoint, `provider/model` a model (`ollama/llama3:8b` too), `pkg.module:factory` a plug-in,
    `pupil` the scripted agent that goes by its prompt, `human` a person at the terminal, and anything else the name of
    a reference agent.
    """
    if target == HUMAN:
        return "human"
    if target.startswith(("http://", "https://")):
        return "endpoint"
    if target == "pupil":
        return "pupil"
    if "/" in target:
        return "model"
    return "plugin" if ":" in target else "reference"
