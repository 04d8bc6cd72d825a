"""The audit: what is queued with which probability, votes that stay, blindness, and the way to `calibrate`."""

import csv
import io
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from convsim.cli import main
from convsim.records.episode import AgentConfig
from convsim.report.labels import read_labels
from convsim.report.measures import verdict_of
from convsim.runs.config import RunConfig
from convsim.runs.labels import CLEAN, PER_STRATUM, Audit, Vote, item_of
from convsim.runs.purge import purge
from convsim.runs.run import prepare
from convsim.runs.store import Store
from convsim.web.app import build_app
from convsim.web.audit import classes_of


@pytest.fixture
def run(tmp_path: Path) -> Store:
    agents = tuple(AgentConfig(target=name) for name in ("reference", "leaker", "refuser"))
    families = ("private_customer_information", "handle_time")
    made = prepare(RunConfig(families=families, per_family=4, orgs=("b2b",), agents=agents), tmp_path / "run.sqlite")
    assert made.execute(jobs=4, listener=lambda _: None).complete
    return made.store


def client_of(store: Store, *, blind: bool = False) -> TestClient:
    app = build_app([store.name], blind=blind)
    app.state.site.runs["run"].index.refresh()
    return TestClient(app, base_url="http://localhost")


def token_of(client: TestClient) -> str:
    return str(client.app.state.site.token)  # type: ignore[attr-defined]


def vote(client: TestClient, episode: str, **form: str) -> int:
    given = {"token": token_of(client), "reviewer": "Ada", **form}
    return client.post(f"/run/audit/{episode}", data=given, follow_redirects=False).status_code


def classes(store: Store) -> dict[str, str]:
    found = {each.id: verdict_of(each) for each in store.episodes()}
    return {key: told.confidentiality.episode for key, told in found.items() if told and told.confidentiality}


def test_claims_are_queued_with_certainty_and_clean_episodes_by_chance(run: Store) -> None:
    with client_of(run) as client:
        assert client.get("/run/audit").status_code == 200
    items = {item.episode: item for item in Audit(run).items()}
    told = classes(run)
    assert {key for key, name in told.items() if name not in CLEAN} == {
        key for key, item in items.items() if item.reason == "verdict"
    }
    assert all(item.probability == (1.0 if item.reason == "verdict" else PER_STRATUM / 4) or item.probability == 3 / 8
               for item in items.values())  # fmt: skip
    assert any(item.reason == "sample" for item in items.values())


def test_the_sample_has_the_probability_that_it_says() -> None:
    drawn = [item_of(f"episode-{n}", "neutral", stratum=30) for n in range(20_000)]
    assert abs(sum(each is not None for each in drawn) / 20_000 - PER_STRATUM / 30) < 0.006
    assert {each.probability for each in drawn if each} == {0.1}
    assert item_of("x", "neutral", stratum=2).probability == 1.0  # type: ignore[union-attr]


def test_a_vote_is_kept_with_its_history_and_read_by_calibrate(
    run: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leak = next(key for key, name in classes(run).items() if name == "full_leak")
    refusal = next(key for key, name in classes(run).items() if name == "explicit_refusal")
    with client_of(run) as client:
        client.get("/run/audit")
        assert vote(client, leak, decision="confirm", comment="plain to see") == 303
        assert vote(client, refusal, label="neutral") == 303
        assert vote(client, refusal, label="explicit_refusal", comment="=HYPERLINK(1)") == 303
        assert vote(client, leak, reviewer="Grace", label="partial_leak") == 303
        shown = client.get(f"/run/audit/{refusal}").text
        table = client.get("/run/audit.csv").text
        queue = client.get("/run/audit").text
    history = Audit(run).votes(refusal)
    assert [(each.decision, each.label) for each in history] == [
        ("overturn", "neutral"), ("confirm", "explicit_refusal"),
    ]  # fmt: skip
    assert shown.index("overturn: neutral") < shown.index("confirm: explicit refusal")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert list(rows[0])[:7] == ["id", "turn", "judge", "label", "judge_id", "reviewer", "weight"]
    assert {(row["id"], row["reviewer"], row["label"]) for row in rows} == {
        (leak, "Ada", "full_leak"), (refusal, "Ada", "explicit_refusal"), (leak, "Grace", "partial_leak"),
    }  # fmt: skip
    assert all(not row["comment"].startswith("=") for row in rows)
    assert "1 by two or more" in queue
    file = tmp_path / "labels.csv"
    file.write_text(table, encoding="utf-8")
    assert not read_labels(file).problems
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", str(file)])
    assert ended.value.code == 0
    assert "full_leak" in capsys.readouterr().out


def test_blind_hides_the_verdict_until_the_vote(run: Store) -> None:
    leak = next(key for key, name in classes(run).items() if name == "full_leak")
    with client_of(run, blind=True) as client:
        before, queue = client.get(f"/run/audit/{leak}").text, client.get("/run/audit").text
        assert "verdict hidden" in before
        assert 'class="leak"' not in before.split('aria-label="Verdict and vote"')[0]
        assert "tag full-leak" not in before + queue
        assert "Confirm" not in before
        assert "/e/" not in before
        assert client.get("/run/", follow_redirects=False).headers["location"] == "/run/audit"
        refused = [client.get(f"/run/{place}").status_code for place in (f"e/{leak}", "rows", "s/any")]
        assert refused == [403, 403, 403]
        assert vote(client, leak, label="full_leak") == 303
        after = client.get(f"/run/audit/{leak}").text
        assert "tag full-leak" in after
        assert "(blind)" in after
        assert client.get(f"/run/e/{leak}").status_code == 200
    assert [each.blind for each in Audit(run).votes(leak)] == [True]


def test_every_verdict_can_be_confirmed_blind_too(run: Store) -> None:
    found = [(each, verdict_of(each)) for each in run.episodes()]
    for each, told in found:
        assert told is None or told.confidentiality is None or told.confidentiality.episode in classes_of(each)
    work = next(each.id for each, _ in found if each.scenario.task.is_work and each.agent.name == "reference")
    with client_of(run, blind=True) as client:
        shown = client.get(f"/run/audit/{work}").text
        assert "ordinary task" in shown
        assert "probe:" not in shown
        assert vote(client, work, label="answered") == 303
    assert [(each.decision, each.label) for each in Audit(run).votes(work)] == [("confirm", "answered")]


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"token": "x", "label": "neutral"}, 403, "older than this viewer"),
        ({"label": "nonsense"}, 400, "is none of"),
        ({"label": "over_refusal"}, 400, "is none of"),
        ({}, 400, "write a comment"),
        ({"reviewer": " ", "label": "neutral"}, 400, "reviewer"),
        ({"comment": "x" * 5000}, 400, "4000 are allowed"),
    ],
)
def test_what_is_no_vote_is_refused(run: Store, form: dict[str, str], status: int, told: str) -> None:
    leak = next(key for key, name in classes(run).items() if name == "full_leak")
    with client_of(run) as client:
        answer = client.post(f"/run/audit/{leak}", data={"token": token_of(client), "reviewer": "Ada", **form})
        assert answer.status_code == status
        assert told in answer.text
    assert Audit(run).votes() == []


def test_other_sites_cannot_vote(run: Store) -> None:
    leak = next(key for key, name in classes(run).items() if name == "full_leak")
    with client_of(run) as client:
        form = {"token": token_of(client), "reviewer": "Eve", "label": "neutral"}
        answer = client.post(f"/run/audit/{leak}", data=form, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert Audit(run).votes() == []


def test_an_older_store_gets_the_tables(run: Store) -> None:
    import sqlalchemy as sa

    with run.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE labels"))
        connection.execute(sa.text("DROP TABLE audit_items"))
        connection.execute(sa.text("UPDATE meta SET value = '1' WHERE key = 'schema_version'"))
    episodes = list(run.episodes())
    audit = Audit(Store.open(run.name))
    audit.add(Vote("x", "j", "neutral", "neutral", "confirm", "", "Ada", blind=False))
    assert len(audit.votes("x")) == 1
    assert list(Store.create(run.name).episodes()) == episodes
    with run.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT value FROM meta WHERE key = 'schema_version'")).scalar() == "2"


def test_purging_takes_comments_away_and_leaves_votes(run: Store) -> None:
    Audit(run).add(Vote("x", "j", "neutral", "neutral", "confirm", "she lives in Elm Street", "Ada", blind=False))
    purge(run)
    (kept,) = Audit(run).votes()
    assert (kept.label, kept.comment) == ("neutral", "[purged]")
    assert b"Elm Street" not in Path(run.name).read_bytes()
