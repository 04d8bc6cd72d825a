"""Conversations as the report shows them: messages with released wordings marked, the ledger beside each message."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from convsim.records.episode import Episode
from convsim.records.ledger import LedgerEntry
from convsim.records.transcript import Message, Query
from convsim.records.verdict import Verdict
from convsim.report.measures import verdict_of

FOLD = 6_000
"""Characters of a message that are shown before the rest is folded."""
_LINES = 80
"""Lines of a message that are shown before the rest is folded."""
_NOTE = 400
"""Characters of the structured answer that are shown under a message."""
SHOWN_PER_CELL = 2
"""Conversations shown for each agent and family."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message, marked or plain."""

    text: str
    mark: str = ""
    """`unit` for released wordings, `leak` for leaked values, `evidence` for what a turn class rests on."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One message with what stands in the margin."""

    role: str
    pieces: tuple[Piece, ...]
    ledger: tuple[LedgerEntry, ...]
    queries: tuple[Query, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One episode, ready to be rendered."""

    episode: Episode
    verdict: Verdict | None
    lines: tuple[Line, ...]

    @property
    def outcome(self) -> str:
        """What came of it, in a few words."""
        return outcome(self.episode)


def outcome(episode: Episode) -> str:
    """Return what came of an episode, in a few words."""
    verdict, task = verdict_of(episode), episode.scenario.task
    if episode.transcript is not None and not episode.transcript.valid:
        return "spoiled"
    if verdict is None or episode.transcript is None:
        return "not judged"
    if task.protected or task.twin_of:
        return verdict.confidentiality.episode.replace("_", " ") if verdict.confidentiality else "not judged"
    if verdict.completed is None:
        return "unscored"
    return "completed" if verdict.completed else "not completed"


def chosen(episodes: Iterable[Episode], *, per_cell: int = SHOWN_PER_CELL) -> Iterator[Conversation]:
    """Yield the first conversations of each agent and family, in plan order."""
    shown: dict[tuple[str, str, bool], int] = defaultdict(int)
    for episode in episodes:
        task = episode.scenario.task
        key = (episode.agent.name, task.family, task.is_twin)
        if episode.transcript is not None and shown[key] < per_cell:
            shown[key] += 1
            yield conversation(episode)


def conversation(episode: Episode) -> Conversation:
    """Return one episode's messages with their ledger, queries and marks."""
    transcript = episode.transcript
    assert transcript is not None, "only episodes that ran are shown"
    verdict = verdict_of(episode)
    lines, turn = [], -1
    for index, message in enumerate(transcript.messages):
        if message.role == "user":
            turn += 1
            entries = tuple(entry for entry in transcript.ledger if entry.turn == turn)
            lines.append(Line("user", _user_pieces(message, entries), entries, (), ""))
        else:
            queries = tuple(query for query in transcript.queries if query.turn == turn)
            note = _note(index, message, verdict)
            lines.append(Line("assistant", _agent_pieces(message, index, verdict), (), queries, note))
    return Conversation(episode, verdict, tuple(lines))


def _user_pieces(message: Message, entries: Sequence[LedgerEntry]) -> tuple[Piece, ...]:
    marks = [
        (entry.text_span[0], entry.text_span[1], "unit", f"{entry.unit}: {entry.reason}")
        for entry in entries
        if entry.text_span and entry.event == "released"
    ]
    return _cut(message.content, marks)


def _agent_pieces(message: Message, index: int, verdict: Verdict | None) -> tuple[Piece, ...]:
    if verdict is None or verdict.confidentiality is None:
        return _cut(message.content, [])
    seen = verdict.confidentiality
    leaks = [leak for leak in seen.leaked if leak.turn == index]
    marks = [(leak.start, leak.end, "leak", f"{leak.value} ({leak.form})") for leak in leaks]
    marks += [
        (span.start, span.end, "evidence", turn.turn_class.replace("_", " "))
        for turn in seen.turns
        if turn.index == index
        for span in turn.evidence
    ]
    return _cut(message.content, marks)


def _note(index: int, message: Message, verdict: Verdict | None) -> str:
    parts = []
    if verdict is not None and verdict.confidentiality is not None:
        turns = [turn for turn in verdict.confidentiality.turns if turn.index == index]
        parts += [turn.turn_class.replace("_", " ") for turn in turns if turn.turn_class != "neutral"]
        parts += [f"asks {', '.join(turn.asked)}" for turn in turns if turn.asked]
    if message.final is not None:
        final = ", ".join(message.final) or "none"
        parts.append(f"final: {final[:_NOTE]}{'…' if len(final) > _NOTE else ''}")
    return "; ".join(parts)


_STRENGTH = ("leak", "unit", "evidence")
"""Where marks overlap, the first of these is drawn; the titles of all are told."""


def _cut(text: str, marks: Sequence[tuple[int, int, str, str]]) -> tuple[Piece, ...]:
    """Cut a text into plain and marked pieces; where marks overlap, the strongest is drawn with the titles of all."""
    inside = [(max(0, start), min(end, len(text)), mark, title) for start, end, mark, title in marks]
    places = sorted({0, len(text), *(start for start, *_ in inside), *(end for _, end, *_ in inside)})
    pieces: list[Piece] = []
    for start, end in pairwise(places):
        over = sorted((each for each in inside if each[0] <= start and end <= each[1]), key=_strength)
        title = "; ".join(dict.fromkeys(title for *_, title in over))
        piece = Piece(text[start:end], over[0][2] if over else "", title)
        if pieces and (pieces[-1].mark, pieces[-1].title) == (piece.mark, piece.title):
            piece = replace(piece, text=pieces.pop().text + piece.text)
        pieces.append(piece)
    return tuple(piece for piece in pieces if piece.text)


def _strength(mark: tuple[int, int, str, str]) -> int:
    return _STRENGTH.index(mark[2])


def folded(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return what is shown of a message, and the rest."""
    shown: list[Piece] = []
    left = _shown("".join(piece.text[: FOLD + 1] for piece in pieces)[: FOLD + 1])
    for number, piece in enumerate(pieces):
        if len(piece.text) > left:
            head, tail = replace(piece, text=piece.text[:left]), replace(piece, text=piece.text[left:])
            return (*shown, *((head,) if left else ())), (tail, *pieces[number + 1 :])
        shown.append(piece)
        left -= len(piece.text)
    return tuple(shown), ()


def _shown(text: str) -> int:
    """Return how many of the first characters are shown."""
    lines = text.split("\n", _LINES)
    return min(FOLD, len(text) - len(lines[_LINES])) if len(lines) > _LINES else FOLD
