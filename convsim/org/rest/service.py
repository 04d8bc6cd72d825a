"""What every resource needs: the org's schema, its engines, who is logged in, and the call that is being answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from convsim.org.engine import OrgEngine
from convsim.org.errors import SalesforceError
from convsim.org.ids import to_18
from convsim.org.rest.locators import Pages
from convsim.org.rest.message import Request
from convsim.org.rest.sessions import Credentials, Sessions, SessionState
from convsim.org.schema.model import Schema, SObject
from convsim.org.soql.engine import QueryResult
from convsim.org.store import Store

DAILY_REQUESTS = 15_000
"""API requests a day, as `limits` and `Sforce-Limit-Info` tell it (Developer Edition)."""


@dataclass(eq=False)
class Service:
    """One org as its API sees it; shared by all sessions and threads."""

    name: str
    schema: Schema
    store: Store
    engine: OrgEngine
    organization_id: str
    content_hash: str
    user_id: str
    user_name: str
    credentials: Credentials
    sessions: Sessions
    pages: Pages
    issued_at: Callable[[], str]
    """Milliseconds since 1970 as text, for OAuth answers."""
    time_zone: str = "UTC"
    date: str = ""
    """The frozen present as the HTTP header `Date` tells it, so that clients learn the org's today."""
    address: str = ""
    """Where clients reach the org; empty means: at whatever origin they addressed."""
    cache: dict[Any, Any] = field(default_factory=dict)
    """Answers that depend on the schema alone, kept for all sessions."""

    def instance_url(self, request: Request) -> str:
        """Return scheme, host and port that answers tell clients to use next."""
        return self.address or request.origin

    @property
    def person_accounts(self) -> bool:
        """Whether accounts may be persons, as in an org that sells to consumers."""
        account = self.schema.object("Account")
        return account is not None and account.field("PersonEmail") is not None


@dataclass(eq=False, slots=True)
class Call:
    """One call of a resource: whose, which version, and the path after the version, percent-decoded."""

    service: Service
    request: Request
    session: SessionState
    version: str
    path: tuple[str, ...]

    @property
    def root(self) -> str:
        """Path of this version's resources, such as `/services/data/v59.0`."""
        return f"/services/data/v{self.version}"

    def query(self, text: str, *, include_deleted: bool = False) -> QueryResult:
        """Return the whole result of a SOQL query; raises SalesforceError."""
        user_id = self.session.user_id
        return self.service.engine.query(text, include_deleted=include_deleted, version=self.version, user_id=user_id)

    def sobject(self, name: str) -> SObject:
        """Return the object that a path names; raises NOT_FOUND."""
        found = self.service.schema.object(name)
        if found is None or found.pseudo:
            raise not_found()
        return found


def not_found(message: str = "The requested resource does not exist") -> SalesforceError:
    """Return the error for what is not there (status 404)."""
    return SalesforceError("NOT_FOUND", message, http_status=404)


def check_method(call: Call, *allowed: str) -> None:
    """Raise METHOD_NOT_ALLOWED (status 405) unless the call uses one of the methods; HEAD goes wherever GET does."""
    names = ("HEAD", *allowed) if "GET" in allowed else allowed
    if call.request.method not in names:
        message = f"HTTP Method '{call.request.method}' not allowed. Allowed are {','.join(names)}"
        raise SalesforceError("METHOD_NOT_ALLOWED", message, http_status=405)


def organization_id(content_hash: str) -> str:
    """Return an organization's id (prefix 00D) that depends on the content alone."""
    return to_18("00D" + "".join(each for each in content_hash if each.isalnum())[:12].ljust(12, "0"))
