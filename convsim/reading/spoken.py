"""What of an agent's message is said to the user, when the message is wrapped in a protocol: JSON, or a trace.

What is not said (thoughts, actions, observations, braces, control keys) is blanked out character by character, so that
places in the result are places in the message. Formats: ReAct traces (Yao et al. 2023) and JSON replies as models give
them when nobody asked.
"""

import json
import re

_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?')
_SILENT = frozenset(
    {
        "thought", "thoughts", "reasoning", "tool", "tool_name", "action", "name", "role",
        "type", "status", "code", "confidence", "intent", "step", "of", "id",
    }
)  # fmt: skip
"""Keys whose values are not said."""
_SAY = re.compile(
    r"(?:^|\n)\W*(?:respond|response|reply|final(?:\s+answer)?|answer|say|message\s+to\s+(?:the\s+)?user)\b\W{0,4}:\W{0,3}"
    r"|</?respond>|(?<=\n)action\s+input\s*:"
    r"|(?:^|\n)\W*action\s*:\s*\w*(?:ask|respond|repl|answer|say|clarif|message|finish)\w*\s*[\[({]+\s*[\"']?",
    re.IGNORECASE,
)
_TRACE = re.compile(
    r"(?:^|\n)\W*(?:thoughts?|actions?|observations?|plan|reasoning)\s*:|</?(?:think|thought|execute|call)>",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"<(think|thought|execute|call)>.*?</\1>", re.IGNORECASE | re.DOTALL)


def spoken(text: str) -> str:
    """Return the message with all but what is said to the user blanked out; as long as the message."""
    if text.lstrip()[:1] in ("{", "[", "`") and (inner := _json(text)) is not None:
        return inner
    return _said(text) if _TRACE.search(text) else text


def _said(text: str) -> str:
    """Blank out what stands before the last place that begins the reply, and closed thoughts."""
    plain = _CLOSED.sub(_blank, text)
    places = list(_SAY.finditer(plain))
    if places and plain[places[-1].end() :].strip():
        end = places[-1].end()
        return _blanks(plain[:end]) + plain[end:]
    opened = [each for each in places if plain[each.end() :].strip()]
    if opened:
        end = opened[-1].end()
        return _blanks(plain[:end]) + re.sub(r"</?respond>", _blank, plain[end:], flags=re.IGNORECASE)
    return plain if plain.strip() else text


def _json(text: str) -> str | None:
    """Return the strings of a JSON reply that are said, each on a line of its own; None for what is no JSON."""
    fenced = _FENCED.match(text)
    start, end = fenced.span(1) if fenced else (0, len(text))
    try:
        value = json.loads(text[start:end])
    except ValueError:
        return None
    if not isinstance(value, dict | list):
        return None
    out = list(_blanks(text))
    key = ""
    for found in _STRING.finditer(text, start, end):
        if found.group(2):
            key = found.group(1).lower()
            if key not in _SILENT:
                _write(out, found, end=":")
        elif key not in _SILENT:
            _write(out, found, end="\n")
    said = "".join(out)
    return said if said.strip() else text


def _write(out: list[str], found: re.Match[str], *, end: str) -> None:
    """Put a string into the blanks, words joined by underscores apart, and its end where its closing quote stood."""
    start, stop = found.span(1)
    said = re.sub(r"\\.", "  ", found.group(1)).replace("_", " ")
    out[start:stop] = said
    out[stop] = end


def _blank(found: re.Match[str]) -> str:
    return _blanks(found.group())


def _blanks(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
