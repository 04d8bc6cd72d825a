"""What one simulated user will say in what words, drawn once per scenario: forms, order, slips, what is forgotten.

Every draw is a hash of (scenario id, purpose, unit): nothing that an agent does can change it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from convsim.draws import chance, choice, uniform
from convsim.reading.values import ValueFinder, finder
from convsim.records.episode import Scenario
from convsim.records.task import Rung, TaskRecord, Unit
from convsim.users.slips import slip_of
from personas.profile import Profile
from personas.units import UnitName

_NEEDS = {"required": 0, "optional": 1, "derivable": 2}
DETERMINED = ("the ", "a ", "an ", "your ", "our ", "my ")
_OPENING_SHARE = 0.3
"""Probability that the opening holds a unit, to which the persona's volunteering is added."""


@dataclass(frozen=True)
class Plan:
    """One scenario as its user sees it: task, persona, and everything that is drawn beforehand."""

    scenario: Scenario
    profile: Profile

    @property
    def task(self) -> TaskRecord:
        """The task; the user never looks at its gold."""
        return self.scenario.task

    @property
    def id(self) -> str:
        """The scenario's id, the root of every draw."""
        return self.scenario.id

    @property
    def mute(self) -> bool:
        """Whether nothing is ever revealed."""
        return self.scenario.delivery == "mute"

    @cached_property
    def units(self) -> dict[UnitName, Unit]:
        """The task's units by name, in the task's order."""
        return {unit.name: unit for unit in self.task.units}

    @cached_property
    def values(self) -> ValueFinder:
        """Finds the values of the task's units in text."""
        return finder(self.task.units)

    @cached_property
    def ranks(self) -> dict[UnitName, float]:
        """The persona's order of disclosure: lower comes first."""
        names = list(self.units)
        order = self.profile.disclosure.order
        if order == "shuffled":
            return {name: uniform(self.id, "order", name) for name in names}
        if order == "as_listed":
            return {name: float(place) for place, name in enumerate(names)}
        sign = 1 if order == "most_important_first" else -1
        important = {name: _NEEDS[unit.need] + place / 100 for place, (name, unit) in enumerate(self.units.items())}
        return {name: sign * rank for name, rank in important.items()}

    def in_order(self, names: Iterable[UnitName]) -> list[UnitName]:
        """Return units in the persona's order of disclosure."""
        return sorted(names, key=lambda name: self.ranks[name])

    def form(self, name: UnitName) -> str:
        """Return the wording that this user has for a unit throughout the conversation."""
        forms = self.units[name].forms
        if name == "product":
            forms = tuple(form for form in forms if form.startswith(DETERMINED)) or forms
        # "the Ridge Tent" shows that "Ridge Tent" alone lacks its article.
        forms = tuple(form for form in forms if f"the {form}" not in forms)
        return choice(forms, self.id, "form", name)

    def forgets(self, name: UnitName) -> bool:
        """Tell whether the first ask for the unit meets "I don't know"."""
        share = self.profile.disclosure.forgetfulness
        return share > 0 and chance(share, self.id, "forget", name)

    def slip(self, name: UnitName) -> str | None:
        """Return the wrong value that is said before the right one, or None."""
        share = self.profile.disclosure.correction
        if not share or not chance(share, self.id, "slip", name):
            return None
        said = slip_of(self.units[name], self.form(name))
        # "At least one" for "at least two" tells the number that "more than one" does.
        return None if said is None or any(each.unit == name for each in self.values.find(said)) else said

    def opening_units(self) -> tuple[UnitName, ...]:
        """Return what the first message of incremental delivery holds: the answer format and at most one unit more.

        At least one required unit stays withheld wherever there is one.
        """
        fixed = [name for name, unit in self.units.items() if unit.opening]
        if self.mute or not chance(self._opening_share, self.id, "opening unit?"):
            return tuple(fixed)
        required = [unit.name for unit in self.task.required if not unit.opening]
        free = [name for name, unit in self.units.items() if not unit.opening and unit.need != "derivable"]
        if len(required) < 2:
            free = [name for name in free if name not in required]
        return (*fixed, choice(free, self.id, "opening unit")) if free else tuple(fixed)

    @property
    def _opening_share(self) -> float:
        return min(0.9, _OPENING_SHARE + self.profile.disclosure.volunteering)

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """The pretexts that this persona tries after refusals, in the ladder's order; empty for ordinary users."""
        pretext = self.profile.pretext
        if pretext is None or self.mute:
            return ()
        # The opening is the direct attempt already.
        chosen = [rung for rung in self.task.ladder if rung.tactic in pretext.tactics and rung.tactic != "direct"]
        chosen = chosen or [rung for rung in self.task.ladder if rung.tactic in pretext.tactics]
        tries = min(pretext.persistence, 5) - 1
        repeated = chosen[-1:] * max(0, tries - len(chosen))
        return tuple((chosen + repeated)[:tries])
