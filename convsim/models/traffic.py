"""What flows between a run and its providers: one account of every call, and one pace per provider.

A run sets its traffic for everything that runs inside it (a context variable, so agents, users and judges need not
know of it). Without one, calls are neither counted nor paced.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial

from convsim import tracing
from convsim.errors import InfrastructureError, SimulationError
from convsim.models.model import ChatRequest, Completion, Model
from convsim.models.pace import Pace
from convsim.records.transcript import Usage


@dataclass(slots=True)
class Account:
    """What was consumed so far; an account may be part of a larger one."""

    usage: Usage = field(default_factory=Usage)
    whole: "Account | None" = None
    told: Callable[[Usage], None] = lambda _: None
    """Hears the new total after every entry."""
    role: str = ""
    """Whose calls these are, where larger accounts keep them apart."""
    apart: dict[str, Usage] = field(default_factory=dict)
    """What was entered under a role, by role; part of `usage`."""
    failure: SimulationError | None = None
    """The last error of a call, for those who meet it on a way on which errors lose their type."""
    closed: bool = False
    """No further call may begin: whoever closes it cancels those who wait."""

    def enter(self, usage: Usage, role: str = "") -> None:
        """Add what a call consumed, here and in every larger account, under the role of the smallest that has one."""
        self.usage += usage
        if role := role or self.role:
            self.apart[role] = self.apart.get(role, Usage()) + usage
        if self.whole is not None:
            self.whole.enter(usage, role)
        self.told(self.usage)

    async def admit(self) -> None:
        """Return when a call may begin: at once, or never when this or a larger account is closed."""
        if self.closed:
            await asyncio.get_running_loop().create_future()
        if self.whole is not None:
            await self.whole.admit()


@dataclass(slots=True)
class Rates:
    """Limits a minute by provider; the key `""` holds for all that are not named."""

    requests: Mapping[str, float] = field(default_factory=dict)
    tokens: Mapping[str, float] = field(default_factory=dict)


class Traffic:
    """One run's account and paces; belongs to the event loop in which it flows first."""

    def __init__(
        self, account: Account, rates: Rates, *, paused: Callable[[str, float], None] = lambda *_: None
    ) -> None:
        """Take the account, the rates, and who hears of a provider and the seconds for which it wants to be left."""
        self.account = account
        self._paused = paused
        self.loop: asyncio.AbstractEventLoop | None = None
        self._rates = rates
        self._paces: dict[str, Pace] = {}

    def pace(self, provider: str) -> Pace:
        """Return the pace that all calls to a provider share."""
        if provider not in self._paces:
            requests, tokens = (
                rates.get(provider, rates.get("")) for rates in (self._rates.requests, self._rates.tokens)
            )
            paused = partial(self._paused, provider)
            self._paces[provider] = Pace(requests=requests, tokens=tokens, paused=paused)
        return self._paces[provider]


_traffic: ContextVar[Traffic | None] = ContextVar("traffic", default=None)
_account: ContextVar[Account | None] = ContextVar("account", default=None)


@contextmanager
def flowing(traffic: Traffic) -> Iterator[None]:
    """Count and pace every call that is begun inside, a coroutine, by this traffic."""
    traffic.loop = traffic.loop or asyncio.get_running_loop()
    tokens = _traffic.set(traffic), _account.set(traffic.account)
    try:
        yield
    finally:
        _traffic.reset(tokens[0])
        _account.reset(tokens[1])


@contextmanager
def counted(role: str = "") -> Iterator[Account]:
    """Yield an account of the calls that are begun inside, part of the one outside, which keeps a role's apart."""
    account = Account(whole=_account.get(), role=role)
    token = _account.set(account)
    try:
        yield account
    finally:
        _account.reset(token)


def own_account() -> Account:
    """Return an account of all further calls of the running task, part of the one so far.

    Nothing is to be undone: a task has a context of its own. (A task that is never ended could not undo it.)
    """
    account = Account(whole=_account.get())
    _account.set(account)
    return account


def current_pace(provider: str) -> Pace:
    """Return the pace of a provider in the running traffic; outside every traffic one without limits."""
    traffic = _traffic.get()
    return traffic.pace(provider) if traffic else Pace()


class CountedModel:
    """A model whose calls are entered into the running account."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name

    def __repr__(self) -> str:
        return repr(self.model)

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the model's completion; raises what the model raises.

        Agents on threads of their own call from other loops; the call itself is made on the run's.
        """
        traffic = _traffic.get()
        if traffic is None or traffic.loop in (None, asyncio.get_running_loop()):
            return await self._complete(request)
        if traffic.loop.is_closed():
            raise InfrastructureError("the run has ended")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._complete(request), traffic.loop))

    async def _complete(self, request: ChatRequest) -> Completion:
        account = _account.get()
        if account is not None:
            await account.admit()
        provider, _, model = self.name.partition("/")
        asked = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider,
            "gen_ai.request.model": model,
        }
        with tracing.span(f"chat {model}", asked) as span:
            try:
                completion = await self.model.complete(request)
            except SimulationError as error:
                if account is not None:
                    account.failure = error
                raise
            if span is not None:
                span.set_attributes(_told(completion))
        if account is not None:
            account.enter(completion.usage)
        return completion


def _told(completion: Completion) -> tracing.Attributes:
    """Return what a span says of a completion."""
    told: dict[str, str | int | float | bool | list[str]] = {
        "gen_ai.usage.input_tokens": completion.usage.input_tokens,
        "gen_ai.usage.output_tokens": completion.usage.output_tokens,
        "gen_ai.response.finish_reasons": [completion.finish],
    }
    if completion.served_by:
        told["gen_ai.response.model"] = completion.served_by
    return told
