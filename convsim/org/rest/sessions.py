"""Who may ask: sessions with their log, idle time-out, and the credentials that open one."""

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from convsim.org.errors import SalesforceError
from convsim.org.rest.log import ActionLog

IDLE_SECONDS = 2 * 60 * 60.0
"""A session ends after this time without a request (the default of Salesforce's session settings: two hours)."""
_SWEEP = 1_000
"""Logins between two sweeps of sessions that ended unnoticed."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login must show. A password may be followed by the security token, as Salesforce wants it."""

    user: str
    password: str = field(repr=False)
    token: str = field(default="", repr=False)
    consumer_key: str = "convsim"
    consumer_secret: str = field(default="", repr=False)

    def accepts(self, user: str, password: str) -> bool:
        """Return whether user name and password, with or without the token, are right."""
        named = hmac.compare_digest(user.lower().encode(), self.user.lower().encode())
        plain = hmac.compare_digest(password.encode(), self.password.encode())
        return named and (plain or hmac.compare_digest(password.encode(), (self.password + self.token).encode()))

    def accepts_client(self, key: str, secret: str) -> bool:
        """Return whether the connected app's key and secret are right."""
        named = hmac.compare_digest(key.encode(), self.consumer_key.encode())
        return named and hmac.compare_digest(secret.encode(), self.consumer_secret.encode())


def new_credentials(user: str) -> Credentials:
    """Return credentials for the user with secrets of this process."""
    return Credentials(user, secrets.token_urlsafe(12), consumer_secret=secrets.token_urlsafe(12))


@dataclass(slots=True, eq=False)
class SessionState:
    """One session: who it belongs to, what it asked, and when it ends."""

    id: str
    user_id: str
    log: ActionLog | None
    """None for an administrator's session, which leaves no trace."""
    lifetime: float
    expires: float


class Sessions:
    """The open sessions of one org. Safe for threads."""

    def __init__(self, organization_id: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._organization = organization_id[:15]
        self._clock = clock
        self._open: dict[str, SessionState] = {}
        self._lock = threading.Lock()
        self._opened = 0

    def open(self, user_id: str, *, log: ActionLog | None = None, lifetime: float = IDLE_SECONDS) -> SessionState:
        """Return a new session; its id has Salesforce's form, `<organization>!<secret>`."""
        now = self._clock()
        state = SessionState(
            f"{self._organization}!{secrets.token_urlsafe(48)}", user_id, log, lifetime, now + lifetime
        )
        with self._lock:
            self._opened += 1
            if self._opened % _SWEEP == 0:
                self._open = {key: each for key, each in self._open.items() if each.expires > now}
            self._open[state.id] = state
        return state

    def require(self, session_id: str) -> SessionState:
        """Return the open session of this id and keep it alive; raises INVALID_SESSION_ID (status 401)."""
        state = self._open.get(session_id)
        now = self._clock()
        if state is None or state.expires <= now:
            self.close(session_id)
            raise SalesforceError("INVALID_SESSION_ID", "Session expired or invalid", http_status=401)
        state.expires = now + state.lifetime
        return state

    def close(self, session_id: str) -> None:
        """End a session; an unknown id changes nothing."""
        with self._lock:
            self._open.pop(session_id, None)

    def __len__(self) -> int:
        return len(self._open)
