"""The run store: one SQLite file per run, or any SQLAlchemy URL; the only thing that report and viewer read.

A file of ours carries `APPLICATION_ID` in its header; anything else is refused, never overwritten. Transcripts and
verdicts are appended in batches by one writer (WAL, `synchronous=NORMAL`: what was acknowledged survives a kill of
the process at any moment).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from convsim.errors import ConfigError, InfrastructureError
from convsim.records.episode import AgentConfig, Episode, Scenario
from convsim.records.transcript import INVALID_CAUSES, Transcript, Usage
from convsim.records.verdict import Verdict
from convsim.runs.config import Manifest
from convsim.runs.files import check_file, check_writable, is_settled, make_file
from convsim.runs.schema import STORE_VERSION, replacing, upgrade
from convsim.runs.schema import episodes as _episodes
from convsim.runs.schema import labels as _labels
from convsim.runs.schema import meta as _meta
from convsim.runs.schema import scenarios as _scenarios
from convsim.runs.schema import verdicts as _verdicts
from convsim.runs.server import server_engine

APPLICATION_ID = 0x43564D31
"""SQLite's application_id of run stores ("CVM1")."""
JUDGE = "judge"
"""Role whose consumption is kept apart from the total."""


class Ending(NamedTuple):
    """How a stored conversation ended; see `convsim.records.transcript.Stop`."""

    kind: str
    cause: str


class Store:
    """Reads and appends one run."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    @classmethod
    def create(cls, place: Path | str) -> "Store":
        """Return the store at a path or URL, made if it does not exist.

        Raises ConfigError for a foreign, torn or newer file and for a folder that cannot be written.
        """
        path = _path(place)
        if path is not None:
            if path.exists():
                check_file(path, APPLICATION_ID)
                check_writable(path)
            else:
                make_file(path, APPLICATION_ID)
        store = cls(_engine(place), str(place))
        with store.guard():
            store._claim()
        return store

    @classmethod
    def open(cls, place: Path | str) -> "Store":
        """Return the existing store at a path or URL; raises ConfigError when there is none."""
        path = _path(place)
        if path is not None:
            if not path.exists():
                raise ConfigError(f"there is no run at {path}; `convsim run --out {path}` makes one")
            check_file(path, APPLICATION_ID)
        return cls(_engine(place), str(place))

    @property
    def is_file(self) -> bool:
        """Whether it lies on this machine's disk, where an append takes about a millisecond."""
        return self._engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Give up the connections; what was appended is on disk."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """The database, for what other modules keep beside the run (`convsim.runs.labels`)."""
        return self._engine

    def shown(self, text: str) -> str:
        """Return a text about the run as it may be shown; here as it is, see `convsim.runs.redact`."""
        return text

    def guard(self) -> "_Guard":
        """Return a context that turns the database's errors into ours."""
        return _Guard(self.name)

    def _claim(self) -> None:
        """Make or upgrade the tables; refuse a store that is newer than this program."""
        if sa.inspect(self._engine).has_table(_meta.name):
            with self._engine.connect() as connection:
                row = connection.execute(sa.select(_meta.c.value).where(_meta.c.key == "schema_version")).scalar()
            if row is not None and int(row) > STORE_VERSION:
                raise ConfigError(
                    f"{self.name} was written by a newer convsim (schema {row}, this one reads up to "
                    f"{STORE_VERSION}); upgrade convsim, or use another --out"
                )
        upgrade(self._engine)

    def manifest(self) -> Manifest | None:
        """Return the run's manifest, or None for a run that never began."""
        with self.guard(), self._engine.connect() as connection:
            text = connection.execute(sa.select(_meta.c.value).where(_meta.c.key == "manifest")).scalar()
        return Manifest.model_validate_json(text) if text else None

    def write_plan(self, manifest: Manifest, scenarios: Sequence[Scenario]) -> None:
        """Store the manifest and all scenarios in one transaction, replacing an earlier plan."""
        rows = [{"number": i, "id": s.id, "payload": s.model_dump_json()} for i, s in enumerate(scenarios)]
        with self.guard(), self._engine.begin() as connection:
            connection.execute(_meta.delete().where(_meta.c.key == "manifest"))
            connection.execute(_meta.insert().values(key="manifest", value=manifest.model_dump_json()))
            connection.execute(_scenarios.delete())
            if rows:
                connection.execute(_scenarios.insert(), rows)

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest; the scenarios stay."""
        with self.guard(), self._engine.begin() as connection:
            _replace(connection, _meta, [{"key": "manifest", "value": manifest.model_dump_json()}])

    def spent(self, role: str = "") -> Usage:
        """Return what all commands that worked on this run consumed, given-up conversations included.

        `role` JUDGE: its part of that; the parts of agent and user stand in the transcripts.
        """
        with self.guard(), self._engine.connect() as connection:
            text = connection.execute(sa.select(_meta.c.value).where(_meta.c.key == _spent(role))).scalar()
        return Usage.model_validate_json(text) if text else Usage()

    def append(
        self,
        transcripts: Sequence[Mapping[str, Any]],
        verdicts: Sequence[Mapping[str, Any]],
        *,
        spent: Mapping[str, Usage] | None = None,
    ) -> None:
        """Store rows of `transcript_row` and `verdict_row` in one transaction; a repeated key replaces its row.

        A transcript that is replaced takes its verdicts, whoever gave them, with it: they were about other words.
        Watchers are told by a count of its replacements (`states`). `spent`: what `spent` is to return, by role.
        """
        with self.guard(), self._engine.begin() as connection:
            if transcripts:
                _forget_replaced(connection, [row["id"] for row in transcripts])
            for table, rows in ((_episodes, transcripts), (_verdicts, verdicts)):
                if rows:
                    _replace(connection, table, rows)
            if spent:
                rows = [{"key": _spent(role), "value": each.model_dump_json()} for role, each in spent.items()]
                _replace(connection, _meta, rows)

    def rewrite(self, change: Mapping[str, Callable[[str], str]], *, mark: str) -> int:
        """Replace the texts of `scenarios`, `episodes`, `verdicts` and `labels` and set a mark; return the episodes.

        All of it in one transaction; afterwards the old pages are overwritten, so that nothing can be read out of the
        file any more.
        """
        columns = {
            "scenarios": _scenarios.c.payload,
            "episodes": _episodes.c.transcript,
            "verdicts": _verdicts.c.payload,
            "labels": _labels.c.comment,
        }
        upgrade(self._engine)
        with self.guard(), self._engine.begin() as connection:
            for name, column in columns.items():
                keys = list(column.table.primary_key)
                for *key, text in connection.execute(sa.select(*keys, column)).all():
                    matches = sa.and_(*(each == value for each, value in zip(keys, key, strict=True)))
                    connection.execute(column.table.update().where(matches).values({column.name: change[name](text)}))
            _replace(connection, _meta, [{"key": mark, "value": "1"}])
            count = connection.execute(sa.select(sa.func.count()).select_from(_episodes)).scalar_one()
        if self.is_file:
            with self.guard(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(count)

    def is_marked(self, mark: str) -> bool:
        """Return whether `rewrite` has set this mark."""
        with self.guard(), self._engine.connect() as connection:
            return connection.execute(sa.select(_meta.c.value).where(_meta.c.key == mark)).scalar() is not None

    def finished(self) -> dict[str, Ending]:
        """Return episode id -> ending of all stored transcripts."""
        query = sa.select(_episodes.c.id, _episodes.c.stop_kind, _episodes.c.stop_cause)
        with self.guard(), self._engine.connect() as connection:
            return {key: Ending(kind, cause) for key, kind, cause in connection.execute(query)}

    def judged(self, judge_id: str) -> set[str]:
        """Return the ids of the episodes that this judge has judged."""
        query = sa.select(_verdicts.c.episode_id).where(_verdicts.c.judge_id == judge_id)
        with self.guard(), self._engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def states(self) -> dict[str, tuple[str, str, int, int]]:
        """Return episode id -> how it ended (kind, cause), by how many judges it was judged, and how often replaced."""
        judged = (
            sa.select(_verdicts.c.episode_id, sa.func.count().label("n")).group_by(_verdicts.c.episode_id).subquery()
        )
        query = sa.select(
            _episodes.c.id, _episodes.c.stop_kind, _episodes.c.stop_cause, sa.func.coalesce(judged.c.n, 0)
        ).join(judged, judged.c.episode_id == _episodes.c.id, isouter=True)
        with self.guard(), self._engine.connect() as connection:
            replaced = _replacements(connection)
            return {
                key: (kind, cause, count, replaced.get(key, 0)) for key, kind, cause, count in connection.execute(query)
            }

    def some(self, ids: Sequence[str]) -> Iterator[Episode]:
        """Yield the stored episodes of these ids, in no particular order."""
        manifest = self.manifest()
        agents = {agent.fingerprint: agent for agent in manifest.config.agents} if manifest else {}
        query = (
            sa.select(_scenarios.c.payload, _episodes)
            .join(_episodes, _episodes.c.scenario_id == _scenarios.c.id)
            .where(_episodes.c.id.in_(ids))
        )
        verdicts = self._verdicts(manifest.judge_id if manifest else "", ids)
        with self.guard(), self._engine.connect() as connection:
            for row in connection.execute(query):
                if row.agent in agents:
                    yield _episode(row, agents[row.agent], verdicts.get(row.id, []))

    def scenarios(self) -> list[Scenario]:
        """Return all planned scenarios in order."""
        query = sa.select(_scenarios.c.payload).order_by(_scenarios.c.number)
        with self.guard(), self._engine.connect() as connection:
            return [Scenario.model_validate_json(text) for text in connection.execute(query).scalars()]

    def scenario_count(self) -> int:
        """Return how many scenarios are planned."""
        with self.guard(), self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(_scenarios)).scalar_one())

    def transcript(self, episode_id: str) -> Transcript | None:
        """Return one stored transcript, or None."""
        query = sa.select(_episodes.c.transcript).where(_episodes.c.id == episode_id)
        with self.guard(), self._engine.connect() as connection:
            text = connection.execute(query).scalar()
        return Transcript.model_validate_json(text) if text else None

    def episodes(self) -> Iterator[Episode]:
        """Yield every stored episode in plan order; the verdicts of the run's own judge come first."""
        manifest = self.manifest()
        agents = {agent.fingerprint: agent for agent in manifest.config.agents} if manifest else {}
        query = (
            sa.select(_scenarios.c.payload, _episodes)
            .join(_episodes, _episodes.c.scenario_id == _scenarios.c.id)
            .order_by(_scenarios.c.number, _place(agents))
        )
        verdicts = self._verdicts(manifest.judge_id if manifest else "")
        with self.guard(), self._engine.connect().execution_options(yield_per=256) as connection:
            for row in connection.execute(query):
                if row.agent in agents:
                    yield _episode(row, agents[row.agent], verdicts.get(row.id, []))

    def _verdicts(self, first: str, ids: Sequence[str] | None = None) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        order = (_verdicts.c.judge_id != first, _verdicts.c.judge_id, _verdicts.c.judge)
        query = sa.select(_verdicts.c.episode_id, _verdicts.c.payload).order_by(*order)
        if ids is not None:
            query = query.where(_verdicts.c.episode_id.in_(ids))
        with self.guard(), self._engine.connect() as connection:
            for episode_id, payload in connection.execute(query):
                found.setdefault(episode_id, []).append(payload)
        return found


def _place(agents: Mapping[str, AgentConfig]) -> Any:
    """Return the ORDER BY expression that keeps the agents in the order of the run's configuration."""
    places = {fingerprint: number for number, fingerprint in enumerate(agents)}
    return sa.case(places, value=_episodes.c.agent, else_=len(places)) if places else _episodes.c.agent


class _Guard:
    """Turns what the database raises into our errors, with the store's name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, DBAPIError):
            return
        cause = str(error.orig)
        if "disk" in cause or "full" in cause or "I/O" in cause or "locked" in cause:
            remedy = "end what locks it" if "locked" in cause else "make room"
            raise InfrastructureError(
                f"{self._name} cannot be written: {cause}; what was stored is safe: {remedy} and give the command again"
            ) from error
        raise ConfigError(
            f"{self._name} is not usable as a run store: {cause}; choose another --out, or restore it from a copy"
        ) from error


def transcript_row(episode_id: str, scenario: Scenario, agent: AgentConfig, transcript: Transcript) -> dict[str, Any]:
    """Return the row of a finished conversation."""
    return {
        "id": episode_id,
        "scenario_id": scenario.id,
        "agent": agent.fingerprint,
        "stop_kind": transcript.stop.kind,
        "stop_cause": transcript.stop.cause,
        "transcript": transcript.model_dump_json(),
    }


def verdict_row(episode_id: str, judge_id: str, verdict: Verdict) -> dict[str, Any]:
    """Return the row of a verdict; `judge_id` is that of the run's judge, so that a run knows what is missing."""
    return {
        "episode_id": episode_id,
        "judge": verdict.judge,
        "judge_id": judge_id,
        "payload": verdict.model_dump_json(),
    }


def is_invalid(stop_cause: str) -> bool:
    """Return whether a stored stop cause spoiled its trial, so that the episode is to be run again."""
    return stop_cause in INVALID_CAUSES


def _episode(row: Any, agent: AgentConfig, verdicts: Sequence[str]) -> Episode:
    return Episode(
        id=row.id,
        scenario=Scenario.model_validate_json(row.payload),
        agent=agent,
        transcript=Transcript.model_validate_json(row.transcript),
        verdicts=tuple(Verdict.model_validate_json(text) for text in verdicts),
    )


_REPLACED = "replaced:"
"""Prefix of the keys of `meta` that count how often an episode's transcript was replaced."""


_KNOWN = sa.select(_episodes.c.id).where(_episodes.c.id.in_(sa.bindparam("ids", expanding=True)))


def _forget_replaced(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Count the episodes among these that are stored already, and take their verdicts away."""
    known = list(connection.execute(_KNOWN, {"ids": list(ids)}).scalars())
    if known:
        before = _replacements(connection)
        rows = [{"key": f"{_REPLACED}{each}", "value": str(before.get(each, 0) + 1)} for each in known]
        _replace(connection, _meta, rows)
        connection.execute(_verdicts.delete().where(_verdicts.c.episode_id.in_(known)))


def _spent(role: str) -> str:
    return f"spent_{role}" if role else "spent"


def _replacements(connection: sa.Connection) -> dict[str, int]:
    query = sa.select(_meta.c.key, _meta.c.value).where(_meta.c.key.startswith(_REPLACED))
    return {key.removeprefix(_REPLACED): int(value) for key, value in connection.execute(query)}


def _replace(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the key exists, replace the row."""
    connection.execute(replacing(table, connection.dialect.name), rows)


def _path(place: Path | str) -> Path | None:
    """Return the file of a path, or None for a URL."""
    return None if isinstance(place, str) and "://" in place else Path(place)


def _engine(place: Path | str) -> Engine:
    path = _path(place)
    if path is None:
        return server_engine(str(place))
    if is_settled(path):
        return sa.create_engine(f"sqlite:///{path.resolve().as_uri()}?mode=ro&immutable=1&uri=true")
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 5})
    sa.event.listen(engine, "connect", _tune)
    return engine


def _tune(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
