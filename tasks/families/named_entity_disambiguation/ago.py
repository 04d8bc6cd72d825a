"""How long ago a purchase was, exactly to the day, and how people say it."""

from typing import Literal, NamedTuple

from convsim.draws import choice
from tasks.numerals import counted

Span = Literal["day", "week", "month"]
_DAYS: dict[Span, int] = {"day": 1, "week": 7, "month": 30}
_MOST: dict[Span, int] = {"day": 99, "week": 15, "month": 18}
_SPANS: tuple[Span, ...] = ("day", "week", "month", "month")


class Ago(NamedTuple):
    """A number of days, weeks of 7 or months of 30 days."""

    number: int
    span: Span

    @property
    def days(self) -> int:
        """The same in days."""
        return self.number * _DAYS[self.span]

    @property
    def forms(self) -> tuple[str, ...]:
        """Wordings: "exactly three months ago", "90 days ago to the day"."""
        said = [counted(self.number, self.span, words=words) for words in (True, False)]
        if self.span != "day":
            said.append(counted(self.days, "day", words=False))
        spread = [form for each in said for form in (f"exactly {each} ago", f"{each} ago to the day")]
        return tuple(dict.fromkeys(spread))


def drawn(most: int, *key: object) -> Ago | None:
    """Return an offset of two or more units and at most so many days, or None when there is no room."""
    span = choice(_SPANS, *key, "span")
    counts = range(2, min(_MOST[span], most // _DAYS[span]) + 1)
    return Ago(choice(counts, *key, "count"), span) if counts else None
