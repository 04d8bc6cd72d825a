"""Which cluster a run uses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cluster:
    """Which cluster, and how much of it."""

    address: str = ""
    """`auto`, `host:port` or `ray://host:port`; empty starts one on this machine."""
    actors: int = 0
    """Actors over all nodes; 0 is one for each processor of the cluster."""
