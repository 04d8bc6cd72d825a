"""The user as a participant: AutoGen messages in and out, and fifty conversations with a simple asker."""

import asyncio
import json

import pytest
from autogen_agentchat.messages import StopMessage, TextMessage
from autogen_core import CancellationToken

from convsim.errors import UserError
from convsim.users.simulated import SimulatedUser
from personas.units import UnitName
from tests.convsim.users.conftest import HANDLE_TIME, TASKS, persona, scenario
from tests.convsim.users.questions import QUESTIONS


async def send(user, text, **metadata):
    message = TextMessage(content=text, source="assistant", metadata=metadata)
    return (await user.agent.on_messages([message], CancellationToken())).chat_message


async def opened(task=HANDLE_TIME):
    profile = persona()
    user = SimulatedUser(scenario(task, profile.id), profile)
    first = (await user.agent.on_messages([], CancellationToken())).chat_message
    return user, first


async def test_opens_answers_and_stops():
    user, first = await opened()
    assert isinstance(first, TextMessage)
    reply = await send(user, "Which period?")
    assert isinstance(reply, TextMessage)
    end = await send(user, "It is 005000000000009AAA.")
    assert isinstance(end, StopMessage)
    assert user.stop
    assert user.stop.kind == "satisfied"


async def test_reads_the_structured_answer():
    user, _ = await opened()
    assert isinstance(await send(user, "Done.", final=json.dumps(["005000000000009AAA"])), StopMessage)
    user, _ = await opened()
    assert isinstance(await send(user, "Done.", final=json.dumps([])), StopMessage)


async def test_cannot_be_reset():
    user, _ = await opened()
    with pytest.raises(UserError, match="new one"):
        await user.agent.on_reset(CancellationToken())


async def asker(user: SimulatedUser, names: list[UnitName]) -> int:
    """Ask for every unit in turn, then answer; return the number of user messages."""
    await user.open()
    turns = 1
    final = "two years" if user.plan.task.answer.kind == "text" else "005000000000009AAA"
    while user.stop is None and turns < 40:
        missing = [name for name in names if name not in user._course.released]
        ask = QUESTIONS[missing[turns % len(missing)]] if missing else f"The answer is {final}."
        await user.answer(ask)
        turns += 1
    return turns


def test_fifty_conversations_end_with_everything_said(library):
    people = [each for each in library.profiles.values() if each.disclosure.correction == 0]
    ended = {"satisfied": 0, "gave_up": 0, "refused": 0}
    for number in range(50):
        task = TASKS[number % len(TASKS)]
        profile = people[number % len(people)]
        user = SimulatedUser(scenario(task, profile.id, trial=number), profile)
        names = [unit.name for unit in task.units]
        asyncio.run(asker(user, names))
        assert user.stop, (task.family, profile.id)
        ended[user.stop.kind] += 1
        released = {entry.unit for entry in user.ledger if entry.event == "released"}
        assert released == set(names) or user.stop.kind == "gave_up"
        assert user.card.early_reveals == user.card.missed_answers == user.card.grounding_errors == 0
    assert ended["satisfied"] >= 45
