"""`--record` and `--replay`: which cassette a run uses, and with what it cannot."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError
from convsim.guidance.recipient import recipient
from convsim.runs.config import RunConfig

if TYPE_CHECKING:
    from convsim.models.cassette.deck import Use


def cassette_of(given: Mapping[str, Any], config: RunConfig) -> "Use | None":
    """Return the cassette that the options name, None without one; raises ConfigError for what it cannot serve."""
    from convsim.models.cassette.deck import Use

    record, replay = given.get("record"), given.get("replay")
    if not record and not replay:
        return None
    flag = "--record" if record else "--replay"
    if record and replay:
        raise ConfigError("--record and --replay exclude each other: record once, then replay")
    if given.get("executor", "local") != "local":
        raise ConfigError(f"{flag} works on this machine alone: leave out --executor ray (--workers may be given)")
    for agent in config.agents:
        if recipient(agent.target) == "endpoint":
            raise ConfigError(
                f"{flag} holds the calls of models, not what the endpoint {agent.target} asks the org in between: "
                "leave that agent out"
            )
    return Use("record", record) if record else Use("replay", str(replay))
