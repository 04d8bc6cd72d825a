"""What surrounds the conversations of a process: the orgs served on loopback, and a calm garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from convsim.guidance.recipient import recipient
from convsim.org.org import Org
from convsim.org.serve import Server
from convsim.runs.plan import Plan

_FILES = 65_536
"""Open files that are enough for anything, where the system allows so many."""


@contextmanager
def calm_collection() -> Iterator[None]:
    """Let the garbage collector pass over what was loaded before the run, and come less often during it.

    It is not called first: a whole collection takes 0.15 s and finds some dozens of objects.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def allow_many_files() -> None:
    """Let the process open as many files as the system allows it: each foreign agent's thread needs four."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if resource.RLIM_INFINITY != soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def served(plan: Plan) -> Iterator[None]:
    """Serve the embedded orgs on loopback while agents run that open connections of their own."""
    foreign = any(recipient(agent.target) in ("plugin", "endpoint") for agent in plan.config.agents)
    if foreign:
        allow_many_files()
    with ExitStack() as servers:
        for world in plan.worlds.values():
            if foreign and isinstance(world, Org):
                server = Server(world).start()
                # Its end, a fifth of a second, is nothing that the run has to wait for.
                servers.callback(server.leave)
        yield
