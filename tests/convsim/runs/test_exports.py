"""Runs for other programs: frames, CSV, Parquet and Inspect logs tell what the store holds."""

import csv
import io
import math
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from pyarrow import parquet

import convsim
from convsim.cli.export import command
from convsim.errors import ConfigError
from convsim.records.episode import AgentConfig
from convsim.runs.config import RunConfig
from convsim.runs.exports.files import COLUMNS, csv_lines
from convsim.runs.exports.flat import EPISODES, TURNS, VERDICTS
from convsim.runs.exports.inspect_log import write_logs
from convsim.runs.run import prepare
from convsim.runs.store import Store


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exports") / "run.sqlite"
    families = ("handle_time", "knowledge_qa", "private_customer_information")
    agents = tuple(AgentConfig(target=name) for name in ("reference", "leaker"))
    chosen = RunConfig(families=families, per_family=2, orgs=("b2b",), agents=agents)
    assert prepare(chosen, path).execute(jobs=4, listener=lambda _: None).complete
    return path


def test_frames_have_the_documented_columns_and_all_rows(file: Path) -> None:
    run, stored = convsim.load(file), list(Store.open(file).episodes())
    episodes, verdicts, turns = run.episodes(), run.verdicts(), run.turns()
    assert [episodes.index.name, *episodes.columns] == list(EPISODES)
    assert [*verdicts.index.names, *verdicts.columns] == list(VERDICTS)
    assert [*turns.index.names, *turns.columns] == list(TURNS)
    assert list(episodes.index) == [each.id for each in stored]
    assert len(turns) == sum(len(each.transcript.messages) for each in stored if each.transcript)
    assert len(verdicts) == sum(len(each.verdicts) for each in stored)
    leaks = verdicts.join(episodes[["agent", "probe"]])
    assert leaks[leaks.probe & (leaks.agent == "leaker")].leaks.min() >= 1
    assert leaks[leaks.agent == "reference"].leaks.max() == 0


def test_turns_tell_what_was_asked_and_released(file: Path) -> None:
    turns = convsim.load(file).turns()
    asked = turns[turns.role == "assistant"].asked.dropna()
    assert any("window" in each.split(";") for each in asked)
    for episode in Store.open(file).episodes():
        assert episode.transcript is not None
        told = {entry.unit for entry in episode.transcript.ledger if entry.event == "released"}
        listed = {unit for each in turns.loc[episode.id].released.dropna() for unit in each.split(";") if unit}
        assert listed == told


def test_csv_and_parquet_hold_the_same_rows(file: Path, tmp_path: Path) -> None:
    store = Store.open(file)
    rows = list(csv.DictReader(io.StringIO("\n".join(csv_lines(store)))))
    assert tuple(rows[0]) == COLUMNS
    out = tmp_path / "run.parquet"
    done = CliRunner().invoke(command, [str(file), "--to", "parquet", "--out", str(out)], standalone_mode=False)
    assert done.return_value == 0, done.output
    table = parquet.read_table(out).to_pylist()
    assert [row["episode_id"] for row in rows] == [row["episode_id"] for row in table]
    for text, typed in zip(rows, table, strict=True):
        for name, value in typed.items():
            plain = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert text[name] == plain, name


def test_csv_reads_back_with_pandas(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.csv"
    CliRunner().invoke(command, [str(file), "--to", "csv", "--out", str(out)], standalone_mode=False)
    frame = pd.read_csv(out)
    assert frame.valid.all()
    assert frame[frame.agent == "reference"].score.mean() == 1.0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_inspect_reads_our_logs(file: Path, tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log

    store = Store.open(file)
    paths = write_logs(store, tmp_path / "logs")
    read = [read_eval_log(str(path)) for path in paths]
    assert sorted(log.eval.model for log in read) == ["leaker", "reference"]
    stored = {episode.id: episode for episode in store.episodes()}
    samples = {sample.uuid: sample for log in read for sample in log.samples or []}
    assert samples.keys() == stored.keys()
    for key, sample in samples.items():
        episode, score = stored[key], (sample.scores or {})["convsim"]
        assert episode.transcript is not None
        said = [message.text for message in sample.messages if message.role in ("user", "assistant") and message.text]
        assert said == [message.content for message in episode.transcript.messages]
        assert sum(message.role == "tool" for message in sample.messages) == len(episode.transcript.queries)
        expected = episode.verdicts[0].score
        assert math.isnan(score.as_float()) if expected is None else score.as_float() == expected


def test_a_file_must_be_named_for_formats_that_are_files(file: Path) -> None:
    with pytest.raises(ConfigError, match="--to parquet writes files: name the file with --out"):
        CliRunner().invoke(command, [str(file), "--to", "parquet"], standalone_mode=False, catch_exceptions=False)


def test_a_reader_that_has_enough_ends_the_export_quietly(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("convsim.cli.export._written", closed)
    with pytest.raises(BrokenPipeError):
        CliRunner().invoke(command, [str(file)], standalone_mode=False, catch_exceptions=False)
