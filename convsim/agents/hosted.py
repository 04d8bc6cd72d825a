"""A foreign agent on a thread of its own: nothing that it does reaches the run but a reply or an AgentError."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_core import CancellationToken
from typing_extensions import override

from convsim.agents.threads import GuestThread, give_back, take
from convsim.errors import AgentError, InfrastructureError, SimulationError, readable, told
from convsim.models.traffic import Account, own_account
from convsim.records.transcript import Usage

if TYPE_CHECKING:
    from convsim.agents.guests import Guest

_LONGEST_NAME = 200
_OTHER_LOOP = ("different event loop", "different loop", "Event loop is closed")
_LOOP_HINT = (
    "each conversation has an event loop of its own: make asynchronous clients in the factory, not in the module"
)


class HostedGuest(BaseChatAgent):
    """Takes a thread with its first turn and leaves it with `close`; the agent is made and asked on that thread."""

    def __init__(self, make: "Callable[[], Guest]") -> None:
        super().__init__(name="guest", description="An agent from outside.")
        self.usage: Usage | None = None
        """What the agent said it had consumed when its last turn ended, None when it keeps no account."""
        self.served_model = ""
        """What the agent says which model served it."""
        self._make = make
        self._guest: Guest | None = None
        self._thread: GuestThread | None = None
        self._stuck = False

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text only."""
        return (TextMessage,)

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return the reply; raises AgentError for whatever the agent does instead, and the SimulationErrors of ours."""
        del cancellation_token  # It belongs to the caller's loop.
        if self._thread is None:
            self._thread = _taken()
        return await self._thread.run(lambda: self._turn(messages))

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Begin anew with a fresh agent."""
        await self.close()

    async def overdue(self) -> str:
        """Return what is wrong with an agent whose time is over."""
        if self._thread is None or await self._thread.answers():
            return "the agent did not reply"
        self._stuck = True
        return f"the agent did not give back control (it was at {self._thread.place()})"

    @override
    async def close(self) -> None:
        """Let the agent release what it holds; one that does not let go is given up with its thread."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        cleared = False
        try:
            cleared = not self._stuck and await thread.clear(self._closed)
        finally:
            if cleared:
                give_back(thread)
            else:
                thread.give_up()

    async def _turn(self, messages: Sequence[BaseChatMessage]) -> Response:
        """Let the agent reply and tell what it consumed, on its thread."""
        try:
            response = await self._asked(messages, own_account())
        except (SimulationError, asyncio.CancelledError):
            self._read_account()
            raise
        self._read_account()
        return response

    async def _asked(self, messages: Sequence[BaseChatMessage], account: Account) -> Response:
        try:
            return await self._made().on_messages(messages, CancellationToken())
        except SimulationError:
            raise
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except SystemExit as error:
            raise AgentError(f"the agent called exit({error.code})") from None
        except BaseException as error:  # noqa: BLE001 - foreign code may raise anything, a panic of Rust code too
            # Teams hand on errors as text: what broke in a model of ours is still not the agent's doing.
            if account.failure is not None and str(account.failure) in str(error):
                raise account.failure from None
            raise AgentError(_with_hint(told(error))) from None

    def _made(self) -> "Guest":
        if self._guest is None:
            try:
                self._guest = self._make()
            except (SimulationError, asyncio.CancelledError, GeneratorExit):
                raise
            except BaseException as error:  # noqa: BLE001 - foreign code may raise anything, a panic of Rust code too
                raise AgentError(_with_hint(f"the agent could not be made: {told(error)}")) from None
        return self._guest

    def _read_account(self) -> None:
        """Read what the agent tells about itself; an account that cannot be read has an unknown cost."""
        if self._guest is None:
            return
        try:
            self.usage = self._guest.usage
            self.served_model = readable(self._guest.served_model, limit=_LONGEST_NAME)
        except BaseException:  # noqa: BLE001 - the agent computes both in code of its own
            self.usage = Usage(cost_usd=None)

    async def _closed(self) -> None:
        guest, self._guest = self._guest, None
        if guest is not None:
            await guest.close()


def _taken() -> GuestThread:
    try:
        return take()
    except (OSError, RuntimeError) as error:
        raise InfrastructureError(f"no thread for a foreign agent: {error}; use fewer --jobs, or ulimit -n") from error


def _with_hint(message: str) -> str:
    return f"{message} ({_LOOP_HINT})" if any(sign in message for sign in _OTHER_LOOP) else message
