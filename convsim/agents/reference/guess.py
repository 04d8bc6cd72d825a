"""An answer in the right form from somebody who did not look."""

from convsim.org.ids import to_18
from convsim.records.task import Answer


def guess(form: Answer) -> tuple[str, ...]:
    """Return one answer that depends on nothing but the form; it is never the empty list."""
    if form.kind == "id":
        prefix = form.prefixes[0] if form.prefixes else "005"
        return (to_18(f"{prefix}000000000001"),)
    if form.kind == "label":
        return form.labels[:1]
    return ({"month": "March", "state": "CA", "text": "12 months"}[form.kind],)
