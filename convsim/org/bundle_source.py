"""What people write into a bundle's folder: `org.yaml` and `records/*.jsonl`, read with file, line and remedy.

    org.yaml            name, api_version, now, user, time_zone, locale, fiscal_month (all but name and now optional)
    schema/*.yaml       one object per file (convsim.org.schema.model)
    records/*.jsonl     one file per object, named after it; one record per line, fields by their API names
    sensitivity.yaml    optional (convsim.org.sensitivity)

Dates of records: `2024-11-07`; dateTimes in ISO 8601 with a zone. Ids have 15 or 18 characters. An `attributes` key, as
the REST API sends it, is passed over, so that pulled records fit as they are.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from convsim.org.ids import normal_id
from convsim.org.schema.model import NUMBER_TYPES, Field, Schema, SObject
from convsim.org.schema.source import Entry, read_entry
from personas.errors import SourceError

ORG_KEYS = ("name", "api_version", "now", "user", "time_zone", "locale", "fiscal_month", "generated")
_SUNDAY_LOCALES = ("en_US", "en_CA", "es_MX", "es_US", "pt_BR", "ja_JP", "ko_KR", "zh_TW", "he_IL")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrgSheet:
    """What `org.yaml` says."""

    name: str
    now: datetime
    """The frozen present, with its time zone."""
    api_version: str = "59.0"
    user: str = ""
    """Username or id of the running user; empty: the first active user."""
    time_zone: str = "UTC"
    locale: str = "en_US"
    fiscal_month: int = 1
    """First month of the fiscal year."""

    @property
    def week_start(self) -> int:
        """First day of the week by the locale, as `date.weekday()` counts."""
        return 6 if self.locale in _SUNDAY_LOCALES else 0


def read_org_sheet(file: Path) -> OrgSheet:
    """Return what the file says; raises SourceError."""
    entry = read_entry(file)
    entry.only(ORG_KEYS, needed=("name", "now"))
    month = entry.number("fiscal_month", 1)
    if not 1 <= month <= 12:
        raise entry.error(f"fiscal_month is {month}", allowed="1 to 12", key="fiscal_month")
    return OrgSheet(
        name=entry.text("name", ""),
        now=_now(entry),
        api_version=entry.text("api_version", "59.0"),
        user=entry.text("user", "") if "user" in entry else "",
        time_zone=entry.text("time_zone", "UTC"),
        locale=entry.text("locale", "en_US"),
        fiscal_month=month,
    )


def _now(entry: Entry) -> datetime:
    text = entry.text("now", "")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise entry.error(f"now is '{text}'", allowed="a moment with its zone: 2025-06-30T08:30:00+00:00", key="now")
    return found


def record_files(folder: Path, schema: Schema) -> dict[str, Path]:
    """Return the record files by object name; raises SourceError for a file that is named after no object."""
    files = sorted((folder / "records").glob("*.jsonl"))
    return {object_of(file, schema).name: file for file in files}


def object_of(file: Path, schema: Schema) -> SObject:
    """Return the object that a record file is named after; raises SourceError when there is none."""
    sobject = schema.object(file.stem)
    if sobject is None or sobject.pseudo:
        names = [each.name for each in schema]
        raise SourceError(
            file, None, found=f"no object is named '{file.stem}'", allowed=nearest(file.stem, names),
            remedy="name the file after an object of schema/",
        )  # fmt: skip
    return sobject


def read_records(file: Path, sobject: SObject) -> Iterator[Row]:
    """Yield the records of a file in wire format; raises SourceError at the first one that cannot be meant."""
    readers = {each.name: reader_of(each) for each in sobject.fields}
    seen: set[str] = set()
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _record(file, number, line, readers=readers, seen=seen)
    except UnicodeDecodeError as error:
        raise SourceError(file, None, found=f"not UTF-8: {error.reason}", remedy="save the file as UTF-8") from error


def _record(file: Path, number: int, line: str, *, readers: dict[str, Callable[[Any], Any]], seen: set[str]) -> Row:
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise SourceError(file, number, found=f"not readable as JSON: {error}") from error
    if not isinstance(raw, dict):
        raise SourceError(file, number, found="not a JSON object", remedy='write {"Id": "...", ...}')
    raw.pop("attributes", None)
    row = {}
    for name, value in raw.items():
        if name not in readers:
            raise SourceError(file, number, found=f"unknown field '{name}'", allowed=nearest(name, list(readers)))
        row[name] = _value(file, number, name, value=value, read=readers[name])
    if not row.get("Id"):
        raise SourceError(file, number, found="no Id", remedy="give every record an 18-character Id")
    if row["Id"] in seen:
        raise SourceError(file, number, found=f"Id '{row['Id']}' appears twice", remedy="give each record its own")
    seen.add(row["Id"])
    return row


def _value(file: Path, number: int, name: str, *, value: Any, read: Callable[[Any], Any]) -> Any:
    if value is None:
        return None
    try:
        return read(value)
    except (ValueError, TypeError) as error:
        raise SourceError(file, number, found=f"{name} is {value!r}", allowed=str(error)) from error


def reader_of(field: Field) -> Callable[[Any], Any]:
    """Return what reads a value of the field into wire format, or raises ValueError with what is allowed."""
    if field.is_id:
        return _id
    if field.type == "boolean":
        return _boolean
    if field.type in NUMBER_TYPES:
        return _integer if field.type == "int" else _number
    if field.type in {"date", "datetime", "time"}:
        return {"date": _date, "datetime": _datetime, "time": _time}[field.type]
    return _text


def _id(value: Any) -> str:
    found = normal_id(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("an id has 15 or 18 letters and digits, and the last three of 18 must fit")
    return found


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false, without quotes")
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("a whole number, without quotes")
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number, without quotes")
    return float(value)


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (ValueError, TypeError):
        raise ValueError("a date such as 2024-11-07") from None


def _datetime(value: Any) -> str:
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("a moment with its zone such as 2024-11-07T07:00:00.000+0000")
    found = found.astimezone(UTC)
    return f"{found:%Y-%m-%dT%H:%M:%S}.{found.microsecond // 1000:03d}+0000"


def _time(value: Any) -> str:
    try:
        return time.fromisoformat(value.removesuffix("Z")).isoformat("milliseconds") + "Z"
    except (ValueError, TypeError, AttributeError):
        raise ValueError("a time such as 18:30:00.000Z") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text in quotes")
    return value


def nearest(name: str, names: list[str]) -> str:
    """Return which name is probably meant, or all of them."""
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(sorted(names))}"
