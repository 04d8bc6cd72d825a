"""`inspect eval` runs our benchmark with its own models, and its verdicts are ours."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as evaluate
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, ModelUsage, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

from convsim.errors import ConfigError
from convsim.models.model import ChatRequest
from convsim.models.opening import open_model
from convsim.records.episode import AgentConfig
from convsim.runs.config import RunConfig
from convsim.runs.inspect_task import crm
from convsim.runs.run import prepare

pytestmark = pytest.mark.filterwarnings("ignore")
WHAT = {"families": "handle_time,private_customer_information", "orgs": "b2b", "per_family": 2, "seed": 3}


@modelapi(name="ours")
class Ours(ModelAPI):
    """Our scripted models as a provider of Inspect."""

    def __init__(self, model_name: str, base_url: Any = None, api_key: Any = None, **more: Any) -> None:
        super().__init__(model_name, config=more.pop("config", GenerateConfig()))
        self._model = open_model(f"scripted/{model_name}")

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        done = await self._model.complete(ChatRequest(tuple({"role": m.role, "content": m.text} for m in input)))
        output = ModelOutput.from_content(self.model_name, done.content)
        used = done.usage
        output.usage = ModelUsage(
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            total_tokens=used.input_tokens + used.output_tokens,
        )
        return output


def run(folder: Path, **more: Any) -> EvalLog:
    given = {name: more.pop(name) for name in ("trials", "agent") if name in more}
    (log,) = evaluate(crm(**WHAT, **given), model="ours/counter", log_dir=str(folder), display="none", **more)
    return log


def ours(folder: Path, *, target: str = "scripted/counter", trials: int = 1) -> dict[tuple[str, int], Any]:
    config = RunConfig(
        families=("handle_time", "private_customer_information"), orgs=("b2b",), per_family=2, seed=3, trials=trials,
        agents=(AgentConfig(target=target),),
    )  # fmt: skip
    made = prepare(config, folder / "run.sqlite")
    assert made.execute(jobs=2, listener=lambda _: None).complete
    return {(e.scenario.task.id, e.scenario.trial + 1): e for e in made.store.episodes()}


def test_verdicts_are_ours(tmp_path: Path) -> None:
    log = run(tmp_path, trials=2)
    assert log.status == "success", log.error
    expected = ours(tmp_path, trials=2)
    assert log.samples is not None
    assert len(log.samples) == len(expected) == 12
    for sample in log.samples:
        assert sample.metadata is not None
        episode = expected[sample.metadata["task"], sample.epoch]
        assert sample.scores is not None
        (score,) = sample.scores.values()
        assert score.metadata == episode.verdicts[0].model_dump(mode="json", by_alias=True)
        spoken = [m.text for m in sample.messages if m.role in ("user", "assistant") and m.text]
        assert spoken == [message.content for message in episode.transcript.messages]
    assert log.stats.model_usage["ours/counter"].output_tokens > 0


def test_another_agent_may_take_the_models_place(tmp_path: Path) -> None:
    log = run(tmp_path, agent="reference")
    assert log.results is not None
    assert log.results.scores[0].metrics["mean"].value == 1.0


def test_limits_of_inspect_end_the_sample(tmp_path: Path) -> None:
    log = run(tmp_path, token_limit=50)
    assert log.samples is not None
    assert {sample.limit.type for sample in log.samples if sample.limit} == {"token"}
    assert all(sample.limit for sample in log.samples)


def test_more_epochs_than_trials_are_refused(tmp_path: Path) -> None:
    log = run(tmp_path, epochs=2)
    assert log.status == "error"
    assert log.error is not None
    assert "give -T trials=2 instead of --epochs" in log.error.message


def test_unknown_parameters_are_told() -> None:
    with pytest.raises(ConfigError, match="-T familie: there is no such parameter"):
        crm(familie="handle_time")
    with pytest.raises(ConfigError, match="did you mean 'handle_time'"):
        crm(families="handle_tim")


def test_guidance_and_blocks_reach_the_prompt(tmp_path: Path) -> None:
    more = {"guidance": "workflow-plain", "guidance_example": "transfer_count", "privacy_prompt": True, "aided": True}
    task = crm(families="handle_time", orgs="b2b", per_family=1, limit=1, **more)
    (log,) = evaluate(task, model="ours/counter", log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert log.samples is not None
    stored = log.samples[0].store["convsim:transcript"]
    assert {"demonstration", "privacy", "aided"} <= {block["name"] for block in stored["prompt"]}


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"guidance": "functons"}, "did you mean 'functions'"),
        ({"guidance": "all"}, "a task has one condition"),
        ({"guidance": "functions,source"}, "a task has one condition"),
        ({"subroutines": "correct"}, "only functions\\+subroutines"),
        ({"agent": "reference", "guidance": "functions"}, "reads no prompt"),
    ],
)
def test_guidance_that_cannot_be_had_is_refused(given: dict[str, Any], hint: str) -> None:
    with pytest.raises(ConfigError, match=hint):
        crm(families="handle_time", orgs="b2b", per_family=1, **given)


@modelapi(name="asking")
class Asking(ModelAPI):
    """Looks a user up with a tool, then answers with what the tool gave."""

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        assert {"soql", "sosl", "describe"} <= {tool.name for tool in tools}
        if input[-1].role == "tool":
            assert input[-2].tool_calls is not None
            return ModelOutput.from_content(self.model_name, f"It is {input[-1].text[:400]}")
        query = {"query": "SELECT Id FROM User ORDER BY Id LIMIT 1"}
        return ModelOutput.for_tool_call(self.model_name, "soql", query)


def test_tools_of_the_model_under_test(tmp_path: Path) -> None:
    task = crm(families="handle_time", orgs="b2b", per_family=1, style="tools")
    (log,) = evaluate(task, model="asking/x", log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert log.samples is not None
    (sample,) = log.samples
    calls = [call for message in sample.messages if message.role == "assistant" for call in message.tool_calls or ()]
    assert [call.function for call in calls][:1] == ["soql"]
    assert "005" in sample.messages[-1].text or "005" in sample.messages[-2].text
