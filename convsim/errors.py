"""The error tree.

    ConvsimError
    |-- ConfigError        the caller can mend it: options, files, names        exit code 2
    |   |-- SelectionError nothing is left to run or to show                    exit code 2
    |   |-- UnavailableError   this org has no such tasks                         exit code 2
    |   `-- RunChangedError    a stored run was made with another configuration     exit code 2
    `-- SimulationError    we, a model or the network broke: recorded, retried, never scored
        |-- UserError          the simulated user failed (stop reason `simulator_error`)
        |-- AgentError         the agent under test failed (stop reason `agent_error`)
        |   `-- ContextOverflowError    the agent's model cannot take more context
        `-- InfrastructureError    network, quota, disk, org (stop reason `infrastructure`)
            `-- LeftError              the person who plays a side left the terminal

`personas.errors.SourceError` (a mistake in an author's file) lies outside, because personas import nothing
of ours; whoever catches ConfigError at the boundary catches it too (`BAD_INPUT`).
"""

from collections.abc import Iterable

from personas.errors import SourceError


class ConvsimError(Exception):
    """Anything that convsim raises on purpose."""


class ConfigError(ConvsimError):
    """The caller can mend it; the message says what was found, what is allowed and what to do."""


class SelectionError(ConfigError):
    """A selection (families, agents, episodes) that leaves nothing."""


class UnavailableError(ConfigError):
    """An org lacks what a task family is about; a run over all families leaves that family out and says so."""


class RunChangedError(ConfigError):
    """A stored run was made with another configuration; the message holds every difference."""


class SimulationError(ConvsimError):
    """Something broke during an episode; it is recorded and retried and never counts as a score."""


class UserError(SimulationError):
    """The simulated user could not speak."""


class AgentError(SimulationError):
    """The agent under test raised, hung or answered something that is no reply."""


class ContextOverflowError(AgentError):
    """The agent's model refused the conversation as too long."""


class InfrastructureError(SimulationError):
    """The network, a quota, the disk or the org failed."""


class LeftError(InfrastructureError):
    """The person at the terminal left; what was said so far is kept, and the conversation can be taken up again."""


LONGEST_MESSAGE = 500
"""Characters of a foreign error's message that are kept."""


def told(error: BaseException) -> str:
    """Return type and message of an error from foreign code in one line that can be stored."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - messages are made by foreign code too
        message = "(it has no readable message)"
    return readable(f"{type(error).__name__}: {message}" if message else type(error).__name__)


def readable(text: str, *, limit: int = LONGEST_MESSAGE) -> str:
    """Return the text cut to its limit, without what UTF-8 cannot hold."""
    kept = text[:limit].encode("utf-8", "replace").decode()
    return kept if len(text) <= limit else f"{kept} [... {len(text) - limit:,} characters left out]"


LISTED = 60
"""Names that an error lists at most."""
BAD_INPUT = (ConfigError, SourceError)


def unknown(kind: str, name: str, allowed: Iterable[str], *, remedy: str = "") -> ConfigError:
    """Return the error for a name that does not exist: with the nearest name, or else all that are allowed."""
    from rapidfuzz import fuzz, process

    names = list(allowed)
    nearest = process.extractOne(name, names, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60)
    shown = [*names[:LISTED], *([f"... ({len(names)} in all)"] if len(names) > LISTED else [])]
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"choose from {', '.join(shown) or 'nothing (none exist)'}"
    return ConfigError(" ".join(part for part in (f"unknown {kind} '{name}':", hint, remedy) if part))
