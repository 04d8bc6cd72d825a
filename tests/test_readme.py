"""The README's commands that need more than there is offline; the others run in tests/docs.

They meet a loopback model server and the embedded org served over TLS.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from convsim.cli import main
from convsim.org.org import Org
from convsim.org.serve import Server, Tls

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> Iterator[str]:
    yield from re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def commands(language: str) -> list[str]:
    lines = [
        line.removeprefix("$ ").split("  #")[0].split(" #")[0].strip()
        for b in blocks(language)
        for line in b.splitlines()
    ]
    return [line for line in lines if line.startswith("convsim ")]


def run(command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(command)[1:])
    assert ended.value.code in (0, None), command


def test_model_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_server) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    monkeypatch.setenv("OPENAI_BASE_URL", model_server.url)
    model_server.script("Which period do you mean?")
    found = [command for command in commands("sh") if "salesforce" not in command]
    assert len(found) == 5
    for number, command in enumerate(found):
        local = command.replace("http://localhost:8000/v1", model_server.url).replace(
            "--per-family 4", "--per-family 1"
        )
        run(f"{local} --families handle_time --org b2b --no-baselines --max-turns 2 --timeout 60 --out {number}.sqlite")
    assert {request.model for request in model_server.requests} == {"gpt-4o", "gpt-4o-mini", "qwen3"}


@pytest.fixture
def certificate(tmp_path: Path) -> Tls:
    files = [str(tmp_path / name) for name in ("cert.pem", "key.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]]
    subprocess.run(command, check=True, capture_output=True)
    return Tls(*map(Path, files))


def test_real_org_commands(
    certificate: Tls, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    org = Org.generated("b2b")
    with Server(org, tls=certificate) as server:
        for name in ("SF_USERNAME", "SF_PASSWORD", "SF_SECURITY_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SF_INSTANCE_URL", server.url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.open_admin_session())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.certificate))
        found = [command for command in commands("sh") if "salesforce" in command]
        assert found
        for command in found:
            run(command)
    assert "960" in capfd.readouterr().out.split()


def test_variables_named_in_the_readme_exist() -> None:
    from convsim.cli.run import command

    known = {parameter.envvar for parameter in command.params}
    assert set(re.findall(r"CONVSIM_\w+", README)) <= known
