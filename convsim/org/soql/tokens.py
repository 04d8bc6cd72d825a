"""Text to tokens, each with the place where it starts; the lexer's own errors are raised here."""

import re
from typing import Literal, NamedTuple

from convsim.org.soql.messages import unreadable

Kind = Literal["name", "string", "number", "date", "datetime", "time", "sign", "end"]


class Token(NamedTuple):
    """One token. `word` is the upper-case text of a name, and the text itself for a sign; empty for values."""

    kind: Kind
    text: str
    at: int
    word: str


_PATTERN = re.compile(
    r"""(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    |(?P<string>'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*')
    |(?P<datetime>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d(?![Tt]\d))
    |(?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d))
    |(?P<number>(?!\d{4}-\d\d-\d\d[Tt]\d)[+-]?(?:\d+(?:\.\d+)?|\.\d+))
    |(?P<sign><=|>=|<>|!=|[=<>(),:*;.])
    """,
    re.VERBOSE | re.ASCII,
)
_SPACE = re.compile(r"[ \t\r\n\f]*")
_BAD_ESCAPE = re.compile(r"\\(?![nrtbNRTB\"'\\%_]|[uU][0-9a-fA-F]{4})")
_OPEN_STRING = re.compile(r"'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*")
_UNZONED = re.compile(r"\d{4}-\d\d-\d\d[Tt](?:\d\d(?::(?:\d\d(?::(?:\d\d(?:\.\d*)?)?)?)?)?)?", re.ASCII)


def tokenize(text: str, start: int = 0) -> list[Token]:
    """Return the tokens from a place on and one of kind `end`; raises SalesforceError for characters that form none."""
    tokens: list[Token] = []
    match, space, at = _PATTERN.match, _SPACE.match, 0
    at = space(text, start).end()  # type: ignore[union-attr]
    while at < len(text):
        found = match(text, at)
        if found is None:
            raise _error(text, at)
        kind: Kind = found.lastgroup  # type: ignore[assignment]
        value = found.group()
        if kind == "string" and "\\" in value:
            _check_escapes(text, value, at=at)
        tokens.append(Token(kind, value, at, value.upper() if kind == "name" else value if kind == "sign" else ""))
        at = space(text, found.end()).end()  # type: ignore[union-attr]
    tokens.append(Token("end", "", len(text), ""))
    return tokens


def _check_escapes(text: str, value: str, *, at: int) -> None:
    pairs = re.sub(r"\\\\", "..", value)
    bad = _BAD_ESCAPE.search(pairs)
    if bad:
        raise unreadable(text, at + bad.end())


def _error(text: str, at: int) -> Exception:
    character = text[at]
    if character == "'":
        opened = _OPEN_STRING.match(text, at)
        return unreadable(text, opened.end() if opened else at, expecting="'")
    if character == "!":
        return unreadable(text, at + 1, expecting="=")
    unzoned = _UNZONED.match(text, at)
    return unreadable(text, unzoned.end() if unzoned else at)
