"""Knowledge articles: product pages, help with issues, policies for the public, terms for partners, internal rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from convsim.org.generate.calendar import MIDNIGHT, START
from convsim.org.generate.content import AttributePlan, PolicyPlan, attributes, policies, ranges, remedies
from convsim.org.generate.content import products as product_plans
from convsim.org.generate.draw import Draw, ranked
from convsim.org.generate.latent import ArticleFact, AttributeFact, Audience, IssueFact, ProductFact
from convsim.org.generate.policy import SolutionFact
from convsim.org.generate.texts.articles import (
    Page,
    fact_sentence,
    issue_page,
    policy_page,
    policy_sentences,
    product_page,
    remedy_sentence,
)
from convsim.org.generate.texts.facts import TOPICS, rule_facts
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.texts.rules import rule_page
from convsim.org.generate.world import World

_VALIDITY = ((30, 45, 60, 75, 90, 120), (150, 180, 210, 240, 300, 365), (480, 540, 600, 730, 900))
"""Days in which a solution is offered: a short, a middling and a long time."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it has its id and dates."""

    page: Page
    audience: Audience
    topic: str
    subject: str
    definite: bool
    facts: tuple[AttributeFact, ...]
    rule: str = ""
    """Key of the rule that the article tells, or id of the issue whose solutions it lists, if it does either."""


def make_articles(world: World) -> None:
    """Add all articles, those of one kind scattered among the others."""
    drafts = [*_product_pages(world), *_issue_pages(world), *_policy_pages(world), *_rule_pages(world)]
    ordered = ranked(drafts, world.seed, "articles")
    for number, draft in enumerate(ordered):
        _add_article(world, number, draft)
    told = {draft.rule: world.articles[number].id for number, draft in enumerate(ordered)}
    world.rules[:] = [replace(rule, article=told[rule.key]) for rule in world.rules]
    facts = {draft.rule: draft.facts for draft in ordered}
    for issue in world.issues:
        listed = zip(remedies(world.org_type)[issue.key], facts[issue.id], strict=True)
        days = tuple((remedy, int(fact.value.split(" ", 1)[0])) for remedy, fact in listed)
        world.solutions.append(SolutionFact(issue.id, days, told[issue.id]))


def _product_pages(world: World) -> Iterator[Draft]:
    for index, product in enumerate(world.products):
        draw = world.draw("article of", index)
        facts = [
            (plan, _fact(world, plan, product, place=(index, place)))
            for place, plan in enumerate(ranked(_applicable(world, product), world.seed, "facts of", index))
        ]
        if world.org_type == "b2c":
            yield _product_page(world, product, facts[:6], kind="facts", draw=draw)
            continue
        half = (len(facts) + 1) // 2
        yield _product_page(world, product, facts[:half], kind="facts", draw=draw)
        yield _product_page(world, product, facts[half:], kind="setup", draw=draw)


def _applicable(world: World, product: ProductFact) -> list[AttributePlan]:
    return [each for each in attributes(world.org_type) if each.tag in _tags(world, product)]


def _tags(world: World, product: ProductFact) -> frozenset[str]:
    return next(each.tags for each in product_plans(world.org_type) if each.name == product.name)


def _fact(world: World, plan: AttributePlan, product: ProductFact, *, place: tuple[int, int]) -> AttributeFact:
    value, *aliases = world.draw("attribute", *place).pick(plan.options(_tags(world, product)), "value")
    slots = slots_by_name(world.org_type)[product.name]
    questions = []
    for question in plan.questions:
        text = question
        for name, word in slots.items():
            text = text.replace(f"[{name}]", word)
        questions.append(text)
    return AttributeFact(plan.name, plan.phrases, tuple(questions), value, tuple(aliases))


def _product_page(
    world: World, product: ProductFact, facts: list[tuple[AttributePlan, AttributeFact]], *, kind: str, draw: Draw
) -> Draft:
    definite = product.family != "Software"
    sentences = [
        fact_sentence(world.org_type, plan, product=product.name, value=fact.value, definite=definite, draw=draw)
        for plan, fact in facts
    ]
    page = product_page(
        world.org_type, product=product.name, definite=definite, kind=kind, sentences=sentences, draw=draw
    )
    return Draft(page, "public", f"product_{kind}", product.name, definite, tuple(fact for _, fact in facts))


def _issue_pages(world: World) -> Iterator[Draft]:
    for index, issue in enumerate(world.issues):
        draw = world.draw("help", index)
        facts = [
            _remedy(remedy, draw=draw, issue=issue, times=times)
            for remedy, times in zip(
                remedies(world.org_type)[issue.key], ranked(_VALIDITY, world.seed, "validity", index), strict=True
            )
        ]
        sentences = [
            remedy_sentence(world.org_type, remedy, value=fact.value, draw=draw)
            for remedy, fact in zip(remedies(world.org_type)[issue.key], facts, strict=True)
        ]
        page = issue_page(
            world.org_type, name=issue.name, description=issue.description, sentences=sentences, draw=draw
        )
        yield Draft(page, "public", "issue_help", issue.name, definite=False, facts=tuple(facts), rule=issue.id)


def _remedy(remedy: str, *, draw: Draw, issue: IssueFact, times: tuple[int, ...]) -> AttributeFact:
    value = f"{draw.pick(times, ('validity', remedy))} days"
    attribute = f"time limit for {remedy}"
    return AttributeFact(
        attribute=attribute,
        phrases=(attribute, f"period in which {remedy} is offered", f"number of days allowed for {remedy}"),
        questions=(
            f'Up to how many days after the delivery is {remedy} offered for "{issue.name}"?',
            f'What is the time limit for {remedy} in cases of "{issue.name}"?',
        ),
        value=value,
        aliases=(),
    )


def _policy_pages(world: World) -> Iterator[Draft]:
    families = [name for name, _ in ranges(world.org_type)]
    for plan in policies(world.org_type):
        for family in families if plan.per_family else [""]:
            yield _policy_page(world, plan, family)


def _policy_page(world: World, plan: PolicyPlan, family: str) -> Draft:
    draw = world.draw("policy", plan.audience, plan.topic, family)
    facts: list[AttributeFact] = []
    for place, each in enumerate(plan.facts):
        value, *aliases = draw.pick(each.values, ("value", place))
        subject = plan.subject.replace("[family]", family)
        question = each.question if not family else f"{each.question[:-1]} in {family}?"
        facts.append(AttributeFact(each.name, (each.name, each.phrase), (question,), value, tuple(aliases)))
    sentences = policy_sentences(world.org_type, plan, [fact.value for fact in facts], family=family, draw=draw)
    page = policy_page(world.org_type, plan, family=family, sentences=sentences, draw=draw)
    return Draft(page, plan.audience, plan.topic, subject, definite=True, facts=tuple(facts))


def _rule_pages(world: World) -> Iterator[Draft]:
    names = {each.id: _one(each) for each in world.products}
    for rule in world.rules:
        page = rule_page(world.org_type, rule, names, draw=world.draw("rule page", rule.key))
        facts = tuple(rule_facts(world.org_type, rule, names))
        yield Draft(page, "internal", TOPICS[rule.kind], page.title, definite=False, facts=facts, rule=rule.key)


def _one(product: ProductFact) -> str:
    """Return the product's name as a subject in the singular."""
    if product.family == "Software":
        return product.name
    return f"the {product.name}{' set' if product.name.endswith('s') else ''}"


def _add_article(world: World, number: int, draft: Draft) -> None:
    draw = world.draw("article", number)
    record = world.new_id("Knowledge__kav", number)
    created = START + timedelta(days=draw.between(1, 1300, "day"))
    published = min(created + timedelta(days=draw.between(0, 150, "published")), MIDNIGHT.date() - timedelta(days=2))
    stamp = "{}T09:{:02d}:00.000+0000".format
    world.articles.append(
        ArticleFact(record, draft.page.title, draft.audience, draft.subject, draft.definite, draft.topic, draft.facts)
    )
    world.rows["Knowledge__kav"].append(
        {
            "Id": record,
            "ArticleNumber": f"{number + 1000:09d}",
            "Title": draft.page.title,
            "Summary": draft.page.summary,
            "FAQ_Answer__c": draft.page.body,
            "UrlName": _url(draft.page.title, number),
            "Audience__c": draft.audience,
            "PublishStatus": "Online",
            "Language": "en_US",
            "LastPublishedDate": stamp(published.isoformat(), draw.between(0, 59, "minute")),
            "CreatedDate": stamp(created.isoformat(), 0),
            "LastModifiedDate": stamp(published.isoformat(), 59),
        }
    )


def _url(title: str, number: int) -> str:
    words = "".join(each if each.isalnum() else " " for each in title).split()
    return "-".join([*words, str(number + 1000)])
