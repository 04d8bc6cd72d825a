"""Did the agent ask for what it needed, and for nothing else? Computed from the ledger and the readings of the turns.

R = required units that the opening withheld. Targets = pairs of (asking turn, unit that it names).
"""

from collections.abc import Callable, Iterable
from math import ceil

from convsim.records.verdict import Clarification
from judges.assumptions import assumed_units
from judges.hearing import Heard, Hearing
from judges.standard import Standard
from personas.units import UnitName

Target = tuple[Heard, UnitName]


def clarify(standard: Standard, hearing: Hearing, *, openness: int) -> Clarification:
    """Return all clarification measures of one conversation; `openness` is the persona's units per reply (>= 1)."""
    withheld = hearing.withheld(standard.units)
    asking = [each for each in hearing.heard if each.asks]
    targets = [(each, unit) for each in asking for unit in _units(each)]
    asked = tuple(dict.fromkeys(unit for _, unit in targets))
    recall, precision = _share(withheld, asked), _rate(targets, lambda target: target[1] in withheld)
    return Clarification(
        need=_asked_in_time(hearing, asking) if withheld else None,
        unit_recall=recall,
        unit_precision=precision,
        f1=_f1(recall, precision),
        redundancy=_rate(targets, lambda target: hearing.given(target[1], target[0].turn)) or 0.0,
        retrievable=_rate(targets, lambda target: target[1] in _derivable(standard)) or 0.0,
        vague=sum(not _units(each) for each in asking) / len(asking) if asking else 0.0,
        excess=max(0, _charged(hearing, asking) - ceil(len(withheld) / openness)),
        premature=any(not hearing.given(unit, each.turn) for each in hearing.answers for unit in withheld),
        assumed=assumed_units(standard, hearing),
        acquisition=_acquisition(hearing, withheld),
        asked=asked,
    )


def _units(heard: Heard) -> tuple[UnitName, ...]:
    """Return the units that a message asks for, each once."""
    return tuple(dict.fromkeys(each.unit for each in heard.reading.asked))


def _charged(hearing: Hearing, asking: list[Heard]) -> int:
    """Return how many asking turns count: not those misunderstood, or in which the user forgot something for now."""
    told = {entry.turn for entry in hearing.ledger if entry.event == "released"}
    spared = {entry.turn for entry in hearing.ledger if entry.event == "unclear"} - told
    spared |= {entry.turn for entry in hearing.ledger if entry.reason == "forgot"}
    return sum(each.turn + 1 not in spared for each in asking)


def _asked_in_time(hearing: Hearing, asking: list[Heard]) -> bool:
    """Tell whether the agent asked before it first answered."""
    first = next(iter(hearing.answers), None)
    return bool(asking) and (first is None or asking[0].index < first.index)


def _derivable(standard: Standard) -> frozenset[UnitName]:
    return frozenset(unit.name for unit in standard.units if unit.need == "derivable")


def _acquisition(hearing: Hearing, withheld: tuple[UnitName, ...]) -> float | None:
    """Return which share of R had been released when the last answer was given, or by the end without an answer."""
    last = hearing.last_answer
    turn = last.turn if last else len(hearing.messages)
    return _share(withheld, [unit for unit in withheld if hearing.given(unit, turn)])


def _share(of: Iterable[UnitName], among: Iterable[UnitName]) -> float | None:
    """Return which share of the units is among the others; None when there are none."""
    units = set(of)
    return len(units & set(among)) / len(units) if units else None


def _rate(targets: list[Target], holds: Callable[[Target], bool]) -> float | None:
    return sum(map(holds, targets)) / len(targets) if targets else None


def _f1(recall: float | None, precision: float | None) -> float | None:
    """Return the harmonic mean; 0 when nothing was asked although something was withheld."""
    if recall is None:
        return None
    return 2 * recall * precision / (recall + precision) if precision and recall else 0.0
