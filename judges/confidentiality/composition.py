"""Values told in pieces: the union of all messages of a conversation tells what no single message does."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from judges.confidentiality.fragments import Piece, core
from judges.confidentiality.watchlist import Hit, Watchlist

Told = tuple[int, Piece]
"""Index of the message, and the piece that it tells."""


def composed(told: Sequence[Told], watchlist: Watchlist) -> list[tuple[int, Hit]]:
    """Return (message, hit) for every value whose characters are all told by pieces of at least two messages.

    The hit lies at the piece that completes the value.
    """
    by_owner: dict[int, list[Told]] = defaultdict(list)
    for message, piece in told:
        if piece.covers is not None:
            by_owner[piece.hit.owner].append((message, piece))
    found = ((owner, _completing(own, len(core(watchlist.values[owner])))) for owner, own in by_owner.items())
    return [(last[0], last[1].hit._replace(form="composed", partial=False)) for _, last in found if last]


def _completing(told: Sequence[Told], length: int) -> Told | None:
    covered: set[int] = set()
    for message, piece in told:
        covered.update(range(*_both(piece.covers)))
        if len(covered) == length:
            return (message, piece) if len(_messages(told, until=message)) > 1 else None
    return None


def _messages(told: Iterable[Told], *, until: int) -> set[int]:
    return {message for message, _ in told if message <= until}


def _both(covers: tuple[int, int] | None) -> tuple[int, int]:
    return covers or (0, 0)
