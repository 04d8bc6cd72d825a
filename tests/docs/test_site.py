"""The site builds without a broken link, holds every page, and asks no other host for anything."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pages import DOCS, ROOT

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="mkdocs-material is not installed: make lock, or pip install it")
    folder = tmp_path_factory.mktemp("site")
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pages_in(entry: object) -> list[str]:
    """Return the files that a navigation names."""
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [name for part in parts for name in pages_in(part)]  # type: ignore[attr-defined]


def test_every_page_is_in_the_navigation_once() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(pages_in(config["nav"])) == sorted(str(page.relative_to(DOCS)) for page in DOCS.glob("**/*.md"))


def test_links_from_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert len(links) >= 10
    for link in links:
        assert (ROOT / link).exists(), link


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for page in site.glob("**/*.html"):
        text = page.read_text("utf-8")
        assert not re.findall(r"<(?:script|img|iframe)[^>]*src=\"?(?:https?:)?//[^\"> ]+", text), page
        loaded = re.findall(r"<link[^>]*href=\"?((?:https?:)?//[^\"> ]+)", text)
        assert not loaded, page


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
def test_a_browser_reads_and_searches_it_offline(site: Path) -> None:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((site / "index.html").as_uri())
        page.get_by_role("link", name="Concepts").first.click()
        page.get_by_role("heading", name="Concepts").first.wait_for(timeout=30_000)
        page.keyboard.press("/")
        page.keyboard.type("pretext ladder")
        page.wait_for_selector(".md-search-result__link", timeout=30_000)
        browser.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_every_heading_of_a_page_is_one_on_the_site(site: Path) -> None:
    """A fence that the generator does not know would turn all that follows it into its text."""
    for page in DOCS.glob("*.md"):
        plain = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        built = (site / page.with_suffix(".html").name).read_text("utf-8")
        for level in (2, 3):
            written = re.findall(rf"^#{{{level}}} ", plain, flags=re.MULTILINE)
            assert len(re.findall(rf"<h{level} id=", built)) == len(written), (page.name, level)
