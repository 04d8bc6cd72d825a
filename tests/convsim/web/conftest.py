"""A run for the viewer to show."""

from pathlib import Path

import pytest

from convsim.records.episode import AgentConfig
from convsim.records.transcript import Message, Stop
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store, transcript_row

FAMILIES = ("handle_time", "knowledge_qa", "private_customer_information")
AGENTS = ("reference", "hasty", "leaker")
HOSTILE = (
    "<script>document.title='owned'</script> [x](javascript:alert(1)) <img src=x onerror=\"document.title='owned'\"> "
    "\u202egnp.exe\u202c zero\u200bwidth " + "A" * 20_000
)


def made(file: Path, agents: tuple[str, ...] = AGENTS, per_family: int = 2) -> Store:
    targets = tuple(AgentConfig(target=name) for name in agents)
    config = RunConfig(families=FAMILIES, per_family=per_family, orgs=("b2b",), agents=targets)
    run = prepare(config, file)
    assert run.execute(jobs=4, listener=lambda _: None).complete
    return run.store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A run whose first episode has an agent with bad manners."""
    store = made(tmp_path_factory.mktemp("viewer") / "first.sqlite")
    episode = next(iter(store.episodes()))
    assert episode.transcript is not None
    messages = (*episode.transcript.messages[:1], Message(role="assistant", content=HOSTILE))
    spoiled = episode.transcript.model_copy(update={"messages": messages, "stop": Stop(kind="gave_up")})
    store.append([transcript_row(episode.id, episode.scenario, episode.agent, spoiled)], [])
    return store
