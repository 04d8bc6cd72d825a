"""What a shell sees of a command."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Done:
    """Exit code and what was written."""

    code: int
    out: str
    err: str


Shell = Callable[..., Done]
