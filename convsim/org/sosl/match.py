"""Terms to FTS5 expressions: words are split on punctuation, compared without regard to case, wildcards expanded.

The index knows tokens (runs of letters and digits, diacritics removed). No stemming, synonyms or ranking: which of
them a real org applies is not specified.
"""

import re
import unicodedata
from collections.abc import Iterable

from convsim.org.soql.messages import too_complicated
from convsim.org.sosl.ast import All, Either, Group, Phrase, Term
from convsim.org.store import Store

MOST_EXPANSIONS = 5_000
"""Different tokens that one wildcard may stand for; further ones are left out."""
MOST_BRACKETS = 28
"""Brackets inside each other that FTS5's parser takes (its stack holds 100 symbols, three per bracket)."""
_BRACKET = re.compile(r"[()]")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_BREAKS = re.compile(r"[\W_]+")
_BREAKS_BUT_WILD = re.compile(r"(?:(?![*?])[\W_])+")
_COLUMNS: dict[Group, str] = {
    "ALL": "",
    "NAME": "{name} : ",
    "EMAIL": "{email} : ",
    "PHONE": "{phone} : ",
    "SIDEBAR": "{name email phone} : ",
}
"""Sidebar search looks at the fields that a quick search shows: names, e-mails and phones."""


def expression(store: Store, term: Term | None, group: Group) -> str | None:
    """Return what to MATCH against the table `search`, or None when nothing can match.

    Raises QUERY_TOO_COMPLICATED for a term of too many brackets.
    """
    inner = _compile(store, term) if term is not None else None
    if inner is not None and _depth(inner) > MOST_BRACKETS:
        raise too_complicated()
    return f"{_COLUMNS[group]}({inner})" if inner else None


def _depth(text: str) -> int:
    """Return how many brackets are open at most; brackets of the text itself are none, they break words."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket == "(" else -1
        deepest = max(deepest, depth)
    return deepest


def _compile(store: Store, term: Term) -> str | None:
    """Return the expression; None for a term that matches no record. Depth is bounded by the parser."""
    match term:
        case All():
            return _all(store, term)
        case Either():
            found = [each for part in term.parts if (each := _compile(store, part))]
            return _joined(found, "OR") if found else None
        case Phrase():
            tokens = _BREAKS.split(_ESCAPED.sub(" ", term.text))
            words = " ".join(filter(None, tokens))
            return f'"{words}"' if words else None
        case _:
            return _word(store, term.text)


def _all(store: Store, term: All) -> str | None:
    required = [_compile(store, part) for part in term.parts]
    if not all(required):
        return None
    excluded = [each for part in term.excluded if (each := _compile(store, part))]
    wanted = _joined([each for each in required if each], "AND")
    return f"({wanted} NOT {_joined(excluded, 'OR')})" if excluded else wanted


def _joined(parts: list[str], operator: str) -> str:
    return parts[0] if len(parts) == 1 else f"({f' {operator} '.join(parts)})"


def _word(store: Store, text: str) -> str | None:
    """Return the expression for all tokens of a word, none of which may be missing."""
    tokens = [token for token in _BREAKS_BUT_WILD.split(_ESCAPED.sub(" ", text)) if token.strip("*?")]
    if not tokens:
        return None
    found = [_token(store, token) for token in tokens]
    return _joined([each for each in found if each], "AND") if all(found) else None


def _token(store: Store, token: str) -> str | None:
    """Return the expression for one token. A wildcard in front has no effect: it may stand in the middle or at the end
    only (SOQL and SOSL Reference, "Wildcards")."""
    token = re.sub(r"\*+", "*", token.lstrip("*?"))
    literal = token.rstrip("*")
    if "*" not in literal and "?" not in literal:
        return f'"{literal}"{" *" if token != literal else ""}'
    words = list(_expansions(store, token))
    return _joined([f'"{word}"' for word in words], "OR") if words else None


def _expansions(store: Store, token: str) -> Iterable[str]:
    """Return the tokens of the index that a pattern matches, in alphabetical order."""
    wanted = folded(token)
    prefix = re.split(r"[*?]", wanted)[0]
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(each) or re.escape(each) for each in wanted), re.DOTALL)
    rows = store.select(
        "SELECT term FROM search_vocabulary WHERE term >= ? AND term <= ?", (prefix, prefix + "\U0010ffff")
    )
    found = [term for (term,) in rows if pattern.fullmatch(term)]
    return found[:MOST_EXPANSIONS]


def folded(text: str) -> str:
    """Return the text as the index writes it: lower case, without diacritics."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
