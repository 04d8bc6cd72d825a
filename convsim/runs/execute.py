"""Execution on this machine: a bounded number of conversations at once, each stored before it is judged."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from convsim.agents.targets import AgentFactory, resolve
from convsim.conversation import Limits, converse
from convsim.errors import InfrastructureError, SimulationError
from convsim.guidance.prompt import blocks
from convsim.records.transcript import Stop, Transcript
from convsim.roles import AgentContext, Judge, ReferenceContext, Session
from convsim.runs.plan import Plan, Planned
from convsim.runs.store import Store, is_invalid, transcript_row, verdict_row
from convsim.runs.writer import Writer
from convsim.users.simulated import SimulatedUser

Event = Mapping[str, Any]
Listener = Callable[[Event], None]


@dataclass(slots=True)
class Outcome:
    """What a run came to; counts of episodes."""

    planned: int
    stored: int = 0
    """Already finished when this command began."""
    finished: int = 0
    """Finished now."""
    invalid: int = 0
    """Spoiled by the simulator or the infrastructure."""
    unjudged: int = 0
    """Stored, but the judge failed."""
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether every episode is valid and judged."""
        return not self.interrupted and not self.unjudged and not self.invalid and self.done == self.planned

    @property
    def done(self) -> int:
        """Episodes with a transcript."""
        return self.stored + self.finished

    @property
    def told(self) -> str:
        """The outcome in one line, with what to do about what is missing."""
        parts = [f"{self.done} of {self.planned} episodes stored"]
        parts += [f"{self.invalid} spoiled by the simulator or the infrastructure"] if self.invalid else []
        parts += [f"{self.unjudged} not judged"] if self.unjudged else []
        return ", ".join(parts) + ("" if self.complete else "; the same command goes on with what is missing")


@dataclass(slots=True)
class Executor:
    """Runs what a plan lacks in a store."""

    plan: Plan
    store: Store
    judge: Judge
    jobs: int = 8
    listener: Listener = lambda _: None
    draining: bool = False
    """Set by the first Ctrl-C: no new conversation begins."""
    _factories: dict[str, AgentFactory] = field(default_factory=dict)

    async def run(self) -> Outcome:
        """Run every missing episode and judge every unjudged one; return the counts."""
        outcome = Outcome(planned=len(self.plan))
        self._factories = {agent.fingerprint: resolve(agent) for agent in self.plan.config.agents}
        finished = self.store.finished()
        judged = self.store.judged(self.judge.judge_id)
        work = self._missing(finished, judged, outcome)
        self.listener({"event": "start", "planned": outcome.planned, "stored": outcome.stored})
        async with Writer(self.store) as writer:
            await self._work_off(work, writer, outcome)
        return outcome

    def _missing(
        self, finished: Mapping[str, str], judged: set[str], outcome: Outcome
    ) -> Iterator[tuple[Planned, bool]]:
        """Return what is to be done: (episode, whether it must be run or only judged)."""
        todo: list[tuple[Planned, bool]] = []
        for planned in self.plan.episodes():
            cause = finished.get(planned.id)
            if cause is None or is_invalid(cause):
                todo.append((planned, True))
                continue
            outcome.stored += 1
            if planned.id not in judged:
                todo.append((planned, False))
        return iter(todo)

    async def _work_off(self, work: Iterator[tuple[Planned, bool]], writer: Writer, outcome: Outcome) -> None:
        """Let `jobs` workers take from the same list until it is empty or the run drains."""

        async def worker() -> None:
            for planned, run in work:
                if self.draining:
                    outcome.interrupted = True
                    return
                await self._episode(planned, run=run, writer=writer, outcome=outcome)

        async with asyncio.TaskGroup() as group:
            for _ in range(self.jobs):
                group.create_task(worker())

    async def _episode(self, planned: Planned, *, run: bool, writer: Writer, outcome: Outcome) -> None:
        if run:
            transcript = await self._converse(planned)
            await writer.transcript(transcript_row(planned.id, planned.scenario, planned.agent, transcript))
            outcome.finished += 1
            outcome.invalid += not transcript.valid
        else:
            stored = self.store.transcript(planned.id)
            assert stored is not None, "an episode that is to be judged has a transcript"
            transcript = stored
        completed = await self._judge(planned, transcript, writer, outcome)
        self.listener(_episode_event(planned, transcript, completed))

    async def _converse(self, planned: Planned) -> Transcript:
        """Return the transcript, also of a conversation that could not even begin."""
        scenario, config = planned.scenario, self.plan.config
        world = self.plan.worlds[scenario.task.org]
        session = world.open_session(scenario.task.requester)
        try:
            user = SimulatedUser(scenario, self.plan.library.get(scenario.persona), config=config.user)
            context = self._context(planned, session)
            agent = self._agent(planned, context)
            limits = Limits(config.limits.turns, config.limits.actions, config.limits.seconds)
            return await converse(user, agent, session, limits=limits, prompt=context.prompt)
        except SimulationError as error:
            cause = "infrastructure" if isinstance(error, InfrastructureError) else "agent_error"
            return Transcript(messages=(), stop=Stop(kind="error", cause=cause, message=str(error)))
        finally:
            session.close()

    def _context(self, planned: Planned, session: Session) -> AgentContext:
        task = planned.scenario.task
        world = self.plan.worlds[task.org]
        prompt = () if self._factories[planned.agent.fingerprint].reference else blocks(task, world, planned.agent)
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
        )

    def _agent(self, planned: Planned, context: AgentContext) -> Any:
        factory = self._factories[planned.agent.fingerprint]
        if not factory.reference:
            return factory(context)
        return factory(ReferenceContext(context, self.plan.tasks[planned.scenario.task.id]))

    async def _judge(self, planned: Planned, transcript: Transcript, writer: Writer, outcome: Outcome) -> bool | None:
        """Store the verdicts; a judge that fails costs only its judgement. Returns whether the task was completed."""
        try:
            verdicts = await self.judge.judge(planned.scenario, transcript)
        except SimulationError as error:
            outcome.unjudged += 1
            self.listener({"event": "judge_failed", "episode": planned.id, "error": str(error)})
            return None
        await writer.verdicts([verdict_row(planned.id, self.judge.judge_id, verdict) for verdict in verdicts])
        return verdicts[-1].completed if verdicts else None


def _episode_event(planned: Planned, transcript: Transcript, completed: bool | None) -> Event:
    return {
        "event": "episode",
        "episode": planned.id,
        "task": planned.scenario.task.id,
        "agent": planned.agent.name,
        "stop": transcript.stop.kind,
        "cause": transcript.stop.cause,
        "completed": completed,
    }
