"""The org that conversations share, and a session in it: who asks, what was asked, how much more may be asked.

    org = Org.generated("b2b", seed=0)
    session = org.open_session(requester)
    session.begin_turn(0, max_actions=20)
    session.salesforce.query("SELECT Id FROM Case LIMIT 1")
    session.queries      # every request of the session, whoever sent it

An org holds one store, one engine and one API for all sessions and threads; a session is a few kilobytes.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from convsim.org.engine import OrgEngine
from convsim.org.rest.app import Api
from convsim.org.rest.locators import Cursor, Pages
from convsim.org.rest.log import LOG_LIMIT, ActionLog, shortened
from convsim.org.rest.service import Service, organization_id
from convsim.org.rest.sessions import Credentials, Sessions, SessionState, new_credentials
from convsim.org.schema.model import Schema
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.engine import QueryResult
from convsim.org.store import Store
from convsim.records.task import Requester
from convsim.records.transcript import Query, QueryKind

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

    from convsim.org.bundle import Bundle

_built: dict[tuple[str, int, float], "Org"] = {}
_building = threading.Lock()


class SessionLog:
    """What sessions of every org have: the log and the budget."""

    def __init__(self, log: ActionLog) -> None:
        self.log = log

    @property
    def queries(self) -> list[Query]:
        """What was asked so far, in order."""
        return self.log.queries

    @property
    def fault(self) -> Exception | None:
        """The first breakdown of the org itself, or None."""
        return self.log.fault

    @property
    def on_exhausted(self) -> Callable[[], None] | None:
        """What is called once in a turn, at its first request beyond the budget; each such request is refused."""
        return self.log.on_exhausted

    @on_exhausted.setter
    def on_exhausted(self, callback: Callable[[], None] | None) -> None:
        self.log.on_exhausted = callback

    def begin_turn(self, turn: int, max_actions: int | None = None) -> None:
        """Stamp what follows with this turn and allow it so many requests; None sets no limit.

        Further pages of a query and calls that are only noted count for nothing.
        """
        self.log.begin_turn(turn, max_actions)

    def note(  # noqa: PLR0913 - the fields of a record
        self,
        kind: QueryKind,
        text: str,
        *,
        outcome: str = "ok",
        message: str = "",
        result: str = "",
        rows: int = 0,
        records: tuple[str, ...] = (),
        duration_ms: float = 0.0,
    ) -> None:
        """Log something that was done without the API, such as the call of a guidance function."""
        entry = Query(
            turn=self.log.turn,
            kind=kind,
            text=text,
            outcome=outcome,
            message=message,
            rows=rows,
            size=len(result),
            duration_ms=duration_ms,
            records=records,
            result=shortened(result, self.log.limit),
        )
        self.log.append(entry)


class Session(SessionLog):
    """A requester's session in an embedded org. Implements `convsim.roles.Session`."""

    def __init__(self, org: "Org", state: SessionState, log: ActionLog) -> None:
        super().__init__(log)
        self._org = org
        self._state = state

    @property
    def id(self) -> str:
        """What the API takes as a bearer token."""
        return self._state.id

    @property
    def instance_url(self) -> str:
        """Where the API is: the server's address while one runs, otherwise one that works in this process only."""
        return self._org.instance_url

    @cached_property
    def salesforce(self) -> "Salesforce":
        """A client bound to this session that calls the API in this process."""
        return self._org.client(self._state)

    def close(self) -> None:
        """End the session: requests in its name are refused from now on."""
        self._org.sessions.close(self._state.id)


class Org:
    """An embedded org or a bundle. Implements `convsim.roles.World`."""

    def __init__(
        self,
        *,
        name: str,
        schema: Schema,
        store: Store,
        clock: SessionClock,
        content_hash: str,
        folder: Path | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self.sensitive: Mapping[str, Mapping[str, str]] = {}
        self._name, self._folder, self._content_hash = name, folder, content_hash
        self.schema, self.store, self.clock = schema, store, clock
        engine = OrgEngine(store, clock)
        self.credentials = credentials or new_credentials(f"admin@{name}.example")
        self.sessions = Sessions(organization_id(content_hash))
        user_id, user_name = _running_user(schema, store, clock.user_id)
        self.service = Service(
            name=name,
            schema=schema,
            store=store,
            engine=engine,
            organization_id=organization_id(content_hash),
            content_hash=content_hash,
            user_id=user_id,
            user_name=user_name,
            credentials=self.credentials,
            sessions=self.sessions,
            pages=Pages(lambda cursor: _result(engine, cursor)),
            issued_at=lambda: str(time.time_ns() // 1_000_000),
            time_zone=clock.time_zone,
            date=format_datetime(clock.now.astimezone(UTC), usegmt=True),
        )
        self.api = Api(self.service)
        self._admin: SessionState | None = None

    @classmethod
    def generated(cls, org_type: str, seed: int = 0, scale: float = 1.0) -> "Org":
        """Return the generated org, one per process; raises ConfigError for an unknown type."""
        from convsim.org.bundle import generated_bundle

        key = (org_type, seed, scale)
        with _building:
            if key not in _built:
                _built[key] = cls.of(generated_bundle(org_type, seed, scale))
            return _built[key]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the org of a bundle's folder; raises ConfigError or SourceError."""
        from convsim.org.bundle import open_bundle

        return cls.of(open_bundle(folder))

    @classmethod
    def of(cls, bundle: "Bundle") -> Self:
        """Return the org of an opened bundle."""
        org = cls(
            name=bundle.name,
            schema=bundle.schema,
            store=bundle.store,
            clock=bundle.clock,
            content_hash=bundle.content_hash,
            folder=bundle.folder,
        )
        org.sensitive = bundle.own_rules
        return org

    @property
    def name(self) -> str:
        """`b2b`, `b2c`, or the bundle's name."""
        return self._name

    @property
    def today(self) -> date:
        """The org's frozen date."""
        return self.clock.today

    @property
    def folder(self) -> Path | None:
        """The bundle's folder."""
        return self._folder

    @property
    def content_hash(self) -> str:
        """Hash of all rows."""
        return self._content_hash

    @property
    def address(self) -> str:
        """Address of the server that runs beside, empty when none does."""
        return self.service.address

    @address.setter
    def address(self, url: str) -> None:
        self.service.address = url

    @property
    def instance_url(self) -> str:
        """Where the API is: the server's address, or one that only the in-process client understands."""
        return self.address or self.in_process_url

    @property
    def in_process_url(self) -> str:
        """An address that no network resolves (RFC 6761), for the in-process client."""
        return f"https://{self._name.lower().replace(' ', '-')}.convsim.invalid"

    def connect(self) -> "Salesforce":
        """Return a client with administrator's sight whose requests leave no trace."""
        if self._admin is None:
            self._admin = self.sessions.open(self.service.user_id, lifetime=float("inf"))
        return self.client(self._admin)

    def open_admin_session(self) -> str:
        """Return the id of a new administrator's session, for clients of a server."""
        return self.sessions.open(self.service.user_id).id

    def open_session(self, requester: Requester | None = None, *, log_limit: int = LOG_LIMIT) -> Session:
        """Return a session for the requester; each request is logged, its answer up to `log_limit` characters."""
        log = ActionLog(limit=log_limit)
        employee = requester is not None and requester.id.startswith("005")
        user_id = requester.id if requester is not None and employee else self.service.user_id
        return Session(self, self.sessions.open(user_id, log=log), log)

    def client(self, state: SessionState) -> "Salesforce":
        """Return an in-process client of an open session."""
        from convsim.org.client import client

        return client(self.api, session_id=state.id, instance_url=self.in_process_url)


def _result(engine: OrgEngine, cursor: Cursor) -> QueryResult:
    return engine.query(
        cursor.text, include_deleted=cursor.include_deleted, version=cursor.version, user_id=cursor.user_id
    )


def _running_user(schema: Schema, store: Store, wanted: str) -> tuple[str, str]:
    """Return id and name of the wanted user, else of the first active one, else of an administrator without record."""
    user = schema.object("User")
    if user is not None and user.field("Name") and user.field("IsActive"):
        rows = store.select(
            'SELECT "Id", "Name" FROM "User" ORDER BY "Id" = ? DESC, "IsActive" DESC, "Id" LIMIT 1', (wanted,)
        )
        if rows:
            return str(rows[0][0]), str(rows[0][1])
    return "005000000000001AAA", "Administrator"
