"""The guidance library of our families: what `convsim.roles.GuidanceLibrary` asks for."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from convsim.errors import unknown
from convsim.guidance.functions import GuidanceFunction, offer
from convsim.guidance.query import query_on
from convsim.records.guidance import Subroutines
from tasks.families.best_region_identification.guidance import best_region
from tasks.families.conversion_rate_comprehension.guidance import conversion_rate_agent
from tasks.families.handle_time.guidance import handle_time_agent
from tasks.families.top_issue_identification.guidance import top_issue
from tasks.families.transfer_count.guidance import transfer_count_agent
from tasks.ground import ground
from tasks.guidance.composed import composed_of
from tasks.guidance.demonstration import Kind, demonstration, lines_of
from tasks.guidance.faults import SUBROUTINES_WITH_FAULTS
from tasks.guidance.own import own_parts
from tasks.guidance.subroutines import SUBROUTINES
from tasks.guidance.trials import Outcome, tried

if TYPE_CHECKING:
    from convsim.roles import World

_FUNCTIONS: dict[str, Callable[..., list[str]]] = {
    "handle_time": handle_time_agent,
    "transfer_count": transfer_count_agent,
    "top_issue_identification": top_issue,
    "best_region_identification": best_region,
    "conversion_rate_comprehension": conversion_rate_agent,
}


class Library:
    """Functions, parts and demonstrations of the seen families."""

    seen = tuple(_FUNCTIONS)
    unseen = ("monthly_trend_analysis", "sales_amount_understanding", "sales_cycle_understanding")

    def functions(self) -> Sequence[GuidanceFunction]:
        """Return the task-specific functions."""
        return _functions()

    def subroutines(self, chosen: Subroutines) -> Sequence[GuidanceFunction]:
        """Return the chosen parts; raises ConfigError for a file that cannot be used."""
        return _parts(chosen)

    def composed(self, chosen: Subroutines) -> Sequence[str]:
        """Return the functions as they are put together of the chosen parts."""
        return composed_of({each.name for each in _parts(chosen)})

    def demonstration(self, family: str, world: "World", kind: Kind) -> str:
        """Return a family's demonstration, executed on the org; raises ConfigError for a family that is not seen."""
        if family not in self.seen:
            raise unknown("family for the worked example", family, self.seen)
        return _shown(family, world, kind)

    def sentences(self, family: str, kind: Kind) -> Sequence[str]:
        """Return what people wrote for a demonstration."""
        return lines_of(family, kind)

    def trials(self, chosen: Subroutines, world: "World") -> Sequence[Outcome]:
        """Return how the parts fare against the oracle on an org; one that a file lacks fails."""
        return _tried(chosen, world)


@cache
def _functions() -> tuple[GuidanceFunction, ...]:
    return tuple(offer(each) for each in _FUNCTIONS.values())


@cache
def _parts(chosen: Subroutines) -> tuple[GuidanceFunction, ...]:
    if chosen.source:
        return own_parts(chosen.source, file=chosen.name)
    sets: dict[str, tuple[Callable[..., Any], ...]] = {"correct": SUBROUTINES, "seeded-faults": SUBROUTINES_WITH_FAULTS}
    if chosen.name not in sets:
        raise unknown("subroutines", chosen.name, sets, remedy="or give a Python file")
    return tuple(offer(each) for each in sets[chosen.name])


_shown_texts: dict[tuple[str, str, str, str], str] = {}


def _shown(family: str, world: "World", kind: Kind) -> str:
    key = (family, world.name, world.content_hash, kind)
    if key not in _shown_texts:
        _shown_texts[key] = demonstration(family, ground(world), query_on(world.connect()), kind)
    return _shown_texts[key]


def _tried(chosen: Subroutines, world: "World") -> list[Outcome]:
    found = list(tried(_parts(chosen), ground(world), query_on(world.connect())))
    offered = {each.name for each in _parts(chosen)}
    return found + [Outcome(each.__name__, passed=False) for each in SUBROUTINES if each.__name__ not in offered]


library = Library()
