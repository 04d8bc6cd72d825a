"""What is said of a call that is not on the cassette: which one, and how it differs from the nearest that is."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

from convsim.models.cassette.tape import Call, Tape
from convsim.models.model import ChatMessage

_SHOWN = 60
"""Characters that are shown of a text, from where the two begin to differ."""


def nearest(tape: Tape, call: Call, messages: Mapping[str, ChatMessage]) -> str:
    """Return one line that names the call and its difference."""
    where = f"in episode {call.episode}" if call.episode else "outside of episodes"
    asked = f"request {call.n + 1} of its kind by the {call.role}, {call.model}, {where}"
    return f"{tape.path} holds no answer for {asked}: {_why(tape, call, messages)}"


def _why(tape: Tape, call: Call, messages: Mapping[str, ChatMessage]) -> str:
    others = [each for each in tape.calls.values() if each.role == call.role]
    same = [each for each in others if each.episode == call.episode]
    twins = [each for each in same if each.request_key == call.request_key]
    if not others:
        return "it holds no call of this role"
    if not same:
        return "it holds none of this role in this episode; was it recorded with the same options, to its end?"
    if twins:
        return f"it was recorded {len(twins)} times"
    best = max(same, key=lambda each: _nearness(tape, each, call, messages))
    return f"the nearest one {_difference(tape, best, call, messages)}"


def _nearness(tape: Tape, held: Call, call: Call, messages: Mapping[str, ChatMessage]) -> tuple[int, bool, float]:
    """Return how many messages are equal, whether the model is, and how alike the first other message is, 0 to 100."""
    from rapidfuzz import fuzz

    place = _common(held.messages, call.messages)
    if place == min(len(held.messages), len(call.messages)):
        return place, held.model == call.model, 100.0
    texts = _text(tape.messages.get(held.messages[place], {})), _text(messages[call.messages[place]])
    return place, held.model == call.model, fuzz.ratio(*texts)


def _text(message: ChatMessage) -> str:
    return str(message.get("content") or message)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _difference(tape: Tape, held: Call, call: Call, messages: Mapping[str, ChatMessage]) -> str:
    for what in ("model", "settings"):
        recorded, now = getattr(held, what), getattr(call, what)
        if recorded != now:
            return f"differs in its {what}: recorded {recorded}, now {now}"
    place, sizes = _common(held.messages, call.messages), (len(held.messages), len(call.messages))
    if place == min(sizes):
        if sizes[0] == sizes[1]:
            return f"differs in tools or format: recorded {_shown(held.rest, call.rest)}"
        return f"has {sizes[0]} messages and this one {sizes[1]}, which is the only difference"
    recorded, now = tape.messages.get(held.messages[place], {}), messages[call.messages[place]]
    if recorded.get("role") != now.get("role"):
        return f"differs in message {place + 1}: recorded by {recorded.get('role')}, now by {now['role']}"
    return f"differs in message {place + 1} ({now['role']}): recorded {_shown(_text(recorded), _text(now))}"


def _shown(recorded: str, now: str) -> str:
    """Return both texts from shortly before they begin to differ."""
    start = max(0, _common(recorded, now) - 10)
    return f"{recorded[start : start + _SHOWN]!r}, now {now[start : start + _SHOWN]!r}"
