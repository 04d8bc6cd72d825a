"""Record ids: 15 characters where case matters, or 18 where the last three tell the case of the others."""

import re

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?")


def to_18(short: str) -> str:
    """Return the 18-character id of a 15-character one: per five characters one that tells which are A-Z."""
    return short + "".join(_CHECK[_capitals(short[start : start + 5])] for start in (0, 5, 10))


def normal_id(text: str) -> str | None:
    """Return the 18-character id that the text means, or None when it is no id.

    An 18-character id is read without regard to case: its last three characters restore it.
    """
    if not text.isascii() or not _ID.fullmatch(text):
        return None
    if len(text) == 15:
        return to_18(text)
    check = text[15:].upper()
    restored = "".join(_restore(text[5 * i : 5 * i + 5], _CHECK.index(check[i])) for i in range(3))
    return restored + check if to_18(restored)[15:] == check else None


def _capitals(chunk: str) -> int:
    return sum(1 << i for i, character in enumerate(chunk) if "A" <= character <= "Z")


def _restore(chunk: str, capitals: int) -> str:
    return "".join(each.upper() if capitals >> i & 1 else each.lower() for i, each in enumerate(chunk))
