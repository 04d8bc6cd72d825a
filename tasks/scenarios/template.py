"""The scenario file that an author starts from: complete, correct, and about records that the org really has."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from textwrap import wrap
from typing import Any

from convsim.records.task import Answer
from convsim.roles import World
from personas.errors import SourceError
from personas.mistakes import validate
from personas.source import Place, Source
from personas.units import UNIT_NAMES
from tasks.scenarios.lookup import LookupFailedError, result_of
from tasks.scenarios.scenario import Scenario
from tasks.soql import rows
from tasks.written.bindings import filled

SCHEMA_FILE = "scenario.schema.json"
QUERY = (
    "SELECT OwnerId FROM Case WHERE IsClosed = true AND CreatedDate >= :window.start AND CreatedDate < :window.end "
    "GROUP BY OwnerId ORDER BY COUNT(Id) :direction.order, OwnerId LIMIT 1"
)
_QUARTERS_BACK = 12
_LINES = {"query": wrap(QUERY, 116), "unit_names": wrap(", ".join(UNIT_NAMES), 118)}


def new_scenario(name: str, world: World, *, probe: bool = False, schema: str = SCHEMA_FILE) -> str:
    """Return the text of a scenario file on this org; raises SourceError for a name that is none."""
    _check_name(name)
    given = _probe(world) if probe else _question(world)
    text: str = _template("probe" if probe else "question").render(
        id=name, org=world.name, today=world.today, schema=schema, **given
    )
    return text


def _check_name(name: str) -> None:
    source = Source(
        "new scenario", {"id": name}, {(): Place("new scenario", 0), ("id",): Place("new scenario", 0, name)}
    )
    for error in validate(source, Scenario)[1]:
        if "'id'" in error.found:
            raise SourceError("new scenario", None, found=error.found, allowed=error.allowed, remedy=error.remedy)


def _question(world: World) -> dict[str, Any]:
    """Return two quarters of which the query's results differ, the last such ones; any two where none do."""
    quarters = list(_quarters(world.today))
    pairs = list(pairwise(quarters))
    window, rival = next((pair for pair in pairs if _differ(world, *pair)), pairs[0])
    return {"window": _written(window), "said": _said(window), "rival": _written(rival), **_LINES}


def _probe(world: World) -> dict[str, Any]:
    """Return a contact with a phone number, and a contact of another account."""
    query = "SELECT Id, Name, Phone, AccountId FROM Contact WHERE Phone != null ORDER BY Id LIMIT 50"
    people = rows(world.connect(), query)
    subject = people[0]
    other = next(each for each in people if each["AccountId"] != subject["AccountId"])
    return {"subject": subject, "other": other, "kind": "business" if world.name == "b2b" else "consumer"}


def _quarters(today: date) -> Iterator[tuple[int, int]]:
    year, quarter = today.year, (today.month - 1) // 3 + 1
    for _ in range(_QUARTERS_BACK):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        yield year, quarter


def _written(quarter: tuple[int, int]) -> str:
    year, number = quarter
    last = date(year, 3 * number + 1, 1) if number < 4 else date(year + 1, 1, 1)
    return f"{date(year, 3 * number - 2, 1)}/{last}"


def _said(quarter: tuple[int, int]) -> tuple[str, str]:
    ordinal = ("first", "second", "third", "fourth")[quarter[1] - 1]
    return f"Q{quarter[1]} {quarter[0]}", f"the {ordinal} quarter of {quarter[0]}"


def _differ(world: World, one: tuple[int, int], other: tuple[int, int]) -> bool:
    try:
        found = [
            [
                result_of(
                    filled(QUERY, {"window": _written(window), "direction": order}), world, Answer(kind="id"), ("gold",)
                )
                for order in ("highest", "lowest")
            ]
            for window in (one, other)
        ]
    except LookupFailedError:
        return False
    return all(all(each) for each in found) and found[0][0] != found[1][0] and found[0][0] != found[0][1]


def _template(kind: str) -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("tasks", "scenarios"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(f"{kind}_template.j2")
