"""The suites as their file describes them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from convsim.providers import Suite
from personas.units import ORG_TYPES
from tasks.catalog import CATALOG
from tasks.wording import content

FROZEN = Path(__file__).parent / "frozen.json"
"""Hashes by suite, version and org."""


@cache
def suites() -> tuple[Suite, ...]:
    """Return the suites, smallest first."""
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    return tuple(
        Suite(name, each["version"], each["summary"], _sizes(each), frozen.get(f"{name}@{each['version']}", {}))
        for name, each in content(FROZEN.with_name("suites.yaml")).items()
    )


def _sizes(given: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    return {org: dict(_of_org(given, place)) for place, org in enumerate(ORG_TYPES)}


def _of_org(given: Mapping[str, Any], place: int) -> Iterator[tuple[str, int]]:
    """Yield family and number of instances; an alternating suite deals its families out to the orgs in turn."""
    for number, (name, entry) in enumerate(CATALOG.items()):
        if not given.get("alternating") or number % len(ORG_TYPES) == place:
            yield name, given["confidentiality" if entry.skill == "confidentiality" else "work"]
