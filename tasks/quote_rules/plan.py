"""The plan of the families that hold a quote against the rules of the house, each in its own aspect."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.draws import chance, choice, shuffled
from convsim.org.generate.latent import QuoteFact
from convsim.org.generate.policy import KINDS, Aspect, RuleFact
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.ground import Ground, employee, managers
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.quote_rules.solution import judge
from tasks.quote_rules.tables import by_tables
from tasks.wording import text, wording

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_OTHER: dict[Aspect, Aspect] = {"discounts": "configuration", "configuration": "discounts"}
_TEMPTING = 0.6
"""Share of the instances with gold "none" whose quote breaks a rule of the other aspect."""


class QuotePlan(Plan):
    """Article that a quote violates, or none."""

    aspect: ClassVar[Aspect]
    answer = Answer(kind="id", prefixes=("ka0",), none=True)
    can_be_none = True
    prefers_required = True

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: first the rule that is to be broken, then a quote that breaks it."""
        quote = self._quote(ground, key, none=none)
        shared = wording(Path(__file__).parent / "wording.yaml")
        forms = {each: tuple(shared.group("aspects")[each]) for each in KINDS}
        return Draft(
            key,
            ground.today,
            employee(choice(managers(ground), *key, "requester")),
            values={"record": quote, "aspect": self.aspect},
            forms={"record": (quote,), "aspect": forms[self.aspect]},
        )

    def _quote(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> str:
        own, other = (_broken(ground, each) for each in (self.aspect, _OTHER[self.aspect]))
        if none and not chance(_TEMPTING, *key, "tempting"):
            return choice(_clean(ground), *key, "quote")
        broken = other if none else own
        return choice(broken[choice(sorted(broken), *key, "rule")], *key, "quote")

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the article of the planted breach, if it is one of the aspect's rules."""
        quote = _quotes(ground)[str(draft.values["record"])]
        rule = None if quote.breach is None else _rules(ground)[quote.breach]
        if rule is None:
            return Ruling((), f"quote {quote.number} keeps to all rules")
        if rule.kind not in KINDS[_aspect(draft.values["aspect"])]:
            return Ruling((), f"quote {quote.number} breaks only '{rule.key}', which is not the aspect asked for")
        return Ruling((rule.article,), f"quote {quote.number} breaks '{rule.key}'")

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the articles by the tables."""
        return by_tables(ground, str(draft.values["record"]), str(draft.values["aspect"]))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield the other aspect; quotes that break other rules of the aspect."""
        if unit == "aspect":
            yield _OTHER[self.aspect]
            return
        broken = [quote for own in _broken(ground, self.aspect).values() for quote in own]
        yield from shuffled(sorted(broken), *draft.key, "rival record")

    def policy(self, draft: Draft) -> str:
        """Return which articles hold the rules and how they are applied."""
        del draft
        return text(Path(__file__).parent / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the article through the API."""
        del record
        return judge(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: no quote suggests itself, and without an aspect both are looked at."""
        del record, unit
        return None


def _aspect(value: UnitValue) -> Aspect:
    return "discounts" if value == "discounts" else "configuration"


@cache
def _quotes(ground: Ground) -> dict[str, QuoteFact]:
    return {quote.id: quote for deal in ground.latent.deals for quote in deal.quotes}


@cache
def _rules(ground: Ground) -> dict[str, RuleFact]:
    return {rule.key: rule for rule in ground.latent.rules}


@cache
def _broken(ground: Ground, aspect: Aspect) -> dict[str, list[str]]:
    """Return the quotes that break a rule of the aspect, by the rule's key."""
    found: dict[str, list[str]] = {}
    for quote in _quotes(ground).values():
        if quote.breach is not None and _rules(ground)[quote.breach].kind in KINDS[aspect]:
            found.setdefault(quote.breach, []).append(quote.id)
    return found


@cache
def _clean(ground: Ground) -> list[str]:
    return [quote.id for quote in _quotes(ground).values() if quote.breach is None]
