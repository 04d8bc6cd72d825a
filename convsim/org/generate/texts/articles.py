"""Knowledge articles: facts woven into prose, with the sentences around them that every such page has."""

from collections.abc import Sequence
from dataclasses import dataclass

from convsim.org.generate.content import AttributePlan, PolicyPlan, grammar
from convsim.org.generate.draw import Draw, ranked
from convsim.org.generate.grammar import Grammar, tidy
from convsim.org.generate.latent import OrgType
from convsim.org.generate.texts.phrases import slots_by_name


@dataclass(frozen=True, slots=True)
class Page:
    """Title, summary and text of an article."""

    title: str
    summary: str
    body: str


def fact_sentence(
    org_type: OrgType, plan: AttributePlan, *, product: str, value: str, definite: bool, draw: Draw
) -> str:
    """Return a sentence that states the value; the product is named, or called by its kind."""
    slots = slots_by_name(org_type)[product]
    full = f"the {product}" if definite else product
    named = full if draw.chance(0.45, ("named", plan.name)) else f"the {slots['kind']}"
    return plan.say(Draw(draw.key, plan.name), {**slots, "S": named, "value": value})


def remedy_sentence(org_type: OrgType, remedy: str, *, value: str, draw: Draw) -> str:
    """Return a sentence that offers a remedy up to a number of days after the delivery."""
    slots = {"remedy": remedy, "remedy_cap": remedy[0].upper() + remedy[1:], "value": value}
    return grammar(f"{org_type}_articles").say("remedy", Draw(draw.key, remedy), slots)


def product_page(
    org_type: OrgType, *, product: str, definite: bool, kind: str, sentences: Sequence[str], draw: Draw
) -> Page:
    """Return a page about a product."""
    said, slots = grammar(f"{org_type}_articles"), dict(slots_by_name(org_type)[product])
    slots["the_subject"] = f"the {product}" if definite else product
    draw = Draw(draw.key, kind)
    software = f"filler_{kind}_software"
    rule = software if slots["family"] == "Software" and software in said else f"filler_{kind}"
    fillers = _all(said, rule, draw, slots=slots)[: len(sentences)]
    opening = said.say(f"opening_{kind}", draw, slots)
    closing = said.say("closing", draw, slots)
    body = _paragraphs(draw, opening, sentences, fillers=fillers, closing=closing)
    return Page(said.say(f"title_{kind}", draw, slots), said.say(f"summary_{kind}", draw, slots), body)


def issue_page(org_type: OrgType, *, name: str, description: str, sentences: Sequence[str], draw: Draw) -> Page:
    """Return a page about what is offered for an issue."""
    said, slots = grammar(f"{org_type}_articles"), {"issue": name, "about": description}
    fillers = _all(said, "issue_filler", draw, slots=slots)[:3]
    body = _paragraphs(
        draw,
        said.say("issue_opening", draw, slots),
        sentences,
        fillers=fillers,
        closing=said.say("closing", draw, slots),
    )
    return Page(said.say("issue_title", draw, slots), said.say("issue_summary", draw, slots), body)


def policy_sentences(
    org_type: OrgType, plan: PolicyPlan, values: Sequence[str], *, family: str, draw: Draw
) -> list[str]:
    """Return a sentence for each fact of a policy page; one at most says how long it holds."""
    leads = _all(grammar(f"{org_type}_articles"), "policy_lead", draw, slots={})
    sentences = [
        fact.say(draw, {"value": value, "family": family}) for fact, value in zip(plan.facts, values, strict=True)
    ]
    led = draw.between(0, len(sentences), "led")
    if led < len(sentences):
        said = sentences[led]
        sentences[led] = f"{leads[0]} {said[0].lower()}{said[1:]}"
    return sentences


def policy_page(org_type: OrgType, plan: PolicyPlan, *, family: str, sentences: Sequence[str], draw: Draw) -> Page:
    """Return a page about a rule of the house."""
    said = grammar(f"{org_type}_articles")
    opening_rule = {"public": "policy_opening", "partner": "partner_opening", "internal": "internal_opening"}
    subject = plan.subject.replace("[family]", family)
    slots = {"subject": subject, "family": family}
    opening = said.say(opening_rule[plan.audience], draw, slots)
    closing = said.say(
        {"public": "closing", "partner": "partner_closing"}.get(plan.audience, "staff_closing"), draw, slots
    )
    aside = plan.aside(draw, slots)
    # An aside of several paragraphs, such as a guide, stands by itself.
    middle = f"{' '.join(sentences)}\n\n{aside}" if "\n" in aside else " ".join((*sentences, aside))
    body = "\n\n".join((opening, middle, closing))
    summary = f"{'Our' if plan.audience == 'public' else 'The'} {subject} in brief."
    return Page(plan.title.replace("[family]", family), summary, body)


def _all(said: Grammar, rule: str, draw: Draw, *, slots: dict[str, str]) -> list[str]:
    """Return every alternative of a rule once, in drawn order."""
    return ranked([tidy(part(draw, slots)) for part in said.alternatives(rule)], draw.key, rule)


def _paragraphs(draw: Draw, opening: str, sentences: Sequence[str], *, fillers: Sequence[str], closing: str) -> str:
    """Return the text: facts in drawn order, fillers after some of them, in paragraphs of two to four sentences."""
    lines: list[str] = []
    left = list(fillers)
    for place, sentence in enumerate(ranked(sentences, draw.key, "order")):
        lines.append(sentence)
        if left and draw.chance(0.6, ("filler", place)):
            lines.append(left.pop())
    parts, start = [opening], 0
    while start < len(lines):
        end = start + draw.between(2, 4, ("paragraph", start))
        if len(lines) - end == 1:
            end += 1
        parts.append(" ".join(lines[start:end]))
        start = end
    if left and len(parts) > 1:
        parts[-1] += " " + left.pop()
    return "\n\n".join((*parts, closing))
