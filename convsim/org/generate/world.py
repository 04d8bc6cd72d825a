"""The org while it is being made: the facts so far, the rows so far, and what every maker needs."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from convsim.org.generate.content import names
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import (
    AccountFact,
    AgentFact,
    ArticleFact,
    CaseFact,
    DealFact,
    IdentityFact,
    IssueFact,
    LeadFact,
    OrgType,
    ProductFact,
    TerritoryFact,
)
from convsim.org.generate.mint import Mint
from convsim.org.generate.policy import BantFact, InsightFact, OfferFact, RuleFact, SolutionFact, Stage, WorkFact
from convsim.org.generate.sizes import size
from convsim.org.schema.load import built_in_schema

Row = dict[str, Any]


@dataclass
class World:
    """Facts and rows of one org; each maker reads what earlier ones left and adds its own."""

    org_type: OrgType
    seed: int
    scale: float
    mint: Mint = field(init=False)
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    agents: list[AgentFact] = field(default_factory=list)
    service: list[AgentFact] = field(default_factory=list)
    """The service agents, busiest first."""
    territories: list[TerritoryFact] = field(default_factory=list)
    products: list[ProductFact] = field(default_factory=list)
    issues: list[IssueFact] = field(default_factory=list)
    accounts: list[AccountFact] = field(default_factory=list)
    contacts: list[IdentityFact] = field(default_factory=list)
    leads: list[LeadFact] = field(default_factory=list)
    deals: list[DealFact] = field(default_factory=list)
    cases: list[CaseFact] = field(default_factory=list)
    articles: list[ArticleFact] = field(default_factory=list)
    rules: list[RuleFact] = field(default_factory=list)
    """The rules of the house; without their articles until these are made."""
    solutions: list[SolutionFact] = field(default_factory=list)
    offers: list[OfferFact] = field(default_factory=list)
    bants: list[BantFact] = field(default_factory=list)
    works: list[WorkFact] = field(default_factory=list)
    insights: list[InsightFact] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)
    """The true stages of the deals by id."""
    since: dict[str, int] = field(default_factory=dict)
    """Day of history on which an account or contact was created, by id."""
    entries: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    """PricebookEntry id and list price by (Pricebook2 id, Product2 id)."""
    pricebooks: list[str] = field(default_factory=list)
    """The standard price book and the one for partners or members."""
    industry: dict[str, str] = field(default_factory=dict)
    """Industry of a firm by its name (b2b)."""
    sellers: dict[str, tuple[list[str], list[float]]] = field(default_factory=dict)
    """Users and their weights by state: who sells there."""

    def __post_init__(self) -> None:
        self.mint = Mint(self.org_type, self.seed)
        self._prefixes = {each.name: each.prefix for each in built_in_schema()}
        self._taken: set[str] = set()

    def size(self, object_name: str) -> int:
        """Return how many records the object gets."""
        return size(self.org_type, object_name, self.scale)

    def draw(self, purpose: str, *index: object) -> Draw:
        """Return the draws of one thing."""
        return Draw(self.org_type, self.seed, purpose, *index)

    def new_id(self, object_name: str, index: int) -> str:
        """Return the id of the index-th record of an object."""
        return self.mint.make(self._prefixes[object_name], index)

    def person(self, draw: Draw) -> tuple[str, str]:
        """Return a first and last name that nobody else in this org has."""
        for attempt in range(1000):
            first, last = draw.pick(names("given"), ("given", attempt)), draw.pick(names("family"), ("family", attempt))
            if attempt > 20:
                last = f"{last}-{draw.pick(names('family'), ('second', attempt))}"
            if first != last and self.take(f"{first} {last}"):
                return first, last
        raise AssertionError("no free name: add given or family names")

    def take(self, name: str) -> bool:
        """Reserve a name; return False when it was taken before."""
        if name in self._taken:
            return False
        self._taken.add(name)
        return True

    @cached_property
    def agent(self) -> dict[str, AgentFact]:
        """The users by id."""
        return {each.id: each for each in self.agents}

    @cached_property
    def account(self) -> dict[str, AccountFact]:
        """The accounts by id."""
        return {each.id: each for each in self.accounts}

    @cached_property
    def contact(self) -> dict[str, IdentityFact]:
        """The contacts by id."""
        return {each.id: each for each in self.contacts}

    @cached_property
    def order_number(self) -> dict[str, str]:
        """The numbers of the orders by id."""
        return {each.order.id: each.order.number for each in self.deals if each.order is not None}

    @cached_property
    def rule_for(self) -> dict[tuple[str, str], RuleFact]:
        """The rules by kind and product family, as they were before their articles."""
        return {(rule.kind, family): rule for rule in self.rules for family in rule.families}

    @cached_property
    def effective(self) -> dict[str, date]:
        """The days on which the orders took effect, by the order's id."""
        return {each.order.id: each.order.effective for each in self.deals if each.order is not None}

    @cached_property
    def solution(self) -> dict[str, SolutionFact]:
        """What may be offered, by the issue's id."""
        return {each.issue: each for each in self.solutions}

    @cached_property
    def first_line(self) -> dict[str, str]:
        """The product on the first line of each deal, by the deal's id."""
        lines = reversed(self.rows["OpportunityLineItem"])
        return {row["OpportunityId"]: row["Product2Id"] for row in lines}

    @cached_property
    def lead_city(self) -> dict[str, str]:
        """The cities of the leads by id."""
        return {row["Id"]: row["City"] for row in self.rows["Lead"]}

    @cached_property
    def issue(self) -> dict[str, IssueFact]:
        """The issues by id."""
        return {each.id: each for each in self.issues}

    @cached_property
    def product(self) -> dict[str, ProductFact]:
        """The products by id."""
        return {each.id: each for each in self.products}
