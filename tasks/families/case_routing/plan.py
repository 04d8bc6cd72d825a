"""case_routing: a case that is not in the org, told by its text; ties occur at each step."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import choice, digest, shuffled
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.families.case_routing import solution
from tasks.families.case_routing.oracle import by_tables, pairs, route, troubles
from tasks.families.case_routing.telling import told
from tasks.ground import Ground, agents, employee, managers, products
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.products import product_forms
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_RIVALS = 3
"""Other issues whose texts prove that the description matters."""
_STEPS = (1, 2, 1, 3, 1, 2)
"""Which step of the policy decides, in turn."""
_PATIENCE = 30
"""Candidates for one step before the next one has its turn."""


class CaseRouting(Plan):
    """Agent who should get a new case."""

    name = "case_routing"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("005",))

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate; the three steps of the policy all decide some of the instances."""
        del none
        pair = self._pair(ground, key)
        if pair is None:
            return None
        issue, product = pair
        others = [each for each in troubles(ground, product) if each != issue]
        rivals = shuffled(others, *key, "rivals")[:_RIVALS]
        texts = {each: told(ground, each, product=product, key=key) for each in (issue, *rivals)}
        subject, body = texts[issue]
        slots = {"subject": subject, "body": body}
        forms = [self.wording.fill(each, slots) for each in self.wording.section("descriptions")]
        named = products(ground)[product]
        return Draft(
            key,
            ground.today,
            employee(choice(managers(ground), *key, "requester")),
            values={"description": _value(subject, body), "product": named.name},
            forms={"description": tuple(forms), "product": product_forms(named)},
            meaning={_value(*each): issue for issue, each in texts.items()},
        )

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the agent by the latent facts; clear when one active agent is left."""
        standing = route(ground, *_ids(ground, draft))
        clear = len(standing.agents) == 1 and agents(ground)[standing.agents[0]].active
        return Ruling(standing.agents, f"step {standing.step}: {standing.reason}", clear)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the agent by SQL."""
        return by_tables(ground, *_ids(ground, draft))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield texts of other issues, names of other products."""
        if unit == "description":
            yield from draft.meaning
        else:
            yield from shuffled([each.name for each in ground.latent.products], *draft.key, "rival product")

    def policy(self, draft: Draft) -> str:
        """Return the three steps."""
        del draft
        return text(self.folder / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the agent by SOQL, the issue read out of the description."""
        del record
        return solution.route(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: nobody can guess what a case is about."""
        del record, unit
        return None

    def _pair(self, ground: Ground, key: tuple[object, ...]) -> tuple[str, str] | None:
        """Return issue and product: the number has its turn at a step, attempts that fail move on to the next one."""
        *rest, number, attempt = key
        turn = int(str(number)) + digest(*rest) + int(str(attempt)) // _PATIENCE
        options = pairs(ground)[_STEPS[turn % len(_STEPS)]] or pairs(ground)[1]
        return choice(options, *key, "pair") if options else None


def _value(subject: str, body: str) -> str:
    return f"{subject}: {body}"


def _ids(ground: Ground, draft: Draft) -> tuple[str, str]:
    product = next(each.id for each in ground.latent.products if each.name == draft.values["product"])
    return draft.meaning[str(draft.values["description"])], product


PLAN = CaseRouting()
