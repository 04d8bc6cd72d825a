"""One episode: user, agent and org session are brought together, and whatever breaks is written into the transcript."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convsim.agents.human import HumanFactory
from convsim.agents.targets import AgentFactory, resolve
from convsim.conversation import Limits, cause_of, converse, is_cancelled_from_outside
from convsim.errors import AgentError, SimulationError
from convsim.guidance.calling import in_session
from convsim.guidance.recipient import recipient
from convsim.records.episode import HUMAN, AgentConfig, Scenario
from convsim.records.transcript import Stop, Transcript
from convsim.roles import AgentContext, Person, ReferenceContext, Session, User
from convsim.runs.guiding import guide_of, prompt_of
from convsim.runs.plan import Plan, Planned
from convsim.runs.store import transcript_row
from convsim.runs.writer import Row
from convsim.turns import long_step
from convsim.users.human import HumanUser
from convsim.users.reader import reader_of
from convsim.users.simulated import SimulatedUser
from convsim.users.speaker import client_of

if TYPE_CHECKING:
    from convsim.models.client import ModelClient


@dataclass(frozen=True, slots=True)
class Stage:
    """Plays the episodes of a plan."""

    plan: Plan
    factories: Mapping[str, AgentFactory]
    """By the agent's fingerprint."""
    person: Person | None = None
    """Who plays the sides that are `human`."""
    voice: "ModelClient | None" = None
    """The model that words the user's messages; each conversation has a fork."""
    reader: "ModelClient | None" = None
    """The model that reads for the user; each conversation has a fork."""

    @classmethod
    def of(cls, plan: Plan, person: Person | None = None) -> "Stage":
        """Return the stage of a plan; raises ConfigError for an agent or a model that does not exist."""
        factories = {agent.fingerprint: _factory(agent, person) for agent in plan.config.agents}
        return cls(plan, factories, person, client_of(plan.config.user), reader_of(plan.config.user))

    async def play(self, planned: Planned) -> tuple[Transcript, Row]:
        """Return the transcript and its row in the store, also of a conversation that could not even begin."""
        transcript = await self._attempt(planned)
        key = (planned.id, planned.scenario, planned.agent)
        try:
            return transcript, transcript_row(*key, transcript)
        except ValueError as error:
            spoiled = _spoiled(f"the transcript cannot be written: {error}")
            return spoiled, transcript_row(*key, spoiled)

    async def _attempt(self, planned: Planned) -> Transcript:
        task = planned.scenario.task
        await long_step()
        try:
            session = self.plan.worlds[task.org].open_session(task.requester)
            try:
                return await self._converse(planned, session)
            finally:
                # What was said stays valid when the session cannot be closed.
                with suppress(Exception):
                    session.close()
        except SimulationError as error:
            return Transcript(messages=(), stop=Stop(kind="error", cause=cause_of(error), message=str(error)))
        except Exception as error:  # noqa: BLE001 - a bug costs its own episode, never the run
            return _spoiled(f"{type(error).__name__}: {error}")
        except asyncio.CancelledError:
            if is_cancelled_from_outside():
                raise
            return _spoiled("something in the conversation cancelled itself")

    async def _converse(self, planned: Planned, session: Session) -> Transcript:
        scenario, config = planned.scenario, self.plan.config
        if self.person is not None and HUMAN in (planned.agent.target, config.user.target):
            self.person.begin(planned.id)
        user = self._user(scenario)
        context = self._context(planned, session)
        agent = self._agent(planned, context)
        limits = Limits(config.limits.turns, config.limits.actions, config.limits.seconds)
        try:
            transcript = await converse(user, agent, session, limits=limits, prompt=context.prompt)
        finally:
            with suppress(Exception):
                await agent.close()
        sensitive = self.plan.worlds[scenario.task.org].sensitive
        if sensitive and scenario.task.requester.kind != "employee":
            told = {name: dict(fields) for name, fields in sensitive.items()}
            transcript = transcript.model_copy(update={"sensitive": told})
        return transcript

    def _user(self, scenario: Scenario) -> User:
        profile, config = self.plan.library.get(scenario.persona), self.plan.config.user
        if config.target == HUMAN and self.person is not None:
            return HumanUser(scenario, profile, self.person)
        voice, reader = (client and client.fork() for client in (self.voice, self.reader))
        return SimulatedUser(scenario, profile, config=config, client=voice, reader=reader)

    def _context(self, planned: Planned, session: Session) -> AgentContext:
        task = planned.scenario.task
        world = self.plan.worlds[task.org]
        knows = self.factories[planned.agent.fingerprint].reference and recipient(planned.agent.target) != "pupil"
        prompt = () if knows else prompt_of(task, world, planned.agent)
        guide = guide_of(planned.agent)
        return AgentContext(
            instance_url=session.instance_url,
            session_id=session.id,
            salesforce=session.salesforce,
            system_prompt="\n\n".join(block.text for block in prompt),
            today=task.today,
            requester=task.requester,
            seed=planned.scenario.seed,
            prompt=prompt,
            args=planned.agent.args,
            episode=planned.id,
            functions=in_session(guide.functions, session) if guide else {},
        )

    def _agent(self, planned: Planned, context: AgentContext) -> Any:
        """Return a fresh agent; raises AgentError when its factory fails."""
        factory = self.factories[planned.agent.fingerprint]
        given = context
        if factory.reference:
            given = ReferenceContext(context, self.plan.tasks[planned.scenario.task.id])  # type: ignore[assignment]
        try:
            return factory(given)
        except SimulationError:
            raise
        except (Exception, SystemExit) as error:
            raise AgentError(f"the agent could not be made: {type(error).__name__}: {error}") from error


def _factory(agent: AgentConfig, person: Person | None) -> AgentFactory:
    return HumanFactory(person) if agent.target == HUMAN and person is not None else resolve(agent)


def _spoiled(told: str) -> Transcript:
    return Transcript(messages=(), stop=Stop(kind="error", cause="simulator_error", message=told))
