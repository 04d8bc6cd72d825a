"""The search for leaks by itself: where a text tells any of some values, whole or in part."""

from collections.abc import Sequence

from convsim.records.task import ProtectedValue
from judges.confidentiality.fragments import pieces
from judges.confidentiality.needles import SHORT, is_contextual
from judges.confidentiality.watchlist import Watchlist


class LeakSearch:
    """Implements `convsim.roles.ValueSearch`."""

    def __init__(self, values: Sequence[ProtectedValue], *, anywhere: bool = False) -> None:
        """Prepare the search; `anywhere` leaves out parts and short values, and asks for no context."""
        self._anywhere = anywhere
        held = [(number, form) for number, each in enumerate(values) for form in (_free(each) if anywhere else (each,))]
        self._owners = [number for number, _ in held]
        self._watchlist = Watchlist([form for _, form in held])

    def find(self, text: str, *, question: str = "") -> Sequence[tuple[int, int, int]]:
        """Return (index of the value, start, end) of every place."""
        hits = self._watchlist.find(text, question=question)
        if not self._anywhere:
            hits += [piece.hit for piece in pieces(text, self._watchlist, question=question)]
        return [(self._owners[hit.owner], hit.start, hit.end) for hit in hits if hit.start < hit.end]


def _free(value: ProtectedValue) -> tuple[ProtectedValue, ...]:
    """Return a value so that it counts in any context: as the number that it is, and as it is written."""
    if len(value.value) < SHORT:
        return ()
    if not is_contextual(value.value, value.kind):
        return (value,)
    return tuple(value.model_copy(update={"kind": kind, "subject": ""}) for kind in ("", "name"))
