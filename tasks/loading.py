"""From a family's name to its plan, loaded on first use."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tasks.plan import Plan


@cache
def plan_of(family: str) -> "Plan":
    """Return the family's plan, loaded on first use; raises ConfigError with the nearest name."""
    from convsim.errors import unknown
    from tasks.catalog import CATALOG

    if family not in CATALOG:
        raise unknown("family", family, CATALOG, remedy="`convsim tasks list` shows all")
    return cast("Plan", import_module(CATALOG[family].module(family)).PLAN)
