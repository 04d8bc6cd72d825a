"""The file: JSON lines, a header, each chat message once, and each call with what came back.

    {"convsim_cassette": 1, "convsim": "0.1.0"}
    {"message": "<digest>", "is": {"role": "user", "content": "..."}}
    {"call": {"episode", "role", "model", "settings", "messages": ["<digest>", ...], "rest", "n", "completion"}}

A call is found again by everything but what came back: `n` counts equal requests within an episode, so that the order
in which concurrent conversations call does not matter. What an interrupted writer left of a last line is passed over.
"""

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from pydantic import Field, JsonValue, ValidationError

from convsim.draws import fingerprint
from convsim.errors import ConfigError
from convsim.models.model import ChatMessage, ChatRequest
from convsim.records.record import Record

FORMAT = 1
_HEADER = "convsim_cassette"
_SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD")
"""Environment variables whose names end so hold what must not get on file."""

Key = tuple[str, ...]


class Failure(Record):
    """An error in place of a completion."""

    kind: str
    """Class name of the error."""
    message: str


class Call(Record):
    """One call of a model and what came back."""

    episode: str
    """Id of the episode, empty outside of one."""
    role: str
    """`agent`, `user` or `judge`."""
    model: str
    settings: str
    """The model's parameters as JSON."""
    messages: tuple[str, ...]
    """Digests of the messages."""
    rest: str
    """Tools, tool choice, response format and parameters of this call as JSON."""
    n: int = Field(ge=0)
    """How many equal requests were made before in the same episode."""
    completion: dict[str, JsonValue] | None = None
    error: Failure | None = None

    @property
    def key(self) -> Key:
        """What tells this call from all others."""
        return (self.episode, *self.request_key, str(self.n))

    @property
    def request_key(self) -> Key:
        """What tells its request from others."""
        return (self.role, self.model, self.settings, self.rest, *self.messages)


def digest(message: ChatMessage) -> str:
    """Return the name of a message."""
    return fingerprint("message", _json(message))


def rest_of(request: ChatRequest) -> str:
    """Return everything of a request but its messages, as JSON."""
    given = {"tools": list(request.tools), "tool_choice": request.tool_choice}
    return _json({**given, "response_format": request.response_format, "extra": request.extra})


def settings_of(args: Mapping[str, Any]) -> str:
    """Return a model's parameters as JSON, without those that only say how patiently it is called."""
    patience = ("timeout", "retries", "backoff", "longest_wait", "latency")
    return _json({name: value for name, value in args.items() if name not in patience})


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()


class Tape:
    """The calls of a cassette that was read."""

    def __init__(self, path: Path) -> None:
        """Read the file; raises ConfigError for one that is missing, is no cassette, or is damaged."""
        self.path = path
        self.calls: dict[Key, Call] = {}
        self.messages: dict[str, ChatMessage] = {}
        for number, line in _lines(path):
            try:
                found = orjson.loads(line)
                if "message" in found:
                    self.messages[found["message"]] = found["is"]
                else:
                    call = Call.model_validate(found["call"])
                    self.calls[call.key] = call
            except (ValueError, KeyError, TypeError, ValidationError) as error:
                told = f"{path}:{number} is no line of a cassette ({type(error).__name__}): record anew"
                raise ConfigError(told) from None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the whole lines behind the header with their numbers."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cassette {path} cannot be read: {error.strerror}") from error
    first, *lines = content.split(b"\n")[:-1] or [content]
    _check_header(first, path)
    yield from ((number, line) for number, line in enumerate(lines, start=2) if line)


def _check_header(line: bytes, path: Path) -> None:
    try:
        found = orjson.loads(line)[_HEADER]
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path} is no cassette (its first line says so): give a file of --record") from None
    if found != FORMAT:
        raise ConfigError(f"{path} is a cassette of format {found}; this version reads {FORMAT}: record anew")


class TapeWriter:
    """Appends calls; each with its new messages in one write, so that an interruption loses no more than one call."""

    def __init__(self, path: Path) -> None:
        """Open a new cassette, or one to go on with; raises ConfigError for another file."""
        self.path = path
        self._known: set[str] = set()
        self._secrets = _secrets()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            began = path.exists() and path.stat().st_size > 0
            if began:
                self._known = set(Tape(path).messages)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise ConfigError(f"cassette {path} cannot be written: {error.strerror}") from error
        if began:
            self._mend()
        else:
            self._append([{_HEADER: FORMAT, "convsim": version("crm-convsim")}])

    def write(self, call: Call, messages: Mapping[str, ChatMessage]) -> None:
        """Append a call; `messages` are its messages by digest."""
        new = [name for name in dict.fromkeys(call.messages) if name not in self._known]
        self._append([*({"message": name, "is": messages[name]} for name in new), {"call": call.model_dump()}])
        self._known.update(new)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _append(self, entries: list[dict[str, Any]]) -> None:
        text = b"".join(orjson.dumps(entry, default=str) + b"\n" for entry in entries)
        for secret in self._secrets:
            text = text.replace(secret, b"[secret]")
        os.write(self._file, text)

    def _mend(self) -> None:
        """Cut off what an interrupted writer left of a last line."""
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self._file, whole)


def _secrets() -> list[bytes]:
    """Return values of the environment that must not get on file, as they would look in JSON."""
    values = (value for name, value in sorted(os.environ.items()) if name.upper().endswith(_SECRET))
    return [orjson.dumps(value)[1:-1] for value in values if len(value) >= 8]
