"""The command line in this process, as a shell would see it."""

from pathlib import Path

import pytest
from shells import Done, Shell

from convsim.cli import main


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a function that runs `convsim ARGS` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Done:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run
