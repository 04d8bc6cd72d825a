"""The house's rules for quotes, installations and solutions as facts, and what a quote breaks of them.

A rule holds for one range of products: a family, or a few families under one name. Every rule is told by one article.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

RuleKind = Literal["tiers", "offers", "limit", "exclusion", "bundle", "installation"]
Aspect = Literal["discounts", "configuration"]
KINDS: dict[Aspect, frozenset[RuleKind]] = {
    "discounts": frozenset(("tiers", "offers")),
    "configuration": frozenset(("limit", "exclusion", "bundle")),
}
"""Which rules each aspect of a quote is judged by."""


@dataclass(frozen=True, slots=True)
class RuleFact:
    """One rule and the article that tells it."""

    kind: RuleKind
    range: str
    """Name of the range as titles have it: `Scanning`, `Lighting & Sound`; empty for all products."""
    families: tuple[str, ...]
    """Product2.Family values of the range."""
    steps: tuple[tuple[int, int], ...] = ()
    """tiers: (least units of the range in the quote, largest discount in percent); installation: (least units of the
    basket, days). Rising."""
    most: int = 0
    """limit: units on one line; offers: percent against a written competing offer."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Product2 ids. exclusion: never both in one quote; bundle: the first never without the second."""
    article: str = ""
    """Knowledge__kav id."""

    @property
    def key(self) -> str:
        """Name of the rule within its org: `tiers/Scanning`."""
        return f"{self.kind}/{self.range}"

    def step(self, units: int) -> int:
        """Return the percent or days of the highest step that the units reach, 0 below the first."""
        return next((value for least, value in reversed(self.steps) if units >= least), 0)


class QuotedLine(NamedTuple):
    """A line of a quote as rules see it."""

    product: str
    """Product2 id."""
    family: str
    quantity: int
    discount: int
    """Percent."""


def broken(rules: Iterable[RuleFact], lines: Sequence[QuotedLine], *, written: bool) -> tuple[RuleFact, ...]:
    """Return the rules that a quote breaks; `written` says that a written competing offer is noted in it."""
    return tuple(rule for rule in rules if _breaks(rule, lines, written=written))


def _breaks(rule: RuleFact, lines: Sequence[QuotedLine], *, written: bool) -> bool:
    own = [line for line in lines if line.family in rule.families]
    if rule.kind == "tiers":
        allowed = rule.step(sum(line.quantity for line in own))
        return not written and any(line.discount > allowed for line in own)
    if rule.kind == "offers":
        return written and any(line.discount > rule.most for line in own)
    if rule.kind == "limit":
        return any(line.quantity > rule.most for line in own)
    present = {line.product for line in lines}
    if rule.kind == "exclusion":
        return any(present.issuperset(pair) for pair in rule.pairs)
    return rule.kind == "bundle" and any(one in present and other not in present for one, other in rule.pairs)


Channel = Literal["chat", "emails"]
Fault = Literal["unlisted", "expired"]


@dataclass(frozen=True, slots=True)
class SolutionFact:
    """What may be offered for an issue, and the article that says so."""

    issue: str
    """Issue__c id."""
    remedies: tuple[tuple[str, int], ...]
    """What may be offered, as a noun phrase, and up to how many days after the order took effect."""
    article: str
    """Knowledge__kav id."""


@dataclass(frozen=True, slots=True)
class OfferFact:
    """What an agent offered in a case, always the same in one channel."""

    case: str
    channel: Channel
    remedy: str
    first: date
    """Day on which it was said first; `last` when it was said last."""
    last: date
    fault: Fault | None
    """Not among the issue's solutions, or offered after its days; None when the article allows it."""


Factor = Literal["Budget", "Authority", "Need", "Timeline"]
FACTORS: tuple[Factor, ...] = get_args(Factor)


@dataclass(frozen=True, slots=True)
class BantFact:
    """What a lead told in a call, and which of the four factors fail by it."""

    lead: str
    basket: tuple[tuple[str, int], ...]
    """Product2 ids with their quantities."""
    price: float
    """List price of the basket in the standard price book."""
    budget: int
    """Dollars that the lead can spend."""
    decides: bool
    needs: bool
    days: int
    """Days in which it has to be installed."""
    least_days: int
    """Days that the installation takes by the total quantity."""
    fails: tuple[Factor, ...]
    """In the order of `FACTORS`; none when the lead is qualified."""


InsightKind = Literal["topics", "competitors", "offers"]
INSIGHT_KINDS: tuple[InsightKind, ...] = get_args(InsightKind)
Opinion = tuple[InsightKind, str, bool]
"""Kind, item of the closed vocabulary, and whether it was told as good for us (topics, competitors) or tempting."""


@dataclass(frozen=True, slots=True)
class InsightFact:
    """One thing that a customer said in a call about a deal."""

    call: str
    """VoiceCallTranscript__c id."""
    deal: str
    day: date
    """Day of the call (CreatedDate)."""
    kind: InsightKind
    item: str
    """Item of the closed vocabulary of its kind (`texts.insights.vocabulary`)."""
    positive: bool
    """topics: praised; competitors: we are ahead of it; offers: the customer is tempted. False for the contrary."""


Stage = Literal["Qualification", "Discovery", "Quote", "Negotiation", "Closed"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task of a deal and the stage whose work it is by the stage guide."""

    id: str
    stage: Stage
    status: str
    """Task.Status: Not Started, In Progress, Completed, Waiting on someone else, Deferred."""


@dataclass(frozen=True, slots=True)
class WorkFact:
    """The tasks of a deal, and the stage that it is in by them."""

    deal: str
    recorded: Stage
    """Opportunity.StageName."""
    true: Stage
    """Stage to which the tasks belong, strays apart; differs from `recorded` where StageName is wrong."""
    tasks: tuple[TaskFact, ...]
