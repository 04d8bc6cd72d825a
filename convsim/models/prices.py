"""List prices, before a call is made."""

from dataclasses import dataclass

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
    try:
        known = litellm().get_model_info(name)
    except Exception:  # noqa: BLE001 - litellm raises a bare Exception for a model that it does not map
        return None
    costs = known.get("input_cost_per_token"), known.get("output_cost_per_token")
    return None if costs[0] is None or costs[1] is None else Price(*map(float, costs))
