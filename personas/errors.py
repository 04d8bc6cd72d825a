"""One mistake in an author's file, told so that the author can mend it."""

from collections.abc import Sequence
from pathlib import Path


class SourceError(Exception):
    """A file that people write (YAML, CSV, JSONL) says something that it must not say.

    `str(error)` is one line: `file:line: found; allowed; remedy`.
    """

    def __init__(self, file: Path | str, line: int | None, *, found: str, allowed: str = "", remedy: str = "") -> None:
        self.file = Path(file)
        self.line = line
        self.found = found
        self.allowed = allowed
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else str(self.file)
        return f"{place}: " + "; ".join(part for part in (self.found, self.allowed, self.remedy) if part)


def first_of(errors: Sequence[SourceError], *, command: str) -> SourceError:
    """Return the first mistake; its remedy names the command that shows the others, where there are any."""
    error, others = errors[0], len(errors) - 1
    if not others:
        return error
    more = f"`{command}` shows {others} more mistake{'s' if others > 1 else ''}"
    remedy = "; ".join(filter(None, (error.remedy, more)))
    return SourceError(error.file, error.line, found=error.found, allowed=error.allowed, remedy=remedy)
