"""What is recorded of guidance: which parts an agent was offered, and what a condition cost its authors."""

from convsim.records.record import Record


class Subroutines(Record):
    """Which parts of the functions an agent may call."""

    name: str = "correct"
    """`correct`, `seeded-faults`, or the name of a file."""
    source: str = ""
    """The file's text, so that the run can be repeated without it; empty for our own."""


class GuidanceSheet(Record):
    """One condition of a run, as it stands beside the results."""

    condition: str
    example: str = ""
    """Family of the worked demonstration; empty where there is none."""
    subroutines: str = ""
    """Name of the parts; empty where none are offered."""
    lines: int = 0
    """Lines that people wrote for this condition: code that is not blank, or sentences of the demonstration."""
    tokens: int = 0
    """The same in estimated tokens."""
    tried: int = 0
    """Parts that were held against the oracle on this run's orgs."""
    passed: int = 0
    """Parts that agreed with it every time."""
    failing: tuple[str, ...] = ()
    """Names of the others; a part that the file lacks is among them."""
    seen: tuple[str, ...] = ()
    """Families for which functions exist."""
    unseen: tuple[str, ...] = ()
    """Families of the comparison without any guidance."""
