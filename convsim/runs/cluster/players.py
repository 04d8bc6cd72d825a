"""The cluster as seen by the process that began the run: episodes out to actors, rows back, lost nodes done without.

Ray (https://docs.ray.io) carries the messages. Each actor is asynchronous and holds many conversations; `-j` bounds
those of all together. An actor that ends is never asked again: its episodes go to the others, and a new actor is begun
where the cluster has room.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convsim import __version__
from convsim.errors import ConfigError, InfrastructureError
from convsim.models.traffic import Rates
from convsim.org.org import Org
from convsim.runs.cluster.actor import DeskActor
from convsim.runs.cluster.cluster import Cluster
from convsim.runs.cluster.parcels import pack
from convsim.runs.plan import Plan
from convsim.runs.signals import own_handlers
from convsim.runs.workers.remote import ATTEMPTS, LostError, RemotePlayers, shared_out

_ARRIVAL = 180.0
"""Seconds that a run without any actor waits for one."""


@dataclass(eq=False)
class _Seat:
    """One actor and how much it has to do."""

    actor: Any
    open: int = 0


class ClusterPlayers(RemotePlayers):
    """Plays with actors on all nodes of a Ray cluster."""

    def __init__(self, plan: Plan, cluster: Cluster, *, rates: Rates, listener: Callable[[Any], None]) -> None:
        """Take the plan; nothing is started before the context is entered. Raises ConfigError without Ray."""
        self._ray = _ray()
        self._plan, self._cluster, self._rates, self._listener = plan, cluster, rates, listener
        self._seats: list[_Seat] = []
        self._failure = InfrastructureError("the cluster gave no actor")
        self._coming: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ClusterPlayers":
        self._connect()
        try:
            self._count = self._cluster.actors or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
            self._send_parcels()
            for _ in range(self._count):
                self._begin()
            await self._someone()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for coming in self._coming:
            coming.cancel()
        await asyncio.gather(*self._coming, return_exceptions=True)
        for seat in self._seats:
            self._ray.kill(seat.actor)
        self._ray.shutdown()

    async def _ask(self, episode: str, request: dict[str, str]) -> dict[str, Any]:
        for _ in range(ATTEMPTS):
            await self._someone()
            seat = min(self._seats, key=lambda each: each.open)
            seat.open += 1
            try:
                return await self._answered(seat, request)
            except LostError as error:
                self._listener({"event": "worker_lost", "episode": episode, "error": str(error)})
                if seat in self._seats:
                    self._seats.remove(seat)
                    self._begin()
            finally:
                seat.open -= 1
        raise InfrastructureError(f"{ATTEMPTS} actors were lost over episode {episode}; it is left for later")

    async def _answered(self, seat: _Seat, request: dict[str, str]) -> dict[str, Any]:
        """Return the actor's answer; what is given up here is given up there, so that nobody pays for it."""
        errors = self._ray.exceptions
        reference = seat.actor.answer.remote(request)
        try:
            return dict(await reference)
        except asyncio.CancelledError:
            self._ray.cancel(reference)
            raise
        except errors.RayTaskError as error:
            raise InfrastructureError(f"an actor of the cluster failed: {_last_line(error)}") from error
        except errors.RayError as error:
            raise LostError(_last_line(error)) from error

    async def _someone(self) -> None:
        """Return as soon as there is an actor; raises InfrastructureError when none comes."""
        while not self._seats:
            if not self._coming:
                raise self._failure
            done, _ = await asyncio.wait(self._coming, timeout=_ARRIVAL, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                raise InfrastructureError(f"no actor began on the cluster within {_ARRIVAL:g} s: has it room?")

    def _begin(self) -> None:
        """Begin an actor; it gets a seat when it has told that it has what this machine has."""
        coming = asyncio.create_task(self._arrived())
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)

    async def _arrived(self) -> None:
        config = self._plan.config.model_dump_json()
        actor = self._actors.remote(config, shared_out(self._rates, self._count), self._orgs, self._personas)
        try:
            self._check(await actor.introduce.remote())
        except self._ray.exceptions.RayError as error:
            self._failure = InfrastructureError(f"an actor could not begin on the cluster: {_last_line(error)}")
        except InfrastructureError as error:
            self._failure = error
        else:
            self._seats.append(_Seat(actor))

    def _check(self, told: Mapping[str, Any]) -> None:
        """Raise InfrastructureError when a node differs from this machine: its results would differ too."""
        ours = {name: world.content_hash for name, world in self._plan.worlds.items()}
        if told["version"] != __version__:
            raise InfrastructureError(f"node {told['host']} has convsim {told['version']}, this machine {__version__}")
        if told["orgs"] != ours:
            raise InfrastructureError(f"node {told['host']} has other orgs ({told['orgs']}) than this machine ({ours})")

    def _connect(self) -> None:
        address = self._cluster.address or "local"
        # Ray would report its usage; nothing here tells anybody anything.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        _check_reachable(address)
        options = {"include_dashboard": False} if address == "local" else {}
        try:
            with own_handlers():
                self._ray.init(
                    address, logging_level=logging.ERROR, log_to_driver=False, ignore_reinit_error=True, **options
                )
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            raise InfrastructureError(f"--ray-address {address}: no cluster answers ({_last_line(error)})") from error

    def _send_parcels(self) -> None:
        """Put orgs and persona files where each node fetches them once."""
        put, config = self._ray.put, self._plan.config
        folders = [world.folder if isinstance(world, Org) else None for world in self._plan.worlds.values()]
        named = zip(config.orgs, folders, strict=True)
        self._orgs = {name: put(pack(folder)) for name, folder in named if folder is not None}
        self._personas = [put(pack(Path(path))) for path in config.persona_paths]
        remote = self._ray.remote(
            num_cpus=1,
            max_restarts=0,
            max_task_retries=0,
            max_concurrency=1000,
            scheduling_strategy="SPREAD",
        )
        self._actors = remote(DeskActor)


def _ray() -> Any:
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise ConfigError("--executor ray needs the package ray: pip install 'crm-convsim[ray]'") from error
    return ray


def _check_reachable(address: str) -> None:
    """Raise InfrastructureError when nothing listens there: Ray itself would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except OSError as error:
        raise InfrastructureError(f"--ray-address {address}: no cluster answers ({error.strerror or error})") from error


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
