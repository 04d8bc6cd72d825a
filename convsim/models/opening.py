"""From a model's name to a client; every mistake in name or arguments is a ConfigError here, not later."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError

if TYPE_CHECKING:
    from convsim.models.client import ModelClient
    from convsim.models.model import Model


def open_client(
    name: str,
    *,
    base_url: str | None = None,
    args: Mapping[str, Any] | None = None,
    role: str = "agent",
    needs: Sequence[str] = (),
) -> "ModelClient":
    """Return a client of its own account for the model; `client.fork()` gives further accounts on the same model.

    `role` (agent, user, judge) names the speaker on a cassette. `args` are model parameters (temperature, seed,
    max_tokens, ...) and the options of `convsim.models.options.Options`. Raises ConfigError for an unknown provider or
    script, an argument that the model does not take, one of those that the role `needs` (tools, response_format), an
    address that is none, and a missing key.
    """
    from convsim.models.client import ModelClient

    return ModelClient(open_model(name, base_url=base_url, args=args, role=role, needs=needs))


def open_model(
    name: str,
    *,
    base_url: str | None = None,
    args: Mapping[str, Any] | None = None,
    role: str = "agent",
    needs: Sequence[str] = (),
) -> "Model":
    """Return the model that stands behind a client; raises as `open_client` does.

    While a cassette is in use the model is recorded, or not opened at all but played back.
    """
    from convsim.models.cassette.deck import in_use
    from convsim.models.traffic import CountedModel

    def opened() -> "Model":
        return _opened(name, base_url, args or {}, needs)

    deck = in_use()
    return CountedModel(opened() if deck is None else deck.model(name, role, args or {}, opened))


def _opened(name: str, base_url: str | None, args: Mapping[str, Any], needs: Sequence[str]) -> "Model":
    provider, _, rest = name.partition("/")
    if not provider or not rest:
        raise ConfigError(
            f"model '{name}' has no provider: write provider/model, such as openai/gpt-4o or scripted/echo"
        )
    if provider == "scripted":
        from convsim.models.scripted import open_script

        return open_script(rest, args=args)
    if provider == "inspect":
        from convsim.models.inspect_model import InspectModel

        if base_url or args:
            raise ConfigError(f"model '{name}' takes no address and no arguments: Inspect has them")
        return InspectModel(name)
    from convsim.models.remote import RemoteModel

    return RemoteModel(name, base_url=base_url, args=args, needs=needs)
