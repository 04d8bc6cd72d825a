"""Suites are versioned and frozen: the same tasks, personas and records everywhere, or a plain refusal.

`python tests/tasks/test_suites.py` freezes them anew; raise the version of each that it changes.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from convsim import plugins
from convsim.cli import main
from convsim.errors import ConfigError
from convsim.org.org import Org
from convsim.providers import Suite
from convsim.records.episode import Scenario
from convsim.runs.plan import Plan
from convsim.runs.run import plan_run
from convsim.runs.suites import frozen_hashes, suite_config
from personas.library import load_library
from personas.units import ORG_TYPES
from tasks.suites.load import FROZEN

SUITES = {suite.name: suite for suite in plugins.suites()}


def planned(suite: Suite) -> Plan:
    return plan_run(suite_config(suite))


def test_sizes() -> None:
    instances = {name: sum(sum(sizes.values()) for sizes in suite.sizes.values()) for name, suite in SUITES.items()}
    families = Counter(family.skill == "confidentiality" for family in plugins.families())
    assert instances == {
        "smoke": families.total(),
        "lite": 2 * 4 * families.total(),
        "full": 2 * (100 * families[False] + 80 * families[True]),
    }


@pytest.mark.parametrize("name", ["smoke", "lite"])
def test_a_suite_is_as_it_was_frozen(name: str) -> None:
    plan = planned(SUITES[name])
    tasks = [scenario.task for scenario in plan.scenarios if scenario.task.twin_of is None]
    assert Counter((task.org, task.family) for task in tasks) == {
        (org, family): n for org, sizes in SUITES[name].sizes.items() for family, n in sizes.items()
    }
    assert {scenario.trial for scenario in plan.scenarios} == {0}


def test_other_tasks_under_a_suites_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(SUITES["smoke"], frozen={**SUITES["smoke"].frozen, "b2b": "0000"})
    monkeypatch.setattr(plugins, "suite", lambda _: other)
    with pytest.raises(ConfigError, match=r"suite smoke@\d+ is frozen, and on b2b these are other tasks"):
        planned(other)


def test_users_deliveries_and_trials_are_left_open() -> None:
    config = suite_config(SUITES["smoke"]).model_copy(update={"delivery": "single", "trials": 2, "orgs": ("b2c",)})
    plan = plan_run(config)
    assert {scenario.task.org for scenario in plan.scenarios} == {"b2c"}
    assert {scenario.trial for scenario in plan.scenarios} == {0, 1}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--suite", "smke"], "did you mean 'smoke'?"),
        (["--suite", "smoke@99"], "leave out the version to run it"),
        (["--suite", "smoke", "--families", "handle_time"], "leave out --families, or --suite"),
        (["--suite", "smoke", "--seed", "3"], "--seed must be 0 with a suite"),
        (["--suite", "smoke", "--personas", "all"], "--personas must be one with a suite"),
        (["--suite", "smoke", "--limit", "3"], "--limit must not be given with a suite"),
        (["--suite", "smoke", "--bundle", str(Path(__file__).parent)], "is about b2b and b2c, not about"),
    ],
)
def test_what_a_suite_does_not_leave_open_is_refused(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", *options, "--dry-run", "--out", str(tmp_path / "run.sqlite")])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_plans_and_reports_name_suite_and_version(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--suite", "smoke", "--dry-run", "--json"])
    assert json.loads(capsys.readouterr().out)["suite"] == SUITES["smoke"].id
    out, page = tmp_path / "run.sqlite", tmp_path / "report.html"
    with pytest.raises(SystemExit) as ended:
        main(["run", "--suite", "smoke", "--no-baselines", "--agent", "refuser", "--out", str(out)])
    assert ended.value.code in (0, None)
    assert f"suite {SUITES['smoke'].id}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["report", str(out), "--html", str(page)])
    assert f"suite {SUITES['smoke'].id}" in page.read_text(encoding="utf-8")


def freeze() -> None:
    """Write the hashes of all suites as they are built now."""
    library, worlds = load_library(), {org: Org.generated(org) for org in ORG_TYPES}
    found = {suite.id: frozen_hashes(list(_scenarios(suite)), worlds, library) for suite in SUITES.values()}
    FROZEN.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _scenarios(suite: Suite) -> Iterator[Scenario]:
    """Yield what a suite would hold, whatever it was frozen to."""
    config = suite_config(suite).model_copy(update={"suite": ""})
    for org, sizes in suite.sizes.items():
        for family, count in sizes.items():
            one = config.model_copy(update={"families": (family,), "per_family": count, "orgs": (org,)})
            yield from plan_run(one).scenarios


if __name__ == "__main__":
    freeze()
