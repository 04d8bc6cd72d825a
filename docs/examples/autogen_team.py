"""The simulated user in an AutoGen team of one's own: no run, no judge, AutoGen's loop and termination condition.

python docs/examples/autogen_team.py
"""

import asyncio

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.conditions import MaxMessageTermination, StopMessageTermination
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat

from convsim import plugins
from convsim.org.org import Org
from convsim.records.episode import Scenario
from convsim.users.simulated import SimulatedUser
from personas.library import load_library


class Clerk(BaseChatAgent):
    """Your agent: any AutoGen ChatAgent. This one asks for what it lacks and then gives the first agent's id."""

    produced_message_types = (TextMessage,)

    def __init__(self, salesforce) -> None:
        super().__init__("clerk", "Looks things up in the CRM.")
        self._salesforce = salesforce
        self._questions = ["Which period do you mean?", "Do you want the highest or the lowest?"]

    async def on_messages(self, messages, cancellation_token) -> Response:
        if self._questions:
            text = self._questions.pop(0)
        else:
            found = self._salesforce.query("SELECT Id FROM User WHERE IsActive = true ORDER BY Id LIMIT 1")
            text = f"It is {found['records'][0]['Id']}."
        return Response(chat_message=TextMessage(content=text, source=self.name))

    async def on_reset(self, cancellation_token) -> None:
        """Nothing outlives a conversation."""


async def main() -> None:
    """Let both talk and print what was said and what the user noted."""
    org = Org.generated("b2b")
    (task,) = plugins.provider_of("handle_time").build("handle_time", org, seed=0, count=1)
    persona = load_library().get("john_it_director")
    scenario = Scenario(id="example", task=task.record, persona=persona.id, delivery="multi", trial=0, seed=0)

    user = SimulatedUser(scenario, persona)
    session = org.open_session(task.record.requester)
    # A conversation that the user ends closes with its StopMessage; the other condition is a limit of your own.
    ending = StopMessageTermination() | MaxMessageTermination(12)
    team = RoundRobinGroupChat([user.agent, Clerk(session.salesforce)], termination_condition=ending)

    async for event in team.run_stream():
        if isinstance(event, BaseChatMessage) and event.to_text():
            print(f"{event.source}: {event.to_text()}")
    print(f"ended: {user.stop.kind if user.stop else 'limit'}")
    print(f"told: {', '.join(entry.unit for entry in user.ledger if entry.event == 'released')}")
    print(f"queries: {len(session.queries)}")


if __name__ == "__main__":
    asyncio.run(main())
