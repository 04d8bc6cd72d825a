"""The rules of `asking.yaml` that lead from concepts to units, read once."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from convsim.reading.concepts import Mention
from convsim.reading.lexicon import load
from personas.units import UnitName


class Condition(NamedTuple):
    """So many mentions of one of the concepts; zero means that there must be none."""

    concepts: frozenset[str]
    times: int


class Rule(NamedTuple):
    """Under a key (a question word, a head noun or nothing) and conditions, a unit."""

    key: str
    conditions: tuple[Condition, ...]
    unit: UnitName

    def used(self, told: Sequence[Mention]) -> list[Mention] | None:
        """Return the mentions that fulfil the conditions, each of which fulfils only one; None if they do not."""
        taken: list[Mention] = []
        for concepts, times in self.conditions:
            fitting = [each for each in told if each not in taken and each.concepts & concepts]
            if (fitting and not times) or len(fitting) < times:
                return None
            taken += fitting[:times]
        return taken


@cache
def keyed(section: str) -> dict[str, list[Rule]]:
    """Return the rules `key: conditions -> unit` of a section by key."""
    rules: dict[str, list[Rule]] = {}
    for line in load("asking")[section]:
        key, rest = line.split(":")
        conditions, unit = rest.split("->")
        rules.setdefault(key, []).append(Rule(key, _conditions(conditions), unit.strip()))
    return rules


@cache
def unkeyed(section: str) -> tuple[Rule, ...]:
    """Return the rules `unit <- conditions` of a section in order."""
    lines = [line.split("<-") for line in load("asking")[section]]
    return tuple(Rule("", _conditions(conditions), unit.strip()) for unit, conditions in lines)


def _conditions(text: str) -> tuple[Condition, ...]:
    return tuple(_condition(each.strip()) for each in text.split(",") if each.strip())


def _condition(text: str) -> Condition:
    if text.startswith("!"):
        return Condition(frozenset(text[1:].split("|")), 0)
    times, _, names = text.rpartition(" ")
    return Condition(frozenset(names.split("|")), int(times or 1))
