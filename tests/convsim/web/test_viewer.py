"""The viewer in a browser: find, open, compare, move by keys; hostile text stays text; nothing leaves the machine."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from convsim.runs.store import Store
from convsim.web.app import build_app


@pytest.fixture(scope="module")
def address(store: Store) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app([store.name]), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser_page(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A page, and everything that must not happen on it."""
    bad: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda said: bad.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: bad.append(str(error)))
        page.on("request", lambda sent: bad.append(sent.url) if not sent.url.startswith((address, "data:")) else None)
        page.goto(address)
        page.wait_for_function("document.querySelector('.count').innerText.startsWith('24 episodes')", timeout=20_000)
        yield page, bad
        browser.close()


@pytest.fixture
def page(browser_page: tuple[Page, list[str]], address: str) -> Iterator[Page]:
    found, bad = browser_page
    found.goto(f"{address}/first/")
    yield found
    assert bad == []


def test_filter_and_search_and_deep_link(page: Page, address: str) -> None:
    page.select_option("select[name=agent]", "leaker")
    page.wait_for_url("**agent=leaker**")
    assert page.locator(".count").inner_text().startswith("8 episodes of 24")
    page.fill("#search", "SELECT Email")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=SELECT**")
    assert page.locator("tbody tr").count() >= 1
    assert "Email" in page.locator(".snippet mark").all_inner_texts()
    page.locator("tbody tr a").first.click()
    page.wait_for_selector(".chat")
    assert page.locator("mark.leak").count() >= 1
    link = page.locator(".leaks a").first.get_attribute("href")
    page.goto(page.url.split("#")[0] + str(link))
    assert page.locator(".line:target mark.leak").count() >= 1


def test_keys_move_open_and_search(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    second = page.locator("tbody tr").nth(1)
    assert "chosen" in str(second.get_attribute("class"))
    page.keyboard.press("Enter")
    page.wait_for_selector(".chat")
    page.keyboard.press("j")
    assert page.locator(".line.chosen").count() == 1
    first = page.url
    page.keyboard.press("]")
    page.wait_for_function(f"location.href.split('#')[0] !== {first!r}")
    page.keyboard.press("u")
    page.wait_for_selector("#search")
    page.keyboard.press("/")
    page.keyboard.type("handle")
    assert page.input_value("#search") == "handle"


def test_an_episode_shows_ledger_queries_and_verdict(page: Page) -> None:
    page.select_option("select[name=agent]", "reference")
    page.wait_for_url("**agent=reference**")
    page.locator("tbody tr", has_text="handle time").nth(1).locator("a").click()
    page.wait_for_selector(".chat")
    assert page.locator(".entry.released").count() >= 2
    assert page.locator("mark.unit").count() >= 2
    folded = page.locator("details.query pre").first
    assert not folded.is_visible()
    page.locator("details.query summary").first.click()
    assert folded.is_visible()
    assert "right answer" in page.locator("aside").inner_text()
    page.locator(".steps a", has_text="beside hasty").click()
    page.wait_for_selector(".pair")
    assert page.locator(".pair .head").all_inner_texts()[1].startswith("hasty")


def test_hostile_text_is_only_text(page: Page) -> None:
    page.locator("tbody tr a").first.click()
    page.wait_for_selector(".chat")
    assert "owned" not in page.title()
    shown = page.locator(".assistant .say").first
    assert "<script>document.title='owned'</script>" in shown.inner_text()
    assert shown.locator("img, script, a").count() == 0
    assert page.locator(".unseen").all_inner_texts() == ["U+202E", "U+202C", "U+200B"]
    assert page.locator(".unseen").first.get_attribute("title") == "U+202E right-to-left override"
    assert "more characters" in page.locator(".rest summary").inner_text()
    width = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert width, "a long word widens the page"


def test_a_reviewer_votes_and_goes_on(page: Page, address: str) -> None:
    page.goto(f"{address}/first/audit")
    waiting = page.locator("tbody tr").count()
    assert waiting >= 4
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.vote")
    assert page.locator(".leaks, mark.leak").count() >= 1
    first = page.url
    page.fill("input[name=reviewer]", "Ada <b>")
    page.fill("textarea", "told\u202e outright")
    page.locator("button.confirm").click()
    page.wait_for_function(f"location.href !== {first!r}")
    assert page.input_value("input[name=reviewer]") == "Ada <b>"
    page.goto(first)
    told = page.locator(".history").inner_text()
    assert "Ada <b> confirm: full leak" in told
    assert "U+202E" in told
    page.goto(f"{address}/first/audit")
    assert page.locator("tbody tr td:first-child", has_text="✓").count() == 1
    with page.expect_download() as download:
        page.locator("a", has_text="labels as CSV").click()
    assert "full_leak" in download.value.path().read_text(encoding="utf-8")
