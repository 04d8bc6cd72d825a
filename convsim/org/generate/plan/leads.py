"""Leads: who asked for what, who took it up, and which of them became contacts."""

from convsim.org.generate.calendar import DAYS, Busyness, date_of, moment, wire
from convsim.org.generate.content import State, grammar, state, states
from convsim.org.generate.draw import Draw, Weights, ranked, skewed
from convsim.org.generate.latent import IdentityFact, LeadFact, ProductFact
from convsim.org.generate.plan.customers import Person, email, firm, state_weights
from convsim.org.generate.plan.qualification import basket, wish
from convsim.org.generate.plan.staff import seller_for
from convsim.org.generate.world import Row, World

_MONTHS = {
    "b2b": (0.9, 1.0, 1.2, 1.1, 1.0, 0.9, 0.7, 0.75, 1.2, 1.25, 1.1, 0.7),
    "b2c": (0.9, 0.8, 0.9, 1.0, 1.1, 0.9, 0.8, 0.9, 0.9, 1.1, 1.6, 1.4),
}
_RATE = {"b2b": 0.26, "b2c": 0.34}
_SOURCES = ("Web", "Web", "Web", "Phone Inquiry", "Phone Inquiry", "Partner Referral", "Trade Show", "Newsletter")
_OPEN = ("New", "Working", "Working", "Nurturing", "Qualified", "Unqualified", "Unqualified")
TITLES = (
    "Operations Manager", "Warehouse Lead", "Plant Manager", "Purchasing Manager", "IT Coordinator", "Maintenance Lead",
    "Fleet Manager", "Quality Manager", "Site Director", "Controller", "Logistics Planner", "Facilities Manager",
    "Production Engineer", "Supply Chain Analyst", "Store Manager", "Managing Director",
)  # fmt: skip


def make_leads(world: World) -> None:
    """Add the leads in order of creation; converted ones give their contact its day of creation."""
    busy = Busyness(_MONTHS[world.org_type])
    places = state_weights(spread=0.5)
    free = _free_contacts(world)
    taste = Weights(world.products, skewed(len(world.products), fall=0.12))
    shelf = ranked(world.products, world.seed, "lead interest")
    days = sorted((busy.day(world.draw("lead", i).unit("day")), i) for i in range(world.size("Lead")))
    for number, (day, index) in enumerate(days):
        draw = world.draw("lead", index)
        product = shelf[taste.index(draw.unit("product"))]
        home = states()[places.index(draw.unit("state"))]
        _add_lead(world, number, draw, day=day, home=home, product=product, free=free)


def _free_contacts(world: World) -> dict[str, list[IdentityFact]]:
    """Return the contacts that may come from a lead, by state: at most two of five."""
    order = ranked(world.contacts, world.seed, "from leads")
    free: dict[str, list[IdentityFact]] = {}
    for contact in order[: int(len(order) * 0.4)]:
        free.setdefault(contact.state, []).append(contact)
    return free


def _add_lead(
    world: World, number: int, draw: Draw, *, day: int, home: State, product: ProductFact,
    free: dict[str, list[IdentityFact]],
) -> None:  # fmt: skip
    owner = seller_for(world, home.code, draw, purpose="owner")
    skill = world.agent[owner].skill
    converted = day + 3 + int(9 * draw.tail("conversion"))
    wins = draw.chance(min(0.9, _RATE[world.org_type] * skill), "won") and converted < DAYS and free.get(home.code)
    contact = free[home.code].pop() if wins else None
    if contact is not None:
        world.since[contact.id] = converted
    created = moment(day, draw, "time")
    record = world.new_id("Lead", number)
    row = _known(world, contact) if contact else _stranger(world, draw, home)
    fact = LeadFact(
        id=record,
        first=row["FirstName"],
        last=row["LastName"],
        company=row.get("Company"),
        state=home.code,
        interest=product.id,
        owner=owner,
        created=created,
        converted=date_of(converted) if contact else None,
        account=contact.account if contact else None,
        contact=contact.id if contact else None,
    )
    world.leads.append(fact)
    slots = {"interest": wish(basket(world, record, product))}
    modified = moment(converted, draw, "converted at") if contact else created
    world.rows["Lead"].append(
        row
        | {
            "Id": record,
            "Name": f"{fact.first} {fact.last}",
            "State": home.code,
            "Description": grammar(f"{world.org_type}_records").say("lead", draw, slots),
            "LeadSource": draw.pick(_SOURCES, "source"),
            "Status": "Converted" if contact else draw.pick(_OPEN, "status"),
            "IsConverted": contact is not None,
            "ConvertedDate": None if fact.converted is None else fact.converted.isoformat(),
            "ConvertedAccountId": fact.account,
            "ConvertedContactId": fact.contact,
            "OwnerId": owner,
            "CreatedDate": wire(created),
            "LastModifiedDate": wire(modified),
        }
    )


def _known(world: World, contact: IdentityFact) -> Row:
    account = world.account[contact.account]
    row: Row = {
        "FirstName": contact.first,
        "LastName": contact.last,
        "Email": contact.email,
        "Phone": contact.phone,
        "City": account.city,
    }
    if world.org_type == "b2b":
        row |= {"Company": account.name, "Title": title_of(contact.id)}
    return row


def title_of(contact: str) -> str:
    """Return the job of a contact, the same wherever it is named."""
    return Draw(contact).pick(TITLES, "title")


def _stranger(world: World, draw: Draw, home: State) -> Row:
    first, last = world.person(draw)
    city = draw.pick(home.cities, "city")
    found = firm(world, draw, (home, city)) if world.org_type == "b2b" else None
    row: Row = {
        "FirstName": first,
        "LastName": last,
        "Email": email(world, Person(first, last), found, draw=draw),
        "Phone": f"({state(home.code).area}) 555-{draw.between(100, 9999, 'phone'):04d}",
        "City": city,
    }
    if found is not None:
        row |= {"Company": found.name, "Title": draw.pick(TITLES, "title")}
    return row
