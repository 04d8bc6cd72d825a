"""What the model of whole messages makes of one: its class and what it asks for."""

import re
from functools import lru_cache

from convsim.reading.encoder.session import session, vocabulary
from personas.units import UNIT_NAMES

CLASSES = ("answer", "ask", "chat", "explicit_refusal", "not_found", "other_refusal")
LONGEST = 160
"""Tokens of a message that are read."""
_OUTPUTS = (*(f"class:{each}" for each in CLASSES), *(f"unit:{each}" for each in UNIT_NAMES))
_WORD = re.compile(r"[a-zà-ÿ]+|[一-鿿]")
_COMMON = (
    "the you your to are an of for which what i it in do does did this that and can could please how not my we with"
)
_ENGLISH = frozenset(_COMMON.split())
_SHARE = 0.1
"""Share of these words from which a text is English: true of 92% of English messages and 4% of others."""


@lru_cache(maxsize=1024)
def encoded(text: str) -> dict[str, float]:
    """Return what the model makes of a message: log-odds by `class:NAME` and `unit:NAME`, named as the linear ones."""
    ids = vocabulary().encode(text).ids
    (scores,) = session("messages").run(ids if len(ids) <= LONGEST else [*ids[: LONGEST - 1], ids[-1]])
    return dict(zip(_OUTPUTS, scores, strict=True))


def is_english(text: str) -> bool:
    """Tell by its commonest words whether a message is English, which the model knows best."""
    words = _WORD.findall(text.lower())
    return sum(each in _ENGLISH for each in words) >= _SHARE * max(1, len(words))
