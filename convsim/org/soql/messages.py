"""Salesforce's wording of query errors: the excerpt, the caret under the place, row and column, then the text.

Format as seen in real responses: the excerpt reaches 30 characters to both sides of the place and then to the next
white space or comma. A semantic error points at its token and counts columns from 1; a syntax error passes on ANTLR's
column, which counts from 0, so its caret stands one to the left; at the very start of a query it has no place at all.
"""

from convsim.org.errors import SalesforceError

_REACH = 30
_CUSTOM_FIELD = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_CUSTOM_RELATIONSHIP = (
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
    "name. Please reference your WSDL or the describe call for the appropriate names."
)
_CUSTOM_OBJECT = (
    "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


def placed(text: str, position: int, message: str) -> str:
    """Return the message with the excerpt of the query around the position, a caret, row and column (from 1)."""
    start = max(0, position - _REACH)
    while start > 0 and not _breaks(text[start - 1]):
        start -= 1
    end = min(len(text), position + _REACH + 1)
    while end < len(text) and not _breaks(text[end]):
        end += 1
    row = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f"\n{text[start:end]}\n{' ' * (position - start)}^\nERROR at Row:{row}:Column:{column}\n{message}"


def _breaks(character: str) -> bool:
    return character.isspace() or character == ","


def malformed(text: str, position: int, message: str) -> SalesforceError:
    """Return MALFORMED_QUERY at a token."""
    return SalesforceError("MALFORMED_QUERY", placed(text, position, message))


def unexpected(text: str, position: int, token: str) -> SalesforceError:
    """Return the parser's error for a token that cannot stand here; the end of the query is `<EOF>`."""
    return _syntax(text, position, f"unexpected token: '{token or '<EOF>'}'")


def unreadable(text: str, position: int, *, expecting: str = "") -> SalesforceError:
    """Return the lexer's error for a character that begins no token, or that breaks one which expects another."""
    character = f"'{text[position : position + 1] or '<EOF>'}'"
    row, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position) - 1
    problem = f"mismatched character {character} expecting '{expecting}'" if expecting else ""
    return _syntax(
        text, position, f"line {row}:{column} {problem or f'no viable alternative at character {character}'}"
    )


def _syntax(text: str, position: int, message: str) -> SalesforceError:
    return SalesforceError("MALFORMED_QUERY", placed(text, position - 1, message) if position else message)


def no_column(text: str, position: int, *, name: str, sobject: str) -> SalesforceError:
    """Return INVALID_FIELD for a field that the object does not have (or that the session may not see)."""
    return SalesforceError(
        "INVALID_FIELD", placed(text, position, f"No such column '{name}' on entity '{sobject}'. {_CUSTOM_FIELD}")
    )


def no_parent(text: str, position: int, *, name: str) -> SalesforceError:
    """Return INVALID_FIELD for a relationship that a path names and the object does not have."""
    message = f"Didn't understand relationship '{name}' in field path. {_CUSTOM_RELATIONSHIP}"
    return SalesforceError("INVALID_FIELD", placed(text, position, message))


def no_child(text: str, position: int, *, name: str) -> SalesforceError:
    """Return INVALID_TYPE for a child relationship that a subquery names and the object does not have."""
    message = f"Didn't understand relationship '{name}' in FROM part of query call. {_CUSTOM_RELATIONSHIP}"
    return SalesforceError("INVALID_TYPE", placed(text, position, message))


def no_object(text: str, position: int, *, name: str) -> SalesforceError:
    """Return INVALID_TYPE for an object that the org does not have."""
    message = f"sObject type '{name}' is not supported. {_CUSTOM_OBJECT}"
    return SalesforceError("INVALID_TYPE", placed(text, position, message))


def unfit(text: str, position: int, *, name: str, verb: str) -> SalesforceError:
    """Return INVALID_FIELD for a field that can not be `filtered`, `sorted` or `grouped`."""
    return SalesforceError("INVALID_FIELD", placed(text, position, f"field '{name}' can not be {verb} in a query call"))


def wrong_value(text: str, position: int, *, name: str, type_name: str) -> SalesforceError:
    """Return INVALID_FIELD for a literal of another type than its field; only strings are enclosed in quotes."""
    quotes = "should be enclosed in quotes" if type_name == "string" else "should not be enclosed in quotes"
    message = f"value of filter criterion for field '{name}' must be of type {type_name} and {quotes}"
    return SalesforceError("INVALID_FIELD", placed(text, position, message))


def wrong_operator(text: str, position: int, message: str) -> SalesforceError:
    """Return INVALID_QUERY_FILTER_OPERATOR."""
    return SalesforceError("INVALID_QUERY_FILTER_OPERATOR", placed(text, position, message))


def too_complicated() -> SalesforceError:
    """Return QUERY_TOO_COMPLICATED."""
    return SalesforceError(
        "QUERY_TOO_COMPLICATED",
        "Query is either selecting too many fields or the filter conditions are too complicated.",
    )
