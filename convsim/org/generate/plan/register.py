"""Dates of accounts and contacts, which leads and deals need first, and their rows."""

from convsim.org.generate.calendar import DAYS, moment, wire
from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import AccountFact, IdentityFact
from convsim.org.generate.plan.leads import title_of
from convsim.org.generate.world import Row, World

_STREETS = (
    "Harbor Street", "Mill Road", "Depot Avenue", "Second Street", "Foundry Lane", "Orchard Road", "Canal Street",
    "Commerce Drive", "Old Post Road", "Railway Avenue", "Maple Street", "Lakeview Drive", "Quarry Road", "Elm Street",
    "Station Road", "Prospect Avenue", "Ferry Street", "Hillside Drive", "Market Street", "Garden Lane",
)  # fmt: skip


def date_customers(world: World) -> None:
    """Give every account and contact its day of creation; those that came from leads have theirs already."""
    for index, account in enumerate(world.accounts):
        draw = world.draw("since", index)
        base = min(int(1000 * draw.unit("base") ** 2 * draw.unit("early")), DAYS - 400)
        fresh = [each for each in account.contacts if each not in world.since]
        for place, contact in enumerate(fresh):
            spread = draw.unit(("contact", place))
            world.since[contact] = base if place == 0 else base + int((DAYS - 30 - base) * 0.7 * spread * spread)
        world.since[account.id] = min(world.since[each] for each in account.contacts)


def write_customers(world: World) -> None:
    """Add the rows of accounts and contacts."""
    for index, account in enumerate(world.accounts):
        world.rows["Account"].append(_account_row(world, account, world.draw("account row", index)))
    for index, contact in enumerate(world.contacts):
        world.rows["Contact"].append(_contact_row(world, contact, world.draw("contact row", index)))


def _account_row(world: World, account: AccountFact, draw: Draw) -> Row:
    own: Row = _firm_row(world, account, draw) if world.org_type == "b2b" else _person_row(world, account)
    slots = {"name": account.name, "city": account.city}
    slots |= {"industry": own.get("Industry", "").lower(), "employees": f"{own.get('NumberOfEmployees', 0):,}"}
    return own | {
        "Id": account.id,
        "Name": account.name,
        "Phone": account.phone,
        "Description": grammar(f"{world.org_type}_records").say("account", draw, slots),
        "ShippingStreet": f"{draw.between(2, 980, 'house')} {draw.pick(_STREETS, 'street')}",
        "ShippingCity": account.city,
        "ShippingState": account.state,
        "ShippingPostalCode": f"{draw.between(10000, 99899, 'zip'):05d}",
        "ShippingCountry": "USA",
        "BillingCity": account.city,
        "BillingState": account.state,
        "BillingCountry": "USA",
        "OwnerId": account.owner,
        "CreatedDate": wire(moment(world.since[account.id], draw, "time")),
    }


def _firm_row(world: World, account: AccountFact, draw: Draw) -> Row:
    return {
        "Industry": world.industry[account.name],
        "NumberOfEmployees": int(12 * (1 + 9 * draw.tail("employees"))) + draw.between(0, 30, "odd"),
    }


def _person_row(world: World, account: AccountFact) -> Row:
    person = world.contact[account.contacts[0]]
    return {
        "FirstName": person.first,
        "LastName": person.last,
        "PersonEmail": person.email,
        "IsPersonAccount": True,
        "PersonContactId": person.id,
    }


def _contact_row(world: World, contact: IdentityFact, draw: Draw) -> Row:
    account = world.account[contact.account]
    own: Row = {"Title": title_of(contact.id)} if world.org_type == "b2b" else {}
    return own | {
        "Id": contact.id,
        "AccountId": contact.account,
        "FirstName": contact.first,
        "LastName": contact.last,
        "Name": contact.name,
        "Email": contact.email,
        "Phone": contact.phone,
        "MailingCity": account.city,
        "MailingState": contact.state,
        "OwnerId": account.owner,
        "Delegate__c": contact.delegate,
        "CreatedDate": wire(moment(world.since[contact.id], draw, "time")),
    }
