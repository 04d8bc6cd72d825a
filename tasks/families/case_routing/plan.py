"""case_routing: a case that is not in the org, told by its text; ties occur at each step."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.org.generate.drafts import case_draft

from convsim.draws import choice, digest, shuffled
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.families.case_routing import solution
from tasks.families.case_routing.oracle import by_tables, pairs, route
from tasks.ground import Ground, agents, employee, managers, products
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_RIVALS = 6
"""Other issues whose texts prove that the description matters."""


class CaseRouting(Plan):
    """Agent who should get a new case."""

    name = "case_routing"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("005",))

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate; the three steps of the policy decide a third of the instances each where they can."""
        del none
        issue, product = self._pair(ground, key)
        rivals = shuffled([each.id for each in ground.latent.issues if each.id != issue], *key, "rivals")[:_RIVALS]
        told = {each: self._told(ground, each, product=product, key=key) for each in (issue, *rivals)}
        subject, body = told[issue]
        slots = {"subject": subject, "body": body}
        forms = [self.wording.fill(each, slots) for each in self.wording.section("descriptions")]
        name = products(ground)[product].name
        return Draft(
            key,
            ground.today,
            employee(choice(managers(ground), *key, "requester")),
            values={"description": _value(subject, body), "product": name},
            forms={"description": tuple(forms), "product": (f"the {name}", name)},
            meaning={_value(*text): each for each, text in told.items()},
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

    def _pair(self, ground: Ground, key: tuple[object, ...]) -> tuple[str, str]:
        by_step = {step: found for step, found in pairs(ground).items() if found}
        # The number is the last but one part of the key: neighbours take turns at the steps.
        steps = sorted(by_step)
        step = steps[(int(str(key[-2])) + digest(*key[:-2])) % len(steps)]
        return choice(by_step[step], *key, "pair")

    def _told(self, ground: Ground, issue: str, *, product: str, key: tuple[object, ...]) -> tuple[str, str]:
        """Return subject and message of a case, which do not name the product."""
        found = case_draft(ground.latent, issue=issue, product=product, key=(*key, issue))
        return found.subject, found.description


def _value(subject: str, body: str) -> str:
    return f"{subject}: {body}"


def _ids(ground: Ground, draft: Draft) -> tuple[str, str]:
    product = next(each.id for each in ground.latent.products if each.name == draft.values["product"])
    return draft.meaning[str(draft.values["description"])], product


PLAN = CaseRouting()
