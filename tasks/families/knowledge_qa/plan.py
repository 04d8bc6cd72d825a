"""knowledge_qa: one short fact of one public article, asked for by a customer."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import choice, shuffled
from convsim.org.generate.latent import ArticleFact, AttributeFact
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.families.knowledge_qa import articles
from tasks.ground import Ground, customer
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CLAUSE = re.compile(r" (that|where|which|needed|allowed|until|from|is) ")


class KnowledgeQa(Plan):
    """Short fact out of a public article."""

    name = "knowledge_qa"
    folder = Path(__file__).parent
    metric = "fuzzy"
    answer = Answer(kind="text", none=True)
    can_be_none = True
    least_required = 2

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: a fact that one public article alone states, in words from which it can be read.

        For "none", one that the articles of a product do not state, but those of others of its family.
        """
        article, fact = choice(_unstated(ground) if none else tuple(_askable(ground).values()), *key, "fact")
        if articles.by_tables(ground, article.subject, fact.attribute) != (() if none else (fact.value,)):
            return None
        named = f"the {article.subject}" if article.definite else article.subject
        yours = (f"your {article.subject}",) if article.definite else ()
        return Draft(
            key,
            ground.today,
            customer(ground, choice(ground.latent.contacts, *key, "requester")),
            values={"subject": article.subject, "attribute": fact.attribute},
            forms={"subject": (named, *yours), "attribute": tuple(f"the {each}" for each in fact.phrases)},
        )

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the value by the latent facts; clear when the article exists."""
        found = _askable(ground).get((str(draft.values["subject"]), str(draft.values["attribute"])))
        if found is None:
            told = (draft.values["subject"], draft.values["attribute"])
            nowhere = told in {(article.subject, fact.attribute) for article, fact in _unstated(ground)}
            reason = f"no public article states the {told[1]} of {told[0]}"
            return Ruling((), reason, clear=nowhere, premise=False)
        article, fact = found
        return Ruling((fact.value,), f"article '{article.title}'", same=frozenset((fact.value, *fact.aliases)))

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the value as read out of the articles in the tables."""
        return articles.by_tables(ground, str(draft.values["subject"]), str(draft.values["attribute"]))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield other facts of the subject, other subjects with the same kind of fact."""
        subject, attribute = draft.values["subject"], draft.values["attribute"]
        if unit == "attribute":
            options = [known for about, known in _askable(ground) if about == subject]
        else:
            options = [about for about, known in _askable(ground) if known == attribute]
        yield from shuffled(options, *draft.key, "rival", unit)

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return the forms; of the attribute one that stands well before "of"."""
        forms = draft.forms["attribute"]
        plain = [each for each in forms if not _CLAUSE.search(each)] or forms
        return {**super().spoken(draft), "attribute": choice(plain, *draft.key, "attribute", "form")}

    def policy(self, draft: Draft) -> str:
        """Return where public facts are."""
        del draft
        return text(self.folder / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the value as read out of the articles that SOSL finds."""
        del record
        return articles.through_api(salesforce, str(values.get("subject", "")), str(values.get("attribute", "")))

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: nobody can guess what the question is about."""
        del record, unit
        return None


@cache
def _askable(ground: Ground) -> dict[tuple[str, str], tuple[ArticleFact, AttributeFact]]:
    """Return the facts that exactly one public article states and that can be read out of a text."""
    public = [each for each in ground.latent.articles if each.audience == "public"]
    stated = [(article, fact) for article in public for fact in article.facts]
    counts = Counter((article.subject, fact.attribute) for article, fact in stated)
    return {
        (article.subject, fact.attribute): (article, fact)
        for article, fact in stated
        if counts[article.subject, fact.attribute] == 1 and articles.readable(fact.attribute)
    }


@cache
def _unstated(ground: Ground) -> tuple[tuple[ArticleFact, AttributeFact], ...]:
    """Return articles of products with facts that only those of other products of the family state."""
    family = {product.name: product.family for product in ground.latent.products}
    pages = [each for each in ground.latent.articles if each.audience == "public" and each.subject in family]
    stated = {(page.subject, fact.attribute) for page in pages for fact in page.facts}
    usual: dict[tuple[str, str], AttributeFact] = {}
    for page in pages:
        for fact in page.facts:
            if articles.readable(fact.attribute):
                usual.setdefault((family[page.subject], fact.attribute), fact)
    first = {page.subject: page for page in reversed(pages)}
    return tuple(
        (page, fact)
        for page in first.values()
        for (place, attribute), fact in usual.items()
        if place == family[page.subject] and (page.subject, attribute) not in stated
    )


PLAN = KnowledgeQa()
