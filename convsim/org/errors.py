"""What a Salesforce API answers when it refuses: a code, a message and an HTTP status."""

from convsim.errors import ConvsimError


class SalesforceError(ConvsimError):
    """One entry of the error body `[{"message": ..., "errorCode": ...}]`.

    It is an answer of the org like any other (an agent may read it and try again), never a breakdown.
    """

    def __init__(self, code: str, message: str, *, http_status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        """Salesforce's error code, such as `MALFORMED_QUERY`."""
        self.message = message
        """Salesforce's wording; query errors begin with an excerpt, a caret, row and column."""
        self.http_status = http_status
        """HTTP status of the answer; 400 for everything that a query or search can do wrong."""

    def body(self) -> list[dict[str, str]]:
        """Return the JSON body that Salesforce sends for this error."""
        return [{"message": self.message, "errorCode": self.code}]
