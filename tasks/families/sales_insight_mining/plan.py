"""sales_insight_mining: what customers praised, whom they ranked us against, what others offered them."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import chance, choice, digest, shuffled
from convsim.org.generate.policy import INSIGHT_KINDS, InsightFact
from convsim.org.generate.texts.insights import vocabulary
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import Window, between, bounds, past
from tasks.families.sales_insight_mining.reading import told
from tasks.families.sales_insight_mining.solution import mine
from tasks.families.sales_insight_mining.tables import calls
from tasks.ground import Ground, employee, managers
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_SENSES = ("positive", "negative")
_WINDOWED = 0.5
"""Share of the instances about a window; the others are about one opportunity."""
_LATEST = 500
"""Days before the org's own date that the today of a windowed task may lie."""
_LONGEST = {"b2b": 9, "b2c": 4}
"""Days of the longest window: in more days nearly everything is said of everything."""
_SHORTEST = 2


class SalesInsight(Plan):
    """Items of a closed vocabulary that were spoken of in a way, or none."""

    name = "sales_insight_mining"
    metric = "set"
    folder = Path(__file__).parent
    answer = Answer(kind="label", none=True)
    can_be_none = True
    prefers_required = True

    def expects(self, ground: Ground) -> Answer:
        """Return the labels of all kinds, so that the answer's form does not tell the kind."""
        kinds = vocabulary(ground.org)
        return self.answer.model_copy(update={"labels": tuple(item for kind in INSIGHT_KINDS for item in kinds[kind])})

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: kind and polarity, then an opportunity or a window."""
        kind, sense = choice(INSIGHT_KINDS, *key, "kind"), choice(_SENSES, *key, "polarity")
        today = ground.today
        # Windows in which nothing at all is said are rare: "none" is mostly about one opportunity.
        if chance(_WINDOWED, *key, "windowed") and not none:
            today -= timedelta(days=digest(*key, "today") % _LATEST)
            window = _window(ground, today, key)
            scope, forms = window.value, window.forms
        else:
            scope = choice(sorted(_by_deal(ground)), *key, "deal")
            forms = (scope,)
        return Draft(
            key,
            today,
            employee(choice(managers(ground), *key, "requester")),
            values={"scope": scope, "kind": kind, "polarity": sense},
            forms={
                "scope": forms,
                "kind": tuple(self.wording.group("kinds")[kind]),
                "polarity": tuple(self.wording.group("polarities")[f"{kind} {sense}"]),
            },
            slots={"vocabulary": _listed(ground)},
        )

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the items by the latent facts."""
        kind, positive = draft.values["kind"], draft.values["polarity"] == "positive"
        said = _said(ground, str(draft.values["scope"]))
        gold = tuple(sorted({each.item for each in said if each.kind == kind and each.positive == positive}))
        return Ruling(
            gold, f"{len(said)} statements in {len({each.call for each in said})} calls, {len(gold)} such items"
        )

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the items by the tables."""
        positive = draft.values["polarity"] == "positive"
        return told(calls(ground, str(draft.values["scope"])), kind=str(draft.values["kind"]), positive=positive)

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield the other kinds or polarity; other scopes of the same sort."""
        if unit == "kind":
            yield from INSIGHT_KINDS
        elif unit == "polarity":
            yield from _SENSES
        elif "/" in str(draft.values["scope"]):
            yield from (_window(ground, draft.today, (*draft.key, "rival", n)).value for n in range(12))
        else:
            yield from shuffled(sorted(_by_deal(ground)), *draft.key, "rival scope")

    def policy(self, draft: Draft) -> str:
        """Return what counts, and the closed vocabulary."""
        return f"{text(self.folder / 'policy.txt')}\n{draft.slots['vocabulary']}"

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the items through the API."""
        del record
        return mine(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return points and praise, which are asked for most; no scope suggests itself."""
        del record
        usual: dict[UnitName, UnitValue] = {"kind": "topics", "polarity": "positive"}
        return usual.get(unit)


def _window(ground: Ground, today: date, key: tuple[object, ...]) -> Window:
    """Return some days: just before today, or anywhere in the year before."""
    length = choice(range(_SHORTEST, _LONGEST[ground.org] + 1), *key, "length")
    if chance(0.4, *key, "past"):
        return past(today, 1, "week") if length == 7 else past(today, length, "day")
    first = today - timedelta(days=choice(range(length + 5, 365), *key, "first"))
    return between(first, first + timedelta(days=length - 1))


def _listed(ground: Ground) -> str:
    names = {"topics": "Points (subtopics)", "competitors": "Competitors", "offers": "Offers of other suppliers"}
    lines = [f"{names[kind]}: {', '.join(items)}." for kind, items in vocabulary(ground.org).items()]
    return "\n".join(lines)


@cache
def _by_deal(ground: Ground) -> dict[str, list[InsightFact]]:
    found: dict[str, list[InsightFact]] = {}
    for each in ground.latent.insights:
        found.setdefault(each.deal, []).append(each)
    return found


def _said(ground: Ground, scope: str) -> list[InsightFact]:
    if "/" not in scope:
        return _by_deal(ground)[scope]
    start, after = bounds(scope)
    return [each for each in ground.latent.insights if start <= each.day < after]


PLAN = SalesInsight()
