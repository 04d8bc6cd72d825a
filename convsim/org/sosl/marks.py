"""WITH HIGHLIGHT and WITH SNIPPET: the found words in `<mark>` tags, as further keys of a record.

SOQL and SOSL Reference, "WITH HIGHLIGHT" (names, e-mails and text fields of standard and custom objects) and "WITH
SNIPPET" (articles: `snippet.text` of about the target length around the first match, and the title highlighted).
"""

import html
import re
from typing import Any

from convsim.org.schema.model import Schema
from convsim.org.sosl.ast import All, Either, Phrase, Term, With
from convsim.org.sosl.match import folded

SNIPPET_LENGTH, SHORTEST, LONGEST = 300, 50, 1_000
"""Characters of a snippet by default, and the bounds of `target_length`."""
_MARKED_TYPES = frozenset({"string", "textarea", "email", "combobox", "picklist"})
_TOKEN = re.compile(r"[^\W_]+")
_LENGTH = re.compile(r"\d+")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
Record = dict[str, Any]


class Marker:
    """Adds marked texts to the records of one search."""

    def __init__(self, term: Term, schema: Schema, *, snippet: With | None, highlight: bool) -> None:
        self._schema = schema
        self._pattern = re.compile("|".join(sorted(_patterns(term))) or r"(?!)")
        self._highlight = highlight
        self._snippet = _target_length(snippet) if snippet else 0

    def marked(self, record: Record) -> Record:
        """Return the record with keys `highlight.<Field>` and `snippet.text` where words were found."""
        sobject = self._schema.object(record["attributes"]["type"])
        if sobject is None:
            return record
        texts = {
            field.name: value
            for field in sobject.fields
            if field.type in _MARKED_TYPES and isinstance(value := record.get(field.name), str)
        }
        article = bool(self._snippet) and sobject.name.endswith("__kav")
        title = {"Title"} if article else set()
        added: Record = {}
        for name, text in texts.items():
            if (self._highlight or name in title) and (shown := self._mark(text)):
                added[f"highlight.{name}"] = shown
        body = [text for name, text in texts.items() if name not in title]
        if article and (piece := next(filter(None, map(self._piece, body)), None)):
            added["snippet.text"] = piece
        return {**record, **added} if added else record

    def _places(self, text: str) -> list[tuple[int, int]]:
        tokens = _TOKEN.finditer(text)
        return [each.span() for each in tokens if self._pattern.fullmatch(folded(each.group()))]

    def _mark(self, text: str, start: int = 0, end: int | None = None) -> str:
        """Return the escaped text with its found words marked, or an empty text when there are none."""
        end = len(text) if end is None else end
        places = [(first, last) for first, last in self._places(text) if first >= start and last <= end]
        if not places:
            return ""
        parts, at = [], start
        for first, last in places:
            parts += [html.escape(text[at:first], quote=False), f"<mark>{html.escape(text[first:last])}</mark>"]
            at = last
        return "".join(parts) + html.escape(text[at:end], quote=False)

    def _piece(self, text: str) -> str:
        """Return the part of the text around the first found word, cut at white space."""
        places = self._places(text)
        if not places:
            return ""
        start = max(0, places[0][0] - self._snippet // 3)
        while start > 0 and not text[start - 1].isspace():
            start -= 1
        end = min(len(text), start + self._snippet)
        while end < len(text) and not text[end].isspace():
            end += 1
        return self._mark(text, start, end)


def _target_length(snippet: With) -> int:
    found = _LENGTH.search(snippet.detail)
    return min(max(int(found.group()[:9]), SHORTEST), LONGEST) if found else SNIPPET_LENGTH


def _patterns(term: Term) -> set[str]:
    """Return regular expressions for the folded tokens that the term looks for."""
    match term:
        case All(parts) | Either(parts):
            return set().union(*map(_patterns, parts))
        case Phrase(text):
            return {re.escape(each) for each in _TOKEN.findall(folded(_ESCAPED.sub(" ", text)))}
        case _:
            words = re.findall(r"(?:[^\W_]|[*?])+", folded(_ESCAPED.sub(" ", term.text)))
            wild = {"*": ".*", "?": "."}
            found = (each.lstrip("*?") for each in words)
            return {"".join(wild.get(sign) or re.escape(sign) for sign in each) for each in found if each}
