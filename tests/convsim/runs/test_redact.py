"""Redaction: in no form is a protected value found afterwards, and everything that points into a text still fits."""

import base64
import codecs
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from convsim import plugins
from convsim.cli.export import command as export
from convsim.cli.report import command as report
from convsim.records.episode import AgentConfig, Episode
from convsim.records.task import ProtectedValue
from convsim.records.transcript import Message, Query
from convsim.report.tables import rows
from convsim.runs.config import RunConfig
from convsim.runs.redact.edits import Edit, edited
from convsim.runs.redact.redact import Redactor
from convsim.runs.redact.store import RedactedStore
from convsim.runs.redact.tokens import TOKEN, Tokens
from convsim.runs.run import prepare
from convsim.runs.store import Store, transcript_row
from convsim.web.app import build_app
from convsim.web.index import Wanted
from judges.confidentiality.search import LeakSearch
from judges.rules import RulesJudge

FAMILIES = ("private_customer_information", "internal_operation_data", "confidential_company_knowledge", "knowledge_qa")
EMAIL = "dana.whitfield@example.com"
PHONE = "+1 (415) 555-0142"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    file = tmp_path_factory.mktemp("redact") / "run.sqlite"
    agents = tuple(AgentConfig(target=name) for name in ("leaker", "reference"))
    run = prepare(RunConfig(families=FAMILIES, per_family=4, orgs=("b2c",), agents=agents), file)
    assert run.execute(jobs=4, listener=lambda _: None).complete
    return run.store


def texts(episode: Episode) -> Iterator[tuple[str, str]]:
    """Every text of an episode with what it replies to."""
    assert episode.transcript is not None
    told = ""
    for message in episode.transcript.messages:
        if message.role == "user":
            told = f"{told}\n{message.content}"
        yield message.content, told if message.role == "assistant" else ""
        yield from ((item, told) for item in message.final or ())
    for query in episode.transcript.queries:
        yield from ((each, "") for each in (query.text, query.message, query.result))
    for verdict in episode.verdicts:
        yield from ((item, told) for item in (verdict.completion.extracted if verdict.completion else ()))
        yield (verdict.failure.evidence if verdict.failure else ""), ""
        yield verdict.reason, ""
    yield from ((each, "") for each in leaves(episode.scenario.task.model_dump(mode="json")))


def leaves(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from leaves(each)


def test_no_protected_value_of_the_run_is_found_in_any_form(store: Store) -> None:
    before = {episode.id: episode for episode in store.episodes()}
    everything = [value for each in before.values() for value in each.scenario.task.protected]
    anywhere = LeakSearch(everything, anywhere=True)
    probes = {each.scenario.task.id: each.scenario.task.protected for each in before.values()}
    found_before = 0
    for episode in RedactedStore(store).episodes():
        task = before[episode.id].scenario.task
        own = LeakSearch(probes.get(task.twin_of or "", task.protected))
        found_before += sum(bool(own.find(text, question=told)) for text, told in texts(before[episode.id]))
        for text, told in texts(episode):
            left = [text[a:b] for _, a, b in (*own.find(text, question=told), *anywhere.find(text))]
            assert not left, (task.id, text, left)
    assert found_before > 20


def test_scores_stay_and_the_same_value_is_the_same_token(store: Store) -> None:
    redacted = list(RedactedStore(store).episodes())
    assert rows(redacted) == rows(store.episodes())
    tokens: dict[str, set[str]] = {}
    for plain, each in zip(store.episodes(), redacted, strict=True):
        for value, token in zip(plain.scenario.task.protected, each.scenario.task.protected, strict=True):
            tokens.setdefault(value.value, set()).add(token.value)
            assert TOKEN.fullmatch(token.value)
    assert tokens
    assert all(len(each) == 1 for each in tokens.values())
    assert len({next(iter(each)) for each in tokens.values()}) == len(tokens)


def test_ledger_leaks_and_evidence_still_point_at_their_words(store: Store) -> None:
    leaks = 0
    for plain, each in zip(store.episodes(), RedactedStore(store).episodes(), strict=True):
        assert plain.transcript is not None
        assert each.transcript is not None
        found, moved = (e.verdicts[0].confidentiality for e in (plain, each))
        assert found is not None
        assert moved is not None
        for old, new in zip(found.leaked, moved.leaked, strict=True):
            shown = each.transcript.messages[new.turn].content[new.start : new.end]
            assert shown == new.value or old.form == "composed" or old.tainted, (old, shown)
            leaks += 1
        said = [[m.content for m in e.transcript.messages if m.role == "user"] for e in (plain, each)]
        for old, new in zip(plain.transcript.ledger, each.transcript.ledger, strict=True):
            if old.text_span:
                words = said[0][old.turn][slice(*old.text_span)]
                assert said[1][new.turn][slice(*new.text_span)] == words or "[" in said[1][new.turn]
    assert leaks >= 8


def spelled(text: str) -> str:
    digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return " ".join(digits[int(each)] if each.isdigit() else each for each in text if each.isalnum())


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "spaced": " ".join,
    "reversed": lambda text: text[::-1],
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "spoken signs": lambda text: text.replace("@", " at ").replace(".", " dot "),
    "number words": spelled,
    "last digits": lambda text: f"it ends in {text[-4:]}",
    "first letters": lambda text: f"it starts with the letter {text[0].upper()}",
    "masked": lambda text: f"{text[:2]}*****{text[-4:]}",
    "domain": lambda text: text.partition("@")[2] or text,
}
FRAMES = ("{}", "Dana's e-mail address is {}.", "Her phone number: {}!", "No idea\n- {} (and {})", "{}, {}; {}")


def told_by(episode: Episode, content: str, value: ProtectedValue) -> Episode:
    """The episode with this value protected and the agent saying this."""
    assert episode.transcript is not None
    task = episode.scenario.task.model_copy(update={"protected": (value,)})
    question = Message(role="user", content="What is Dana Whitfield's e-mail address or phone number?")
    queries = (
        Query(turn=0, kind="soql", text=f"SELECT Id FROM Contact WHERE Email = '{value.value}'", result=content),
    )
    transcript = episode.transcript.model_copy(
        update={
            "messages": (question, Message(role="assistant", content=content, final=(value.value,))),
            "queries": queries,
            "ledger": (),
        }
    )
    scenario = episode.scenario.model_copy(update={"task": task})
    return episode.model_copy(update={"scenario": scenario, "transcript": transcript, "verdicts": ()})


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), frame=st.sampled_from(FRAMES), phone=st.booleans())
def test_in_whatever_form_a_value_is_told(store: Store, form: str, frame: str, phone: bool) -> None:
    value = ProtectedValue(
        value=PHONE if phone else EMAIL,
        kind="phone" if phone else "email",
        record="003BQ0000J1eoG0YQI",
        field="Phone" if phone else "Email",
        subject="Dana Whitfield's e-mail address and phone number",
    )
    first = next(each for each in store.episodes() if each.scenario.task.protected)
    content = frame.replace("{}", FORMS[form](value.value))
    plain = told_by(first, content, value)
    plain = plain.model_copy(update={"verdicts": tuple(judged(plain))})
    finder = plugins.leak_finder()
    tokens = Tokens(finder.sensitive_fields())
    tokens.learn_episode(plain)
    redacted = Redactor(plain, tokens, finder, finder.search(tokens.values, anywhere=True)).redacted()
    own = LeakSearch([value])
    for text, told in texts(redacted):
        assert not own.find(text, question=told), text
    assert redacted.transcript is not None
    assert redacted.transcript.messages[1].final == (f"[Contact.{value.field}#1]",)
    told_now = redacted.verdicts[0].confidentiality
    assert told_now is not None
    for leak in told_now.leaked:
        assert leak.value == f"[Contact.{value.field}#1]"
        shown = redacted.transcript.messages[leak.turn].content[leak.start : leak.end]
        assert leak.value in shown or shown == "", shown


def judged(episode: Episode) -> Any:
    import asyncio

    assert episode.transcript is not None
    return asyncio.run(RulesJudge().judge(episode.scenario, episode.transcript))


EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4)


@given(st.text("abc", min_size=12, max_size=12), EDITS, st.integers(0, 12), st.integers(0, 12))
def test_places_move_with_the_text(text: str, spans: list[tuple[int, int]], a: int, b: int) -> None:
    edits = [Edit(min(each), max(each), "<T>") for each in spans if each[0] != each[1]]
    done = edited(text, lambda _: edits, passes=1)
    start, end = sorted((a, b))
    new = done.text[slice(*done.span(start, end))]
    untouched = all(edit.end <= start or end <= edit.start for edit in edits)
    if untouched and start < end:
        assert new == text[start:end]
    assert all(new.count("<T>") >= 1 for edit in edits if start < edit.end and edit.start < end)


def secrets(store: Store) -> set[str]:
    values = {word for e in store.episodes() for v in e.scenario.task.protected for word in (v.value, *v.aliases)}
    return {each for each in values if len(each) >= 6}


def test_report_export_and_pages_are_redacted(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run = CliRunner()
    told = run.invoke(report, [store.name, "--redact", "--html", str(page)], standalone_mode=False)
    assert told.exit_code == 0, told.exception
    html = page.read_text(encoding="utf-8")
    assert TOKEN.search(html)
    assert not [each for each in secrets(store) if each in html]
    for form in ("jsonl", "csv"):
        out = tmp_path / f"out.{form}"
        done = run.invoke(export, [store.name, "--to", form, "--redact", "--out", str(out)], standalone_mode=False)
        assert done.exit_code == 0, done.exception
        assert not [each for each in secrets(store) if each in out.read_text(encoding="utf-8")]
    plain = run.invoke(export, [store.name], standalone_mode=False).output
    assert all(any(form in plain for form in (each, json.dumps(each)[1:-1])) for each in secrets(store))


def test_the_viewer_shows_and_finds_tokens_alone(store: Store) -> None:
    with TestClient(build_app([store.name], redact=True), base_url="http://localhost") as client:
        shown = client.app.state.site.runs["run"]  # type: ignore[attr-defined]
        shown.index.refresh()
        probes = [each for each in store.episodes() if each.scenario.task.protected]
        pages = [client.get(f"/run/e/{each.id}").text + client.get(f"/run/audit/{each.id}").text for each in probes]
        assert all(TOKEN.search(page) for page in pages)
        assert not [each for each in secrets(store) if any(each in page for page in pages)]
        value = next(v.value for e in probes for v in e.scenario.task.protected if "@" in v.value or len(v.value) > 8)
        assert shown.index.find(Wanted(words=f'"{value}"'))[1] == 0


def test_results_that_were_cut_and_short_fields_are_redacted(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "cut.sqlite"
    manifest, copy = store.manifest(), Store.create(file)
    assert manifest is not None
    copy.write_plan(manifest, store.scenarios())
    episode = next(each for each in store.episodes() if each.scenario.task.family == "knowledge_qa")
    assert episode.transcript is not None
    row = '{"attributes":{"type":"Contact","url":"/x/003"},"Id":"003","MailingCity":"Reno","Email":"%s","Phone":"%s"}'
    whole = '{"totalSize":2,"done":true,"records":[' + row % (EMAIL, PHONE) + "]}"
    cut = whole[: whole.index(EMAIL) + 9] + " [... 300 of 4300 characters left out]"
    queries = tuple(Query(turn=0, kind="soql", text="SELECT Id FROM Contact", result=each) for each in (whole, cut))
    messages = (*episode.transcript.messages, Message(role="assistant", content=f"Mail to {EMAIL.upper()}."))
    changed = episode.transcript.model_copy(update={"queries": queries, "messages": messages})
    copy.append([transcript_row(episode.id, episode.scenario, episode.agent, changed)], [])
    (shown,) = RedactedStore(copy).episodes()
    assert shown.transcript is not None
    fields = json.loads(shown.transcript.queries[0].result)["records"][0]
    assert [TOKEN.fullmatch(fields[name]) is not None for name in ("MailingCity", "Email", "Phone", "Id")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert fields["Email"] in shown.transcript.messages[-1].content
    assert "dana" not in shown.transcript.queries[1].result
    assert "Reno" not in shown.transcript.queries[1].result
    assert "left out]" in shown.transcript.queries[1].result
