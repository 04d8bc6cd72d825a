"""Every change is refused: the org is read-only for whoever comes through the API."""

from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.rest.message import Answer

WRITE_STATUS = 403
"""Status of a refused change: "The request has been refused" (REST API Developer Guide, "Status Codes")."""
_CODE, _MESSAGE = "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"


def refused() -> Answer:
    """Return the answer to a change of one record, as a user without edit permission gets it."""
    return Answer([{"message": _MESSAGE, "errorCode": _CODE, "fields": []}], WRITE_STATUS)


def refused_error() -> SalesforceError:
    """Return the same refusal as an error, for the parts of a composite call."""
    return SalesforceError(_CODE, _MESSAGE, http_status=WRITE_STATUS)


def refused_each(count: int) -> Answer:
    """Return the answer to a change of several records: one refusal each, status 200 for the whole."""
    error: dict[str, Any] = {"statusCode": _CODE, "message": _MESSAGE, "fields": []}
    return Answer([{"success": False, "errors": [error]} for _ in range(count)])
