"""The order of the house holds: layers, no cycles, nothing heavy behind `--help`."""

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

CONFIG = Path(__file__).parents[1] / "pyproject.toml"
PACKAGES = ("personas", "convsim", "judges", "tasks")
HEAVY = (
    "pydantic",
    "autogen_core",
    "autogen_agentchat",
    "litellm",
    "simple_salesforce",
    "sqlalchemy",
    "ray",
    "numpy",
    "rich",
)


def test_layers_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_imports(config_filename=str(CONFIG), no_cache=True) == 0, capsys.readouterr().out


def test_a_broken_layer_would_be_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upside_down = CONFIG.read_text().replace(
        'layers = ["tasks", "judges", "convsim", "personas"]', 'layers = ["personas", "convsim", "judges", "tasks"]'
    )
    config = tmp_path / "pyproject.toml"
    config.write_text(upside_down)
    assert lint_imports(config_filename=str(config), no_cache=True) != 0
    assert "the top level is ordered BROKEN" in capsys.readouterr().out


def test_no_module_imports_in_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(TopologicalSorter(imports).static_order())


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from convsim.cli import convsim\n"
        "try: convsim.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "demo" in done.stdout
