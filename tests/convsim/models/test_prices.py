"""List prices: read without loading the model library, and the same that it gives."""

import pytest

from convsim.models import prices
from convsim.models.loading import litellm
from convsim.models.prices import Price, price


def test_a_listed_model_s_price_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "litellm", lambda: pytest.fail("the library was loaded"))
    assert price("openai/gpt-4o-mini") == Price(1.5e-7, 6e-7)
    assert price("scripted/counter") == Price(0.0, 0.0)


@pytest.mark.parametrize(
    "name", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "mistral/mistral-large-latest"]
)
def test_it_is_the_library_s(name: str) -> None:
    known = litellm().get_model_info(name)
    assert price(name) == Price(known["input_cost_per_token"], known["output_cost_per_token"])


def test_an_unknown_price_is_none() -> None:
    assert price("hosted_vllm/unheard-of") is None
    assert price("openai/") is None
