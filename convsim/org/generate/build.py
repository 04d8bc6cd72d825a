"""(org type, seed, scale) -> everything about an org: rows for the store, latent facts, and a hash of both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import orjson

from convsim.org.generate.calendar import START, TODAY
from convsim.org.generate.content import COMPANIES
from convsim.org.generate.latent import Latent, OrgType
from convsim.org.generate.plan.activities import make_activities
from convsim.org.generate.plan.casework import make_cases
from convsim.org.generate.plan.catalog import make_catalog
from convsim.org.generate.plan.correspondence import make_correspondence
from convsim.org.generate.plan.customers import make_customers
from convsim.org.generate.plan.knowledge import make_articles
from convsim.org.generate.plan.leads import make_leads
from convsim.org.generate.plan.papers import make_deals
from convsim.org.generate.plan.register import date_customers, write_customers
from convsim.org.generate.plan.rules import make_rules
from convsim.org.generate.plan.staff import make_staff
from convsim.org.generate.world import Row, World

VERSION = "7"
"""Changes whenever the same type, seed and scale give other content."""
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 8, 30, tzinfo=UTC)
_MAKERS: tuple[Callable[[World], None], ...] = (
    make_catalog,
    make_rules,
    make_staff,
    make_customers,
    make_leads,
    date_customers,
    write_customers,
    make_deals,
    make_cases,
    make_articles,
    make_correspondence,
    make_activities,
)
"""In this order, because each reads what the earlier ones made."""


@dataclass(frozen=True, slots=True)
class GeneratedOrg:
    """One org in memory."""

    latent: Latent
    rows: dict[str, list[Row]]

    def content_hash(self) -> str:
        """Return the hash of all rows, objects and records in canonical order, as 32 hexadecimal characters."""
        state = blake2b(digest_size=16)
        for name in sorted(self.rows):
            state.update(name.encode())
            for row in sorted(self.rows[name], key=lambda each: str(each["Id"])):
                state.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
        return state.hexdigest()


def generate(org_type: OrgType, *, seed: int = 0, scale: float = 1.0) -> GeneratedOrg:
    """Return the org that these three determine, byte for byte on any machine."""
    world = World(org_type, seed, scale)
    for make in _MAKERS:
        make(world)
    return GeneratedOrg(_latent(world), dict(world.rows))


def _latent(world: World) -> Latent:
    return Latent(
        org_type=world.org_type,
        seed=world.seed,
        scale=world.scale,
        version=VERSION,
        company=COMPANIES[world.org_type],
        today=TODAY,
        history_start=START,
        agents=tuple(world.agents),
        products=tuple(world.products),
        issues=tuple(world.issues),
        accounts=tuple(world.accounts),
        contacts=tuple(world.contacts),
        leads=tuple(world.leads),
        deals=tuple(world.deals),
        cases=tuple(world.cases),
        territories=tuple(world.territories),
        articles=tuple(world.articles),
        rules=tuple(world.rules),
        solutions=tuple(world.solutions),
        offers=tuple(world.offers),
        bants=tuple(world.bants),
        works=tuple(world.works),
        insights=tuple(world.insights),
    )


def org_sheet(org: GeneratedOrg) -> str:
    """Return the text of `org.yaml`: name, API version, present, user, time zone, locale, fiscal year."""
    user = next(each for each in org.latent.agents if each.role == "manager" and each.active)
    lines = {
        "name": org.latent.org_type,
        "api_version": '"59.0"',
        "now": f'"{NOW.isoformat()}"',
        "user": user.email,
        "time_zone": "UTC",
        "locale": "en_US",
        "fiscal_month": 1,
        "generated": f"{{seed: {org.latent.seed}, scale: {org.latent.scale!r}, version: '{VERSION}'}}",
    }
    return "".join(f"{key}: {value}\n" for key, value in lines.items())
