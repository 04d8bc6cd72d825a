"""Generated texts to read: which field holds each kind, and a draw of records that is the same every time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convsim.draws import digest

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

KINDS = {
    "article": ("Knowledge__kav", "Title", "FAQ_Answer__c"),
    "email": ("EmailMessage", "Subject", "TextBody"),
    "chat": ("LiveChatTranscript", "Case.Subject", "Body"),
    "call": ("VoiceCallTranscript__c", "CreatedDate", "Body__c"),
    "task_note": ("Task", "Subject", "Description"),
    "case_description": ("Case", "Subject", "Description"),
}
"""Object, heading and text of each kind."""


def samples(client: "Salesforce", kind: str, *, number: int, seed: int) -> Iterator[dict[str, str]]:
    """Yield id, heading and text of so many records, drawn without order; raises ConfigError when the org has none."""
    from convsim.cli.records import run_query
    from convsim.errors import SelectionError

    sobject, heading, text = KINDS[kind]
    found = run_query(client, f"SELECT Id, {heading}, {text} FROM {sobject}").records  # noqa: S608
    told = [each for each in found if each[text]]
    if not told:
        raise SelectionError(f"no record of {sobject} has a text: nothing to read of kind '{kind}'")
    for each in sorted(told, key=lambda record: digest(seed, record["Id"]))[:number]:
        yield {"id": each["Id"], "heading": _reached(each, heading), "text": each[text]}


def _reached(record: Any, path: str) -> str:
    for step in path.split("."):
        record = (record or {}).get(step)
    return str(record or "")
