"""`org.yaml` and the first draft of `sensitivity.yaml` for a pulled org."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml

from convsim.org.pull.columns import Columns
from convsim.org.pull.source import Source
from convsim.org.schema.model import Schema
from convsim.org.sensitivity import SensitiveField, built_in_sensitivity

_PERSONAL = frozenset({"email", "phone"})
_HEAD = """\
# What must not reach everybody: field -> class, and who is entitled to it. A draft: read it, change it, add to it.
# Classes: personal (of a person), internal (metrics, decisions), company (confidential knowledge).
# Long form: {class: personal, entitled: [self, delegate, account, partner, employee]}
# A line that begins with '#' is a field that nothing protects yet; remove the '#' to protect it.
"""


def present(http_date: str) -> str:
    """Return the org's present in ISO 8601, from its HTTP date, or this machine's when it tells none."""
    try:
        found = parsedate_to_datetime(http_date)
    except (TypeError, ValueError):
        found = datetime.now(UTC)
    return found.astimezone(UTC).isoformat(timespec="seconds")


def org_sheet(source: Source, out: Path, *, now: str) -> str:
    """Return the text of `org.yaml`; what the org does not tell keeps its usual value."""
    info, _ = source.identity()
    organization = source.facts("SELECT FiscalYearStartMonth FROM Organization")
    zone = info.get("zoneinfo")
    sheet: dict[str, Any] = {"name": out.resolve().name, "now": now}
    if _holds(out / "records" / "User.jsonl", source.user_id):
        sheet["user"] = source.user_id
    sheet["time_zone"] = zone if zone in available_timezones() else "UTC"
    sheet["locale"] = str(info.get("locale") or "en_US")
    sheet["fiscal_month"] = int(organization.get("FiscalYearStartMonth") or 1)
    return str(yaml.safe_dump(sheet, sort_keys=False, allow_unicode=True))


def sensitivity_draft(schema: Schema, pulled: Iterable[Columns]) -> str:
    """Return the text of `sensitivity.yaml`: the usual rules where they fit, e-mail and phone fields personal."""
    usual = {(each.object, each.field): each for each in built_in_sensitivity(schema)}
    parts = [_HEAD]
    ruled = False
    for columns in pulled:
        rules = {each["name"]: _rule(each, usual.get((columns.name, each["name"]))) for each in columns.fields}
        texts = [each["name"] for each in columns.fields if each["type"] not in {"id", "boolean", "datetime"}]
        ruled |= any(rules.values())
        mark = "" if any(rules.values()) else "# "
        parts.append(f"{mark}{columns.name}:\n")
        parts += [f"  {name}: {rules[name]}\n" if rules[name] else f"#  {name}: personal\n" for name in texts]
    return "".join(parts) + ("" if ruled else "{}\n")


def _rule(field: Mapping[str, Any], usual: SensitiveField | None) -> str:
    if usual is not None:
        return f"{{class: {usual.kind}, entitled: [{', '.join(usual.entitled)}]}}"
    return "personal" if field["type"] in _PERSONAL else ""


def _holds(file: Path, record_id: str) -> bool:
    """Return whether a record file holds the record."""
    mark = f'"{record_id}"'.encode()
    if not file.is_file():
        return False
    with file.open("rb") as lines:
        return any(mark in line and line.startswith(b'{"Id":' + mark) for line in lines)
