"""Users, their roles, and the territories that they sell in."""

from convsim.org.generate.calendar import moment, wire
from convsim.org.generate.content import DOMAINS, territories
from convsim.org.generate.draw import Draw, ranked, skewed
from convsim.org.generate.latent import AgentFact, Role, TerritoryFact
from convsim.org.generate.world import World

_SERVICE, _SALES = 0.15, 0.475
_TITLES: dict[Role, tuple[tuple[str, str], ...]] = {
    "service": (("Support Agent", "Service"), ("Senior Support Agent", "Service"), ("Service Specialist", "Service")),
    "sales": (("Account Executive", "Sales"), ("Sales Representative", "Sales"), ("Inside Sales", "Sales")),
    "manager": (
        ("Service Manager", "Service"),
        ("Sales Manager", "Sales"),
        ("Operations Analyst", "Operations"),
        ("Team Lead", "Service"),
        ("Regional Director", "Sales"),
        ("Knowledge Editor", "Operations"),
    ),
}


def make_staff(world: World) -> None:
    """Add users and territories, and work out who sells in which state."""
    for index in range(world.size("User")):
        _add_user(world, index, _role(world, index))
    _add_territories(world)


def service_agents(world: World) -> list[AgentFact]:
    """Return the users who work on cases, busiest first."""
    if not world.service:
        world.service = ranked([each for each in world.agents if each.role == "service"], world.seed, "busiest service")
    return world.service


def _role(world: World, index: int) -> Role:
    count = world.size("User")
    if index < round(count * _SERVICE):
        return "service"
    return "sales" if index < round(count * _SERVICE) + round(count * _SALES) else "manager"


def _add_user(world: World, index: int, role: Role) -> None:
    draw = world.draw("user", index)
    first, last = world.person(draw)
    email = f"{first}.{last}@{DOMAINS[world.org_type]}".lower()
    title, department = draw.pick(_TITLES[role], "title")
    active = role != "manager" or not draw.chance(0.08, "left")
    record = world.new_id("User", index)
    pace, skill = 0.55 + 1.1 * draw.unit("pace"), 0.35 + 1.5 * draw.unit("skill")
    world.agents.append(AgentFact(record, f"{first} {last}", email, role, active, round(pace, 4), round(skill, 4)))
    world.rows["User"].append(
        {
            "Id": record,
            "Username": email,
            "FirstName": first,
            "LastName": last,
            "Name": f"{first} {last}",
            "Email": email,
            "Phone": f"(628) 555-{index % 10000:04d}",
            "Alias": (first[0] + last[:5]).lower() + str(index % 100),
            "Title": title,
            "Department": department,
            "IsActive": active,
            "CreatedDate": wire(moment(draw.between(0, 6, "day"), draw, "time")),
        }
    )


def _add_territories(world: World) -> None:
    plans = territories(world.org_type)
    members = _members(world, len(plans))
    number = 0
    for index, (name, codes) in enumerate(plans):
        users = members[index]
        fact = TerritoryFact(world.new_id("Territory2", index), name, codes, tuple(each.id for each in users))
        world.territories.append(fact)
        weights = [w * (0.4 + u) for w, u in zip(skewed(len(users), fall=0.18), _liking(world, users), strict=True)]
        for code in codes:
            world.sellers[code] = (list(fact.users), weights)
        created = wire(moment(2, world.draw("territory", index), "time"))
        world.rows["Territory2"].append(
            {
                "Id": fact.id,
                "Name": name,
                "DeveloperName": "".join(c if c.isalnum() else "_" for c in name),
                "Description": ",".join(codes),
                "CreatedDate": created,
            }
        )
        for user in fact.users:
            world.rows["UserTerritory2Association"].append(
                {
                    "Id": world.new_id("UserTerritory2Association", number),
                    "UserId": user,
                    "Territory2Id": fact.id,
                    "IsActive": True,
                    "CreatedDate": created,
                }
            )
            number += 1


def _liking(world: World, users: list[AgentFact]) -> list[float]:
    return [world.draw("liking", each.id).unit("sales") for each in users]


def _members(world: World, count: int) -> list[list[AgentFact]]:
    """Return the users of each territory: every seller has a first one, most have a second."""
    sellers = ranked([each for each in world.agents if each.role == "sales"], world.seed, "territory")
    members: list[list[AgentFact]] = [[] for _ in range(count)]
    for place, seller in enumerate(sellers):
        members[place % count].append(seller)
    left = world.size("UserTerritory2Association") - len(sellers)
    for place, seller in enumerate(ranked(sellers, world.seed, "second territory")[: max(left, 0)]):
        second = next(
            (each for each in members[place % count :] + members[: place % count] if seller not in each), members[0]
        )
        second.append(seller)
    return members


def seller_for(world: World, state: str, draw: Draw, *, purpose: str) -> str:
    """Return a user who sells in the state, the busy ones more often."""
    users, weights = world.sellers[state]
    whole = sum(weights)
    place = draw.unit(purpose) * whole
    for user, weight in zip(users, weights, strict=True):
        place -= weight
        if place < 0:
            return user
    return users[-1]
