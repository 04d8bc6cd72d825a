"""Work that does not depend on the machine: how many calls a piece of code makes."""

import sys
from collections.abc import Callable


def count_calls(work: Callable[[], object]) -> int:
    """Return the number of Python and C calls that the work makes."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls
