"""What a task is drawn from: the facts of a generated org and its tables."""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from convsim.draws import choice
from convsim.errors import UnavailableError
from convsim.org.bundle import open_bundle
from convsim.org.generate import latent as latent_facts
from convsim.org.generate.latent import AccountFact, AgentFact, IdentityFact, Latent, ProductFact
from convsim.org.store import Store
from convsim.records.task import Requester
from convsim.roles import World
from personas.units import OrgType
from tasks.derived import check_available, derive


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One org as tasks see it; compared by identity, so that figures can be cached by it."""

    name: str
    latent: Latent
    store: Store
    derived: bool = False
    """Whether the facts were read from the tables, so that the SQL oracle alone says what is right."""

    @property
    def org(self) -> OrgType:
        """b2b or b2c."""
        return self.latent.org_type

    @property
    def today(self) -> date:
        """The org's frozen date, the latest that a task may have."""
        return self.latent.today


def ground(world: World) -> Ground:
    """Return the ground of an org, loaded once per process and content; that of a bundle is read from its tables.

    Raises UnavailableError for a real org.
    """
    if world.folder is None:
        raise UnavailableError(
            f"org '{world.name}' is reached over the network, and tasks are computed from the records themselves: "
            "snapshot it (`convsim org pull DIR --objects ...`) and use `--bundle DIR`, or use a generated org"
        )
    return _load(world.folder, world.name, world.content_hash)


def available(ground: Ground, family: str) -> None:
    """Raise UnavailableError when the org does not hold what the family is about."""
    if ground.derived:
        check_available(family, org=ground.name, schema=ground.store.schema)


@lru_cache(maxsize=8)
def _load(folder: Path, name: str, content_hash: str) -> Ground:
    del content_hash  # part of the key: another content in the same folder is another ground
    bundle = open_bundle(folder)
    if bundle.latent_path is None:
        return Ground(name, derive(bundle), bundle.store, derived=True)
    return Ground(name, latent_facts.load(bundle.latent_path), bundle.store)


@cache
def agents(ground: Ground) -> dict[str, AgentFact]:
    """Return the users by id."""
    return {each.id: each for each in ground.latent.agents}


@cache
def products(ground: Ground) -> dict[str, ProductFact]:
    """Return the products by id."""
    return {each.id: each for each in ground.latent.products}


@cache
def accounts(ground: Ground) -> dict[str, AccountFact]:
    """Return the accounts by id."""
    return {each.id: each for each in ground.latent.accounts}


@cache
def contacts(ground: Ground) -> dict[str, IdentityFact]:
    """Return the contacts by id."""
    return {each.id: each for each in ground.latent.contacts}


@cache
def managers(ground: Ground) -> tuple[AgentFact, ...]:
    """Return the active managers: employees who ask about others."""
    return tuple(each for each in ground.latent.agents if each.role == "manager" and each.active)


def employee(agent: AgentFact) -> Requester:
    """Return the login of an employee, who may see the whole org."""
    return Requester(kind="employee", id=agent.id, name=agent.name, email=agent.email, entitlements=("org",))


def customer(ground: Ground, contact: IdentityFact) -> Requester:
    """Return the login of a customer: own records, in b2b the account's, and those of whom the contact stands for."""
    business = ground.org == "b2b"
    own = ("own", "account") if business else ("own",)
    return Requester(
        kind="business" if business else "consumer",
        id=contact.id,
        name=contact.name,
        account_id=contact.account,
        email=contact.email,
        entitlements=own + tuple(f"record:{each}" for each in _principals(ground).get(contact.id, ())),
    )


def cleared(ground: Ground, asks: Requester, *key: object) -> Requester:
    """Return another customer's login that is cleared for the whole org, as an appointed auditor's is."""
    others = [each for each in ground.latent.contacts if each.id != asks.id and each.name != asks.name]
    login = customer(ground, choice(others, *key, "cleared"))
    return login.model_copy(update={"entitlements": (*login.entitlements, "org")})


@cache
def _principals(ground: Ground) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in ground.latent.contacts:
        if each.delegate is not None:
            found[each.delegate] = (*found.get(each.delegate, ()), each.id)
    return found
