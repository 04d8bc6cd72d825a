"""States by their two-letter codes, as people say them."""

from functools import cache

from convsim.reading.lexicon import load


@cache
def state_names() -> dict[str, str]:
    """Return the names of the states by code (USPS Publication 28, appendix B)."""
    return dict(load("places"))


def state_forms(code: str) -> tuple[str, ...]:
    """Return wordings of a state: "Oregon", "the state of Oregon"."""
    name = state_names()[code]
    if name.startswith("District"):
        return (f"the {name}", "Washington, D.C.")
    return (name, f"the state of {name}")
