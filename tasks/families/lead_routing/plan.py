"""lead_routing: a lead that is not in the org, its region and the cut-off for accepted quotes."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import chance, choice, digest, shuffled
from convsim.org.generate.drafts import lead_draft
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import ORIGIN, bounds, up_to
from tasks.families.lead_routing import solution
from tasks.families.lead_routing.oracle import by_tables, openings, route, states
from tasks.ground import Ground, agents, employee, managers
from tasks.places import state_forms
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_LATEST = 120


class LeadRouting(Plan):
    """Agent who should get a new lead."""

    name = "lead_routing"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("005",))
    least_required = 2

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: first the agent who is to win, then a state and a cut-off that make it so."""
        del none
        today = ground.today - timedelta(days=digest(*key, "today") % _LATEST)
        found = openings(ground)
        winner = choice(sorted(found), *key, "winner")
        state, end = choice(_preferred(found[winner], key), *key, "opening")
        if end > today or not agents(ground)[winner].active:
            return None
        window = up_to(end - timedelta(days=1))
        product = choice(ground.latent.products, *key, "product").id
        lead = lead_draft(ground.latent, state=state, product=product, key=key)
        return Draft(
            key,
            today,
            employee(choice(managers(ground), *key, "requester")),
            values={"region": state, "window": window.value},
            forms={"region": state_forms(state), "window": window.forms},
            slots={
                "person": lead.name,
                "who": f"{lead.name} of {lead.company}" if lead.company else lead.name,
                "interest": lead.interest,
            },
        )

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the agent by the latent facts; clear when one active user is left."""
        standing = route(ground, str(draft.values["region"]), bounds(str(draft.values["window"]))[1])
        clear = len(standing.agents) == 1 and agents(ground)[standing.agents[0]].active
        reason = f"step {standing.step}: {standing.quotes} accepted quotes, {standing.leads} unconverted leads"
        return Ruling(standing.agents, reason, clear)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the agent by SQL."""
        return by_tables(ground, str(draft.values["region"]), bounds(str(draft.values["window"])))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield today as the cut-off, other ends of months, other states."""
        if unit == "region":
            yield from shuffled(states(ground), *draft.key, "rival region")
            return
        yield _everything(draft.today)
        ends = sorted({end for each in openings(ground).values() for _, end in each if end <= draft.today})
        yield from (f"{ORIGIN}/{end}" for end in shuffled(ends, *draft.key, "rival window"))

    def policy(self, draft: Draft) -> str:
        """Return the three steps."""
        del draft
        return text(self.folder / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the agent by SOQL."""
        del record
        return solution.route(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return everything up to today for the cut-off; no region suggests itself."""
        return _everything(record.today) if unit == "window" else None


def _everything(today: date) -> str:
    return f"{ORIGIN}/{today}"


def _preferred(found: list[tuple[str, date]], key: tuple[object, ...]) -> list[tuple[str, date]]:
    """Return mostly the openings at the end of a month: that is how people name a cut-off."""
    ends = [each for each in found if each[1].day == 1]
    return ends if ends and chance(0.7, *key, "end of month") else found


PLAN = LeadRouting()
