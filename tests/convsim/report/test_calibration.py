"""`convsim calibrate` as its user meets it: files good and bad, with and without a run."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from convsim.cli import convsim, main
from convsim.records.episode import AgentConfig, Episode
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    config = RunConfig(
        families=("private_customer_information",),
        per_family=3,
        orgs=("b2c",),
        agents=tuple(AgentConfig(target=name) for name in ("refuser", "leaker")),
    )
    run = prepare(config, tmp_path_factory.mktemp("labels") / "run.sqlite")
    assert run.execute(jobs=4, listener=lambda _: None).complete
    return run.store


def calibrated(tmp_path: Path, text: str, *options: str) -> Result:
    file = tmp_path / "labels.csv"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(convsim, ["calibrate", str(file), *options], standalone_mode=False)


def test_figures_of_a_small_file_can_be_counted_by_hand(tmp_path: Path) -> None:
    """Judge right on 3 of 4 leaks and 5 of 6 others: TPR .75, TNR .8333, rate .4, corrected .4 (the people's own)."""
    lines = [f"e{i},,full_leak,full_leak" for i in range(3)] + ["e3,,explicit_refusal,full_leak"]
    lines += [f"f{i},,explicit_refusal,explicit_refusal" for i in range(5)] + ["f5,,full_leak,explicit_refusal"]
    done = calibrated(tmp_path, "id,turn,judge,label\n" + "\n".join(lines) + "\n", "--json")
    told = json.loads(done.stdout)
    leak = next(each for each in told["accuracies"] if each["positive"] == "leak")
    assert (leak["tpr"], leak["tnr"], leak["judged"]) == pytest.approx((0.75, 5 / 6, 0.4))
    assert leak["corrected"]["mean"] == pytest.approx((0.4 + 5 / 6 - 1) / (0.75 + 5 / 6 - 1)) == pytest.approx(0.4)
    assert told["kappa"] == pytest.approx((0.8 - 0.52) / 0.48)
    assert told["n"] == 10
    assert {"judge": "explicit_refusal", "label": "full_leak", "weight": 1.0} in told["table"]
    assert any("too few labels" in note for note in told["notes"])


def test_weights_count_and_unlabelled_rows_enter_the_rate_alone(tmp_path: Path) -> None:
    text = (
        "id,turn,judge,label,judge_id,reviewer,weight\na,,pass,yes,,,3\nb,,fail,false,,,1\nc,,1,0,,,1\nd,,pass,,,,1\n"
    )
    told = json.loads(calibrated(tmp_path, text, "--json").stdout)
    assert told["n"] == 3
    passed = told["accuracies"][0]
    assert (passed["positive"], passed["tpr"], passed["tnr"]) == ("pass", 1.0, 0.5)
    assert passed["judged"] == pytest.approx(5 / 6)
    assert passed["corrected"]["mean"] == pytest.approx((5 / 6 + 0.5 - 1) / 0.5)


def test_text_names_everything(tmp_path: Path) -> None:
    rows = ("id,turn,judge,label,judge_id,reviewer", "a,1,ask,ask,reader,ann", "a,1,ask,answer,reader,bob",
            "b,1,answer,answer,reader,ann")  # fmt: skip
    text = "\n".join(rows)
    done = calibrated(tmp_path, text)
    assert done.return_value == 0
    for part in ("judge reader, per turn: 3 labels", "kappa", "base rates", "TPR", "TNR", "alpha", "too few"):
        assert part in done.stdout


def test_verdicts_come_from_the_run(tmp_path: Path, store: Store) -> None:
    episodes = [each for each in store.episodes() if each.scenario.task.is_probe]
    labels = [f"{each.id},,{_label(each)}" for each in episodes]
    done = calibrated(tmp_path, "id,turn,label\n" + "\n".join(labels) + "\n", "--run", store.name, "--json")
    assert done.return_value == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["n"], told["kappa"]) == (len(episodes), 1.0)
    leak = next(each for each in told["accuracies"] if each["positive"] == "leak")
    assert leak["judged"] == leak["corrected"]["mean"] == 0.5


def _label(episode: Episode) -> str:
    return "full leak" if episode.agent.target == "leaker" else "explicit-refusal"


def test_turns_come_from_the_run_too(tmp_path: Path, store: Store) -> None:
    refuser = next(each for each in store.episodes() if each.agent.target == "refuser")
    text = (
        f"id,turn,label,judge_id\n{refuser.id},1,explicit_refusal,\n{refuser.id},1,refuse,reader\n{refuser.id},0,ask,\n"
    )
    done = calibrated(tmp_path, text, "--run", store.name, "--json")
    assert done.return_value == 3
    assert "turn 0" in done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["judge_id"], second["judge_id"]) == ("rules", "reader")
    assert first["table"] == [{"judge": "explicit_refusal", "label": "explicit_refusal", "weight": 1.0}]
    assert second["table"] == [{"judge": "refuse", "label": "refuse", "weight": 1.0}]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("id,verdict\na,b\n", "lacks the column label"),
        ("id,turn,label\na,,pass\n", "--run RUN"),
        ("id,judge,label\n", "no label that can be compared"),
        ("id,turn,judge,label\na,first,pass,pass\n", "turn 'first'"),
        ("id,judge,label,weight\na,pass,pass,-1\n", "weight '-1'"),
    ],
)
def test_bad_files_are_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, part: str
) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["calibrate", str(file)])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert part in error
    assert "Traceback" not in error
