"""A real org's records leave for no user or judge model elsewhere unless that is allowed."""

from pathlib import Path

import pytest

from convsim.cli import main
from convsim.errors import ConfigError
from convsim.models.reach import is_loopback, stays_here
from convsim.records.episode import AgentConfig, UserConfig
from convsim.runs.config import JudgeConfig, RunConfig
from convsim.runs.egress import check_egress, check_judge_egress
from convsim.runs.store import Store


def config(user: str = "offline", reader: str = "rules", judge: str = "rules", org: str = "salesforce") -> RunConfig:
    return RunConfig(
        families=("handle_time",), orgs=(org,), agents=(AgentConfig(target="openai/gpt-4o"),),
        user=UserConfig(target=user, reader=reader), judge=JudgeConfig(spec=judge),
    )  # fmt: skip


def test_roles_and_models_are_named() -> None:
    told = "user openai/gpt-4o, reader anthropic/claude-x, judge gemini/a, judge openai/b; "
    with pytest.raises(ConfigError, match=told):
        check_egress(config("openai/gpt-4o", "anthropic/claude-x", "rules+gemini/a+openai/b"), allowed=False)


def test_what_stays_here_is_allowed_or_was_asked_for_goes_through() -> None:
    check_egress(config(), allowed=False)
    check_egress(config("ollama/qwen3", judge="rules+scripted/echo"), allowed=False)
    check_egress(config("openai/gpt-4o"), allowed=True)
    check_egress(config("openai/gpt-4o", org="b2b"), allowed=False)
    here = UserConfig(target="openai/x", reader="openai/y", base_url="http://127.0.0.1:8000/v1")
    check_egress(config().model_copy(update={"user": here}), allowed=False)
    away = here.model_copy(update={"base_url": "https://example.org/v1"})
    with pytest.raises(ConfigError, match="user openai/x, reader openai/y"):
        check_egress(config().model_copy(update={"user": away}), allowed=False)
    check_judge_egress(config(), JudgeConfig(spec="rules+openai/x", base_url="http://127.0.0.1:8000/v1"), allowed=False)


@pytest.mark.parametrize(
    ("model", "variables", "here"),
    [
        ("openai/x", {}, False),
        ("openai/x", {"OPENAI_BASE_URL": "http://localhost:8000/v1"}, True),
        ("openai/x", {"OPENAI_BASE_URL": "http://localhost:8000", "OPENAI_API_BASE": "https://example.org"}, False),
        ("ollama/x", {}, True),
        ("ollama/x", {"OLLAMA_API_BASE": "http://gpu.example.org:11434"}, False),
        ("gemini/x", {"GEMINI_API_BASE": "http://localhost"}, False),
        ("scripted/echo", {}, True),
        ("inspect/openai/x", {}, False),
    ],
)
def test_where_a_model_answers(
    monkeypatch: pytest.MonkeyPatch, model: str, variables: dict[str, str], here: bool
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OLLAMA_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert stays_here(model) is here


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000", True),
        ("localhost:11434", True),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost@example.org", False),
        ("http://0.0.0.0:8000", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback(address: str, here: bool) -> None:
    assert is_loopback(address) is here


def test_the_command_refuses_before_it_reaches_for_the_org(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SF_USERNAME", "SF_PASSWORD", "SF_INSTANCE_URL", "SF_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    run = [
        "run",
        "--org",
        "salesforce",
        "--families",
        "handle_time",
        "--agent",
        "reference",
        "--judge",
        "rules+openai/x",
    ]
    with pytest.raises(SystemExit) as ended:
        main(run)
    assert ended.value.code == 2
    assert "judge openai/x; use models that answer on loopback" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*run, "--allow-egress"])
    assert "would leave this machine" not in capsys.readouterr().err


def test_a_stored_run_on_a_real_org_is_judged_elsewhere_only_when_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from samples import manifest, scenario

    file = tmp_path / "run.sqlite"
    stored = manifest()
    real = stored.model_copy(update={"config": stored.config.model_copy(update={"orgs": ("salesforce",)})})
    Store.create(file).write_plan(real, [scenario(0)])
    with pytest.raises(SystemExit) as ended:
        main(["score", str(file), "--judge", "rules+openai/x"])
    assert ended.value.code == 2
    assert "judge openai/x" in capsys.readouterr().err
