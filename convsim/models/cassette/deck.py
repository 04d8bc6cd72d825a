"""Recording and playing back: what stands between whoever opens a model and the model.

A run puts a deck in use for everything inside it (a context variable, as with `convsim.models.traffic`): models that
are opened meanwhile are recorded, or not opened at all but played back.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import TypeAdapter

from convsim.errors import AgentError, ContextOverflowError, InfrastructureError, SimulationError
from convsim.models.cassette.nearest import nearest
from convsim.models.cassette.tape import Call, Failure, Key, Tape, TapeWriter, digest, rest_of, settings_of
from convsim.models.model import ChatMessage, ChatRequest, Completion, Model

_COMPLETION = TypeAdapter(Completion)
_ERRORS: dict[str, type[SimulationError]] = {
    error.__name__: error for error in (AgentError, ContextOverflowError, InfrastructureError)
}


class MissedError(InfrastructureError):
    """A call that is not on the cassette: the replay ends here."""


@dataclass(frozen=True, slots=True)
class Use:
    """Which cassette is used how; what other processes are told."""

    kind: Literal["record", "replay"]
    path: str


class Deck(Protocol):
    """Records models or plays them back."""

    @property
    def use(self) -> Use:
        """What it does with which file."""

    def model(self, name: str, role: str, args: Mapping[str, Any], opened: Callable[[], Model]) -> Model:
        """Return the model to call; `opened` opens the real one."""


@dataclass(slots=True)
class _Episode:
    """The calls of one episode so far."""

    id: str = ""
    asked: Counter[Key] = field(default_factory=Counter)


_deck: ContextVar[Deck | None] = ContextVar("deck", default=None)
_episode: ContextVar[_Episode | None] = ContextVar("episode", default=None)


def in_use() -> Deck | None:
    """Return the deck of the running command, None without one."""
    return _deck.get()


@contextmanager
def using(use: Use | None) -> Iterator[None]:
    """Record or play back everything inside; raises ConfigError for a file that is no cassette."""
    if use is None:
        yield
        return
    tape = TapeWriter(Path(use.path)) if use.kind == "record" else None
    deck = Player(Tape(Path(use.path))) if tape is None else Recorder(use, tape.write)
    token = _deck.set(deck)
    try:
        yield
    finally:
        _deck.reset(token)
        if tape is not None:
            tape.close()


@contextmanager
def collecting(use: Use | None) -> Iterator[None]:
    """As `using`, in a process beside the one that writes: what is recorded is kept until `collected` takes it."""
    if use is None or use.kind == "replay":
        with using(use):
            yield
        return
    token = _deck.set(Collector(use))
    try:
        yield
    finally:
        _deck.reset(token)


def collected() -> list[dict[str, Any]]:
    """Return what was recorded in this process since the last time, for `hand_in` where the cassette is written."""
    deck = _deck.get()
    return deck.take() if isinstance(deck, Collector) else []


def hand_in(calls: list[dict[str, Any]]) -> None:
    """Write what another process recorded."""
    deck = _deck.get()
    if isinstance(deck, Recorder):
        for each in calls:
            deck.write(Call.model_validate(each["call"]), each["messages"])


@contextmanager
def calls_of(episode: str) -> Iterator[None]:
    """Enter the calls that are made inside under this episode; raises MissedError where one was not on the cassette."""
    token = _episode.set(_Episode(episode))
    try:
        yield
    finally:
        _episode.reset(token)
    deck = _deck.get()
    if isinstance(deck, Player) and deck.missed:
        raise MissedError(deck.missed)


Write = Callable[[Call, Mapping[str, ChatMessage]], None]


class Recorder:
    """Implements `Deck`: opens the models and writes down what they answer."""

    def __init__(self, use: Use, write: Write) -> None:
        self.use = use
        self.write = write

    def model(self, name: str, role: str, args: Mapping[str, Any], opened: Callable[[], Model]) -> Model:
        """See `Deck`."""
        return RecordedModel(_Caller(name, role, settings_of(args)), opened(), self.write)


class Collector(Recorder):
    """Keeps what it recorded for another process to write."""

    def __init__(self, use: Use) -> None:
        super().__init__(use, self._keep)
        self._kept: list[dict[str, Any]] = []

    def take(self) -> list[dict[str, Any]]:
        """Return what was recorded and forget it."""
        kept, self._kept = self._kept, []
        return kept

    def _keep(self, call: Call, messages: Mapping[str, ChatMessage]) -> None:
        self._kept.append({"call": call.model_dump(), "messages": dict(messages)})


class Player:
    """Implements `Deck`: opens nothing, answers from the tape."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.use = Use("replay", str(tape.path))
        self.missed = ""
        """The first call that the tape does not hold."""

    def model(self, name: str, role: str, args: Mapping[str, Any], opened: Callable[[], Model]) -> Model:
        """See `Deck`."""
        del opened
        return ReplayedModel(_Caller(name, role, settings_of(args)), self)


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who calls which model."""

    model: str
    role: str
    settings: str

    def call(self, request: ChatRequest) -> tuple[Call, dict[str, ChatMessage]]:
        """Return the call without its answer, and its messages by digest."""
        named = [(digest(message), message) for message in request.messages]
        episode = _episode.get() or _Episode()
        call = Call(
            episode=episode.id,
            role=self.role,
            model=self.model,
            settings=self.settings,
            messages=tuple(name for name, _ in named),
            rest=rest_of(request),
            n=0,
        )
        n = episode.asked[call.request_key]
        episode.asked[call.request_key] += 1
        return call.model_copy(update={"n": n}), dict(named)


class RecordedModel:
    """Writes down every answer of a model, errors included."""

    def __init__(self, caller: _Caller, model: Model, write: Write) -> None:
        self.name = model.name
        self._caller = caller
        self._model = model
        self._write = write

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the model's completion; raises what the model raises."""
        call, messages = self._caller.call(request)
        try:
            completion = await self._model.complete(request)
        except SimulationError as error:
            kind = next(name for name, each in reversed(_ERRORS.items()) if isinstance(error, each))
            failure = Failure(kind=kind, message=str(error))
            self._write(call.model_copy(update={"error": failure}), messages)
            raise
        told = _COMPLETION.dump_python(completion, mode="json")
        self._write(call.model_copy(update={"completion": told}), messages)
        return completion


class ReplayedModel:
    """Answers what the tape holds."""

    def __init__(self, caller: _Caller, player: Player) -> None:
        self.name = caller.model
        self._caller = caller
        self._player = player

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the recorded completion or raise the recorded error; raises MissedError where there is none."""
        call, messages = self._caller.call(request)
        held = self._player.tape.calls.get(call.key)
        if held is None:
            missed = nearest(self._player.tape, call, messages)
            self._player.missed = self._player.missed or missed
            raise MissedError(missed)
        if held.error is not None:
            raise _ERRORS[held.error.kind](held.error.message)
        return _COMPLETION.validate_python(held.completion)
