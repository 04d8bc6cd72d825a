"""What surrounds the conversations of a process: the orgs served on loopback, and a calm garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from convsim.guidance.recipient import recipient
from convsim.org.org import Org
from convsim.org.serve import Server
from convsim.runs.plan import Plan


@contextmanager
def calm_collection() -> Iterator[None]:
    """Let the garbage collector pass over what was loaded before the run, and come less often during it."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def served(plan: Plan) -> Iterator[None]:
    """Serve the embedded orgs on loopback while agents run that open connections of their own."""
    foreign = any(recipient(agent.target) in ("plugin", "endpoint") for agent in plan.config.agents)
    with ExitStack() as servers:
        for world in plan.worlds.values():
            if foreign and isinstance(world, Org):
                servers.enter_context(Server(world))
        yield
