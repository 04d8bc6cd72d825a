"""What the API offers: versions, resources, limits, numbers of records."""

from convsim.org.layout import quoted
from convsim.org.rest.message import Answer
from convsim.org.rest.service import DAILY_REQUESTS, Call, check_method
from convsim.org.schema.model import SObject

FIRST_VERSION, LAST_VERSION = 31, 64
"""API versions that answer; older ones are retired (Salesforce's "API End-of-Life" page)."""
_SEASONS = ("Winter", "Spring", "Summer")
_RESOURCES = (
    *("tooling", "query", "queryAll", "search", "parameterizedSearch", "sobjects", "limits", "composite", "recent"),
)
_LIMITS = {
    "DailyApiRequests": DAILY_REQUESTS,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DataStorageMB": 1_024,
    "FileStorageMB": 1_024,
    "HourlyODataCallout": 20_000,
    "MassEmail": 5_000,
    "SingleEmail": 5_000,
}


def versions() -> list[dict[str, str]]:
    """Return `GET /services/data/`: three releases a year, 59.0 is Winter '24."""
    return [
        {
            "label": f"{_SEASONS[(number - 59) % 3]} '{24 + (number - 59) // 3}",
            "url": f"/services/data/v{number}.0",
            "version": f"{number}.0",
        }
        for number in range(FIRST_VERSION, LAST_VERSION + 1)
    ]


def resources(call: Call) -> Answer:
    """Answer `GET /services/data/vXX.X`: the map from names to paths, with the `identity` address of the session."""
    check_method(call, "GET")
    service = call.service
    identity = f"{service.instance_url(call.request)}/id/{service.organization_id}/{call.session.user_id}"
    return Answer({"identity": identity, **{name: f"{call.root}/{name}" for name in _RESOURCES}})


def recent(call: Call) -> Answer:
    """Answer `GET recent`: nobody has viewed a record in a user interface."""
    check_method(call, "GET")
    return Answer([])


def limits(call: Call) -> Answer:
    """Answer `GET limits`: what is allowed and left of it."""
    check_method(call, "GET")
    used = call.session.log.requests if call.session.log else 0
    spent = {"DailyApiRequests": used}
    return Answer(
        {name: {"Max": most, "Remaining": max(0, most - spent.get(name, 0))} for name, most in _LIMITS.items()}
    )


def record_count(call: Call) -> Answer:
    """Answer `GET limits/recordCount[?sObjects=A,B]`; names that do not exist are left out."""
    check_method(call, "GET")
    wanted = call.request.parameters.get("sObjects", "")
    schema = call.service.schema
    found = [schema.object(name.strip()) for name in wanted.split(",")] if wanted else list(schema)
    counted = {each.name: each for each in found if each is not None and not each.pseudo}
    return Answer(
        {"sObjects": [{"count": count_records(call, each), "name": name} for name, each in sorted(counted.items())]}
    )


def count_records(call: Call, sobject: SObject) -> int:
    """Return how many records of the object are not deleted."""
    sql = f'SELECT count(*) FROM {quoted(sobject.name)} WHERE "IsDeleted" = 0'  # noqa: S608
    return int(call.service.store.select(sql)[0][0])
