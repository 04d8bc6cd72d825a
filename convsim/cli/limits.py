"""What the options say that a run may consume."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError

if TYPE_CHECKING:
    from convsim.runs.config import RunConfig
    from convsim.runs.limits import RunLimits


def run_limits(given: Mapping[str, Any]) -> "RunLimits":
    """Return what the run may consume; raises ConfigError for a rate that is none."""
    from convsim.models.traffic import Rates
    from convsim.runs.limits import RunLimits

    rates = Rates(requests=_rates(given["rpm"], "--rpm"), tokens=_rates(given["tpm"], "--tpm"))
    return RunLimits(given["budget_usd"], given["budget_tokens"], given["run_timeout"], rates)


def unused_rates(config: "RunConfig", limits: "RunLimits") -> Iterator[str]:
    """Yield a note for each rate of a provider that this run does not call: its name may be misspelt."""
    from convsim.runs.limits import models_of

    called = sorted({name.partition("/")[0] for name in models_of(config) if "://" not in name})
    for flag, rates in (("--rpm", limits.rates.requests), ("--tpm", limits.rates.tokens)):
        for provider, number in rates.items():
            if provider and provider not in called:
                named = f"its providers are {', '.join(called)}" if called else "it calls none"
                yield f"note: {flag} {provider}={number:g} has no effect on this run: {named}"


def _rates(values: tuple[str, ...], flag: str) -> dict[str, float]:
    """Return `[provider=]number` as numbers by provider, `""` standing for all others."""
    found: dict[str, float] = {}
    for value in values:
        provider, _, number = value.rpartition("=")
        try:
            found[provider] = float(number)
        except ValueError:
            found[provider] = 0.0
        if not 0 < found[provider] < float("inf"):
            raise ConfigError(f"{flag} {value}: give a number above 0, or provider=number, such as openai=500")
    return found
