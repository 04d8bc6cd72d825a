"""What every construct is read with: the current token, names, paths, functions and string escapes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from convsim.org.errors import SalesforceError
from convsim.org.soql.ast import Call, Distance, Expression, Path
from convsim.org.soql.messages import too_complicated, unexpected, unreadable
from convsim.org.soql.tokens import Token, tokenize

MAX_NESTING = 60
"""Brackets and subqueries inside each other; a real org's own bound is not documented."""
NOT_ALIASES = frozenset(
    (
        *("AND", "AS", "ASC", "DESC", "EXCLUDES", "FIRST", "FOR", "FROM", "GROUP", "HAVING", "IN", "INCLUDES"),
        *("LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "UPDATE", "USING", "WHERE", "WITH"),
    )
)
"""Words that cannot be an alias (SOQL and SOSL Reference, "Alias Notation") or that begin a clause."""
NOT_NAMES = NOT_ALIASES - {"GROUP"} | {"TRUE", "FALSE", "BY"}
"""Words that cannot be a field's name."""
_ESCAPE = re.compile(r"\\(?:[uU]([0-9a-fA-F]{4})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", '"': '"', "'": "'", "\\": "\\"}


class Reader:
    """A place in the tokens of a text."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self._tokens = tokenize(text, start)
        self._next = 0
        self._depth = 0
        self.now = self._tokens[0]
        """The token that is read next."""

    def peek(self, distance: int) -> Token:
        """Return a token further on; behind the end it is the end."""
        return self._tokens[min(self._next + distance, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the current token and move on."""
        token = self.now
        if token.kind != "end":
            self._next += 1
            self.now = self._tokens[self._next]
        return token

    def accept(self, word: str) -> bool:
        """Move on when the current token is this keyword or sign; return whether it was."""
        if self.now.word != word:
            return False
        self.take()
        return True

    def expect(self, word: str) -> Token:
        """Return the keyword or sign that must stand here; raises SalesforceError when another does."""
        if self.now.word != word:
            raise self.refusal()
        return self.take()

    def refusal(self) -> SalesforceError:
        """Return the error for the current token."""
        return unexpected(self.text, self.now.at, self.now.text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting; raises SalesforceError when there are too many."""
        if self._depth >= MAX_NESTING:
            raise too_complicated()
        self._depth += 1
        yield
        self._depth -= 1

    def take_name(self) -> Token:
        """Return a name without dots."""
        if self.now.kind != "name" or "." in self.now.text:
            raise self.refusal()
        return self.take()

    def path(self) -> Path:
        """Read a field or a way to one; keywords are none, but words such as `Group` and `Order` are."""
        token = self.now
        if token.kind != "name" or token.word in NOT_NAMES:
            raise self.refusal()
        self.take()
        return Path(tuple(token.text.split(".")), token.at)

    def expression(self) -> Expression:
        """Read a path, a function with at most one function inside, or DISTANCE."""
        if self.now.word == "DISTANCE" and self.peek(1).word == "(":
            return self._distance()
        return self._call(levels=2)

    def _call(self, *, levels: int) -> Path | Call:
        token = self.now
        path = self.path()
        if self.now.word != "(" or not levels:
            return path
        if len(path.parts) > 1:
            raise self.refusal()
        self.take()
        argument = self._call(levels=levels - 1)
        self.expect(")")
        return Call(token.word, argument, token.at, token.text)

    def _distance(self) -> Distance:
        at = self.take().at
        self.expect("(")
        path = self.path()
        self.expect(",")
        self.expect("GEOLOCATION")
        self.expect("(")
        latitude = self._number()
        self.expect(",")
        longitude = self._number()
        self.expect(")")
        self.expect(",")
        if self.now.kind != "string":
            raise self.refusal()
        unit = unescaped(self.text, self.take())
        self.expect(")")
        return Distance(path, latitude, longitude, unit, at)

    def _number(self) -> str:
        if self.now.kind != "number":
            raise self.refusal()
        return self.take().text


def mended(text: str) -> str:
    """Return the text with halves of UTF-16 pairs joined, or replaced where they stand alone: no text can hold them."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def unescaped(text: str, token: Token) -> str:
    """Return a string's value; raises SalesforceError for `\\%` and `\\_`, which belong to LIKE alone."""
    inner = token.text[1:-1]
    if "\\" not in inner:
        return inner

    def resolve(match: re.Match[str]) -> str:
        code, letter = match.groups()
        if code:
            return chr(int(code, 16))
        if letter in "%_":
            raise unreadable(text, token.at + 1 + match.start(2))
        return _ESCAPED[letter if letter in _ESCAPED else letter.lower()]

    return mended(_ESCAPE.sub(resolve, inner))


def unescaped_pattern(token: Token) -> str:
    """Return the value of a string after LIKE, with `\\` kept before `%`, `_` and `\\` that stand for themselves."""

    def resolve(match: re.Match[str]) -> str:
        code, letter = match.groups()
        if code:
            return chr(int(code, 16)).replace("\\", "\\\\")
        return match.group() if letter in "%_\\" else _ESCAPED[letter if letter in _ESCAPED else letter.lower()]

    return mended(_ESCAPE.sub(resolve, token.text[1:-1]))
