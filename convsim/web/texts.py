"""What the viewer's pages show of a text: excerpts with what was searched."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from convsim.report.conversations import Line
from convsim.report.visible import visible


def snippet(text: str) -> Markup:
    """Return a search result's excerpt with the words found marked."""
    parts = re.split("\x02(.*?)\x03", text, flags=re.DOTALL)
    marked = [
        Markup("<mark>{}</mark>").format(visible(each)) if n % 2 else visible(each) for n, each in enumerate(parts)
    ]
    return Markup("").join(marked)


def users(lines: Sequence[Line]) -> dict[int, int]:
    """Return number of the user's message -> index of the message in the conversation."""
    spoken = (index for index, line in enumerate(lines) if line.role == "user")
    return dict(enumerate(spoken))
