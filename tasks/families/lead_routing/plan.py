"""lead_routing: a lead that is not in the org, its region and the cut-off for accepted quotes."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.org.generate.drafts import lead_draft
from dateutil.relativedelta import relativedelta

from convsim.draws import chance, choice, digest, shuffled
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import ORIGIN, Window, bounds, up_to
from tasks.families.lead_routing import solution
from tasks.families.lead_routing.oracle import by_tables, route, states
from tasks.ground import Ground, agents, employee, managers
from tasks.places import state_forms
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_LATEST = 120
_WARM_UP = 400
"""Days of history before the earliest cut-off: with too few quotes everybody ties."""
_NEXT_STEP = 0.4
"""Share of the instances that are to be decided by the third step."""


class LeadRouting(Plan):
    """Agent who should get a new lead."""

    name = "lead_routing"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("005",))
    least_required = 2

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate that the wanted step of the policy decides."""
        del none
        today = ground.today - timedelta(days=digest(*key, "today") % _LATEST)
        window = _cut_off(ground, today, key)
        state = choice(states(ground), *key, "state")
        wanted = 3 if chance(_NEXT_STEP, *key[:-1], "step") else 2
        if route(ground, state, window.end).step != wanted:
            return None
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
        for number in range(20):
            yield _cut_off(ground, draft.today, (*draft.key, "rival window", number)).value

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


def _cut_off(ground: Ground, today: date, key: tuple[object, ...]) -> Window:
    """Return everything up to a day of the past, mostly the end of a month."""
    earliest = ground.latent.history_start + timedelta(days=_WARM_UP)
    day = earliest + timedelta(days=digest(*key, "cut-off") % max(1, (today - earliest).days - 31))
    if chance(0.7, *key, "end of month"):
        day += relativedelta(day=31)
    return up_to(day)


PLAN = LeadRouting()
