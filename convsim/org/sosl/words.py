"""The search text: from the characters between the braces to terms.

Reserved characters must be escaped by a backslash; bare ones are operators or errors (SOQL and SOSL Reference,
"FIND {SearchQuery}"). Words beside each other must all match; AND NOT and AND bind tighter than OR.
"""

import re
from dataclasses import dataclass, field

from convsim.org.errors import SalesforceError
from convsim.org.soql.messages import placed, too_complicated
from convsim.org.sosl.ast import All, Either, Phrase, Term, Word

MAX_NESTING = 30
"""Parentheses inside each other; a real org's own bound is not documented."""
OPERATORS_UP_TO = 4_000
"""In a longer text the operators are dropped and one matching word is enough (SOQL and SOSL Reference, "FIND")."""
NOTHING_BEYOND = 10_000
"""A longer text finds nothing (same place)."""
_RESERVED = r"?&|!{}\[\]()^~*:\\\"'+\-"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<phrase>"(?:[^{_RESERVED}]|[*?]|\\[{_RESERVED}])*")
    |(?P<open>\()|(?P<close>\))
    |(?P<word>(?:[^\s{_RESERVED}]|[*?]|\\[{_RESERVED}])+)""",
    re.VERBOSE,
)
_OPEN_PHRASE = re.compile(rf"\"(?:[^{_RESERVED}]|[*?]|\\[{_RESERVED}])*")
_OPERATORS = frozenset({"AND", "OR", "NOT"})


@dataclass(slots=True)
class _Level:
    """What has been read since the last open parenthesis."""

    alternatives: list[Term] = field(default_factory=list)
    required: list[Term] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    words: list[Term] = field(default_factory=list)
    negated: bool = False
    """AND NOT stands before the words that are being read."""

    def end_words(self) -> None:
        """Join words beside each other to one operand of AND."""
        joined = self.words[0] if len(self.words) == 1 else All(tuple(self.words))
        (self.excluded if self.negated else self.required).append(joined)
        self.words, self.negated = [], False

    def end_alternative(self) -> None:
        """Join operands of AND to one operand of OR."""
        self.end_words()
        alone = len(self.required) == 1 and not self.excluded
        self.alternatives.append(self.required[0] if alone else All(tuple(self.required), tuple(self.excluded)))
        self.required, self.excluded = [], []

    def term(self) -> Term:
        """Return what the whole level means."""
        self.end_alternative()
        return self.alternatives[0] if len(self.alternatives) == 1 else Either(tuple(self.alternatives))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def find_end(text: str, start: int) -> int:
    """Return the place of the closing brace; raises MALFORMED_SEARCH for a character that must be escaped."""
    at = start
    while at < len(text) and text[at] != "}":
        found = _TOKEN.match(text, at)
        if found is None:
            raise _mismatched(text, at)
        at = found.end()
    if at == len(text):
        raise _lexical(text, at, expecting="}")
    return at


def _mismatched(text: str, at: int) -> SalesforceError:
    """Return the error for a reserved character, inside an open phrase too."""
    if text[at] == '"':
        opened = _OPEN_PHRASE.match(text, at)
        end = opened.end() if opened else at
        quoted_end = end >= len(text) or text[end] == "}"
        return _lexical(text, end, expecting='"' if quoted_end else "}")
    return _lexical(text, at, expecting="}")


def _lexical(text: str, at: int, *, expecting: str) -> SalesforceError:
    row, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1
    character = text[at] if at < len(text) else "<EOF>"
    message = f"line {row}:{column} mismatched character '{character}' expecting '{expecting}'"
    return SalesforceError("MALFORMED_SEARCH", placed(text, at - 1, message))


def unexpected(text: str, at: int, token: str) -> SalesforceError:
    """Return the error for a token that cannot stand where it stands."""
    return SalesforceError("MALFORMED_SEARCH", placed(text, max(0, at - 1), f"unexpected token: '{token or '<EOF>'}'"))


def parse_words(text: str, start: int, end: int) -> Term | None:
    """Return the term that stands between two places of a search; raises MALFORMED_SEARCH, INVALID_SEARCH."""
    inner = text[start:end]
    if len(re.sub(r"[*?\"()\s\\]", "", inner)) < 2:
        raise SalesforceError("INVALID_SEARCH", f"search term must be longer than one character: {inner.strip()}")
    if len(inner) > NOTHING_BEYOND:
        return None
    tokens = [
        _Token(found.lastgroup or "", found.group(), found.start()) for found in _TOKEN.finditer(text, start, end)
    ]
    tokens = [each for each in tokens if each.kind != "space"]
    if len(inner) > OPERATORS_UP_TO:
        return _any_word(tokens)
    return _Reader(text, tokens, end).term()


def _any_word(tokens: list[_Token]) -> Term | None:
    words = [_leaf(each) for each in tokens if each.kind in {"word", "phrase"} and each.text.upper() not in _OPERATORS]
    return Either(tuple(words)) if len(words) > 1 else words[0] if words else None


def _leaf(token: _Token) -> Term:
    if token.kind == "phrase":
        return Phrase(token.text[1:-1], token.at)
    return Word(token.text, token.at)


class _Reader:
    """Reads terms from left to right, with a stack of open parentheses in place of recursion."""

    def __init__(self, text: str, tokens: list[_Token], end: int) -> None:
        self._text, self._tokens, self._end = text, tokens, end
        self._levels = [_Level()]
        self._operand_next = True
        """Whether an operator or a closing parenthesis would be misplaced here."""

    def term(self) -> Term:
        place = 0
        while place < len(self._tokens):
            place = self._read(place)
        if self._operand_next or len(self._levels) > 1:
            raise unexpected(self._text, self._end, "}")
        return self._levels[0].term()

    def _read(self, place: int) -> int:
        token = self._tokens[place]
        if token.kind == "open":
            if len(self._levels) > MAX_NESTING:
                raise too_complicated()
            self._levels.append(_Level())
            self._operand_next = True
        elif token.kind == "close":
            self._close(token)
        elif token.kind == "word" and token.text.upper() in _OPERATORS:
            return self._operator(place)
        else:
            self._levels[-1].words.append(_leaf(token))
            self._operand_next = False
        return place + 1

    def _close(self, token: _Token) -> None:
        if self._operand_next or len(self._levels) == 1:
            raise unexpected(self._text, token.at, ")")
        inner = self._levels.pop().term()
        self._levels[-1].words.append(inner)

    def _operator(self, place: int) -> int:
        token, level = self._tokens[place], self._levels[-1]
        word = token.text.upper()
        if self._operand_next or word == "NOT":
            raise unexpected(self._text, token.at, token.text)
        self._operand_next = True
        if word == "OR":
            level.end_alternative()
            return place + 1
        level.end_words()
        following = self._tokens[place + 1] if place + 1 < len(self._tokens) else None
        level.negated = following is not None and following.kind == "word" and following.text.upper() == "NOT"
        return place + 2 if level.negated else place + 1
