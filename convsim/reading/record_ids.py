"""Record ids in text: found by their form, compared by what they mean (15 characters, or 18 with a check)."""

import re
from collections.abc import Iterable, Iterator

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?(?![A-Za-z0-9])")


def find_ids(text: str, prefixes: Iterable[str] = ()) -> Iterator[re.Match[str]]:
    """Yield what looks like a record id, of one of the key prefixes where any are given."""
    wanted = tuple(prefix.lower() for prefix in prefixes)
    for match in _ID.finditer(text):
        if not wanted or match.group().lower().startswith(wanted):
            yield match


def canonical_id(text: str) -> str:
    """Return the 18-character id that is meant; the text itself where its check characters do not fit.

    Of 18 characters the last three tell which of the others are capitals, so the case of the text is of no account
    (Salesforce Help, "Record IDs").
    """
    if len(text) == 15:
        return text + _checks(text)
    if len(text) != 18 or not set(text[15:].upper()) <= set(_CHECK):
        return text
    restored = "".join(_restore(text[5 * i : 5 * i + 5], _CHECK.index(text[15 + i].upper())) for i in range(3))
    return restored + text[15:].upper() if _checks(restored) == text[15:].upper() else text


def _checks(short: str) -> str:
    chunks = (short[start : start + 5] for start in (0, 5, 10))
    return "".join(_CHECK[sum(1 << i for i, each in enumerate(chunk) if "A" <= each <= "Z")] for chunk in chunks)


def _restore(chunk: str, capitals: int) -> str:
    return "".join(each.upper() if capitals >> i & 1 else each.lower() for i, each in enumerate(chunk))
