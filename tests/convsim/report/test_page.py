"""The report in a real browser: complete, self-contained, without a script, harmless to hostile text."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from convsim.errors import SelectionError
from convsim.records.episode import AgentConfig
from convsim.records.transcript import Message, Transcript
from convsim.report.html import render, write_report
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store

CHROMIUM = shutil.which("chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--no-first-run"]  # fmt: skip
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> "
HOSTILE += "\u202e\u200b [x](javascript:0)"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    config = RunConfig(
        families=("handle_time", "knowledge_qa", "private_customer_information"),
        per_family=2,
        orgs=("b2b",),
        agents=tuple(AgentConfig(target=name) for name in ("reference", "hasty", "leaker")),
    )
    run = prepare(config, tmp_path_factory.mktemp("report") / "run.sqlite")
    assert run.execute(jobs=4, listener=lambda _: None).complete
    return run.store


@pytest.fixture(scope="module")
def file(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(list(store.episodes()), [store], path)
    return path


@pytest.fixture(scope="module")
def browser(store: Store) -> Iterator[Browser]:
    """One for all pages; the run comes first, because no other event loop may begin beside the browser's."""
    assert store
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a session of its own."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def wide(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of many agents with long names, in two deliveries."""
    names = [f"provider/a-model-with-a-long-name-{number}" for number in range(9)]
    episodes = [
        each.model_copy(
            update={
                "agent": each.agent.model_copy(update={"target": name}),
                "scenario": each.scenario.model_copy(update={"delivery": delivery}),
            }
        )
        for each in list(store.episodes())[:9]
        for name in names
        for delivery in ("multi", "single")
    ]
    path = tmp_path_factory.mktemp("wide") / "wide.html"
    path.write_text(render(episodes, [store]), encoding="utf-8")
    return path


def opened(page: Page, file: Path) -> tuple[list[str], list[str]]:
    """Open the page; return what it requested and what went wrong."""
    requests: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    return requests, faults


def test_the_page_is_complete_and_asks_nobody(page: Page, file: Path) -> None:
    requests, faults = opened(page, file)
    assert requests == [file.as_uri()]
    assert faults == []
    assert page.locator("script").count() == 0
    rows = page.locator("table").first.locator("tbody tr")
    assert [row.split("\t")[0] for row in rows.all_inner_texts()] == ["reference", "hasty", "leaker"]
    assert page.locator("svg").count() >= 5
    assert page.locator("mark.unit").count() > 10
    assert page.locator("mark.leak").count() >= 2


def test_a_conversation_opens_with_its_ledger_and_queries(page: Page, file: Path) -> None:
    opened(page, file)
    talk = page.locator("details[id]").filter(has_text="reference").filter(has_text="handle_time").first
    if talk.get_attribute("open") is None:
        talk.locator("summary").first.click()
    assert "window: released" in talk.locator(".margin").all_inner_texts()[2] or any(
        "window: released" in text for text in talk.locator(".margin").all_inner_texts()
    )
    query = talk.locator(".query details").first
    assert "SELECT" in query.locator("summary").inner_text()
    query.locator("summary").click()
    assert query.locator("pre").last.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_nothing_is_wider_than_the_page(page: Page, file: Path, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    opened(page, file)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert ink != paper


@pytest.mark.parametrize("media", ["screen", "print"])
def test_wide_tables_fit_the_page(page: Page, wide: Path, media: Any) -> None:
    page.emulate_media(media=media)
    # An A4 page with usual margins has about 718 pixels.
    page.set_viewport_size({"width": 1280 if media == "screen" else 718, "height": 900})
    opened(page, wide)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wider = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert page.evaluate(wider) == 0
    cut = "[...document.querySelectorAll('table')].filter(e => e.getBoundingClientRect().right > innerWidth).length"
    assert page.evaluate(cut) == 0
    page.emulate_media(media="screen")


def test_hostile_text_is_shown_and_does_nothing(page: Page, store: Store, tmp_path: Path) -> None:
    episode = next(iter(store.episodes()))
    assert episode.transcript is not None
    messages = (Message(role="user", content=HOSTILE), Message(role="assistant", content=HOSTILE * 50))
    transcript: Transcript = episode.transcript.model_copy(update={"messages": messages, "ledger": ()})
    file = tmp_path / "hostile.html"
    file.write_text(render([episode.model_copy(update={"transcript": transcript})], [store]), encoding="utf-8")
    requests, faults = opened(page, file)
    assert page.title() == "convsim report"
    assert requests == [file.as_uri()]
    assert faults == []
    assert "<script>" in page.locator(".say").first.inner_text()


def test_the_same_episodes_give_the_same_page(store: Store) -> None:
    episodes = list(store.episodes())
    assert render(episodes, [store]) == render(episodes, [store])


def test_an_empty_run_is_no_report(tmp_path: Path) -> None:
    empty = Store.create(tmp_path / "empty.sqlite")
    with pytest.raises(SelectionError, match="no finished episode"):
        write_report([], [empty], tmp_path / "report.html")
