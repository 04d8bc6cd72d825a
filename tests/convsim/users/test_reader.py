"""A model that reads the agent for the user: what it can decide, what stays with the rules, and what it may not do."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from convsim.errors import InfrastructureError
from convsim.models.client import ModelClient
from convsim.models.model import ChatRequest, Completion
from convsim.reading.reader import read
from convsim.records.episode import UserConfig
from convsim.records.task import Answer
from convsim.records.transcript import Usage
from convsim.users.reader import ModelReader
from convsim.users.simulated import SimulatedUser
from tests.convsim.users.conftest import HANDLE_TIME, PATIENT, persona, scenario

ANSWER = Answer(kind="id", prefixes=("005",))
ODD = "Where should the curtain rise and where fall, so that the numbers mean something?"


class Model:
    """Answers what it is told to, or raises it; keeps what it was asked."""

    name = "test/reader"

    def __init__(self, answered: Any) -> None:
        self.asked: list[ChatRequest] = []
        self._answered = answered

    async def complete(self, request: ChatRequest) -> Completion:
        self.asked.append(request)
        if isinstance(self._answered, Exception):
            raise self._answered
        content = self._answered if isinstance(self._answered, str) else json.dumps(self._answered)
        return Completion(content=content, usage=Usage(calls=1, input_tokens=7))


def reading(text: str, answered: Any) -> tuple[Any, Any, Model]:
    model, rules = Model(answered), read(text, answer=ANSWER)
    found = asyncio.run(ModelReader(ModelClient(model)).read(text, rules, answer=ANSWER, before="Hello."))
    return found, rules, model


def test_a_model_decides_what_a_message_asks() -> None:
    found, rules, model = reading(ODD, {"intent": "ask", "asked": ["window", "direction", "window"]})
    assert found.form == rules.form != "in_form"
    assert (found.intent, [each.unit for each in found.asked]) == ("ask", ["window", "direction"])
    assert all(0 <= each.start < each.end <= len(ODD) for each in found.asked)
    assert (found.vague, found.unclear) == (False, False)
    system, message = (each["content"] for each in model.asked[0].messages)
    assert "intent" in system
    assert message.endswith(f"Hello.\n\nThe message:\n{ODD}")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"intent": "ask"}, {"vague": True, "unclear": True, "open_question": False}),
        ({"intent": "ask", "open_question": True}, {"vague": True, "unclear": False, "open_question": True}),
        ({"intent": "ask", "who": True}, {"vague": False, "unclear": False, "identity": True}),
        ({"intent": "refuse"}, {"turn_class": "other_refusal"}),
        ({"intent": "refuse", "private": True}, {"turn_class": "explicit_refusal"}),
        ({"intent": "not_found"}, {"turn_class": "not_found", "vague": False}),
    ],
)
def test_what_it_tells_is_put_into_our_words(told: dict[str, Any], expected: dict[str, Any]) -> None:
    found, *_ = reading("Well, about that.", told)
    assert {name: getattr(found, name) for name in expected} == expected
    assert found.intent == told["intent"]


@pytest.mark.parametrize(
    "answered",
    [
        "It asks for the window.",
        "",
        {"intent": "question"},
        {"intent": "ask", "asked": ["window", "favourite colour"]},
        {"intent": "ask", "gold": "005000000000002AAA"},
    ],
)
def test_what_is_not_in_the_lists_is_dropped_and_the_rules_stand(answered: Any) -> None:
    found, rules, model = reading("Which period do you mean?", answered)
    assert found == rules
    assert [each.unit for each in found.asked] == ["window"]
    assert len(model.asked) == 1


def test_an_answer_in_form_ends_the_conversation_whatever_a_model_says() -> None:
    found, rules, model = reading("The agent is 005000000000002AAA.", {"intent": "chat"})
    assert found == rules
    assert found.form == "in_form"
    assert model.asked == []


def test_a_model_that_cannot_be_reached_is_nobody_s_reading() -> None:
    with pytest.raises(InfrastructureError):
        reading(ODD, InfrastructureError("down"))


def test_an_address_makes_no_other_user() -> None:
    config = UserConfig(target="openai/voice", reader="openai/reader")
    assert config.model_copy(update={"base_url": "http://127.0.0.1:8000/v1"}).speaks == config.speaks
    assert config.model_copy(update={"reader": "rules"}).speaks != config.speaks


def test_the_user_tells_what_its_reader_understood(tmp_path: Path) -> None:
    told = json.dumps({"intent": "ask", "asked": ["window"]})
    (tmp_path / "reader.yaml").write_text(yaml.safe_dump({"rules": [{"say": told}]}), "utf-8")
    profile = persona(patience=PATIENT)

    async def ledger(reader: str) -> list[tuple[str | None, str]]:
        user = SimulatedUser(scenario(HANDLE_TIME, profile.id), profile, config=UserConfig(reader=reader))
        await user.open()
        await user.answer(ODD)
        assert user.usage.calls == (reader != "rules")
        return [(entry.unit, entry.event) for entry in user.ledger if entry.turn == 1]

    assert asyncio.run(ledger(f"scripted/{tmp_path / 'reader.yaml'}")) == [("window", "released")]
    assert ("window", "released") not in asyncio.run(ledger("rules"))
