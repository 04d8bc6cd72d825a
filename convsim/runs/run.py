"""One run from configuration to outcome: worlds, plan, store, resume, execution."""

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from convsim import __version__, plugins
from convsim.agents.targets import resolve
from convsim.errors import ConfigError
from convsim.records.episode import HUMAN
from convsim.roles import Judge
from convsim.runs.cluster.cluster import Cluster
from convsim.runs.config import Manifest, RunConfig
from convsim.runs.execute import Executor, Listener
from convsim.runs.files import make_folder
from convsim.runs.guiding import check_guidance, sheets
from convsim.runs.hosting import calm_collection, served
from convsim.runs.limits import RunLimits, check_priced
from convsim.runs.lock import RunLock, ServerLock
from convsim.runs.outcome import Outcome
from convsim.runs.plan import Plan, make_plan
from convsim.runs.resume import check_same, with_agents
from convsim.runs.signals import ending_signals, held_back, woken_by_signals
from convsim.runs.store import Store
from convsim.runs.suites import check_choice
from convsim.runs.worlds import open_worlds
from convsim.users.reader import reader_of
from convsim.users.speaker import client_of
from personas.library import load_library


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is ready to be executed."""

    plan: Plan
    store: Store
    judge: Judge
    lock: RunLock | ServerLock | None = None
    """Held from preparation until the run ends; None for a database without locks of its own."""

    limits: RunLimits = field(default_factory=RunLimits)

    def execute(
        self,
        *,
        jobs: int,
        listener: Listener,
        workers: int = 1,
        cluster: Cluster | None = None,
        retry_errors: bool = False,
    ) -> Outcome:
        """Run what is missing. The first Ctrl-C or SIGTERM lets the open conversations end, the second stops.

        With several `workers` as many processes share the `jobs` conversations; a `cluster`
        takes their place. The results are the same.
        `retry_errors` runs those again that ended in an error of the agent or its model. Raises KeyboardInterrupt at
        the third signal.
        """
        executor = Executor(
            self.plan,
            self.store,
            self.judge,
            jobs=jobs,
            workers=workers,
            cluster=cluster,
            listener=listener,
            retry_errors=retry_errors,
            limits=self.limits,
        )
        try:
            with served(self.plan), calm_collection():
                return asyncio.run(_until_drained(executor))
        finally:
            self.release()

    def release(self) -> None:
        """Let other processes have the run."""
        if self.lock is not None:
            self.lock.release()


async def _until_drained(executor: Executor) -> Outcome:
    loop = asyncio.get_running_loop()

    def soon(ending: Callable[[str], None]) -> Callable[[], object]:
        return lambda: loop.call_soon_threadsafe(ending, "interrupted")

    with woken_by_signals(loop), ending_signals(soon(executor.drain), soon(executor.halt)):
        return await executor.run()


def plan_run(config: RunConfig, *, attended: bool = False) -> Plan:
    """Return the plan of a run; generates the orgs where the cache lacks them.

    Raises ConfigError for unknown agents, families, personas and orgs, before anything is written, and for a side that
    a person plays unless the run is `attended`.
    """
    if config.user.target == HUMAN and not attended:
        raise ConfigError("user 'human' is a person, who plays in `convsim play --as user`, not in a run")
    for agent in config.agents:
        if not (attended and agent.target == HUMAN):
            resolve(agent)
        check_guidance(agent)
    check_choice(config)
    library = load_library([Path(path) for path in config.persona_paths])
    return make_plan(config, open_worlds(config.orgs, seed=config.org_seed, scale=config.scale), library)


def prepare(
    config: RunConfig,
    place: Path | str,
    *,
    fresh: bool = False,
    add_agents: bool = False,
    limits: RunLimits | None = None,
    attended: bool = False,
) -> Run:
    """Plan the run and open its store, new or to be resumed.

    `fresh` renames an earlier run at the same file. Raises ConfigError for bad input, also for a money budget with a
    model whose price is unknown, and RunChangedError, with the differences, when the store holds a run of another
    configuration; nothing stored is changed then. `attended`: a person may play a side. One process at a time has a
    run; `Run.execute` and `Run.release` give it back.
    """
    limits = limits or RunLimits()
    # A file by its URL is locked, checked and renamed like any other.
    place = str(place).removeprefix("sqlite:///")
    check_priced(config, limits)
    judge = plugins.judge_provider().judge(config.judge.spec, config.judge.args, base_url=config.judge.base_url)
    client_of(config.user)
    reader_of(config.user)
    plan = plan_run(config, attended=attended)
    for world in plan.worlds.values():
        # Loads the client's packages, which takes half a second: here, not while conversations are waiting.
        world.connect()
    lock = _lock(place)
    try:
        if fresh:
            _set_aside(place)
        plan, store = _stored_plan(plan, judge, place, add_agents=add_agents)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return Run(plan, store, judge, lock, limits)


def _lock(place: Path | str) -> RunLock | ServerLock | None:
    if "://" in str(place):
        return ServerLock(str(place)) if str(place).startswith("postgresql") else None
    make_folder(Path(place).parent)
    return RunLock(Path(place))


def _stored_plan(plan: Plan, judge: Judge, place: Path | str, *, add_agents: bool) -> tuple[Plan, Store]:
    """Open the store and write the plan into it, unless it holds another run."""
    store = Store.create(place)
    try:
        return _written(plan, judge, store, place, add_agents=add_agents), store
    except BaseException:
        store.close()
        raise


def _written(plan: Plan, judge: Judge, store: Store, place: Path | str, *, add_agents: bool) -> Plan:
    stored = store.manifest()
    if stored is not None and add_agents:
        agents = with_agents(stored.config.agents, plan.config.agents)
        plan = replace(plan, config=plan.config.model_copy(update={"agents": agents}))
    manifest = _manifest(plan, judge)
    if stored is not None:
        check_same(stored, manifest, place, add_agents=add_agents)
    if stored != manifest:
        store.write_plan(manifest, plan.scenarios)
    return plan


def _manifest(plan: Plan, judge: Judge) -> Manifest:
    return Manifest(
        version=__version__,
        config=plan.config,
        org_hashes={name: world.content_hash for name, world in plan.worlds.items()},
        scenarios=plan.scenario_hash,
        judge_id=judge.judge_id,
        git=_git_state(),
        guidance=sheets(plan.config.agents, plan.worlds),
    )


def _git_state() -> str:
    """Return the working folder's commit, `+` appended for changes; empty outside a repository or without git."""
    try:
        commit, changes = (_git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit + ("+" if changes else "")


def _git(*words: str) -> str:
    command = ["git", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5)  # noqa: S603 - fixed words
    return done.stdout.strip()


def _set_aside(place: Path | str) -> None:
    """Rename an earlier run so that `--fresh` begins anew and nothing is lost."""
    path = Path(place)
    if "://" in str(place):
        raise ConfigError("--fresh needs a file; name another --store URL, or drop the old tables yourself")
    if not path.exists():
        return
    if path.is_dir():
        raise ConfigError(f"{path} is a folder, which --fresh leaves alone; name a file: {path / 'run.sqlite'}")
    number = next(n for n in count(1) if not path.with_name(f"{path.name}.old{n}").exists())
    with held_back():
        path.replace(path.with_name(f"{path.name}.old{number}"))
        for suffix in ("-wal", "-shm"):
            extra = path.with_name(path.name + suffix)
            if extra.exists():
                extra.replace(path.with_name(f"{path.name}.old{number}{suffix}"))
