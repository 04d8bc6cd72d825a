"""What a run came to."""

from dataclasses import dataclass


@dataclass(slots=True)
class Outcome:
    """Counts of episodes, and why the run ended before its plan did."""

    planned: int
    stored: int = 0
    """Already finished when this command began."""
    finished: int = 0
    """Finished now."""
    invalid: int = 0
    """Spoiled by the simulator or the infrastructure."""
    unjudged: int = 0
    """Stored and valid, but the judge failed."""
    stopped: str = ""
    """Why it ended early: interrupted, a limit, the disk; empty when it did not."""
    limit: str = ""
    """The option that must allow more before the run can go on."""

    @property
    def complete(self) -> bool:
        """Whether every episode is valid and judged."""
        return not (self.stopped or self.unjudged or self.invalid) and self.done == self.planned

    @property
    def done(self) -> int:
        """Episodes with a transcript."""
        return self.stored + self.finished

    @property
    def told(self) -> str:
        """The outcome in one line, with what to do about what is missing."""
        left = self.planned - self.done
        parts = [f"{self.done} of {self.planned} episodes stored"]
        parts += [f"{left} left"] if left else []
        parts += [f"{self.invalid} spoiled by the simulator or the infrastructure"] if self.invalid else []
        parts += [f"{self.unjudged} not judged"] if self.unjudged else []
        cause = f"{self.stopped}: " if self.stopped else ""
        same = f"the same command with a higher {self.limit}" if self.limit else "the same command"
        return cause + ", ".join(parts) + ("" if self.complete else f"; {same} goes on with what is missing")
