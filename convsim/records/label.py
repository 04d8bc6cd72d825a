"""What a person says about one verdict: the rows that the audit exports and `calibrate` reads."""

from convsim.records.record import Record

READER = "reader"
"""judge_id of labels about what the simulated user's reader understood, not about a judge."""


class Label(Record):
    """One human verdict; the fields are the columns of the CSV, in this order."""

    id: str
    """Episode id, or any id of an external transcript."""
    turn: int | None = None
    """Index of the assistant's message in the transcript; None for the whole episode."""
    judge: str = ""
    """The judge's verdict; empty when it is to be looked up in a run."""
    label: str = ""
    """The person's verdict; empty for an item that nobody labelled: it counts for the judge's rate alone."""
    judge_id: str = ""
    """Which judge; empty for the run's own, `reader` for the user's reader."""
    reviewer: str = ""
    weight: float = 1.0
    """1 / inclusion probability of the item in the sample that was labelled; above 0."""


COLUMNS = tuple(Label.model_fields)
