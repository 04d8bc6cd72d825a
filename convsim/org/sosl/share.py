"""How many results each object may give when all together are too many: evenly, and what one leaves others take."""

from collections.abc import Sequence


def shares(found: Sequence[int], limit: int) -> list[int]:
    """Return for each object the number of its results that are kept; together at most `limit`.

    Results are "evenly distributed among the objects" (SOQL and SOSL Reference, "LIMIT"); a remainder goes to the
    objects that are named first.
    """
    kept = [0] * len(found)
    waiting = list(range(len(found)))
    while waiting:
        each, extra = divmod(limit, len(waiting))
        modest = [place for place in waiting if found[place] <= each]
        for place in modest:
            kept[place] = found[place]
            limit -= found[place]
        if not modest:
            for rank, place in enumerate(waiting):
                kept[place] = each + (rank < extra)
            break
        waiting = [place for place in waiting if found[place] > each]
    return kept
