"""A person at the terminal, or lines from a pipe."""

import asyncio
import os
import re
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import click

from convsim.errors import LeftError

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""What could drive a terminal, or reorder its lines."""


class Terminal:
    """Implements `convsim.runs.play.Player`: the conversation goes to stdout, what is typed comes from stdin."""

    def __init__(self) -> None:
        self.left = False
        """Whether the person has left."""
        self._repeated: Mapping[str, tuple[str, ...]] = {}
        self._waiting: deque[str] = deque()
        with suppress(ImportError):
            # Editing and history of typed lines, where Python has them.
            import readline  # noqa: F401 - it works by being imported
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")

    def leave(self) -> None:
        """Let the next line be the person's leaving."""
        self.left = True

    def repeat(self, lines: Mapping[str, tuple[str, ...]]) -> None:
        """Take what was typed in earlier attempts, by episode."""
        self._repeated = lines

    def begin(self, episode: str) -> None:
        """Begin a conversation; what was typed in an earlier attempt comes again."""
        self._waiting = deque(self._repeated.get(episode, ()))
        if self._waiting:
            self.note(f"you left this conversation: your {len(self._waiting)} lines are repeated, then you go on")

    def hear(self, speaker: str, text: str) -> None:
        """Show what the other side said."""
        click.echo(f"{self._name(speaker)} {_indented(text, len(speaker) + 2)}")

    def note(self, text: str) -> None:
        """Show what nobody said."""
        click.echo(self._styled(_seen(text), dim=True))

    async def line(self, speaker: str) -> str:
        """Return the next line; raises LeftError at the end of the input, at Ctrl-C, and once the person left."""
        # What waits in the event loop comes first: this blocks it until somebody types.
        await asyncio.sleep(0)
        if self.left:
            raise LeftError("the person left the conversation")
        if self._waiting:
            text = self._waiting.popleft()
            click.echo(f"{self._name(speaker)} {_indented(text, len(speaker) + 2)}")
            return text
        try:
            return self._whole(speaker)
        except (EOFError, KeyboardInterrupt):
            self.left = True
            click.echo("")
            raise LeftError("the person left the conversation") from None

    def _whole(self, speaker: str) -> str:
        """Read a line, and those that it goes on in."""
        parts = [self._read(f"{speaker}> ")]
        while parts[-1].endswith("\\"):
            parts[-1] = parts[-1][:-1]
            parts.append(self._read(" " * len(speaker) + "> "))
        text = "\n".join(parts)
        if text.strip() == "/quit":
            self.left = True
        return text

    def _read(self, prompt: str) -> str:
        with _interruptible():
            if sys.stdin.isatty():
                return input(prompt)
            line = sys.stdin.readline()
        if not line:
            raise EOFError
        click.echo(f"{prompt}{_seen(line.rstrip())}")
        return line.rstrip("\n")

    def _name(self, speaker: str) -> str:
        return self._styled(f"{speaker}>", bold=True)

    def _styled(self, text: str, **style: bool) -> str:
        plain = os.environ.get("NO_COLOR") or not sys.stdout.isatty()
        return text if plain else click.style(text, **style)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the reading of a line."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _seen(text: str) -> str:
    """Return text of others without what could drive the terminal."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found.group()):04X}>", text)


def _indented(text: str, width: int) -> str:
    return _seen(text).replace("\n", "\n" + " " * width)
