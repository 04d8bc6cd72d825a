"""What the metadata of a published task tell: today, the login, and the facts that the user, not the agent, holds."""

import re
from datetime import date
from typing import NamedTuple

from personas.units import UnitName

_TODAY = re.compile(r"Today's date:\s*(\d{4}-\d{2}-\d{2})", re.IGNORECASE)
_LOGIN = re.compile(r"(?:Contact Id interacting:|is logged in as Id:)\s*(\w{15,18})", re.IGNORECASE)
_RECORD = re.compile(
    r"^[ \t]*(?:[-#]+[ \t]*)?(?P<said>(?P<object>Lead|Quote|Case|Opportunity) Id to be considered is:\s*"
    r"(?P<id>\w{15,18}))\.?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_REGION = re.compile(r"^[ \t]*(?:[-#]+[ \t]*)?(?P<said>Lead's region:\s*(?P<state>.+?))[ \t]*$", re.I | re.M)


class Fact(NamedTuple):
    """A unit that the query leaves out."""

    unit: UnitName
    value: str
    form: str
    said: str
    """Its line in the metadata."""


class Told(NamedTuple):
    """The metadata in their parts."""

    policy: str
    """What the agent is told: everything but the facts, as upstream has it."""
    today: date | None
    login: str | None
    """Id of the contact who is logged in."""
    facts: tuple[Fact, ...]


def told(required: str) -> Told:
    """Return the parts of the metadata that are always told."""
    found: list[Fact] = []
    if record := _RECORD.search(required):
        form = f"the {record['object'].lower()} {record['id']}"
        found.append(Fact("record", record["id"], form, record["said"]))
    if region := _REGION.search(required):
        found.append(Fact("region", region["state"], region["state"], region["said"]))
    policy = _REGION.sub("", _RECORD.sub("", required))
    today, login = _TODAY.search(required), _LOGIN.search(required)
    return Told(
        "\n".join(line.rstrip() for line in policy.strip("\n").splitlines()).strip(),
        date.fromisoformat(today[1]) if today else None,
        login[1] if login else None,
        tuple(found),
    )
