"""Accounts and contacts: who they are, where they live, who stands in for whom. Their dates follow from the leads."""

from dataclasses import dataclass

from convsim.org.generate.content import State, firm_words, names, namesakes, states
from convsim.org.generate.draw import Draw, Weights, ranked, shares, skewed
from convsim.org.generate.latent import AccountFact, IdentityFact
from convsim.org.generate.plan.staff import seller_for
from convsim.org.generate.world import World

_MAIL_HOSTS = ("postbox.example", "homemail.example", "letterbird.example", "quickpost.example", "inbox.example")
_DELEGATES = 0.14
_PAIRS = 0.055


@dataclass(frozen=True, slots=True)
class Firm:
    """A company's name, industry and mail domain."""

    name: str
    industry: str
    domain: str


@dataclass(frozen=True, slots=True)
class Person:
    """A name, and the place among the contacts of somebody with nearly the same name."""

    first: str
    last: str
    namesake: int | None = None


def make_customers(world: World) -> None:
    """Add the accounts with their contacts."""
    homes = _contact_accounts(world)
    places = [_place(world, index) for index in range(world.size("Account"))]
    firms = [
        firm(world, world.draw("firm", i), places[i]) if world.org_type == "b2b" else None for i in range(len(places))
    ]
    people = _people(world, homes)
    account_ids = [world.new_id("Account", i) for i in range(len(places))]
    contact_ids = [world.new_id("Contact", i) for i in range(len(people))]
    owners = [
        seller_for(world, state.code, world.draw("account", i), purpose="owner") for i, (state, _) in enumerate(places)
    ]
    members: list[list[str]] = [[] for _ in places]
    for index, home in enumerate(homes):
        members[home].append(contact_ids[index])
    delegates = _delegates(world, homes, places)
    for index, (state, city) in enumerate(places):
        draw = world.draw("account", index)
        name = found.name if (found := firms[index]) else f"{people[index].first} {people[index].last}"
        phone = _phone(world, state, draw)
        world.accounts.append(
            AccountFact(account_ids[index], name, state.code, city, phone, owners[index], tuple(members[index]))
        )
    for index, person in enumerate(people):
        home = homes[index]
        state = places[home][0]
        draw = world.draw("contact", index)
        own = world.accounts[home]
        found = firms[home]
        delegate = delegates.get(index)
        world.contacts.append(
            IdentityFact(
                id=contact_ids[index],
                account=own.id,
                first=person.first,
                last=person.last,
                email=email(world, person, found, draw=draw),
                phone=own.phone if found is None else _phone(world, state, draw),
                state=state.code,
                delegate=None if delegate is None else contact_ids[delegate],
                namesake=None if person.namesake is None else contact_ids[person.namesake],
            )
        )


def firm(world: World, draw: Draw, place: tuple[State, str]) -> Firm:
    """Return a company that no other record names."""
    for attempt in range(400):
        stem, industry, tail = firm_words(draw, attempt)
        name = f"{stem} {tail}" if attempt < 12 else f"{stem} {tail} of {place[1]}"
        if world.take(name):
            domain = "".join(c for c in name.replace(" of ", " ") if c.isalnum()).lower()
            world.industry[name] = industry
            return Firm(name, industry, f"{domain}.example")
    return Firm(f"{stem} {tail} {draw.number('last') % 10000}", industry, "mail.example")


def state_weights(*, spread: float) -> Weights:
    """Return the states by population; `spread` is added to each weight so that small ones occur."""
    return Weights(states(), [each.weight + spread for each in states()])


def _place(world: World, index: int) -> tuple[State, str]:
    draw = world.draw("place", index)
    weights = state_weights(spread=1.0)
    state = states()[weights.index(draw.unit("state"))]
    return state, draw.pick(state.cities, "city")


def _contact_accounts(world: World) -> list[int]:
    """Return the place of the account of each contact."""
    accounts, contacts = world.size("Account"), world.size("Contact")
    if world.org_type == "b2c":
        return list(range(accounts))
    sizes = shares(contacts, skewed(accounts, fall=0.045), least=2)
    return [home for home, number in enumerate(ranked(sizes, world.seed, "staff")) for _ in range(number)]


def _people(world: World, homes: list[int]) -> list[Person]:
    order = ranked(range(len(homes)), world.seed, "namesakes")
    people: dict[int, Person] = {}
    for pair in range(int(len(homes) * _PAIRS / 2)):
        one, other = order[2 * pair], order[2 * pair + 1]
        if homes[one] != homes[other]:
            people[one], people[other] = _pair(world, pair, (one, other))
    return [people.get(i) or Person(*world.person(world.draw("person", i))) for i in range(len(homes))]


def _pair(world: World, number: int, places: tuple[int, int]) -> tuple[Person, Person]:
    """Return two people whose names differ by a letter or, every third time, not at all."""
    draw = world.draw("namesakes", number)
    for attempt in range(200):
        given = namesakes()[(number + attempt) % len(namesakes())]
        last = draw.pick(names("family"), ("family", attempt))
        if world.take(f"{given[0]} {last}") and world.take(f"{given[1]} {last}"):
            break
    second = given[0] if number % 3 == 2 else given[1]
    return Person(given[0], last, places[1]), Person(second, last, places[0])


def _delegates(world: World, homes: list[int], places: list[tuple[State, str]]) -> dict[int, int]:
    """Return who may be told another's data: a colleague in b2b, somebody of the same state in b2c."""
    groups: dict[object, list[int]] = {}
    for index, home in enumerate(homes):
        groups.setdefault(home if world.org_type == "b2b" else places[home][0].code, []).append(index)
    found = {}
    for index, home in enumerate(homes):
        draw = world.draw("delegate", index)
        group = groups[home if world.org_type == "b2b" else places[home][0].code]
        if len(group) > 1 and draw.chance(_DELEGATES, "has"):
            chosen = draw.between(0, len(group) - 2, "who")
            found[index] = group[chosen] if group[chosen] != index else group[-1]
    return found


def _phone(world: World, state: State, draw: Draw) -> str:
    for attempt in range(2000):
        phone = f"({state.area}) 555-{draw.between(100, 9999, ('phone', attempt)):04d}"
        if world.take(phone):
            return phone
    return phone


def email(world: World, person: Person, found: Firm | None, *, draw: Draw) -> str:
    """Return an address that nobody else has, at the firm's domain or at a mail host."""
    first, last = (_ascii(each) for each in (person.first, person.last))
    if found is not None:
        forms = (f"{first}.{last}", f"{first[0]}.{last}", f"{first}.{last}2")
        return next(f"{form}@{found.domain}" for form in forms if world.take(f"{form}@{found.domain}"))
    for attempt in range(50):
        number = draw.between(2, 99, ("number", attempt))
        form = draw.pick((f"{first}.{last}{number}", f"{first}{last}{number}", f"{first[0]}{last}{number}"), attempt)
        address = f"{form}@{draw.pick(_MAIL_HOSTS, ('host', attempt))}"
        if world.take(address):
            return address
    return address


def _ascii(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())
