"""Record ids: 15 characters where case matters, or 18 where the last three tell the case of the others."""

import re

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_CASES = str.maketrans({chr(code): "1" if chr(code).isupper() else "0" for code in range(128) if chr(code).isalnum()})
_CHECK_OF = {f"{place:05b}"[::-1]: character for place, character in enumerate(_CHECK)}
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?")


def to_18(short: str) -> str:
    """Return the 18-character id of a 15-character one: per five characters one that tells which are A-Z."""
    cases = short.translate(_CASES)
    return short + _CHECK_OF[cases[:5]] + _CHECK_OF[cases[5:10]] + _CHECK_OF[cases[10:15]]


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


def _restore(chunk: str, capitals: int) -> str:
    return "".join(each.upper() if capitals >> i & 1 else each.lower() for i, each in enumerate(chunk))
