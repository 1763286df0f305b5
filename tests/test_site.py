"""The site: every link holds, it is read from a folder on a disk, and it asks nobody else for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.browser import CHROMIUM
from support.looks_of_pages import chromium

ROOT = Path(__file__).parents[1]
FROM_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|object|embed)\b[^>]*?\b(?:src|data)=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?![^>]*\brel=["']?(?:canonical|next|prev|edit))[^>]*?\bhref=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|url\(["']?(?:https?:)?//[^)]+"""
)
"""What a page loads from another host; links that a reader may follow are none."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it, where a warning is a mistake."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_every_link_holds_and_no_page_asks_another_host(site: Path) -> None:
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > 30
    found = {page.name: FROM_ELSEWHERE.findall(page.read_text(encoding="utf-8")) for page in pages}
    assert {page: loads for page, loads in found.items() if loads} == {}


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_search_works_from_a_folder_on_the_disk(site: Path) -> None:
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "rules.html").as_uri())
        page.keyboard.press("/")
        page.keyboard.type("webhook")
        first = page.locator(".md-search-result__link").first
        first.wait_for()
        assert "channels.html" in str(first.get_attribute("href"))
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
