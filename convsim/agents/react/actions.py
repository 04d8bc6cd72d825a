"""What a model's text says to do: one action out of `<execute>`, `<call>` and `<respond>`, read with tolerance.

Tolerated are code fences around all or around the body, a fenced query without a tag, other letter case, a missing
closing tag, escaped comparison signs in queries, `<think>` for `<thought>`, `<response>` and `<answer>` for
`<respond>`, a thought without its beginning, and several actions, of which the first counts. Text without any tag is
the reply itself.
"""

import ast
import html
import json
import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Execute:
    """Run a query or a search."""

    query: str


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function that the environment offers."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Respond:
    """Say something to the person."""

    text: str
    final: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """No action can be read; says what is wrong, for the reminder."""

    reason: str


Action = Execute | Call | Respond | Malformed

_TAG = re.compile(r"<\s*(execute|call|respond|response|answer)\b[^<>]*>", re.IGNORECASE)
_SAYING = ("respond", "response", "answer")
_BEGUN_BEFORE = re.compile(
    r"(?:(?!<\s*(?:thought|think|execute|call|respond)).)*<\s*/\s*(?:thought|think|thinking)\s*>", re.I | re.S
)
"""A thought whose opening tag the chat template has written."""
_BARE_QUERY = re.compile(r"\s*```\w*\s*((?:SELECT\b|FIND\s*\{)[^`]*)```\s*", re.IGNORECASE)
_THOUGHT = re.compile(r"<\s*(thought|think|thinking)\s*>.*?<\s*/\s*\1\s*>", re.IGNORECASE | re.DOTALL)
_OPEN_THOUGHT = re.compile(r"<\s*/?\s*(?:thought|think|thinking)\s*>", re.IGNORECASE)
_FENCE = re.compile(r"^\s*```[\w-]*[ \t]*\n?|\n?[ \t]*```\s*$")
_FINAL = re.compile(r"<\s*final\s*>(.*?)(?:<\s*/\s*final\s*>|$)", re.IGNORECASE | re.DOTALL)
_STRAY = re.compile(r"<\s*/\s*(?:execute|call|respond|response|answer|final)\s*>", re.I)


def parse(text: str) -> Action:
    """Return the action that the text asks for."""
    rest = _THOUGHT.sub("", text)
    if (begun := _BEGUN_BEFORE.match(rest)) is not None:
        rest = rest[begun.end() :]
    opening = _TAG.search(rest)
    if opening is None:
        return _untagged(rest)
    name = opening[1].lower()
    body = _body(rest[opening.end() :], name)
    if name in _SAYING:
        return _respond(body, after=rest[opening.end() + len(body) :])
    body = _unfenced(body)
    if not body:
        return Malformed(f"<{name}> is empty")
    return Execute(_unescaped(body)) if name == "execute" else _call(_unescaped(body))


def _untagged(text: str) -> Action:
    """Read text without an action: a reply, unless there is nothing to say or only thought."""
    if (bare := _BARE_QUERY.fullmatch(text)) is not None:
        return Execute(bare[1].strip())
    if (opened := _OPEN_THOUGHT.search(text)) and not text[: opened.start()].strip():
        return Malformed("there is a thought but no action")
    return _respond(text, after="") if text.strip() else Malformed("the message is empty")


def _body(text: str, name: str) -> str:
    """Return what stands between the tags; a missing closing tag ends it before the next action or at the end."""
    closing = re.search(rf"<\s*/\s*{name}\s*>", text, re.IGNORECASE)
    following = _TAG.search(text)
    ends = [found.start() for found in (closing, following) if found]
    return text[: min(ends)] if ends else text


def _respond(body: str, *, after: str) -> Action:
    """Return the reply without its structured part, which may also stand behind it."""
    found = _FINAL.search(body) or _FINAL.search(after[: _next_action(after)])
    final = None if found is None else _items(found[1])
    said = _unfenced(_STRAY.sub("", _FINAL.sub("", body))).strip()
    if not said and final is None:
        return Malformed("<respond> is empty")
    return Respond(said or (", ".join(final or ()) or "There is none."), final)


def _next_action(text: str) -> int:
    following = _TAG.search(text)
    return following.start() if following else len(text)


def _items(text: str) -> tuple[str, ...]:
    """Return the answers of a `<final>`: a JSON or Python list, a single value, or a plain list with commas."""
    bare = _unfenced(text)
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(bare)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        values = value if isinstance(value, list | tuple) else [value]
        return tuple(str(each).strip() for each in values if each is not None)
    parts = (part.strip(" \t\n\"'[]") for part in bare.split(","))
    return tuple(part for part in parts if part)


def _call(text: str) -> Action:
    """Read `name(key=literal, ...)` or {"name": ..., "arguments": {...}}."""
    if text.startswith("{"):
        return _json_call(text)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)) or tree.args:
            return Malformed('<call> needs name(argument="value", ...) with named arguments')
        named = {each.arg: ast.literal_eval(each.value) for each in tree.keywords if each.arg}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Malformed(f"<call> cannot be read: {error}")
    return Call(tree.func.id, named)


def _json_call(text: str) -> Action:
    try:
        value = json.loads(text)
        return Call(str(value["name"]), dict(value.get("arguments") or {}))
    except (ValueError, KeyError, TypeError) as error:
        return Malformed(f"<call> cannot be read: {error}")


def _unfenced(text: str) -> str:
    """Return the text without a code fence around it."""
    bare = text.strip()
    return _FENCE.sub("", bare).strip() if "```" in bare else bare


def _unescaped(text: str) -> str:
    return html.unescape(text) if re.search(r"&(?:lt|gt|amp|quot|#39|apos);", text) else text
