"""UTC texts as a user's clock shows them: the SQL function `local_time`, for convertTimezone."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def local_time(text: str | None, zone: str) -> str | None:
    """Return a UTC dateTime in wire format as `YYYY-MM-DDTHH:MM:SS` in the time zone; null stays null."""
    if text is None:
        return None
    shift = _shift(text[:15], zone)
    return (datetime.fromisoformat(text[:19]) + shift).isoformat() if shift else text[:19]


@lru_cache(maxsize=65_536)
def _shift(ten_minutes: str, zone: str) -> timedelta:
    """Return the offset from UTC; no time zone changes it within ten minutes that begin at a multiple of ten."""
    moment = datetime.fromisoformat(ten_minutes + "0:00").replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
