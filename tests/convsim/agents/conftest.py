"""An org and what a factory is given about it."""

from datetime import date

import pytest
from autogen_agentchat.messages import TextMessage
from autogen_core import CancellationToken

from convsim.records.task import Requester
from convsim.roles import AgentContext

REQUESTER = Requester(kind="employee", id="005000000000001AAA", name="Ada Okafor", entitlements=("org",))


@pytest.fixture(scope="session")
def org():
    from convsim.org.org import Org

    return Org.generated("b2c", scale=0.1)


@pytest.fixture
def session(org):
    session = org.open_session(REQUESTER)
    session.begin_turn(0, 50)
    yield session
    session.close()


@pytest.fixture
def context(session):
    return AgentContext(
        instance_url=session.instance_url,
        session_id=session.id,
        salesforce=session.salesforce,
        system_prompt="You look things up.",
        today=date(2024, 3, 5),
        requester=REQUESTER,
        seed=0,
        episode="e1",
    )


@pytest.fixture
def tell():
    """Say something to an agent as the loop does and return its message."""

    async def said(agent, text: str):
        response = await agent.on_messages([TextMessage(content=text, source="user")], CancellationToken())
        return response.chat_message

    return said
