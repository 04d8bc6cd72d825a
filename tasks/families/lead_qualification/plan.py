"""lead_qualification: what a lead told in its calls, held against price list and installation times."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import choice, shuffled
from convsim.org.generate.policy import FACTORS, BantFact
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.families.lead_qualification.solution import qualify
from tasks.families.lead_qualification.tables import by_tables
from tasks.ground import Ground, employee, managers
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


class LeadQualification(Plan):
    """Factors in which a lead fails: none, one or two of four."""

    name = "lead_qualification"
    folder = Path(__file__).parent
    answer = Answer(kind="label", labels=FACTORS, none=True)
    can_be_none = True

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: first the factors that are to fail, then a lead."""
        patterns = _patterns(ground)
        fails = () if none else choice([each for each in sorted(patterns) if each], *key, "fails")
        lead = choice(patterns[fails], *key, "lead")
        return Draft(
            key,
            ground.today,
            employee(choice(managers(ground), *key, "requester")),
            values={"record": lead},
            forms={"record": (lead,)},
        )

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the factors by the latent facts."""
        bant = _bants(ground)[str(draft.values["record"])]
        figures = f"{bant.budget} dollars for {bant.price}, {bant.days} days for {bant.least_days}"
        reason = f"fails in {', '.join(bant.fails)}" if bant.fails else "nothing fails, the lead is qualified"
        return Ruling(bant.fails, f"{reason} ({figures})")

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the factors by the tables."""
        return by_tables(ground, str(draft.values["record"]))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield other leads with calls."""
        yield from shuffled(sorted(_bants(ground)), *draft.key, "rival", unit)

    def policy(self, draft: Draft) -> str:
        """Return what the four factors are."""
        del draft
        return text(self.folder / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the factors through the API."""
        del record
        return qualify(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: no lead suggests itself."""
        del record, unit
        return None


@cache
def _bants(ground: Ground) -> dict[str, BantFact]:
    return {each.lead: each for each in ground.latent.bants}


@cache
def _patterns(ground: Ground) -> dict[tuple[str, ...], list[str]]:
    """Return the leads by what they fail in."""
    found: dict[tuple[str, ...], list[str]] = {}
    for bant in ground.latent.bants:
        found.setdefault(bant.fails, []).append(bant.lead)
    return found


PLAN = LeadQualification()
