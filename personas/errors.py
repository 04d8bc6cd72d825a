"""One mistake in an author's file, told so that the author can mend it."""

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
