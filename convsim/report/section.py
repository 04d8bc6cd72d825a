"""One section of the report: a table, a figure and the data under both, or why it is left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from convsim.records.episode import Episode
from convsim.report.statistics import Estimate

Datum = Mapping[str, str | int | float | None]
"""A line of a section's CSV; shares lie in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one heading of the page stands over."""

    id: str
    """Name of its files: `<id>.svg` and `<id>.csv`."""
    title: str
    note: str
    """What its numbers mean."""
    headings: Sequence[str] = ()
    lines: Sequence[Sequence[str]] = ()
    """Cells of the table as text, one sequence a line."""
    svg: str = ""
    data: Sequence[Datum] = field(default_factory=list)
    words: bool = False
    """Whether the table holds words, which stand left, instead of numbers."""
    folded: bool = False
    """Whether the table is opened by the reader, as it is under a figure."""
    missing: str = ""
    """Why there is nothing to show; then there is neither table nor figure."""


def by_agent(episodes: Iterable[Episode]) -> dict[str, list[Episode]]:
    """Return agent and delivery -> its valid episodes, in order of first appearance.

    The delivery stands in the name only where there are several.
    """
    valid = [each for each in episodes if each.transcript is not None and each.transcript.valid]
    found: dict[str, list[Episode]] = {}
    for name, each in named(valid):
        found.setdefault(name, []).append(each)
    return found


def named(episodes: Sequence[Episode]) -> Iterator[tuple[str, Episode]]:
    """Yield every episode with its agent's name, the delivery in it where there are several."""
    several = len({each.scenario.delivery for each in episodes}) > 1
    for each in episodes:
        yield f"{each.agent.name} ({each.scenario.delivery})" if several else each.agent.name, each


def numbers(estimate: Estimate) -> dict[str, int | float | None]:
    """Return n, mean and the ends of the interval as columns."""
    return {"n": estimate.n, "mean": estimate.mean, "low": estimate.low, "high": estimate.high}


def share(estimate: Estimate | None) -> str:
    """Return a share in per cent with its interval and n; `-` where there is none."""
    if estimate is None or estimate.mean is None:
        return "-"
    return f"{100 * estimate.mean:.1f}{_ends(estimate, 100, 0)} n={estimate.n}"


def amount(estimate: Estimate, digits: int = 1) -> str:
    """Return an amount with its interval; `-` where there is none."""
    return "-" if estimate.mean is None else f"{estimate.mean:,.{digits}f}{_ends(estimate, 1, digits)}"


def _ends(estimate: Estimate, factor: int, digits: int) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f" [{factor * estimate.low:,.{digits}f}, {factor * estimate.high:,.{digits}f}]"
