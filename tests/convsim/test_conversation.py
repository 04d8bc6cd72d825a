"""The loop attributes every failure to one side, keeps every limit and loses no message."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, StopMessage, TextMessage
from autogen_core import CancellationToken
from hypothesis import given
from hypothesis import strategies as st

from convsim.conversation import MAX_REPLY, Limits, converse
from convsim.errors import ContextOverflowError, InfrastructureError, UserError
from convsim.records.ledger import LedgerEntry
from convsim.records.transcript import Query, ReportCard, Stop, Transcript, Usage

Line = str | Exception | Callable[[], object]


class Speaker(BaseChatAgent):
    """Says its lines one by one, the last again and again; a line may be an exception or a function."""

    def __init__(self, name: str, lines: Sequence[Line]) -> None:
        super().__init__(name, "says its lines")
        self.lines = list(lines)
        self.heard: list[str] = []
        self.usage = Usage()

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage, StopMessage)

    async def on_messages(self, messages: Sequence[BaseChatMessage], token: CancellationToken) -> Response:
        self.heard += [message.to_model_text() for message in messages]
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, Exception):
            raise line
        if callable(line):
            made = line()
            if asyncio.iscoroutine(made):
                made = await made
            return made  # type: ignore[return-value]
        return Response(chat_message=TextMessage(content=line, source=self.name))

    async def on_reset(self, token: CancellationToken) -> None:
        raise NotImplementedError


@dataclass
class Person:
    """A user of fixed lines that is satisfied after so many replies."""

    agent: Speaker
    replies: int = 1000
    ledger: list[LedgerEntry] = field(default_factory=list)
    card: ReportCard = field(default_factory=ReportCard)
    usage: Usage = field(default_factory=Usage)

    @property
    def stop(self) -> Stop | None:
        return Stop(kind="satisfied") if len(self.agent.heard) >= self.replies else None


@dataclass
class Desk:
    """A session that counts."""

    id: str = "s"
    instance_url: str = ""
    queries: list[Query] = field(default_factory=list)
    on_exhausted: Callable[[], None] | None = None
    turns: list[int] = field(default_factory=list)
    fault: Exception | None = None

    def begin_turn(self, turn: int, max_actions: int) -> None:
        self.turns.append(turn)


def person(*lines: Line, replies: int = 1000) -> Person:
    return Person(Speaker("user", lines or ("Hello?",)), replies)


def held(user: Person, agent: Speaker, desk: Desk | None = None, **limits: object) -> Transcript:
    return asyncio.run(converse(user, agent, desk or Desk(), limits=Limits(**limits)))  # type: ignore[arg-type]


def test_turns_alternate_until_the_user_is_satisfied() -> None:
    desk = Desk()
    talk = held(person("I need help.", "The second quarter.", replies=2), Speaker("agent", ["When?", "Ada."]), desk)
    assert [(m.role, m.content) for m in talk.messages][:4] == [
        ("user", "I need help."),
        ("assistant", "When?"),
        ("user", "The second quarter."),
        ("assistant", "Ada."),
    ]
    assert talk.stop == Stop(kind="satisfied")
    assert desk.turns == [0, 1]


@given(st.integers(1, 12))
def test_user_messages_never_exceed_the_limit(turns: int) -> None:
    talk = held(person("More."), Speaker("agent", ["What?"]), turns=turns)
    assert talk.stop == Stop(kind="limit", cause="turns")
    assert sum(m.role == "user" for m in talk.messages) == turns
    assert [m.role for m in talk.messages] == ["user", "assistant"] * turns


def test_the_ledger_keeps_only_what_was_said() -> None:
    user = person("More.")
    user.ledger += [LedgerEntry(turn=turn, unit="window", event="released") for turn in range(5)]
    assert [entry.turn for entry in held(user, Speaker("agent", ["What?"]), turns=2).ledger] == [0, 1]


def not_a_message() -> Response:
    return Response(chat_message=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "cause", "said"),
    [
        (ValueError("boom"), "agent_error", "ValueError: boom"),
        (lambda: None, "agent_error", "NoneType"),
        (not_a_message, "agent_error", "NoneType"),
        ("x" * (MAX_REPLY + 1), "agent_error", "100,001 characters"),
        ("broken \ud800 text", "agent_error", "no valid text"),
        (ContextOverflowError("too long"), "context_overflow", "too long"),
        (InfrastructureError("no route"), "infrastructure", "no route"),
    ],
)
def test_what_the_agent_breaks_is_laid_at_its_side(line: Line, cause: str, said: str) -> None:
    talk = held(person(), Speaker("agent", [line]))
    assert (talk.stop.kind, talk.stop.cause) == ("error", cause)
    assert said in talk.stop.message
    assert [m.role for m in talk.messages] == ["user"]
    assert talk.valid == (cause != "infrastructure")


@pytest.mark.parametrize("line", ["I could not look it up.", ValueError("500")])
def test_an_org_that_broke_is_never_the_agents_failure(line: Line) -> None:
    talk = held(person(), Speaker("agent", [line]), Desk(fault=OSError("disk")))
    assert (talk.stop.cause, talk.stop.message) == ("infrastructure", "the org failed: disk")


@pytest.mark.parametrize("line", [KeyError("slot"), UserError("no words"), "   ", lambda: None])
def test_what_the_user_breaks_never_counts_against_the_agent(line: Line) -> None:
    talk = held(person("Hello?", line), Speaker("agent", ["When?"]))
    assert talk.stop.cause == "simulator_error"
    assert not talk.valid
    assert [m.content for m in talk.messages] == ["Hello?", "When?"]


async def forever() -> None:
    await asyncio.sleep(3600)


def test_a_hanging_agent_ends_at_the_time_limit_with_what_was_said() -> None:
    talk = held(person(), Speaker("agent", ["When?", forever]), seconds=0.05)
    assert (talk.stop.kind, talk.stop.cause) == ("limit", "time")
    assert len(talk.messages) == 3


def test_an_agent_that_exhausts_its_actions_is_stopped_in_the_middle() -> None:
    desk = Desk()

    async def greedy() -> None:
        assert desk.on_exhausted is not None
        desk.on_exhausted()
        await asyncio.sleep(3600)

    talk = held(person(), Speaker("agent", [greedy]), desk)
    assert (talk.stop.kind, talk.stop.cause) == ("limit", "actions")


@pytest.mark.parametrize(
    ("usage", "limits", "cause"),
    [
        (Usage(input_tokens=60, output_tokens=60), {"tokens": 100}, "tokens"),
        (Usage(cost_usd=2.0), {"usd": 1.0}, "money"),
    ],
)
def test_budgets_end_a_conversation(usage: Usage, limits: dict[str, float], cause: str) -> None:
    agent = Speaker("agent", ["When?"])
    agent.usage = usage
    assert held(person(), agent, **limits).stop == Stop(kind="limit", cause=cause)  # type: ignore[arg-type]


def with_final(packed: str) -> Callable[[], object]:
    message = TextMessage(content="Here it is.", source="agent", metadata={"final": packed})
    return lambda: Response(chat_message=message)


def test_the_structured_answer_is_kept() -> None:
    talk = held(person(replies=1), Speaker("agent", [with_final(json.dumps(["a", None, 3]))]))
    assert talk.messages[1].final == ("a", "3")


@pytest.mark.parametrize("packed", ["nonsense", '{"a": 1}'])
def test_a_broken_structured_answer_is_the_agents_error(packed: str) -> None:
    assert held(person(), Speaker("agent", [with_final(packed)])).stop.cause == "agent_error"


def test_a_farewell_is_kept_and_an_empty_one_is_not() -> None:
    for content, count in (("Thanks, bye.", 3), ("", 2)):
        bye = StopMessage(content=content, source="user")
        user = person("Hello?", lambda bye=bye: Response(chat_message=bye), replies=1)
        assert len(held(user, Speaker("agent", ["Ada."])).messages) == count


def test_cancellation_from_outside_passes_through() -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(
            converse(person(), Speaker("agent", [forever]), Desk(), limits=Limits())  # type: ignore[arg-type]
        )
        await asyncio.sleep(0.02)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
