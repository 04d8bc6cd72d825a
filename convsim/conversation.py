"""The conversation: user and agent speak in turns until the user ends it, a limit is met, or a side fails.

Both speakers are AutoGen ChatAgents, driven directly with `on_messages`. The loop is only control flow: it decides
nothing about content, attributes every failure to one side and returns a transcript whatever happens.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from autogen_agentchat.base import ChatAgent
from autogen_agentchat.messages import BaseChatMessage, StopMessage, TextMessage
from autogen_core import CancellationToken

from convsim.errors import (
    AgentError,
    ContextOverflowError,
    InfrastructureError,
    SimulationError,
    UserError,
    readable,
    told,
)
from convsim.records.transcript import Message, PromptBlock, Stop, StopCause, Transcript, Usage
from convsim.roles import Session, User
from convsim.turns import long_step

MAX_REPLY = 100_000
"""Characters of a reply beyond which the agent is held to have failed: no person reads that."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a conversation ends although nobody ended it; None means no limit."""

    turns: int = 10
    """User messages."""
    actions: int = 20
    """Requests to the org in one turn of the agent."""
    seconds: float | None = 600.0
    """Wall time of the conversation."""
    tokens: int | None = None
    """Tokens of the agent and the user together."""
    usd: float | None = None
    """Cost of the agent and the user together."""


class _LimitReachedError(Exception):
    """A limit ended the conversation; carries its cause."""

    def __init__(self, cause: StopCause) -> None:
        super().__init__(cause)
        self.cause: StopCause = cause


@dataclass(slots=True)
class _Course:
    """The conversation so far."""

    user: User
    agent: ChatAgent
    session: Session
    limits: Limits
    messages: list[Message] = field(default_factory=list)
    last: list[BaseChatMessage] = field(default_factory=list)
    turns: int = 0
    exhausted: bool = False
    thinking: bool = False
    """Whether it is the agent's turn."""

    @property
    def usage(self) -> dict[str, Usage]:
        """What each side's models consumed; a plug-in without its own account counts as unpriced only if it says so."""
        return {"agent": _account(self.agent), "user": self.user.usage}


def _account(agent: ChatAgent) -> Usage:
    """Return the agent's own account; one that cannot be read has an unknown cost."""
    try:
        usage = getattr(agent, "usage", None)
    except Exception:  # noqa: BLE001 - plug-ins compute it in code of their own
        return Usage(cost_usd=None)
    return usage if isinstance(usage, Usage) else Usage()


async def converse(
    user: User, agent: ChatAgent, session: Session, *, limits: Limits, prompt: Sequence[PromptBlock] = ()
) -> Transcript:
    """Let user and agent talk and return what happened; every failure becomes the transcript's stop.

    Only cancellation from outside (Ctrl-C, a run's end) leaves without a transcript.
    """
    course = _Course(user, agent, session, limits)
    started = time.perf_counter()
    stop = await _outcome(course)
    said = sum(message.role == "user" for message in course.messages)
    return Transcript(
        messages=tuple(course.messages),
        queries=tuple(session.queries),
        ledger=tuple(entry for entry in user.ledger if entry.turn < said),
        stop=stop,
        prompt=tuple(prompt),
        usage=course.usage,
        card=user.card,
        served_model=str(getattr(agent, "served_model", "")),
        duration_s=round(time.perf_counter() - started, 3),
    )


async def _outcome(course: _Course) -> Stop:
    """Run the conversation to its end and say why it ended."""
    try:
        async with asyncio.timeout(course.limits.seconds):
            return await _talk(course)
    except _LimitReachedError as limit:
        return Stop(kind="limit", cause=limit.cause)
    except TimeoutError:
        return await _out_of_time(course)
    except SimulationError as error:
        return Stop(kind="error", cause=cause_of(error), message=readable(str(error)))
    except Exception as error:  # noqa: BLE001 - a bug of ours or of the user's code: it spoils this trial alone
        return Stop(kind="error", cause="simulator_error", message=told(error))


async def _out_of_time(course: _Course) -> Stop:
    """Say whose doing it is: an agent that runs code of its own (it has `overdue`) must keep the time itself."""
    overdue: Callable[[], Awaitable[str]] | None = getattr(course.agent, "overdue", None)
    if course.thinking and overdue is not None:
        message = f"{await overdue()} within the {course.limits.seconds:g} s of the conversation"
        return Stop(kind="error", cause="agent_error", message=message)
    return Stop(kind="limit", cause="time", message=f"{course.limits.seconds} s were over")


async def _talk(course: _Course) -> Stop:
    """Alternate until the user stops; raises for limits and failures."""
    await _user_speaks(course)
    while course.user.stop is None:
        await _agent_replies(course)
        await _user_speaks(course)
        _check_budget(course)
    return course.user.stop


async def _user_speaks(course: _Course) -> None:
    """Let the user read the last reply and speak; a farewell after the end is kept, an idle one is not."""
    await long_step()
    try:
        response = await course.user.agent.on_messages(course.last, CancellationToken())
    except SimulationError:
        raise
    except Exception as error:
        raise UserError(f"{type(error).__name__}: {error}") from error
    message = getattr(response, "chat_message", response)
    if not isinstance(message, TextMessage | StopMessage):
        raise UserError(f"the user answered with a {type(message).__name__}, not with text")
    if isinstance(message, StopMessage):
        if message.content:
            course.messages.append(Message(role="user", content=message.content))
        return
    if course.turns >= course.limits.turns:
        raise _LimitReachedError("turns")
    if not message.content.strip():
        raise UserError("the user said nothing")
    course.messages.append(Message(role="user", content=message.content))
    course.last = [message]


async def _agent_replies(course: _Course) -> None:
    """Let the agent act and reply; raises AgentError for anything that is no reply."""
    course.session.begin_turn(course.turns, course.limits.actions)
    course.turns += 1
    course.thinking = True
    reply = await _within_actions(course)
    course.thinking = False
    if not isinstance(reply, BaseChatMessage):
        raise AgentError(f"the agent answered with {type(reply).__name__}, not with a chat message")
    text = reply.to_model_text()
    _check_text(text)
    course.messages.append(Message(role="assistant", content=text, final=_final(reply)))
    course.last = [reply]


async def _within_actions(course: _Course) -> object:
    """Return the agent's reply; end the conversation when its turn asks the org for more than it may."""
    work = asyncio.ensure_future(_answer(course.agent, course.last))
    loop = asyncio.get_running_loop()

    def exhaust() -> None:
        course.exhausted = True
        loop.call_soon_threadsafe(work.cancel)

    course.session.on_exhausted = exhaust
    try:
        response = await work
        _check_org(course)
    except asyncio.CancelledError:
        if course.exhausted:
            raise _LimitReachedError("actions") from None
        work.cancel()
        if not is_cancelled_from_outside():
            raise AgentError("the agent cancelled its own turn") from None
        raise
    except SimulationError:
        raise
    except Exception as error:
        if course.exhausted:
            raise _LimitReachedError("actions") from error
        _check_org(course)
        raise AgentError(told(error)) from error
    if course.exhausted:
        raise _LimitReachedError("actions")
    return getattr(response, "chat_message", response)


async def _answer(agent: ChatAgent, messages: Sequence[BaseChatMessage]) -> object:
    """Return the agent's response; an agent that tries to end the process ends its own conversation."""
    try:
        return await agent.on_messages(messages, CancellationToken())
    except SystemExit as error:
        raise AgentError(f"the agent called exit({error.code})") from error


def is_cancelled_from_outside() -> bool:
    """Return whether somebody cancelled the running task itself, not something that it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _check_org(course: _Course) -> None:
    """Raise InfrastructureError when the org itself broke: whatever the agent made of that is not its doing."""
    if course.session.fault is not None:
        raise InfrastructureError(f"the org failed: {course.session.fault}") from course.session.fault


def _check_text(text: str, *, what: str = "reply") -> None:
    if len(text) > MAX_REPLY:
        raise AgentError(f"the {what} has {len(text):,} characters; at most {MAX_REPLY:,} are read")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise AgentError(f"the {what} is no valid text: {readable(str(error))}") from error


def _final(message: BaseChatMessage) -> tuple[str, ...] | None:
    """Return the structured answer that the message carries as `metadata["final"]`, a JSON list of strings."""
    packed = message.metadata.get("final")
    if packed is None:
        return None
    try:
        answers = json.loads(packed)
    except ValueError as error:
        raise AgentError(f"the structured answer is no JSON: {packed[:80]!r}") from error
    if not isinstance(answers, list):
        raise AgentError(f"the structured answer is no list: {packed[:80]!r}")
    final = tuple(str(answer) for answer in answers if answer is not None)
    _check_text("\n".join(final), what="structured answer")
    return final


def _check_budget(course: _Course) -> None:
    limits = course.limits
    if limits.tokens is None and limits.usd is None:
        return
    total = sum(course.usage.values(), Usage())
    if limits.tokens is not None and total.input_tokens + total.output_tokens > limits.tokens:
        raise _LimitReachedError("tokens")
    if limits.usd is not None and total.cost_usd is not None and total.cost_usd > limits.usd:
        raise _LimitReachedError("money")


def cause_of(error: SimulationError) -> StopCause:
    """Return which side an error is to be laid at."""
    if isinstance(error, UserError):
        return "simulator_error"
    if isinstance(error, ContextOverflowError):
        return "context_overflow"
    if isinstance(error, InfrastructureError):
        return "infrastructure"
    return "agent_error"
