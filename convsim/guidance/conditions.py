"""The guidance conditions of the Salesforce AI Research study: what an agent gets beside raw queries."""

from dataclasses import dataclass
from typing import Literal

from convsim.errors import ConfigError, unknown
from convsim.guidance.recipient import recipient
from convsim.records.episode import AgentConfig

Kind = Literal["technical", "plain"]
Effort = Literal["none", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What one condition gives."""

    about: str
    functions: bool = False
    subroutines: bool = False
    source: bool = False
    """Whether the code is shown, or only signatures and docstrings."""
    demonstration: Kind | None = None
    effort: Effort = "none"
    """Human effort as the study rates it."""


CONDITIONS: dict[str, Condition] = {
    "raw": Condition("nothing"),
    "functions": Condition("functions, headers only", functions=True, effort="high"),
    "functions+subroutines": Condition(
        "functions and their parts, headers only", functions=True, subroutines=True, effort="high"
    ),
    "source": Condition("functions with their source", functions=True, source=True, effort="high"),
    "source+subroutines": Condition(
        "functions and their parts with source", functions=True, subroutines=True, source=True, effort="high"
    ),
    "workflow-technical": Condition("a worked demonstration with queries", demonstration="technical", effort="medium"),
    "workflow-plain": Condition("the same in business words", demonstration="plain", effort="low"),
}
"""All conditions, in the study's order."""
BLOCKS = ("functions", "subroutines", "demonstration")
"""Names of the prompt blocks that are guidance."""


def check(config: AgentConfig) -> None:
    """Raise ConfigError for an unknown condition, and for one that this kind of agent cannot use."""
    if config.guidance not in CONDITIONS:
        raise unknown("guidance condition", config.guidance, CONDITIONS)
    kind, condition = recipient(config.target), CONDITIONS[config.guidance]
    if kind == "reference" and config.guidance != "raw":
        raise ConfigError(
            f"agent '{config.target}' reads no prompt, so guidance '{config.guidance}' would change nothing: leave it "
            "out, or take the agent 'pupil'"
        )
    if kind == "endpoint" and condition.functions:
        raise ConfigError(
            f"agent '{config.target}' answers over HTTP and cannot call functions of this process: guidance for it is "
            "raw, workflow-technical or workflow-plain"
        )
