"""A run as it may be shown to others: the same store, read through redaction."""

from collections.abc import Iterator, Sequence

from convsim import plugins
from convsim.records.episode import Episode
from convsim.roles import ValueSearch
from convsim.runs.redact.edits import Edit, edited
from convsim.runs.redact.redact import Redactor
from convsim.runs.redact.tokens import Tokens
from convsim.runs.store import Store


class RedactedStore(Store):
    """Reads a run with protected and sensitive values replaced; tokens are numbered in plan order."""

    def __init__(self, store: Store) -> None:
        """Read the run once to learn its values; raises ConfigError where the judges have no search for leaks."""
        super().__init__(store.engine, store.name)
        self._finder = plugins.leak_finder()
        self._tokens = Tokens(self._finder.sensitive_fields())
        self._search: tuple[int, ValueSearch] | None = None
        tasks = [scenario.task for scenario in super().scenarios()]
        for task in tasks:
            self._tokens.avoid(task)
        for task in sorted(tasks, key=lambda each: each.twin_of is not None):
            self._tokens.learn_task(task)
        for episode in super().episodes():
            self._tokens.learn_episode(episode)

    def episodes(self) -> Iterator[Episode]:
        """Yield every stored episode in plan order, redacted."""
        return map(self._redacted, super().episodes())

    def some(self, ids: Sequence[str]) -> Iterator[Episode]:
        """Yield the stored episodes of these ids, redacted."""
        return map(self._redacted, super().some(ids))

    def shown(self, text: str) -> str:
        """Return another text about the run, such as a reviewer's comment, redacted."""
        search, names = self._anywhere(), self._tokens.names
        return edited(text, lambda now: [Edit(start, end, names[n]) for n, start, end in search.find(now)]).text

    def _redacted(self, episode: Episode) -> Episode:
        self._tokens.learn_episode(episode)
        return Redactor(episode, self._tokens, self._finder, self._anywhere()).redacted()

    def _anywhere(self) -> ValueSearch:
        """Return the search for all values of the run, made anew when more were learned."""
        count = len(self._tokens.values)
        if self._search is None or self._search[0] != count:
            self._search = (count, self._finder.search(self._tokens.values, anywhere=True))
        return self._search[1]


def opened(place: str, *, redact: bool) -> Store:
    """Return the existing store at a path or URL, redacted if that is wanted; raises as `Store.open` does."""
    store = Store.open(place)
    return RedactedStore(store) if redact else store
