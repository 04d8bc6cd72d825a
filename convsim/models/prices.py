"""List prices, before a call is made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from convsim.models.loading import litellm


@dataclass(frozen=True, slots=True)
class Price:
    """USD a token."""

    input: float
    output: float

    def of(self, input_tokens: float, output_tokens: float) -> float:
        """Return the cost in USD."""
        return self.input * input_tokens + self.output * output_tokens


def price(name: str) -> Price | None:
    """Return the price of `provider/model`; None when it is unknown, which is not the same as free."""
    if name.startswith("scripted/"):
        return Price(0.0, 0.0)
    known = _listed(name) or _looked_up(name)
    read, written = known.get("input_cost_per_token"), known.get("output_cost_per_token")
    return None if read is None or written is None else Price(float(read), float(written))


def _listed(name: str) -> Mapping[str, Any]:
    """Return a model's entry in the model library's own list, which is read without the seconds of its import."""
    provider, _, model = name.partition("/")
    entries = (_entries().get(key, {}) for key in (name, model))
    return next((entry for entry in entries if entry.get("litellm_provider") == provider), {})


@cache
def _entries() -> Mapping[str, Any]:
    """Return the list that the library falls back to and that we make it use; nothing where it has moved."""
    found = find_spec("litellm")
    for folder in (found and found.submodule_search_locations) or ():
        file = Path(folder) / "model_prices_and_context_window_backup.json"
        if file.is_file():
            return dict(json.loads(file.read_bytes()))
    return {}


def _looked_up(name: str) -> Mapping[str, Any]:
    """Return what the library finds by its own rules for names that its list does not hold as they are."""
    try:
        return dict(litellm().get_model_info(name))
    except Exception:  # noqa: BLE001 - litellm raises a bare Exception for a model that it does not map
        return {}
