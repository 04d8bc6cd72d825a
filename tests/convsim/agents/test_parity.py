"""Our loop and an AutoGen team of the same two agents give the same conversation."""

from dataclasses import replace

import pytest
from autogen_agentchat.conditions import StopMessageTermination
from autogen_agentchat.messages import BaseChatMessage
from autogen_agentchat.teams import RoundRobinGroupChat

from convsim.agents.targets import resolve
from convsim.conversation import Limits, converse
from convsim.records.episode import AgentConfig, Scenario, UserConfig
from convsim.roles import ReferenceContext
from convsim.users.simulated import SimulatedUser
from personas.library import load_library
from tasks.provider import provider


@pytest.fixture(scope="module")
def persona():
    profiles = load_library().profiles.values()
    return next(p for p in sorted(profiles, key=lambda p: p.id) if p.audience == "employee" and "b2c" in p.orgs)


@pytest.mark.parametrize("name", ["reference", "hasty", "refuser"])
async def test_round_robin_team_gives_the_same_transcript(org, session, context, persona, name):
    task = provider.build("handle_time", org, seed=0, count=1)[0]
    scenario = Scenario(id="s1", task=task.record, persona=persona.id, delivery="multi", trial=0, seed=0)

    def pair():
        given = ReferenceContext(replace(context, today=task.record.today), task)
        return SimulatedUser(scenario, persona, config=UserConfig()), resolve(AgentConfig(target=name))(given)

    user, agent = pair()
    transcript = await converse(user, agent, session, limits=Limits())
    assert len(transcript.messages) >= 2

    user, agent = pair()
    team = RoundRobinGroupChat([user.agent, agent], termination_condition=StopMessageTermination(), max_turns=40)
    result = await team.run()
    said = [message.to_text() for message in result.messages if isinstance(message, BaseChatMessage)]
    assert [text for text in said if text] == [message.content for message in transcript.messages]
    assert user.stop == transcript.stop
