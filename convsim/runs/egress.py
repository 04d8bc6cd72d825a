"""Records of a real org go to no other machine's user or judge model unless that is allowed in so many words.

The agent under test is not asked about: to let it read the org is what its run is for.
"""

from collections.abc import Iterable, Iterator

from convsim.errors import ConfigError
from convsim.models.reach import stays_here
from convsim.runs.config import JudgeConfig, RunConfig
from convsim.runs.worlds import REAL


def check_egress(config: RunConfig, *, allowed: bool) -> None:
    """Raise ConfigError, naming roles and models, when a real org's records would leave this machine."""
    _check(config.orgs, [*_users(config), *_judges(config.judge)], allowed=allowed)


def check_judge_egress(stored: RunConfig, judge: JudgeConfig, *, allowed: bool) -> None:
    """Raise ConfigError when the conversations of a stored run on a real org would leave for these judges."""
    _check(stored.orgs, _judges(judge), allowed=allowed)


def _check(orgs: Iterable[str], leaving: Iterable[str], *, allowed: bool) -> None:
    found = list(leaving)
    if found and not allowed and REAL in orgs:
        raise ConfigError(
            f"--org {REAL}: records of a real org would leave this machine for {', '.join(found)}; use models that "
            "answer on loopback (such as ollama/...), or allow it with --allow-egress"
        )


def _users(config: RunConfig) -> Iterator[str]:
    """Yield role and model of the user's models that answer elsewhere."""
    for role, model in (("user", config.user.target), ("reader", config.user.reader)):
        if "/" in model and not stays_here(model, base_url=config.user.base_url):
            yield f"{role} {model}"


def _judges(config: JudgeConfig) -> Iterator[str]:
    for model in (part.strip() for part in config.spec.split("+")[1:]):
        if not stays_here(model, base_url=config.base_url):
            yield f"judge {model}"
