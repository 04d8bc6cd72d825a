"""Masking: names, e-mail addresses, phone numbers and free text become others of the same form.

A word becomes a made-up word of the same length and the same capitals, a digit of a phone number another digit; the
replacement depends on the text and a secret key alone, so that `Dana Whitfield`, `dana.whitfield@...` and the mention
of Dana in a note still belong together. Ids, numbers, dates, picklist values, states, countries and languages stay.

This hides people from whoever reads or uses the records. It is a pseudonym, not encryption: much text under one key may
be guessed from how often its words occur.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from convsim.org.ids import normal_id

_KEPT_NAMES = ("State", "StateCode", "Country", "CountryCode", "Language", "CurrencyIsoCode", "NamespacePrefix")
_MASKED = frozenset({"string", "textarea", "combobox", "email", "phone", "url"})
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvz"
_EMAIL = r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"\+?\(?\d(?:[ ().\-/]{0,3}\d){6,}"
_ID = r"\b[A-Za-z0-9]{18}\b"
_PIECE = re.compile(rf"(?P<email>{_EMAIL})|(?P<id>{_ID})|(?P<phone>{_PHONE})|(?P<word>[^\W\d_]+)")
_MAX_EMAIL = 80
Described = Mapping[str, Any]


class Mask:
    """Replacements under one key."""

    def __init__(self, key: str) -> None:
        self._key = blake2b(key.encode(), digest_size=32).digest()
        self.word: Callable[[str], str] = lru_cache(maxsize=200_000)(self._word)
        """Give another word of the same length and capitals."""

    def masker(self, field: Described) -> Callable[[str], str] | None:
        """Return what masks the values of a described field, or None when they stay."""
        name = field["name"].removesuffix("__c").removesuffix("__pc")
        if field["type"] not in _MASKED or field["autoNumber"] or name.endswith(_KEPT_NAMES):
            return None
        if field["type"] == "combobox":
            usual = {value["value"] for value in field["picklistValues"]}
            return lambda text: text if text in usual else self.text(text)
        return {"phone": self.phone, "url": self.url}.get(field["type"], self.text)

    def text(self, text: str) -> str:
        """Return the text with its words, e-mail addresses and phone numbers replaced."""
        return _PIECE.sub(self._piece, text)

    def email(self, address: str) -> str:
        """Return an address whose domain nobody can own (RFC 2606); one domain stays one domain."""
        local, _, domain = address.lower().rpartition("@")
        labels = ".".join(map(self._label, domain.split(".")[:-1]))
        host = f"{labels}.example"
        return f"{self._label(local)[: max(1, _MAX_EMAIL - len(host) - 1)]}@{host}"

    def phone(self, number: str) -> str:
        """Return the number with other digits, however it is punctuated; a leading zero stays."""
        digits = "".join(filter(str.isdigit, number))
        drawn = iter(_stretched(self._digest("phone", digits), len(digits)))
        return "".join(_digit(each, next(drawn)) if each.isdigit() else each for each in number)

    def url(self, address: str) -> str:
        """Return the address with other words behind the same scheme."""
        scheme, mark, rest = address.rpartition("://")
        return scheme + mark + self.text(rest)

    def _piece(self, found: re.Match[str]) -> str:
        piece, kind = found.group(), found.lastgroup
        if kind == "id":
            return piece if normal_id(piece) else self._label(piece)
        return {"email": self.email, "phone": self.phone}.get(kind or "", self.word)(piece)

    def _label(self, text: str) -> str:
        return re.sub(r"[^\W\d_]+", lambda found: self.word(found.group()), text)

    def _word(self, word: str) -> str:
        if len(word) == 1:
            return word
        drawn = self._digest("word", word.casefold())
        first = drawn[0] % 2
        letters = [
            (_VOWELS if (place + first) % 2 else _CONSONANTS)[each % (5 if (place + first) % 2 else 16)]
            for place, each in enumerate(_stretched(drawn[1:], len(word)))
        ]
        return "".join(new.upper() if old.isupper() else new for old, new in zip(word, letters, strict=True))

    def _digest(self, kind: str, text: str) -> bytes:
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, person=kind.encode()).digest()


def _stretched(drawn: bytes, length: int) -> bytes:
    return (drawn * (length // len(drawn) + 1))[:length]


def _digit(old: str, drawn: int) -> str:
    return "0" if old == "0" else str(1 + drawn % 9)
