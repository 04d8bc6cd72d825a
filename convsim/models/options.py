"""What we decide about a model call, apart from the parameters that the model itself takes."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from convsim.errors import ConfigError
from convsim.records.record import Record


class Options(Record):
    """How a model is called; given among the model's arguments (`--agent-args timeout=30`)."""

    timeout: float = Field(default=120.0, gt=0)
    """Seconds that one attempt may take."""
    retries: int = Field(default=5, ge=0)
    """Attempts after the first, for what passes by itself: 429, 5xx, timeouts, broken answers."""
    backoff: float = Field(default=1.0, ge=0)
    """Seconds before the first repetition; doubles with each further one."""
    longest_wait: float = Field(default=120.0, ge=0)
    """Seconds that one pause may last; a provider that asks for more has failed."""
    system_role: Literal["system", "developer", "user"] = "system"
    """Role of the instructions; `user` for models that know no system role."""


def split(args: Mapping[str, Any]) -> tuple[Options, dict[str, Any]]:
    """Return our options and the rest, the model's parameters.

    Raises ConfigError for an option out of range, and for a key: what is configured is stored with the run.
    """
    if "api_key" in args:
        raise ConfigError("a key is no model argument (arguments are stored): set the provider's environment variable")
    ours = {key: value for key, value in args.items() if key in Options.model_fields}
    try:
        options = Options(**ours)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        raise ConfigError(f"model argument '{name}': {first['msg']} (found {ours.get(name)!r})") from None
    return options, {key: value for key, value in args.items() if key not in ours}
