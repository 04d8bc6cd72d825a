"""Help and lists agree with the commands that exist."""

import subprocess
import sys
from importlib import import_module

import pytest
from click.testing import CliRunner

from convsim.cli import COMMANDS, convsim


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists_and_explains_itself(name: str) -> None:
    command = import_module(f"convsim.cli.{name}").command
    done = CliRunner().invoke(convsim, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert command.help


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "convsim", "rum"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean 'run'" in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_text_and_a_variable(name: str) -> None:
    command = import_module(f"convsim.cli.{name}").command
    for each in [command, *getattr(command, "commands", {}).values()]:
        for parameter in each.params:
            if parameter.param_type_name == "option":
                assert parameter.help, f"{name} {parameter.name}"
                assert parameter.envvar or parameter.name == "help", f"{name} {parameter.name}"
                assert not parameter.envvar or parameter.envvar.startswith("CONVSIM_")
