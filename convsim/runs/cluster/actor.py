"""What stands on a node of the cluster: a desk whose orgs and personas came as parcels."""

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from convsim import __version__, tracing
from convsim.models.traffic import Rates
from convsim.runs.cluster.parcels import lay_down
from convsim.runs.config import RunConfig
from convsim.runs.workers.desk import Desk


class DeskActor:
    """A `Desk` as an asynchronous Ray actor."""

    def __init__(self, config: str, rates: Rates, orgs: Mapping[str, Any], personas: Sequence[Any]) -> None:
        """Take the run as JSON, and references to the parcels of its orgs by name and of its persona files.

        Only the first actor on a node writes them. Raises ConfigError for what this node lacks.
        """
        import ray

        run = RunConfig.model_validate_json(config)
        here = {name: str(lay_down(ray.get(parcel))) for name, parcel in orgs.items()}
        files = tuple(str(lay_down(ray.get(parcel))) for parcel in personas)
        names = tuple(here.get(name, name) for name in run.orgs)
        self._desk = Desk(run.model_copy(update={"orgs": names, "persona_paths": files}), rates)
        self._surroundings = ExitStack()
        self._surroundings.enter_context(self._desk.open(os.environ.get(tracing.VARIABLE)))

    async def introduce(self) -> dict[str, Any]:
        """Return where this is and what it has: host, version of convsim, content hash of each org."""
        return {"host": socket.gethostname(), "version": __version__, "orgs": self._desk.org_hashes}

    async def answer(self, request: dict[str, str]) -> dict[str, Any]:
        """See `Desk.answer`."""
        return await self._desk.answer(request)
