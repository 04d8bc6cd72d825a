"""What a run may consume in all. None of it changes a transcript, so it is no part of the run's configuration."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil

from convsim.errors import ConfigError
from convsim.guidance.recipient import recipient
from convsim.models.prices import price
from convsim.models.traffic import Account, Rates
from convsim.records.transcript import Usage
from convsim.runs.config import RunConfig
from convsim.runs.forecast import forecast
from convsim.runs.plan import Plan


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
    reached: tuple[str, str] = ("", "")
    """What was last returned about a budget, and the option that must allow more."""
    _likely: Usage = field(default_factory=Usage)
    """What an episode takes, as far as that is known before one has ended."""
    _measured: bool = False
    """Whether that is a mean of what earlier ones took, and no forecast."""
    _finished: int = 0
    _consumed: Usage = field(default_factory=Usage)
    _lasted: float = 0.0
    _before: Usage = field(init=False)

    def __post_init__(self) -> None:
        self._before = self.account.usage

    def expect(self, plan: Plan, *, stored: int) -> None:
        """Learn what an episode of a plan takes: the mean of what `stored` ones took, or else a forecast.

        Nothing is looked up where there is no budget. What foreign agents take is unknown and counts as nothing.
        """
        if self.limits.usd is None and self.limits.tokens is None:
            return
        self._measured = bool(stored and _tokens(self._before))
        if self._measured:
            tokens, usd, number = _tokens(self._before), _usd(self._before), stored
        else:
            expected, number = forecast(plan), max(1, len(plan))
            tokens = sum(each.input_tokens + each.output_tokens for each in expected)
            usd = sum(each.usd or 0.0 for each in expected)
        self._likely = Usage(input_tokens=ceil(tokens / number), cost_usd=usd / number)

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
            return self._reached(f"the budget of {usd:g} USD is spent", "--budget-usd")
        if self.limits.tokens is not None and _tokens(used) >= self.limits.tokens:
            return self._reached(f"the budget of {self.limits.tokens:,} tokens is spent", "--budget-tokens")
        return ""

    def refuses(self, others: int) -> str:
        """Return which limit one more episode beside `others` open ones is likely to exceed, or nothing.

        A forecast alone keeps no run from beginning: the first is let through whatever it is thought to take.
        """
        if cause := self.spent():
            return cause
        if not (self._finished or self._measured or others):
            return ""
        usd = _usd(self._before) + _usd(self._consumed) + self._each(_usd) * (others + 1)
        if self.limits.usd is not None and usd > self.limits.usd:
            told = f"another episode would exceed the budget of {self.limits.usd:g} USD"
            return self._reached(told, "--budget-usd")
        tokens = _tokens(self._before) + _tokens(self._consumed) + self._each(_tokens) * (others + 1)
        if self.limits.tokens is not None and tokens > self.limits.tokens:
            told = f"another episode would exceed the budget of {self.limits.tokens:,} tokens"
            return self._reached(told, "--budget-tokens")
        ends = time.monotonic() - self.began + self._lasted / max(1, self._finished)
        if self.limits.seconds is not None and ends > self.limits.seconds:
            return f"another episode would not end within the run's {self.limits.seconds:g} s"
        return ""

    def _each(self, amount: Callable[[Usage], float]) -> float:
        """Return what one episode takes: the mean of those that ended, or else what was thought likely."""
        return amount(self._consumed) / self._finished if self._finished else amount(self._likely)

    def _reached(self, told: str, option: str) -> str:
        self.reached = (told, option)
        return told


def _tokens(usage: Usage) -> int:
    return usage.input_tokens + usage.output_tokens


def _usd(usage: Usage) -> float:
    return usage.cost_usd or 0.0
