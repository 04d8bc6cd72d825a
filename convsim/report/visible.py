"""Text that somebody else wrote, as something harmless to look at.

Transcripts are data: they are escaped like any text, and what a reader could not see or what would reorder the page is
shown by name (Unicode Technical Report 36, sections 2 and 3).
"""

import re
import unicodedata

from markupsafe import Markup, escape

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: str) -> Markup:
    """Return the text as HTML in which characters that cannot be seen, or that turn the direction, stand by name."""
    parts, place = [], 0
    for found in _UNSEEN.finditer(text):
        parts += [escape(text[place : found.start()]), _named(found.group())]
        place = found.end()
    return Markup("").join([*parts, escape(text[place:])])


def _named(character: str) -> Markup:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "control character")
    return Markup('<span class="unseen" title="{} {}">{}</span>').format(code, name.lower(), code)
