"""What can be asked about an agent: each figure by the facts, by SQL and through the API."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.ground import Ground
from tasks.numerals import in_words
from tasks.soql import rows
from tasks.wording import content

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure about an agent, as `metrics.yaml` has it."""

    noun: str
    unit: str
    role: str
    """Whose figure it is: service or sales."""
    forms: list[str]
    sql: str
    soql: str
    piecemeal: list[str]


@cache
def metrics() -> dict[str, Metric]:
    """Return all figures by the canonical value of the unit `attribute`."""
    return {name: Metric(**each) for name, each in content(Path(__file__).parent / "metrics.yaml").items()}


def told(metric: str, count: int) -> str:
    """Return "17 cases"."""
    return f"{count} {metrics()[metric].unit}"


def aliases(metric: str, count: int) -> tuple[str, ...]:
    """Return other ways to say the figure: "17", "seventeen cases", "seventeen"."""
    unit, words = metrics()[metric].unit, in_words(count)
    return tuple(each for each in dict.fromkeys((str(count), f"{words} {unit}", words)) if each != told(metric, count))


def by_facts(ground: Ground, metric: str, agent: str) -> int:
    """Return the figure by the latent facts."""
    return _counts(ground)[metric][agent]


def by_tables(ground: Ground, metric: str, agent: str) -> int:
    """Return the figure by SQL."""
    return int(ground.store.connection().execute(metrics()[metric].sql, {"agent": agent}).fetchone()[0])


def through_api(salesforce: "Salesforce", metric: str, name: str) -> tuple[str, ...]:
    """Return the figure by SOQL for the user of that name, or nothing when there is none or several."""
    from simple_salesforce.format import format_soql

    users = rows(salesforce, "SELECT Id FROM User WHERE Name = {name}", name=name)
    if len(users) != 1 or metric not in metrics():
        return ()
    found = salesforce.query(format_soql(metrics()[metric].soql, agent=users[0]["Id"]))
    return (told(metric, int(found["totalSize"])),)


@cache
def _counts(ground: Ground) -> Mapping[str, Counter[str]]:
    cases, deals, leads = ground.latent.cases, ground.latent.deals, ground.latent.leads
    return {
        "closed_cases": Counter(each.owner for each in cases if each.status == "Closed"),
        "assignments": Counter(owner.agent for each in cases for owner in each.owners),
        "transfers": Counter(owner.agent for each in cases for owner in each.owners[:-1]),
        "leads": Counter(each.owner for each in leads),
        "opportunities": Counter(each.owner for each in deals),
        "won_deals": Counter(each.owner for each in deals if each.won),
        "quotes": Counter(each.owner for each in deals for _ in each.quotes),
    }
