"""A guidance function in one session: its queries run there, and each call stands in the session's log."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from convsim.guidance.functions import CallError, GuidanceFunction
from convsim.guidance.query import query_on
from convsim.org.client import runs_in_process
from convsim.roles import Session


@dataclass(frozen=True, slots=True)
class SessionFunction:
    """What agents call; awaitable with named arguments, JSON-like data comes back."""

    function: GuidanceFunction
    session: Session

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.name

    @property
    def waits(self) -> bool:
        """Whether a call waits for a network or another process."""
        return self.function.confined or not runs_in_process(self.session.salesforce)

    async def __call__(self, **arguments: Any) -> Any:
        """Return the result; raises CallError, whose message is for the caller, and simple_salesforce's errors."""
        return await asyncio.to_thread(self.call, arguments) if self.waits else self.call(arguments)

    def call(self, arguments: Mapping[str, Any]) -> Any:
        """Return the same without waiting for an event loop."""
        from simple_salesforce.exceptions import SalesforceError

        told = f"{self.name}({', '.join(f'{name}={_short(value)}' for name, value in arguments.items())})"
        try:
            result = self.function.call(query_on(self.session.salesforce), arguments)
        except CallError as error:
            self.session.note("call", told, outcome="INVALID_CALL", message=str(error))
            raise
        except SalesforceError as error:
            self.session.note("call", told, outcome="FAILED_QUERY", message=str(error.content))
            raise
        self.session.note("call", told, result=json.dumps(result))
        return result


def in_session(functions: Iterable[GuidanceFunction], session: Session) -> dict[str, SessionFunction]:
    """Return the functions by name, bound to a session."""
    return {each.name: SessionFunction(each, session) for each in functions}


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 200 else f"{text[:200]}..."
