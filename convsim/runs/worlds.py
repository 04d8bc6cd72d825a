"""The orgs that runs are about, by the names of the command line."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from convsim.errors import unknown
from convsim.org.org import Org
from convsim.org.real import RealOrg
from personas.units import ORG_TYPES

REAL = "salesforce"
"""Name of the real org whose credentials are in the environment."""


def open_world(name: str, *, seed: int = 0, scale: float = 1.0) -> Org | RealOrg:
    """Return a generated org (`b2b`, `b2c`; from the cache where it has one), the real one, or a bundle's.

    Raises ConfigError for a name that is none of them and for credentials that do not work.
    """
    if name in ORG_TYPES:
        return Org.generated(name, seed=seed, scale=scale)
    if name == REAL:
        return RealOrg.from_environment()
    if not Path(name).exists():
        raise unknown("org", name, (*ORG_TYPES, REAL), remedy="or name a bundle's folder")
    return Org.open(Path(name))


def open_worlds(names: Iterable[str], *, seed: int, scale: float) -> Mapping[str, Org | RealOrg]:
    """Return the orgs by their own names."""
    worlds = (open_world(name, seed=seed, scale=scale) for name in names)
    return {world.name: world for world in worlds}
