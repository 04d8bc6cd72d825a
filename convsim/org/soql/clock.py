"""What a session knows of time and place: frozen when it begins, so that every query of a run sees the same today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from convsim.errors import ConfigError, unknown


@dataclass(frozen=True, slots=True)
class SessionClock:
    """The session's now, and how its user counts days, weeks and fiscal years."""

    now: datetime
    """The moment that TODAY is taken from; must carry a time zone."""
    time_zone: str = "America/Los_Angeles"
    """The running user's time zone by its IANA name."""
    week_start: int = 6
    """First day of the week as `date.weekday()` counts: 0 Monday ... 6 Sunday (en_US)."""
    fiscal_month: int = 1
    """First month of the fiscal year."""
    user_id: str = ""
    """18-character id of the running user, for USING SCOPE mine."""

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ConfigError(f"now '{self.now.isoformat()}' has no time zone: write it with one, such as +00:00")
        if not 1 <= self.fiscal_month <= 12:
            raise ConfigError(f"fiscal month {self.fiscal_month} is not within 1 to 12")
        if not 0 <= self.week_start <= 6:
            raise ConfigError(f"week start {self.week_start} is not within 0 (Monday) to 6 (Sunday)")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise unknown("time zone", self.time_zone, ["UTC", "America/Los_Angeles", "Europe/Berlin"]) from error

    @property
    def zone(self) -> ZoneInfo:
        """Return the user's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """Return the user's date."""
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> str:
        """Return the moment when the user's day begins, in wire format (UTC)."""
        if day <= date(1, 1, 2):
            return "0001-01-01T00:00:00.000+0000"
        if day >= date(9999, 12, 30):
            return "9999-12-31T23:59:59.999+0000"
        return wire(datetime.combine(day, time.min, self.zone))


def wire(moment: datetime) -> str:
    """Return a moment in wire format: UTC, milliseconds, no colon in the zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.").zfill(20) + f"{moment.microsecond // 1000:03d}+0000"


def later(day: date, days: int) -> date:
    """Return a day some days later (or earlier), stopped at the calendar's ends."""
    if abs(days) > 4_000_000:
        return date.max if days > 0 else date.min
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def month_later(day: date, months: int) -> date:
    """Return the first day of the month some months later (or earlier), stopped at the calendar's ends."""
    month = day.year * 12 + day.month - 1 + months
    if month < 12:
        return date.min
    return date(month // 12, month % 12 + 1, 1) if month < 120_000 else date.max


def first_of_week(day: date, *, week_start: int) -> date:
    """Return the first day of the day's week."""
    return later(day, -((day.weekday() - week_start) % 7))
