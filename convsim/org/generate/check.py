"""Acceptance checks of a generated org: each a row with its figure, for `convsim org check`."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from convsim.org.bundle import Bundle, generated_bundle
from convsim.org.generate import latent as latent_facts
from convsim.org.generate.build import VERSION
from convsim.org.generate.latent import Latent
from convsim.org.generate.policy import FACTORS, QuotedLine, broken
from convsim.org.generate.sizes import size
from convsim.org.generate.texts.insights import vocabulary
from convsim.org.generate.variety import NAMES, TEXTS, WORDINGS, Mask, variety, wordings
from convsim.org.ids import normal_id
from convsim.org.layout import quoted
from convsim.org.schema.model import SObject

_PLANS = frozenset({"CloseDate", "ExpirationDate", "EndDate", "ActivityDate", "ValidTo"})
"""Fields that may lie ahead of today: they say what is planned."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One acceptance check."""

    name: str
    figure: str
    """What was found, in words and numbers."""
    ok: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """An org with its facts."""

    bundle: Bundle
    latent: Latent

    def count(self, sql: str) -> int:
        """Return the single number that a query gives."""
        return int(self.bundle.store.select(sql)[0][0])


def checks(org_type: str, *, seed: int = 0, scale: float = 1.0) -> Iterator[CheckRow]:
    """Yield the checks of a generated org; raises ConfigError for an unknown type or an unusable scale."""
    bundle = generated_bundle(org_type, seed, scale)
    assert bundle.latent_path is not None
    org = Checked(bundle, latent_facts.load(bundle.latent_path))
    for check in ALL:
        yield from check(org)


def _counts(org: Checked) -> Iterator[CheckRow]:
    missed = []
    whole = 0
    for sobject in org.bundle.schema:
        found = org.count(f"SELECT count(*) FROM {quoted(sobject.name)}")  # noqa: S608
        whole += found
        if found != (wanted := size(org.latent.org_type, sobject.name, org.latent.scale)):
            missed.append(f"{sobject.name} {found} instead of {wanted}")
    exact = org.latent.scale >= 1
    yield CheckRow("records per object", "; ".join(missed) or f"{whole:,} in 25 objects", not missed or not exact)
    yield CheckRow("generator version", org.latent.version, org.latent.version == VERSION)


def _ids(org: Checked) -> Iterator[CheckRow]:
    seen: Counter[str] = Counter()
    wrong = 0
    for sobject in org.bundle.schema:
        for (record,) in org.bundle.store.select(f'SELECT "Id" FROM {quoted(sobject.name)}'):  # noqa: S608
            seen[record] += 1
            wrong += normal_id(record) != record or not record.startswith(sobject.prefix)
    yield CheckRow("malformed ids", str(wrong), wrong == 0)
    yield CheckRow("ids used twice", str(seen.total() - len(seen)), seen.total() == len(seen))


def _references(org: Checked) -> Iterator[CheckRow]:
    dangling, checked = [], 0
    for sobject in org.bundle.schema:
        for field in sobject.fields:
            if field.to:
                checked += 1
                lost = org.count(
                    _lost(sobject, field.name, [each for each in field.to if org.bundle.schema.object(each)])
                )
                dangling += [f"{sobject.name}.{field.name} {lost}"] if lost else []
    yield CheckRow("references to nothing", "; ".join(dangling) or f"0 in {checked} lookups", not dangling)


def _lost(sobject: SObject, field: str, targets: list[str]) -> str:
    column = quoted(field)
    known = " UNION ALL ".join(f'SELECT "Id" FROM {quoted(each)}' for each in targets)  # noqa: S608
    return f"SELECT count(*) FROM {quoted(sobject.name)} WHERE {column} IS NOT NULL AND {column} NOT IN ({known})"  # noqa: S608


def _dates(org: Checked) -> Iterator[CheckRow]:
    late, early = [], []
    for sobject in org.bundle.schema:
        for field in sobject.fields:
            if field.type in {"date", "datetime"} and field.name not in _PLANS:
                table, column = quoted(sobject.name), quoted(field.name)
                if org.count(f"SELECT count(*) FROM {table} WHERE {column} >= '{org.latent.today}'"):  # noqa: S608
                    late.append(f"{sobject.name}.{field.name}")
                if org.count(f"SELECT count(*) FROM {table} WHERE {column} < '{org.latent.history_start}'"):  # noqa: S608
                    early.append(f"{sobject.name}.{field.name}")
    yield CheckRow("dates on or after today", ", ".join(late) or "none", not late)
    yield CheckRow("dates before the history", ", ".join(early) or "none", not early)


def _history(org: Checked) -> Iterator[CheckRow]:
    differing = org.count(
        'SELECT count(*) FROM "Case" c WHERE "OwnerId" IS NOT (SELECT "NewValue__c" FROM "CaseHistory__c" h '
        'WHERE h."CaseId__c" = c."Id" AND "Field__c" = \'Owner Assignment\' ORDER BY h."CreatedDate" DESC LIMIT 1)'
    )
    yield CheckRow("cases whose owner is not the last assigned", str(differing), differing == 0)
    wrong = org.count(
        'SELECT count(*) FROM "Case" WHERE ("Status" = \'Closed\') <> ("ClosedDate" IS NOT NULL) '
        'OR "ClosedDate" <= "CreatedDate"'
    )
    yield CheckRow("cases closed without or before their dates", str(wrong), wrong == 0)
    outside = sum(
        not case.created <= own.since or (case.closed is not None and own.since > case.closed)
        for case in org.latent.cases
        for own in case.owners
    )
    yield CheckRow("hand-overs outside the life of their case", str(outside), outside == 0)


def _owners(org: Checked) -> Iterator[CheckRow]:
    leaders: Counter[str] = Counter()
    for issue in org.latent.issues:
        closed = Counter(case.owner for case in org.latent.cases if case.issue == issue.id and case.closed)
        if closed:
            leaders[closed.most_common(1)[0][0]] += 1
    most = max(leaders.values(), default=0)
    team = sum(each.role == "service" for each in org.latent.agents)
    limit = max(4, -(-3 * len(org.latent.issues) // team))
    yield CheckRow("issues led by one agent, at most", f"{most} (limit {limit})", most <= limit)
    transferred = sum(case.transferred for case in org.latent.cases) / max(1, len(org.latent.cases))
    yield CheckRow("share of cases that changed hands", f"{transferred:.1%}", 0.08 <= transferred <= 0.45)


def _people(org: Checked) -> Iterator[CheckRow]:
    names = Counter(each.name for each in org.latent.contacts)
    planned = sum(each.namesake is not None for each in org.latent.contacts)
    by_id = {each.id: each for each in org.latent.contacts}
    same = sum(by_id[each.namesake].name == each.name for each in org.latent.contacts if each.namesake)
    twice = sum(number for number in names.values() if number > 1)
    yield CheckRow("contacts with a namesake", f"{planned}, of whom {same} share the whole name", twice == same)
    for field in ("email", "phone"):
        values = Counter(getattr(each, field) for each in org.latent.contacts)
        yield CheckRow(
            f"contacts who share their {field}", str(values.total() - len(values)), values.total() == len(values)
        )


def _lines(org: Checked) -> Iterator[CheckRow]:
    wrong = org.count(
        'SELECT count(*) FROM "Opportunity" o WHERE abs("Amount" - (SELECT sum("Quantity" * "UnitPrice") FROM '
        '"OpportunityLineItem" l WHERE l."OpportunityId" = o."Id")) > 0.01'
    )
    yield CheckRow("opportunities whose amount is not the sum of their lines", str(wrong), wrong == 0)


def _oracle(org: Checked) -> Iterator[CheckRow]:
    rows = org.bundle.store.select(
        'SELECT "Id", "OwnerId", "IssueId__c", "OrderItemId__c", "AccountId", "ContactId" FROM "Case"'
    )
    facts = {(c.id, c.owner, c.issue, c.order_item, c.account, c.contact) for c in org.latent.cases}
    yield CheckRow("cases whose rows are not their facts", str(len(facts ^ set(rows))), facts == set(rows))
    signed = org.count('SELECT count(*) FROM "Contract" WHERE "CompanySignedDate" IS NOT NULL')
    known = sum(deal.contract is not None for deal in org.latent.deals)
    yield CheckRow("signed contracts, tables and facts", f"{signed} and {known}", signed == known)
    accepted = org.count('SELECT count(*) FROM "Quote" WHERE "Status" = \'Accepted\'')
    known = sum(quote.status == "Accepted" for deal in org.latent.deals for quote in deal.quotes)
    yield CheckRow("accepted quotes, tables and facts", f"{accepted} and {known}", accepted == known)


def _articles(org: Checked) -> Iterator[CheckRow]:
    texts = dict(org.bundle.store.select('SELECT "Id", "FAQ_Answer__c" FROM "Knowledge__kav"'))
    facts = [(article.id, fact) for article in org.latent.articles for fact in article.facts]
    missing = sum(fact.value.casefold() not in texts[record].casefold() for record, fact in facts)
    yield CheckRow("facts of articles that their text does not hold", f"{missing} of {len(facts)}", missing == 0)
    asked = Counter(
        (article.subject, fact.attribute)
        for article in org.latent.articles
        if article.audience == "public"
        for fact in article.facts
    )
    twice = sum(number > 1 for number in asked.values())
    yield CheckRow("public facts stated by two articles", str(twice), twice == 0)


def _rules(org: Checked) -> Iterator[CheckRow]:
    families = {each.id: each.family for each in org.latent.products}
    kinds: Counter[str] = Counter()
    wrong = 0
    for quote in (each for deal in org.latent.deals for each in deal.quotes):
        lines = [QuotedLine(each.product, families[each.product], each.quantity, each.discount) for each in quote.lines]
        found = [each.key for each in broken(org.latent.rules, lines, written=quote.competing == "written")]
        wrong += found != ([quote.breach] if quote.breach else [])
        kinds["clean" if quote.breach is None else quote.breach.partition("/")[0]] += 1
    planted = ", ".join(f"{name} {number}" for name, number in sorted(kinds.items()))
    yield CheckRow("quotes that break other rules than the planted one", f"{wrong} ({planted})", wrong == 0)


def _offers(org: Checked) -> Iterator[CheckRow]:
    cases = {each.id: each for each in org.latent.cases}
    bought = {each.id: each.effective for each in org.latent.orders}
    listed = {each.issue: dict(each.remedies) for each in org.latent.solutions}
    kinds: Counter[str] = Counter()
    wrong = 0
    for offer in org.latent.offers:
        case = cases[offer.case]
        days = listed[case.issue].get(offer.remedy)
        since = [(day - bought[case.order]).days for day in (offer.first, offer.last)]
        allowed = days is not None and since[1] <= days
        late = days is not None and since[0] > days
        wrong += not {None: allowed, "expired": late, "unlisted": days is None}[offer.fault]
        kinds[offer.fault or "allowed"] += 1
    told = ", ".join(f"{name} {number}" for name, number in sorted(kinds.items()))
    yield CheckRow("offers that are not as planned", f"{wrong} ({told})", wrong == 0)


def _bants(org: Checked) -> Iterator[CheckRow]:
    prices = {each.id: each.price for each in org.latent.products}
    installation = next(each for each in org.latent.rules if each.kind == "installation")
    kinds: Counter[str] = Counter()
    wrong = 0
    for bant in org.latent.bants:
        price = sum(prices[product] * quantity for product, quantity in bant.basket)
        least = installation.step(sum(quantity for _, quantity in bant.basket))
        checks = (bant.budget >= price, bant.decides, bant.needs, bant.days >= least)
        wrong += tuple(name for name, good in zip(FACTORS, checks, strict=True) if not good) != bant.fails
        kinds[str(len(bant.fails))] += 1
    told = ", ".join(f"{number} fail in {name}" for name, number in sorted(kinds.items()))
    yield CheckRow("leads that fail in other factors than planned", f"{wrong} ({told})", wrong == 0)


def _works(org: Checked) -> Iterator[CheckRow]:
    rows = dict(org.bundle.store.select('SELECT "Id", "WhatId" FROM "Task"'))
    facts = {task.id: work.deal for work in org.latent.works for task in work.tasks}
    wrong = sum(work.recorded != work.true for work in org.latent.works)
    strays = sum(task.stage != work.true for work in org.latent.works for task in work.tasks)
    told = f"{len(facts.items() ^ rows.items())} ({wrong} opportunities in a wrong stage, {strays} stray tasks)"
    yield CheckRow("tasks whose rows are not their facts", told, facts == rows)
    lost = sum(work.recorded != work.true for work in org.latent.works if work.deal in _won(org))
    yield CheckRow("won opportunities that are planned in a wrong stage", str(lost), lost == 0)


def _won(org: Checked) -> set[str]:
    return {deal.id for deal in org.latent.deals if deal.won}


def _insights(org: Checked) -> Iterator[CheckRow]:
    known = vocabulary(org.latent.org_type)
    bodies = dict(org.bundle.store.select('SELECT "Id", "Body__c" FROM "VoiceCallTranscript__c"'))
    untold = sum(
        not any(phrase.casefold() in bodies[each.call].casefold() for phrase in known[each.kind][each.item])
        for each in org.latent.insights
    )
    kinds = Counter(f"{each.kind} {'for' if each.positive else 'against'} us" for each in org.latent.insights)
    told = ", ".join(f"{name} {number}" for name, number in sorted(kinds.items()))
    yield CheckRow("insights that their call does not hold", f"{untold} ({told})", untold == 0)


def _variety(org: Checked) -> Iterator[CheckRow]:
    names = (name for place in NAMES for name in _texts(org, place))
    mask = Mask(org.latent.org_type, names)
    for kind, place in TEXTS.items():
        found = variety(map(mask.form, _texts(org, place)))
        yield CheckRow(f"variety of {kind}", str(found), found.varied or org.latent.scale < 1)
    least = min(wordings(org.latent.org_type), key=lambda each: each[1])
    yield CheckRow("fewest wordings of a kind of fact", f"{least[1]} ({least[0]})", least[1] >= WORDINGS)


def _texts(org: Checked, place: tuple[str, str]) -> list[str]:
    """Return what a field holds, as far as the org has it."""
    sobject = org.bundle.schema.object(place[0])
    if sobject is None or all(field.name != place[1] for field in sobject.fields):
        return []
    field = quoted(place[1])
    found = org.bundle.store.select(f"SELECT {field} FROM {quoted(place[0])} WHERE {field} IS NOT NULL ORDER BY 1")  # noqa: S608
    return [text for (text,) in found]


def _shares(org: Checked) -> Iterator[CheckRow]:
    golds: dict[str, Callable[[Latent], Counter[str]]] = {
        "article facts": lambda facts: Counter(
            fact.value for article in facts.articles if article.topic.startswith("product") for fact in article.facts
        ),
        "case owners": lambda facts: Counter(case.owner for case in facts.cases),
        "deal owners": lambda facts: Counter(deal.owner for deal in facts.deals),
    }
    for name, counted in golds.items():
        found = counted(org.latent)
        share = max(found.values(), default=0) / max(1, found.total())
        # A tenth of an org has a tenth of the agents: four times an even share is no shortcut there.
        limit = max(0.15, 4 / max(1, len(found)))
        yield CheckRow(f"largest share of one value among {name}", f"{share:.1%} (limit {limit:.0%})", share <= limit)


ALL: tuple[Callable[[Checked], Iterator[CheckRow]], ...] = (
    _counts,
    _ids,
    _references,
    _dates,
    _history,
    _owners,
    _people,
    _lines,
    _oracle,
    _articles,
    _rules,
    _offers,
    _bants,
    _works,
    _insights,
    _variety,
    _shares,
)
"""All checks, in the order in which they are printed."""
