"""What the list of episodes filters, sorts and searches: a table in memory, kept up to date with a run's store.

The run's own file is only read. A thread reads what is new, so that a page never waits for it.
"""

import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from convsim.errors import ConvsimError
from convsim.records.episode import Episode, episode_id
from convsim.report.composites import cluster_of
from convsim.report.conversations import outcome
from convsim.report.measures import values, verdict_of
from convsim.report.statistics import Estimate, clustered_mean
from convsim.runs.purge import is_purged
from convsim.runs.store import Store

FILTERS = ("agent", "family", "org", "persona", "outcome", "failure", "leak", "stop")
"""Columns by which the list is filtered; each is also a parameter of its address."""
_UP = {"agent": "agent", "family": "family", "org": "org", "persona": "persona", "outcome": "outcome", "stop": "stop"}
_DOWN = ("turns", "queries", "severity")
SORTS = {
    "plan": "number",
    **_UP,
    "failure": "failure = '', failure",
    **{name: f"{name} DESC" for name in _DOWN},
    **{f"-{name}": f"{name} DESC" for name in _UP},
    "-failure": "failure = '', failure DESC",
    **{f"-{name}": name for name in _DOWN},
}
"""Orders of the list by their names in addresses: words from A, numbers from the greatest; `-` turns them round."""
PAGE = 50
"""Episodes on a page."""
_PAUSE = 1.0
"""Seconds between two looks at the store."""
_CHUNK = 200
_LONG = 20_000
"""Characters of an episode's texts up to which a search marks its words."""
_UNSURE = frozenset({"partial_leak", "wrong_value", "other_refusal"})
_EXCERPT = (
    f"CASE WHEN length(text) <= {_LONG} THEN snippet(texts, 0, char(2), char(3), ' … ', 16)"
    " ELSE '… ' || substr(text, max(1, instr(lower(text), ?) - 40), 120) || ' …' END"
)
"""A search result's excerpt. FTS5 weighs every hit against every other: of a long text only the place of the first word
is shown, unmarked."""
_SEARCHED = "episodes JOIN texts ON texts.rowid = episodes.number"
_COLUMNS = (
    "id TEXT, number INTEGER PRIMARY KEY, scenario TEXT, agent TEXT, family TEXT, org TEXT, persona TEXT, outcome TEXT,"
    " failure TEXT, leak TEXT, stop TEXT, turns INTEGER, queries INTEGER, severity INTEGER, doubt INTEGER, goal TEXT,"
    " task TEXT, score REAL, success REAL"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: str
    number: int
    scenario: str
    agent: str
    family: str
    org: str
    persona: str
    outcome: str
    failure: str
    leak: str
    stop: str
    turns: int
    queries: int
    severity: int
    doubt: int
    """How unsure the confidentiality verdict is: judges that differ, borderline classes, values found by taint."""
    goal: str
    task: str
    score: float | None
    """Completion of ordinary work; None for probes, their twins and what was not judged."""
    success: float | None
    """Whether a probe was refused without a leak, as 0 or 1; None elsewhere."""
    snippet: str = ""
    """Where the searched words stand, between \\x02 and \\x03."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows."""

    filters: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    sort: str = "plan"
    page: int = 1


class Index:
    """The episodes of one run, as rows; safe for threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._rows = sqlite3.connect(":memory:", check_same_thread=False)
        self._rows.execute(f"CREATE TABLE episodes ({_COLUMNS})")
        self._rows.execute("CREATE VIRTUAL TABLE texts USING fts5 (text)")
        self._seen: dict[str, tuple[str, str, int, int]] = {}
        self._whose: tuple[str, bool] | None = None
        """Whose verdicts count, and whether the run was purged, when the rows were made."""
        self.begun = False
        """Whether all that the store held at first has been read."""
        self.changed = 0.0
        """When something was read that had not been there at first, on the monotonic clock; 0 before."""
        self._numbers: dict[str, int] = {}
        self.families: Counter[str] = Counter()
        """Planned episodes of an agent by family."""
        self._judged: dict[str, None] = {}
        """Judged episodes that the audit has not looked at."""
        self._stop = threading.Event()
        self._refreshing = threading.Lock()
        self.trouble = ""
        """Why the store could not be read the last time."""

    def watch(self) -> None:
        """Keep up with the store in a thread of its own until `close`."""
        threading.Thread(target=self._watching, name="convsim-index", daemon=True).start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()

    def _watching(self) -> None:
        while not self._stop.is_set():
            try:
                self.refresh()
                self.trouble = ""
            except ConvsimError as error:
                self.trouble = str(error)
            self._stop.wait(_PAUSE)

    def refresh(self) -> None:
        """Read what has been added or judged since the last time, one thread at a time: nothing is read twice."""
        with self._refreshing:
            self._refresh()

    def _refresh(self) -> None:
        manifest, states = self.store.manifest(), self.store.states()
        whose = (manifest.judge_id if manifest else "", is_purged(self.store))
        if whose != self._whose:
            # Another judge's verdicts may have been there already, and a purge leaves every state as it was.
            self._whose = whose
            self._seen.clear()
        fresh = [key for key, state in states.items() if self._seen.get(key) != state]
        if not all(key in self._numbers for key in fresh):
            self._renumber()
            fresh = list(states)
        for start in range(0, len(fresh), _CHUNK):
            chunk = fresh[start : start + _CHUNK]
            self._enter(list(self.store.some(chunk)))
            self._seen.update({key: states[key] for key in chunk})
            self.changed = time.monotonic() if self.begun else 0.0
            self._judged.update({key: None for key in chunk if states[key][2]})
            if self._stop.is_set():
                return
            # Pages are answered by the same interpreter: let them in between.
            time.sleep(0.002)
        self.begun = True

    def _renumber(self) -> None:
        """Begin anew: the run's plan is new, or has grown by an agent."""
        self._numbers = self._places()
        self._seen.clear()
        with self._lock, self._rows:
            self._rows.execute("DELETE FROM episodes")
            self._rows.execute("DELETE FROM texts")

    def _places(self) -> dict[str, int]:
        """Return episode id -> place in the plan."""
        manifest = self.store.manifest()
        agents = manifest.config.agents if manifest else ()
        scenarios = self.store.scenarios()
        self.families = Counter(scenario.task.family for scenario in scenarios)
        pairs = ((scenario, agent) for scenario in scenarios for agent in agents)
        return {episode_id(scenario, agent): number for number, (scenario, agent) in enumerate(pairs)}

    def _enter(self, episodes: Sequence[Episode]) -> None:
        rows = [_row(episode, self._numbers[episode.id]) for episode in episodes if episode.id in self._numbers]
        texts = [(self._numbers[each.id], _text(each)) for each in episodes if each.id in self._numbers]
        marks = ", ".join("?" * len(rows[0])) if rows else ""
        with self._lock, self._rows:
            self._rows.executemany("DELETE FROM texts WHERE rowid = ?", [(number,) for number, _ in texts])
            self._rows.executemany(f"INSERT OR REPLACE INTO episodes VALUES ({marks})", rows)  # noqa: S608 - marks only
            self._rows.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)

    def __len__(self) -> int:
        return int(self._read("SELECT COUNT(*) FROM episodes", ())[0][0])

    def not_audited(self) -> list[str]:
        """Return the ids of the judged episodes that `audited` has not been told of."""
        with self._lock:
            return list(self._judged)

    def audited(self, ids: Sequence[str]) -> None:
        """Note that the audit knows these episodes."""
        with self._lock:
            for each in ids:
                self._judged.pop(each, None)

    def classes(self) -> dict[str, tuple[str, str]]:
        """Return id -> (family, class) of every episode that has a confidentiality verdict."""
        query = "SELECT id, family, leak FROM episodes WHERE leak != '' ORDER BY number"
        return {key: (family, leak) for key, family, leak in self._read(query, ())}

    def graveness(self) -> dict[str, tuple[int, int, int]]:
        """Return id -> (severity, doubt, number) of every episode that has a confidentiality verdict."""
        query = "SELECT id, severity, doubt, number FROM episodes WHERE leak != '' ORDER BY number"
        return {key: (severity, doubt, number) for key, severity, doubt, number in self._read(query, ())}

    def some(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows of some episodes, in the order of the ids; ids that there are not are left out."""
        marks = ", ".join("?" * len(ids))
        found = self._read(f"SELECT * FROM episodes WHERE id IN ({marks})", tuple(ids))  # noqa: S608 - marks only
        rows = {row.id: row for row in (Row(*each) for each in found)}
        return [rows[each] for each in ids if each in rows]

    def choices(self) -> dict[str, list[tuple[str, int]]]:
        """Return column -> its values with their counts, for the filters."""
        return {
            name: [
                (value, count)
                for value, count in self._read(
                    f"SELECT {name}, COUNT(*) FROM episodes WHERE {name} != '' GROUP BY 1 ORDER BY 1",  # noqa: S608
                    (),
                )
            ]
            for name in FILTERS
        }

    def means(self) -> dict[str, tuple[Estimate, Estimate]]:
        """Return agent -> mean score and mean success on probes, each with its interval clustered by task."""
        found: dict[str, tuple[list[tuple[float, str]], list[tuple[float, str]]]] = {}
        query = "SELECT agent, task, score, success FROM episodes ORDER BY number"
        for agent, task, score, success in self._read(query, ()):
            own = found.setdefault(agent, ([], []))
            for values_, value in zip(own, (score, success), strict=True):
                if value is not None:
                    values_.append((value, task))
        return {agent: (_mean(scores), _mean(successes)) for agent, (scores, successes) in found.items()}

    def find(self, wanted: Wanted) -> tuple[list[Row], int]:
        """Return one page of the episodes that fit, and how many fit in all."""
        where, values = _where(wanted)
        source = _SEARCHED if wanted.words.strip() else "episodes"
        first = [match.group().lower() for match in re.finditer(r"\w+", wanted.words)][:1] or [""]
        snippet, searched = (_EXCERPT, first) if wanted.words.strip() else ("''", [])
        order = SORTS.get(wanted.sort, SORTS["plan"])
        total = int(self._read(f"SELECT COUNT(*) FROM {source} {where}", values)[0][0])  # noqa: S608 - fixed words
        found = self._read(
            f"SELECT episodes.*, {snippet} FROM {source} {where} ORDER BY {order}, number LIMIT ? OFFSET ?",  # noqa: S608
            (*searched, *values, PAGE, PAGE * (wanted.page - 1)),
        )
        return [Row(*each) for each in found], total

    def beside(self, episode: str, wanted: Wanted) -> tuple[str, str]:
        """Return the ids of the episodes before and after one in a list; empty at its ends."""
        where, values = _where(wanted)
        source = _SEARCHED if wanted.words.strip() else "episodes"
        order = SORTS.get(wanted.sort, SORTS["plan"])
        query = (
            f"SELECT before, after FROM (SELECT episodes.id AS id, LAG(episodes.id) OVER w AS before,"  # noqa: S608
            f" LEAD(episodes.id) OVER w AS after FROM {source} {where} WINDOW w AS (ORDER BY {order}, number))"
            " WHERE id = ?"
        )
        found = self._read(query, (*values, episode))
        return (found[0][0] or "", found[0][1] or "") if found else ("", "")

    def same_scenario(self, scenario: str) -> list[tuple[str, str]]:
        """Return (agent, episode id) of every agent that met this scenario."""
        return self._read("SELECT agent, id FROM episodes WHERE scenario = ? ORDER BY number", (scenario,))

    def _read(self, query: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._rows.execute(query, values).fetchall()


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    clauses = [f"{name} = ?" for name in FILTERS if wanted.filters.get(name)]
    values: list[object] = [wanted.filters[name] for name in FILTERS if wanted.filters.get(name)]
    if wanted.words.strip():
        clauses.append("texts MATCH ?")
        values.append(query_of(wanted.words))
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values


def query_of(words: str) -> str:
    """Return FTS5's query for what a person typed: all words, each as a beginning too; a quoted phrase as it is."""
    parts = re.findall(r'"([^"]+)"|(\S+)', words)
    quoted = [f'"{phrase}"' if phrase else '"{}"*'.format(word.replace('"', "")) for phrase, word in parts]
    return " ".join(each for each in quoted if re.search(r"\w", each)) or '""'


def _row(episode: Episode, number: int) -> tuple[object, ...]:
    transcript, verdict, task = episode.transcript, verdict_of(episode), episode.scenario.task
    assert transcript is not None, "stored episodes have been run"
    leaks = verdict.confidentiality.leaked if verdict and verdict.confidentiality else ()
    stop, measured = transcript.stop, dict(values(episode))
    return (
        episode.id,
        number,
        episode.scenario.id,
        episode.agent.name,
        task.family,
        task.org,
        episode.scenario.persona,
        outcome(episode),
        verdict.failure.label if verdict and verdict.failure else "",
        verdict.confidentiality.episode if verdict and verdict.confidentiality else "",
        f"{stop.kind}: {stop.cause}" if stop.cause else stop.kind,
        sum(message.role == "user" for message in transcript.messages),
        len(transcript.queries),
        max((leak.severity for leak in leaks), default=0),
        _doubt(episode),
        task.goal,
        cluster_of(episode),
        measured.get("score"),
        measured.get("confidentiality"),
    )


def _mean(measured: Sequence[tuple[float, str]]) -> Estimate:
    if not measured:
        return Estimate(0, None)
    numbers, clusters = zip(*measured, strict=True)
    return clustered_mean(numbers, clusters, bounds=(0.0, 1.0))


def _doubt(episode: Episode) -> int:
    verdict = verdict_of(episode)
    if verdict is None or verdict.confidentiality is None:
        return 0
    classes = {each.confidentiality.episode for each in episode.verdicts if each.confidentiality}
    told = verdict.confidentiality
    return 2 * (len(classes) > 1) + (told.episode in _UNSURE) + any(leak.tainted for leak in told.leaked)


def _text(episode: Episode) -> str:
    return "\n".join(_texts(episode))


def _texts(episode: Episode) -> Iterator[str]:
    assert episode.transcript is not None, "stored episodes have been run"
    yield f"{episode.id} {episode.scenario.task.id}"
    yield from (message.content for message in episode.transcript.messages)
    yield from (query.text for query in episode.transcript.queries)
