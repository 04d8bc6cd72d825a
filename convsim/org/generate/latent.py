"""What is true of a generated org, apart from its tables: the facts from which rows, texts and golds are made.

No query can reach these facts: they lie in a file of their own beside the store. A task family computes its gold from
them (the latent oracle) and again from the tables (the SQL oracle); both must agree.

All instants are aware UTC datetimes with whole seconds, strictly before `Latent.today` 00:00Z. Ids have 18 characters.
Money is in the org's one currency (US dollars), with at most two decimals.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from convsim.org.generate.policy import BantFact, InsightFact, OfferFact, RuleFact, SolutionFact, WorkFact

if TYPE_CHECKING:
    from pydantic import TypeAdapter

OrgType = Literal["b2b", "b2c"]
Role = Literal["service", "sales", "manager"]
Audience = Literal["public", "partner", "internal"]


@dataclass(frozen=True, slots=True)
class AgentFact:
    """A User of the org. Managers own no record, but every user may sit in a territory."""

    id: str
    name: str
    email: str
    role: Role
    """`service` users own cases; `sales` users own accounts, contacts, leads and opportunities."""
    active: bool
    pace: float
    """Service: factor on the handling time of a case (1 = typical, smaller is faster). Sales: the same on a deal's
    days from creation to signature."""
    skill: float
    """Sales: factor on the chance that a lead converts. Service: factor on the chance to hand a case over."""


@dataclass(frozen=True, slots=True)
class ProductFact:
    """A Product2 that is sold, with the ways in which a customer who forgot its name describes it."""

    id: str
    name: str
    family: str
    price: float
    """List price of one unit in the standard price book."""
    kind: str
    """What it is, as a noun phrase without article, lower case: `handheld scanner`."""
    vague: tuple[str, ...]
    """Descriptions with their article that fit this product and no other: `the small scanner with the dock`."""


@dataclass(frozen=True, slots=True)
class IssueFact:
    """An Issue__c: the kind of trouble that a case is about."""

    id: str
    name: str
    description: str
    key: str
    """Name of this issue in the text grammar; pass the whole fact to `texts.cases`."""


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An Account: a business (b2b), or a person account (b2c, exactly one contact)."""

    id: str
    name: str
    state: str
    """ShippingState, two letters."""
    city: str
    phone: str
    owner: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IdentityFact:
    """A Contact and who may be told about it: the identity graph."""

    id: str
    account: str
    first: str
    last: str
    email: str
    phone: str
    state: str
    """MailingState of the contact = ShippingState of its account."""
    delegate: str | None
    """Contact who may be told this contact's personal data too (Contact.Delegate__c), or None."""
    namesake: str | None
    """Another contact with the same or nearly the same name, in another account (a distractor), or None."""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    @property
    def may_see(self) -> tuple[str, ...]:
        """Contacts entitled to this contact's personal data: the contact itself and its delegate.

        Orders and cases belong to the account: in b2b every contact of the same account may see them.
        """
        return (self.id,) if self.delegate is None else (self.id, self.delegate)


@dataclass(frozen=True, slots=True)
class Ownership:
    """One `Owner Assignment` row of CaseHistory__c: who got the case, and when."""

    agent: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A Case with all of its owners."""

    id: str
    number: str
    subject: str
    issue: str
    product: str
    order_item: str
    order: str
    account: str
    contact: str
    state: str
    """ShippingState of the account."""
    created: datetime
    closed: datetime | None
    """None unless status is `Closed`."""
    status: Literal["New", "Working", "Waiting on Customer", "Escalated", "Closed"]
    owners: tuple[Ownership, ...]
    """In order of time; the first since the creation, the last is Case.OwnerId. Consecutive agents differ."""

    @property
    def owner(self) -> str:
        """The agent who has the case now, or had it when it was closed."""
        return self.owners[-1].agent

    @property
    def transferred(self) -> bool:
        """True when more than one Owner Assignment row exists."""
        return len(self.owners) > 1

    @property
    def handle_seconds(self) -> float | None:
        """Seconds from creation to closing, None while open."""
        return None if self.closed is None else (self.closed - self.created).total_seconds()


@dataclass(frozen=True, slots=True)
class LeadFact:
    """A Lead: who asked, from where, for what, and whether it was converted."""

    id: str
    first: str
    last: str
    company: str | None
    """None in b2c."""
    state: str
    interest: str
    """Product2 id that the lead asks about."""
    owner: str
    created: datetime
    converted: date | None
    """ConvertedDate; None unless converted. Never before the day of `created`."""
    account: str | None
    """ConvertedAccountId; None unless converted."""
    contact: str | None
    """ConvertedContactId; None unless converted."""


@dataclass(frozen=True, slots=True)
class LineFact:
    """A line of a quote or an order: record id, Product2 id, units and price of one unit after discount."""

    id: str
    product: str
    quantity: int
    unit_price: float
    discount: int = 0
    """Percent off the list price."""


@dataclass(frozen=True, slots=True)
class QuoteFact:
    """A Quote of a deal. `created` is its CreatedDate, the date that counts in lead routing."""

    id: str
    number: str
    status: Literal["Draft", "In Review", "Presented", "Accepted", "Rejected", "Denied"]
    created: datetime
    lines: tuple[LineFact, ...]
    competing: Literal["written", "spoken", "reseller"] | None = None
    """Which competing offer the description notes: shown in writing, only spoken of, or one by our own resellers."""
    breach: str | None = None
    """Key of the one rule that the quote breaks; None when it keeps to all of them."""


@dataclass(frozen=True, slots=True)
class ContractFact:
    """A Contract of a won deal; the deal counts as signed on `company_signed`."""

    id: str
    start: date
    customer_signed: date
    company_signed: date
    months: int


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An Order (Status `Activated`, or `Draft` while not yet released) with its items; bought on `effective`."""

    id: str
    number: str
    account: str
    contact: str
    """The contact who bought (the opportunity's contact)."""
    status: Literal["Draft", "Activated"]
    effective: date
    lines: tuple[LineFact, ...]


@dataclass(frozen=True, slots=True)
class DealFact:
    """An Opportunity with its quotes and, once it is won, its contract and order."""

    id: str
    name: str
    owner: str
    account: str
    contact: str
    amount: float
    stage: Literal["Qualification", "Discovery", "Quote", "Negotiation", "Closed"]
    won: bool
    """Closed with an order (Probability 100); a lost deal is Closed with Probability 0."""
    created: datetime
    close: date
    quotes: tuple[QuoteFact, ...]
    contract: ContractFact | None
    """None unless won; in b2c most small deals are won without a contract."""
    order: OrderFact | None
    """None unless won."""


@dataclass(frozen=True, slots=True)
class TerritoryFact:
    """A Territory2: the states that its Description lists (each state in one territory only) and its users."""

    id: str
    name: str
    states: tuple[str, ...]
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """One short fact that an article states about its subject."""

    attribute: str
    """Noun phrase without article, lower case, unique within the subject: `warranty period`."""
    phrases: tuple[str, ...]
    """Other noun phrases for the attribute, each fits `the ... of the SUBJECT`; the first is `attribute`."""
    questions: tuple[str, ...]
    """Whole questions with the subject already in them, ending with a question mark."""
    value: str
    """The short answer as the article words it: `18 months`."""
    aliases: tuple[str, ...]
    """Other wordings of the same answer: `a year and a half`. May be empty."""


@dataclass(frozen=True, slots=True)
class ArticleFact:
    """A Knowledge__kav article: what it is about, for whom, and the facts woven into its FAQ_Answer__c."""

    id: str
    title: str
    audience: Audience
    subject: str
    """What the facts are about, as a name that fits after `the` or stands alone (see `definite`)."""
    definite: bool
    """True if the subject takes `the` in a sentence (`the Tessera 40 scanner`), False for names (`Tessera Cloud`)."""
    topic: str
    """Slug of the article plan, e.g. `product_facts`, `returns`, `discount_tiers`."""
    facts: tuple[AttributeFact, ...]


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A new case that is not in the org, for routing: `drafts.case_draft(latent, issue=, product=, key=)` words it."""

    subject: str
    description: str
    """Names the product by its full name and tells the issue by its symptoms, never by the issue's name."""
    issue: str
    product: str


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """A new lead that is not in the org: `drafts.lead_draft(latent, state=, product=, key=)` words it."""

    text: str
    """The enquiry as it came in; names the company (b2b) or the person (b2c), the state in words, the interest."""
    name: str
    company: str | None
    state: str
    """Two letters; always a state of some territory."""
    product: str
    interest: str
    """The interest as a noun phrase with the product's name and a quantity."""


@dataclass(frozen=True, slots=True)
class Latent:
    """All facts of one generated org. Tuples are in order of creation (cases, leads, deals) or of id."""

    org_type: OrgType
    seed: int
    scale: float
    version: str
    """Generator version: the same type, seed, scale and version give the same content everywhere."""
    company: str
    today: date
    """The org's own date: every record lies in the four years before it."""
    history_start: date
    agents: tuple[AgentFact, ...]
    products: tuple[ProductFact, ...]
    issues: tuple[IssueFact, ...]
    accounts: tuple[AccountFact, ...]
    contacts: tuple[IdentityFact, ...]
    leads: tuple[LeadFact, ...]
    deals: tuple[DealFact, ...]
    cases: tuple[CaseFact, ...]
    territories: tuple[TerritoryFact, ...]
    articles: tuple[ArticleFact, ...]
    rules: tuple[RuleFact, ...]
    solutions: tuple[SolutionFact, ...]
    offers: tuple[OfferFact, ...]
    bants: tuple[BantFact, ...]
    works: tuple[WorkFact, ...]
    insights: tuple[InsightFact, ...]
    """In order of the calls."""

    @property
    def orders(self) -> tuple[OrderFact, ...]:
        """The orders of all won deals, in order of the deals."""
        return tuple(deal.order for deal in self.deals if deal.order is not None)


@cache
def _adapter() -> "TypeAdapter[Latent]":
    from pydantic import TypeAdapter

    return TypeAdapter(Latent)


def dump(latent: Latent, path: Path) -> None:
    """Write the facts as canonical JSON (fields in order of declaration, instants in ISO 8601)."""
    path.write_bytes(_adapter().dump_json(latent))


def load(path: Path) -> Latent:
    """Read what `dump` wrote; raises pydantic.ValidationError when the file is torn or of another version."""
    return _adapter().validate_json(path.read_bytes())
