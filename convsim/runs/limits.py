"""What a run may consume in all. None of it changes a transcript, so it is no part of the run's configuration."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from convsim.errors import ConfigError
from convsim.guidance.recipient import recipient
from convsim.models.prices import price
from convsim.models.traffic import Account, Rates
from convsim.records.transcript import Usage
from convsim.runs.config import RunConfig


@dataclass(frozen=True, slots=True)
class RunLimits:
    """None is no limit."""

    usd: float | None = None
    """Cost of all models of the run, counted over all commands that worked on it."""
    tokens: int | None = None
    """Input and output tokens, counted like `usd`."""
    seconds: float | None = None
    """Wall time of this command."""
    rates: Rates = field(default_factory=Rates)
    """Requests and tokens a minute."""


def models_of(config: RunConfig) -> Iterator[str]:
    """Yield every model that a run calls: agents, user, reader, judges; endpoints as their address."""
    for agent in config.agents:
        if recipient(agent.target) in ("model", "endpoint"):
            yield agent.target
    yield from (name for name in (config.user.target, config.user.reader) if "/" in name)
    yield from (part.strip() for part in config.judge.spec.split("+")[1:])


def check_priced(config: RunConfig, limits: RunLimits) -> None:
    """Raise ConfigError when a money budget is given and the price of a model is unknown."""
    if limits.usd is None:
        return
    unpriced = [name for name in dict.fromkeys(models_of(config)) if price(name) is None]
    if unpriced:
        raise ConfigError(
            f"--budget-usd cannot be kept: the price of {', '.join(unpriced)} is unknown; "
            "use --budget-tokens or --run-timeout instead"
        )


@dataclass(slots=True)
class Spending:
    """Watches the limits: what the run consumed, and what another episode is likely to consume."""

    limits: RunLimits
    account: Account
    began: float = field(default_factory=time.monotonic)
    _finished: int = 0
    _consumed: Usage = field(default_factory=Usage)
    _lasted: float = 0.0
    _before: Usage = field(init=False)

    def __post_init__(self) -> None:
        self._before = self.account.usage

    def finished(self, usage: Usage, seconds: float) -> None:
        """Learn what an episode consumed."""
        self._finished += 1
        self._consumed += usage
        self._lasted += seconds

    def spent(self) -> str:
        """Return which limit is reached, or nothing."""
        usd, used = self.limits.usd, self.account.usage
        if usd is not None and used.cost_usd is None:
            return "the price of a call is unknown, so the money budget cannot be kept"
        if usd is not None and (used.cost_usd or 0.0) >= usd:
            return f"the budget of {usd:g} USD is spent"
        if self.limits.tokens is not None and _tokens(used) >= self.limits.tokens:
            return f"the budget of {self.limits.tokens:,} tokens is spent"
        return ""

    def refuses(self, others: int) -> str:
        """Return which limit one more episode beside `others` open ones is likely to exceed, or nothing."""
        if cause := self.spent():
            return cause
        if not self._finished:
            return ""
        share = (others + 1) / self._finished
        usd = (self._before.cost_usd or 0.0) + (self._consumed.cost_usd or 0.0) * (1 + share)
        if self.limits.usd is not None and usd > self.limits.usd:
            return f"another episode would exceed the budget of {self.limits.usd:g} USD"
        tokens = _tokens(self._before) + _tokens(self._consumed) * (1 + share)
        if self.limits.tokens is not None and tokens > self.limits.tokens:
            return f"another episode would exceed the budget of {self.limits.tokens:,} tokens"
        ends = time.monotonic() - self.began + self._lasted / self._finished
        if self.limits.seconds is not None and ends > self.limits.seconds:
            return f"another episode would not end within the run's {self.limits.seconds:g} s"
        return ""


def _tokens(usage: Usage) -> int:
    return usage.input_tokens + usage.output_tokens
