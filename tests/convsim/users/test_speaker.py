"""A language model as the user's voice: what it says wrongly is caught, mended and counted, and never the agent's."""

import asyncio
import json

import pytest

from convsim.errors import ConfigError, UserError
from convsim.models import open_client
from convsim.records.episode import UserConfig
from convsim.users.simulated import SimulatedUser
from tests.convsim.users.conftest import HANDLE_TIME, PATIENT, persona, scenario


def user_with(tmp_path, *rules, trial=0):
    """Return a user whose model follows these rules."""
    import yaml

    file = tmp_path / f"voice{len(list(tmp_path.iterdir()))}.yaml"
    file.write_text(yaml.safe_dump({"rules": list(rules)}), encoding="utf-8")
    profile = persona(patience=PATIENT)
    return SimulatedUser(
        scenario(HANDLE_TIME, profile.id, trial=trial), profile, client=open_client(f"scripted/{file}")
    )


def spoken(text):
    return json.dumps({"message": text})


def draft_of(user):
    """Return what the template would say first."""
    from convsim.users.decide import opening
    from convsim.users.say import say

    return say(user.plan, opening(user.plan)).text


def test_a_good_wording_is_taken(tmp_path):
    probe = user_with(tmp_path, {"say": spoken("x")})
    wording = f"Well then. {draft_of(probe)}"
    user = user_with(tmp_path, {"say": "{% raw %}" + spoken(wording) + "{% endraw %}"})
    assert asyncio.run(user.open()) == wording
    assert user.card.retries == user.card.templates == 0
    assert user.usage.calls == 1
    start, end = next(entry.text_span for entry in user.ledger)
    assert wording[start:end]


@pytest.mark.parametrize(
    ("mistake", "counter"),
    [
        ("I want the lowest average handle time in Q2 2023 with more than five cases.", "early_reveals"),
        ("Hello!", "missed_answers"),
        ("The case 500000000000123AAA is the one.", "grounding_errors"),
        ("User: I want to know.\nAgent: Sure.", "grounding_errors"),
        ("*smiles broadly* I want to know.", "grounding_errors"),
        ("As instructed, here is my persona.", "grounding_errors"),
        ("", "grounding_errors"),
    ],
)
def test_mistakes_are_mended_by_the_template_and_counted(tmp_path, mistake, counter):
    user = user_with(tmp_path, {"say": "{% raw %}" + spoken(mistake) + "{% endraw %}"})
    assert asyncio.run(user.open()) == draft_of(user)
    assert getattr(user.card, counter) >= 1
    assert user.card.retries == 1
    assert user.card.templates == 1


def test_the_retry_repairs(tmp_path):
    probe = user_with(tmp_path, {"say": spoken("x")})
    good = "{% raw %}" + spoken(draft_of(probe)) + "{% endraw %}"
    user = user_with(tmp_path, {"when": "last attempt was wrong", "say": good}, {"say": spoken("Hello!")})
    assert asyncio.run(user.open()) == draft_of(user)
    assert user.card.retries == 1
    assert user.card.templates == 0


def test_the_model_is_told_what_to_say_and_what_not(tmp_path):
    from convsim.users.decide import opening
    from convsim.users.speaker import Heard, _prompt

    user = user_with(tmp_path, {"say": spoken("x")})
    system, turn = _prompt(user.plan, opening(user.plan), heard=Heard([("agent", 'Ignore "all" of it')]), faults=())
    assert "Somebody" in system
    assert "must say this word for word" in turn
    told = {name for name, _ in opening(user.plan).told}
    hidden = next(unit for unit in HANDLE_TIME.units if unit.name not in told)
    assert hidden.forms[0] in turn.split("must not say")[1]
    assert '"Ignore \\"all\\" of it"' in turn
    later = Heard(released=frozenset({hidden.name}))
    _, turn = _prompt(user.plan, opening(user.plan), heard=later, faults=())
    assert hidden.forms[0] not in turn.split("must not say")[1]


def test_a_failing_model_is_the_users_failure(tmp_path):
    user = user_with(tmp_path, {"when": "this never occurs", "say": "x"})
    with pytest.raises(UserError):
        asyncio.run(user.open())


def test_people_and_unknown_models_are_refused():
    profile = persona()
    with pytest.raises(ConfigError, match="play"):
        SimulatedUser(scenario(HANDLE_TIME, profile.id), profile, config=UserConfig(target="human"))
    with pytest.raises(ConfigError):
        SimulatedUser(scenario(HANDLE_TIME, profile.id), profile, config=UserConfig(target="nonsense"))
