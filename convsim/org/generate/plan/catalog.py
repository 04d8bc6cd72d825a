"""Products, price books and issues."""

from convsim.org.generate.calendar import START, moment, wire
from convsim.org.generate.content import IssuePlan, ProductPlan, grammar, issues, products
from convsim.org.generate.latent import IssueFact, ProductFact
from convsim.org.generate.texts.phrases import product_slots
from convsim.org.generate.world import World

_PRICEBOOKS = {
    "b2b": (("Standard Price Book", 1.0), ("Reseller Price Book", 0.88)),
    "b2c": (("Standard Price Book", 1.0), ("Member Price Book", 0.93)),
}


def make_catalog(world: World) -> None:
    """Add products, both price books with an entry per product, and the issues."""
    for index, plan in enumerate(products(world.org_type)):
        _add_product(world, index, plan)
    for index, (name, factor) in enumerate(_PRICEBOOKS[world.org_type]):
        _add_pricebook(world, index, name, factor=factor)
    for index, issue in enumerate(issues(world.org_type)):
        _add_issue(world, index, issue)


def _add_product(world: World, index: int, plan: ProductPlan) -> None:
    draw = world.draw("product", index)
    fact = ProductFact(
        id=world.new_id("Product2", index),
        name=plan.name,
        family=plan.family,
        price=plan.price - 0.01 * (world.org_type == "b2c"),
        kind=plan.kind,
        vague=vague(plan),
    )
    world.products.append(fact)
    world.rows["Product2"].append(
        {
            "Id": fact.id,
            "Name": fact.name,
            "Description": grammar(f"{world.org_type}_records").say("product", draw, product_slots(plan)),
            "Family": fact.family,
            "IsActive": True,
            "External_ID__c": f"{fact.name.split()[0][:3].upper()}-{10000 + draw.number('code') % 90000}",
            "CreatedDate": wire(moment(draw.between(0, 3, "day"), draw, "time")),
        }
    )


def vague(plan: ProductPlan) -> tuple[str, ...]:
    """Return descriptions of a product by someone who forgot its name."""
    that, one, thing = ("those", "the ones", "the things") if plan.plural else ("that", "the one", "the thing")
    return (
        f"the {plan.kind} {plan.trait}",
        f"{one} that {plan.does}",
        f"{that} {plan.kind} that {plan.does}",
        f"{thing} {plan.trait}, {one} that {plan.does}",
    )


def _add_pricebook(world: World, index: int, name: str, *, factor: float) -> None:
    record = world.new_id("Pricebook2", index)
    start = wire(moment(index, world.draw("pricebook", index), "time"))
    world.pricebooks.append(record)
    world.rows["Pricebook2"].append(
        {
            "Id": record,
            "Name": name,
            "IsActive": True,
            "IsStandard": index == 0,
            "ValidFrom": f"{START.isoformat()}T00:00:00.000+0000",
            "ValidTo": "2026-12-31T23:59:59.000+0000",
            "CreatedDate": start,
        }
    )
    for place, product in enumerate(world.products):
        entry = world.new_id("PricebookEntry", index * len(world.products) + place)
        price = round(product.price * factor, 2)
        world.entries[record, product.id] = (entry, price)
        world.rows["PricebookEntry"].append(
            {
                "Id": entry,
                "Name": product.name,
                "Pricebook2Id": record,
                "Product2Id": product.id,
                "UnitPrice": price,
                "IsActive": True,
                "CreatedDate": start,
            }
        )


def _add_issue(world: World, index: int, plan: IssuePlan) -> None:
    fact = IssueFact(world.new_id("Issue__c", index), plan.name, plan.description, plan.key)
    world.issues.append(fact)
    world.rows["Issue__c"].append(
        {
            "Id": fact.id,
            "Name": fact.name,
            "Description__c": fact.description,
            "CreatedDate": wire(moment(0, world.draw("issue", index), "time")),
        }
    )
