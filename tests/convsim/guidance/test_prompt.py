"""The prompt's blocks: which there are, in which order, what they say, and that nothing secret gets in."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from convsim.errors import ConfigError
from convsim.guidance.prompt import blocks
from convsim.guidance.recipient import recipient
from convsim.guidance.tokens import tokens
from convsim.records.episode import AgentConfig
from convsim.records.task import Answer, ProtectedValue, Requester, TaskRecord, Unit


@pytest.fixture(scope="module")
def org():
    from convsim.org.org import Org

    return Org.generated("b2c", scale=0.1)


@pytest.fixture
def task():
    return TaskRecord(
        id="handle_time-b2c-0-1",
        family="handle_time",
        skill="database",
        org="b2c",
        requester=Requester(kind="employee", id="005000000000001AAA", name="Ada O'Hara", account_id=None),
        today=date(2024, 3, 5),
        goal="Who closes cases fastest?",
        request="Who closed cases fastest in May 2023?",
        units=(Unit(name="window", value="2023-05-01/2023-06-01", forms=("May 2023",)),),
        policy="A transferred case does not count <at all>.",
        gold=("005000000000002AAA",),
        answer=Answer(kind="id", prefixes=("005",)),
        metric="exact",
        protected=(ProtectedValue(value="555-0199"),),
        seed=0,
    )


def names(task, org, **changes) -> list[str]:
    config = AgentConfig(**{"target": "openai/gpt-4o", **changes})
    return [block.name for block in blocks(task, org, config)]


def test_blocks_follow_the_configuration(task, org):
    assert names(task, org) == ["role", "actions", "schema", "policy", "login"]
    everything = names(task, org, aided=True, privacy_prompt=True)
    assert everything == ["role", "actions", "schema", "aided", "privacy", "policy", "login"]
    assert names(task.model_copy(update={"policy": ""}), org) == ["role", "actions", "schema", "login"]
    assert names(task, org, target="reference") == []


def test_the_prompt_tells_today_login_policy_and_no_slot(task, org):
    text = "\n".join(block.text for block in blocks(task, org, AgentConfig(target="openai/gpt-4o")))
    assert "2024-03-05" in text
    assert "Ada O'Hara" in text
    assert "<at all>" in text
    assert "{{" not in text
    for secret in ("May 2023", "2023-05-01", "005000000000002AAA", "555-0199"):
        assert secret not in text


def test_the_style_decides_how_to_act(task, org):
    def actions(**changes):
        config = AgentConfig(**{"target": "openai/gpt-4o", **changes})
        return next(block.text for block in blocks(task, org, config) if block.name == "actions")

    assert "<execute>" in actions()
    assert "<execute>" not in actions(style="tools")
    assert "X-Salesforce-Session" in actions(target="http://127.0.0.1:1/v1")
    assert "session" in actions(target="pkg.module:factory")
    assert "5000 characters" in actions(args={"result_limit": 5000})


def test_the_schema_is_what_describe_says(task, org):
    schema = next(b.text for b in blocks(task, org, AgentConfig(target="openai/x")) if b.name == "schema")
    for described in org.connect().describe()["sobjects"]:
        assert f"\n{described['name']}" in schema
    assert "AccountId -> Account [Account]" in schema
    assert "CaseHistories__r (CaseHistory__c.CaseId__c)" in schema
    assert "Status picklist(New|" in schema


def test_the_embedded_prompt_is_the_same_for_equal_orgs(task, org):
    config = AgentConfig(target="openai/x")
    assert blocks(task, org, config) == blocks(task, org, config)


def test_unknown_condition_is_refused(task, org):
    with pytest.raises(ConfigError, match="unknown guidance condition 'rawr': did you mean 'raw'"):
        names(task, org, guidance="rawr")


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("reference", "reference"),
        ("openai/gpt-4o", "model"),
        ("ollama/llama3:8b", "model"),
        ("pkg.module:factory", "plugin"),
        ("https://agent.example/v1", "endpoint"),
    ],
)
def test_recipient(target, kind):
    assert recipient(target) == kind


def test_the_estimate_is_near_a_real_tokenizer(monkeypatch):
    import litellm.litellm_core_utils.tokenizers as bundled

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(Path(bundled.__file__).parent))
    import tiktoken

    encoding = tiktoken.get_encoding("cl100k_base")
    texts = [file.read_text("utf-8") for file in (files("convsim.guidance") / "texts").iterdir()]
    assert len(texts) >= 8
    whole = "\n".join(texts)
    assert tokens(whole) == pytest.approx(len(encoding.encode(whole)), rel=0.25)
