"""One agent's guidance: the functions that it may call and the blocks that tell it of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convsim.guidance.conditions import CONDITIONS, Condition
from convsim.guidance.filling import filled
from convsim.guidance.recipient import recipient
from convsim.guidance.tokens import tokens
from convsim.records.episode import AgentConfig
from convsim.records.guidance import Subroutines
from convsim.records.transcript import PromptBlock

if TYPE_CHECKING:
    from convsim.guidance.functions import GuidanceFunction
    from convsim.roles import GuidanceLibrary, World

DEFAULT_EXAMPLE = "handle_time"
"""Family of the demonstration where none is chosen: the one with the most steps."""
TOGETHER = "Put together, the parts do what the functions of the same name do:"
"""Line in the block of the parts after which that is shown."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What one configuration gets out of the library."""

    config: AgentConfig
    library: "GuidanceLibrary"

    @property
    def condition(self) -> Condition:
        """What the configuration's condition gives."""
        return CONDITIONS[self.config.guidance]

    @property
    def subroutines(self) -> "Sequence[GuidanceFunction]":
        """The parts that may be called."""
        chosen = self.config.subroutines or Subroutines()
        return self.library.subroutines(chosen) if self.condition.subroutines else ()

    @property
    def composed(self) -> Sequence[str]:
        """The functions put together of these parts; shown where sources are."""
        chosen = self.config.subroutines or Subroutines()
        shown = self.condition.subroutines and self.condition.source
        return self.library.composed(chosen) if shown else ()

    @property
    def functions(self) -> "Sequence[GuidanceFunction]":
        """Everything that may be called: functions, then parts."""
        return (*(self.library.functions() if self.condition.functions else ()), *self.subroutines)

    def blocks(self, world: "World") -> Iterator[PromptBlock]:
        """Yield the guidance blocks; the demonstration is executed on this org."""
        if self.condition.functions:
            yield self._told("functions", self.library.functions())
        if self.condition.subroutines:
            yield self._told("subroutines", self.subroutines, composed=self.composed, together=TOGETHER)
        if self.condition.demonstration is not None:
            example = self.config.guidance_example or DEFAULT_EXAMPLE
            shown = self.library.demonstration(example, world, self.condition.demonstration)
            yield _block("demonstration", filled("demonstration", shown=shown, kind=self.condition.demonstration))

    def _told(self, name: str, functions: "Sequence[GuidanceFunction]", **more: Any) -> PromptBlock:
        kind = recipient(self.config.target)
        style = self.config.style if kind in ("model", "pupil") else "plugin"
        texts = [each.source if self.condition.source else each.header for each in functions]
        return _block(name, filled(name, texts=texts, style=style, source=self.condition.source, **more))


def _block(name: str, text: str) -> PromptBlock:
    return PromptBlock(name=name, text=text, tokens=tokens(text))
