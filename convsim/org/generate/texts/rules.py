"""Pages about the rules of the house, and what a quote's description notes about competing offers."""

from collections.abc import Iterator, Mapping

from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw, ranked
from convsim.org.generate.grammar import Grammar, tidy
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import RuleFact
from convsim.org.generate.texts.articles import Page

_RESELLERS: dict[OrgType, str] = {"b2b": "reseller", "b2c": "dealer"}


def noted(org_type: OrgType, said: str, competing: str | None, *, draw: Draw) -> str:
    """Return a quote's description with its note about a competing offer, if there is one."""
    if competing is None:
        return said
    rules = grammar("rules")
    slots = _slots(org_type, rules, draw)
    slots["competitor"] = rules.raw(f"competitor_{org_type}", draw, slots)
    note = rules.say(competing, draw, slots)
    return f"{note} {said}" if draw.chance(0.4, "note first") else f"{said} {note}"


def rule_page(org_type: OrgType, rule: RuleFact, names: Mapping[str, str], *, draw: Draw) -> Page:
    """Return the article of a rule; `names` are the products' names with their article, by id."""
    said = grammar("rules")
    slots = {**_slots(org_type, said, draw), "range": rule.range}
    opening = grammar(f"{org_type}_articles").say("rule_opening", draw, {"subject": _SUBJECTS[rule.kind]})
    closing = grammar(f"{org_type}_articles").say("staff_closing", draw, slots)
    middle = " ".join(_sentences(said, rule, names, draw=draw, slots=slots))
    aside = said.say(f"{rule.kind}_aside", draw, slots)
    parts = [f"{middle}\n\n{aside}", f"{middle} {aside}"]
    title = next(each for each in (f"{rule.kind}_title", f"{rule.kind}_title_{org_type}") if each in said)
    summary = next(each for each in (f"{rule.kind}_summary", f"{rule.kind}_summary_{org_type}") if each in said)
    body = "\n\n".join((opening, draw.pick(parts, "parts"), closing))
    return Page(said.say(title, draw, slots), said.say(summary, draw, slots), body)


_SUBJECTS = {
    "tiers": "discounts that the quantity allows",
    "offers": "answer to competing offers",
    "limit": "largest quantities on one line",
    "exclusion": "products that are not quoted together",
    "bundle": "products that are not quoted alone",
    "installation": "time to plan for",
}


def _slots(org_type: OrgType, said: Grammar, draw: Draw) -> dict[str, str]:
    units = said.raw(f"units_{org_type}", draw, {})
    one = _RESELLERS[org_type]
    system = "system" if org_type == "b2b" else "product"
    return {"units": units, "unit": units[:-1], "reseller": one, "resellers": f"{one}s", "system": system}


def _sentences(
    said: Grammar, rule: RuleFact, names: Mapping[str, str], *, draw: Draw, slots: Mapping[str, str]
) -> Iterator[str]:
    if rule.kind in {"tiers", "installation"}:
        yield from _scale(said, rule, draw=draw, slots=slots)
        return
    if rule.kind in {"exclusion", "bundle"}:
        yield said.say(f"{rule.kind}_lead", draw, slots)
        for place, (one, other) in enumerate(ranked(rule.pairs, draw.key, "pairs")):
            yield said.say(f"{rule.kind}_rule", _nth(draw, rule, place), {**slots, "a": names[one], "b": names[other]})
        return
    yield said.say(f"{rule.kind}_rule", draw, {**slots, "n": str(rule.most), "p": str(rule.most)})
    if rule.kind == "offers":
        yield said.say("offers_proof", draw, slots)


def _nth(draw: Draw, rule: RuleFact, place: int) -> Draw:
    """Return the draws of one of several sentences of the same rule."""
    return Draw(draw.key, rule.kind, place)


def _scale(said: Grammar, rule: RuleFact, *, draw: Draw, slots: Mapping[str, str]) -> Iterator[str]:
    """Yield a scale: its steps as one list or as sentences."""
    yield said.say(f"{rule.kind}_lead", draw, slots)
    steps = [
        said.raw(name, _nth(draw, rule, place), {**slots, **values})
        for place, (name, values) in enumerate(_steps(rule))
    ]
    yield tidy(". ".join(steps) + "." if draw.chance(0.5, "sentences") else "; ".join(steps) + ".")
    if rule.kind == "tiers":
        yield said.say("tiers_rest", draw, {**slots, "n": str(rule.steps[0][0])})
        yield said.say("tiers_count", draw, slots)


def _steps(rule: RuleFact) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each step's rule of the grammar with its slots; days are told by upper bounds, percents by lower ones."""
    if rule.kind == "tiers":
        yield from (("tier", {"n": str(least), "p": str(percent)}) for least, percent in rule.steps)
        return
    for place, ((_, days), (following, _)) in enumerate(zip(rule.steps, rule.steps[1:], strict=False)):
        yield ("middle_step" if place else "first_step"), {"n": str(following - 1), "d": str(days)}
    least, days = rule.steps[-1]
    yield "last_step", {"n": str(least - 1), "d": str(days)}
