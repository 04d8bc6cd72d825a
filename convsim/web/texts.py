"""Text that somebody else wrote, as something harmless to look at.

Transcripts are data: they are escaped like any text, and what a reader could not see or what would reorder the page is
shown by name (Unicode Technical Report 36, sections 2 and 3).
"""

import re
import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

from convsim.report.conversations import Line, Piece

FOLD = 6_000
"""Characters of a message that are shown before the rest is folded."""
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


def snippet(text: str) -> Markup:
    """Return a search result's excerpt with the words found marked."""
    parts = re.split("\x02(.*?)\x03", text, flags=re.DOTALL)
    marked = [
        Markup("<mark>{}</mark>").format(visible(each)) if n % 2 else visible(each) for n, each in enumerate(parts)
    ]
    return Markup("").join(marked)


def folded(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return what is shown of a message, and the rest."""
    shown: list[Piece] = []
    left = FOLD
    for number, piece in enumerate(pieces):
        if len(piece.text) > left:
            head = Piece(piece.text[:left], piece.mark, piece.title)
            tail = Piece(piece.text[left:], piece.mark, piece.title)
            return (*shown, head), (tail, *pieces[number + 1 :])
        shown.append(piece)
        left -= len(piece.text)
    return tuple(shown), ()


def users(lines: Sequence[Line]) -> dict[int, int]:
    """Return number of the user's message -> index of the message in the conversation."""
    spoken = (index for index, line in enumerate(lines) if line.role == "user")
    return dict(enumerate(spoken))


def _named(character: str) -> Markup:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "control character")
    return Markup('<span class="unseen" title="{} {}">{}</span>').format(code, name.lower(), code)
