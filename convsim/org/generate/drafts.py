"""New cases and leads that are not in the org, worded by the org's own grammar: what routing is asked about."""

from collections.abc import Sequence

from convsim.org.generate.content import firm_words, grammar, names, state
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import CaseDraft, IssueFact, Latent, LeadDraft, OrderFact, ProductFact
from convsim.org.generate.plan.qualification import QUANTITIES, interest
from convsim.org.generate.texts import cases
from convsim.org.generate.texts.cases import Reporter


def case_draft(latent: Latent, *, issue: str, product: str, key: Sequence[object]) -> CaseDraft:
    """Return a new case of this issue about this product, from a customer who has bought the product.

    `issue` and `product` are ids, `key` names the draw: the same key gives the same text. Raises KeyError for unknown
    ids. If nobody has bought the product yet, any customer with an order asks.
    """
    draw = Draw(latent.org_type, latent.seed, "case draft", *key)
    known, bought = _issue(latent, issue), _product(latent, product)
    reporter = _reporter(latent, product, draw)
    return CaseDraft(
        subject=cases.subject(latent.org_type, issue=known.key, product=bought.name, reporter=reporter, draw=draw),
        description=cases.description(
            latent.org_type, issue=known.key, product=bought.name, reporter=reporter, draw=draw
        ),
        issue=issue,
        product=product,
    )


def can_have(latent: Latent, *, issue: str, product: str) -> bool:
    """Return whether the trouble can happen to the product: software does not arrive dented."""
    from convsim.org.generate.content import issues, products

    tag = next(each.tag for each in issues(latent.org_type) if each.key == _issue(latent, issue).key)
    name = _product(latent, product).name
    return tag in next(each.tags for each in products(latent.org_type) if each.name == name)


def lead_draft(latent: Latent, *, state: str, product: str, key: Sequence[object]) -> LeadDraft:
    """Return an enquiry from a state (two letters) about a product (id), by somebody who is not in the org."""
    draw = Draw(latent.org_type, latent.seed, "lead draft", *key)
    wanted = interest(_product(latent, product), draw.pick(QUANTITIES[latent.org_type], "quantity"))
    name = _new_name(latent, draw)
    company, industry = _new_firm(latent, draw) if latent.org_type == "b2b" else (None, "")
    slots = {"name": name, "company": company or "", "industry": industry.lower(), "state": _in_words(state)}
    text = grammar(f"{latent.org_type}_records").say("inquiry", draw, {**slots, "interest": wanted})
    return LeadDraft(text=text, name=name, company=company, state=state, product=product, interest=wanted)


def _in_words(code: str) -> str:
    return state(code).name


def _issue(latent: Latent, record: str) -> IssueFact:
    return {each.id: each for each in latent.issues}[record]


def _product(latent: Latent, record: str) -> ProductFact:
    return {each.id: each for each in latent.products}[record]


def _reporter(latent: Latent, product: str, draw: Draw) -> Reporter:
    bought = [each for each in latent.orders if product in (line.product for line in each.lines)]
    order: OrderFact = draw.pick(bought or latent.orders, "order")
    contact = next(each for each in latent.contacts if each.id == order.contact)
    account = next(each for each in latent.accounts if each.id == order.account)
    return Reporter(contact.first, contact.name, account.name, account.city, order.number)


def _new_name(latent: Latent, draw: Draw) -> str:
    known = {each.name for each in latent.contacts} | {f"{each.first} {each.last}" for each in latent.leads}
    for attempt in range(1000):
        name = f"{draw.pick(names('given'), ('given', attempt))} {draw.pick(names('family'), ('family', attempt))}"
        if name not in known:
            break
    return name


def _new_firm(latent: Latent, draw: Draw) -> tuple[str, str]:
    known = {each.name for each in latent.accounts} | {each.company for each in latent.leads}
    for attempt in range(1000):
        stem, industry, tail = firm_words(draw, attempt)
        if f"{stem} {tail}" not in known:
            break
    return f"{stem} {tail}", industry
