"""The last step of a reference solution that compares: which of the figures is the extreme one."""

from collections.abc import Iterable, Mapping

from tasks.plan import Values


def extreme(figures: Mapping[str, float], *, highest: bool) -> tuple[str, ...]:
    """Return whoever has the highest or lowest figure, or nothing when there are no figures."""
    if not figures:
        return ()
    return ((max if highest else min)(sorted(figures), key=figures.__getitem__),)


def wants_highest(values: Values) -> bool:
    """Return whether the told direction is the highest."""
    return values["direction"] == "highest"


def means(figures: Mapping[str, Iterable[float]]) -> dict[str, float]:
    """Return the mean of each group."""
    found = {name: list(each) for name, each in figures.items()}
    return {name: sum(each) / len(each) for name, each in found.items()}
