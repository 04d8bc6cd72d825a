"""The org that is pulled: its answers, and every way in which it can refuse told in one line.

What the caller can mend (names, conditions, credentials) is a ConfigError; what broke on the way is an
InfrastructureError, after which the same command goes on.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from convsim.errors import ConfigError, ConvsimError, InfrastructureError

if TYPE_CHECKING:
    import requests
    from simple_salesforce import Salesforce

T = TypeVar("T")
_AGAIN = "run the same command again to go on"


def served(url: str, *, session_id: str, ca_file: str | None = None) -> "Salesforce":
    """Return a client of the org that is served at an address, in an open session; raises ConfigError."""
    from simple_salesforce import Salesforce

    from convsim.org.client import API_VERSION, session

    network = session(url, ca_file=ca_file)
    return Salesforce(session=network, session_id=session_id, instance_url=url, version=API_VERSION)


class Source:
    """One org as `pull` asks it."""

    def __init__(self, client: "Salesforce") -> None:
        self._client = client
        self.instance = str(client.sf_instance)
        """Host of the org."""
        resources: Any = self.ask("the list of resources", lambda: client.restful(""))
        self.organization_id, self.user_id = urlsplit(resources["identity"]).path.rstrip("/").split("/")[-2:]
        self._objects: tuple[str, ...] | None = None

    @property
    def objects(self) -> tuple[str, ...]:
        """The API names of all objects."""
        if self._objects is None:
            described: Any = self.ask("the list of objects", self._client.describe)
            self._objects = tuple(each["name"] for each in described["sobjects"])
        return self._objects

    def describe(self, name: str) -> Mapping[str, Any]:
        """Return the describe of an object."""
        found: Mapping[str, Any] = self.ask(name, getattr(self._client, name).describe)
        return found

    def rows(self, what: str, text: str) -> list[dict[str, Any]]:
        """Return all records of a query, whatever size the org's pages have."""
        page: Any = self.ask(what, lambda: self._client.query(text))
        records = list(page["records"])
        while not page["done"]:
            page = self.ask(what, partial(self._client.query_more, page["nextRecordsUrl"], identifier_is_url=True))
            records += page["records"]
        return records

    def count(self, what: str, text: str) -> int:
        """Return the number that a `SELECT COUNT()` gives."""
        answer: Any = self.ask(what, lambda: self._client.query(text))
        return int(answer["totalSize"])

    def facts(self, text: str) -> Mapping[str, Any]:
        """Return the first record of a query that an org may well refuse, or an empty mapping."""
        try:
            return next(iter(self.rows("", text)), {})
        except ConfigError:
            return {}

    def identity(self) -> tuple[Mapping[str, Any], str]:
        """Return the OpenID user info (empty where the login's rights do not reach it) and the org's HTTP date."""

        def asked() -> "requests.Response":
            address = f"https://{self.instance}/services/oauth2/userinfo"
            return self._client.session.get(address, headers=self._client.headers, timeout=60)

        answer = self.ask("the user info", asked)
        try:
            found = answer.json() if answer.ok else {}
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}, str(answer.headers.get("Date", ""))

    def ask(self, what: str, call: Callable[[], T]) -> T:
        """Return the answer of a request; raises ConfigError or InfrastructureError in one line."""
        import requests
        from simple_salesforce.exceptions import SalesforceError

        try:
            return call()
        except SalesforceError as error:
            raise _refusal(what, error) from error
        except requests.exceptions.SSLError as error:
            raise ConfigError(
                f"the certificate of {self.instance} cannot be verified: name the file that verifies it with --ca-file"
            ) from error
        except requests.RequestException as error:
            place = f"{self.instance} does not answer ({type(error).__name__})"
            raise InfrastructureError(f"{place}: check the address, then {_AGAIN}") from error


def _refusal(what: str, error: Any) -> ConvsimError:
    code, message = _code_and_message(error)
    if error.status == 401:
        return ConfigError(
            f"login failed or ended ({code}: {message}): give a valid session or credentials; {_AGAIN} with them"
        )
    if error.status >= 500 or code == "REQUEST_LIMIT_EXCEEDED":
        return InfrastructureError(f"{what}: the org answers {code}: {message}; {_AGAIN} later")
    remedy = "a field that was described is not readable any more: begin anew in another folder"
    hint = f"; {remedy}" if code == "INVALID_FIELD" else ""
    return ConfigError(f"{what}: the org answers {code}: {message}{hint}")


def _code_and_message(error: Any) -> tuple[str, str]:
    """Return Salesforce's code and wording; of a query's error the last line, which says what is wrong."""
    try:
        first = error.content[0]
        return str(first["errorCode"]), str(first["message"]).strip().rpartition("\n")[2]
    except (TypeError, KeyError, IndexError):
        return f"HTTP {error.status}", _line(str(error.content))[:200]


def _line(text: str) -> str:
    return " ".join(text.split())
