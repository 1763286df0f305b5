"""Chromium by Playwright, with axe: what a page looks like, and what keeps people from using it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from support.browser import CHROMIUM

PICTURES = os.environ.get("WATCHDESK_PICTURES")


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


PHONE_AT_NIGHT, DESKTOP_BY_DAY = Look(360, "dark"), Look(1400, "light")
USUAL = (PHONE_AT_NIGHT, DESKTOP_BY_DAY)
EVERY = tuple(Look(width, scheme) for width in (360, 900, 1400) for scheme in ("light", "dark"))

_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser. Skips without Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def looked_at(
    browser: Browser, address: str, look: Look, name: str, *, scripts: bool = True
) -> Iterator[Page]:
    """The page, opened; `scripts`: with JavaScript.

    Fails on any request to elsewhere, and on what the browser complains of.

    Where the variable WATCHDESK_PICTURES names a folder, a picture of it is kept there.
    """
    scheme = "dark" if look.scheme == "dark" else "light"
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type] # one of the two
        java_script_enabled=scripts,
    )
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: _complain(message, address, complaints))
    try:
        page.goto(address)
        yield page
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{look}.png"), full_page=True)
        home = "/".join(address.split("/")[:3])
        assert [url for url in asked if not url.startswith(home)] == []
        assert complaints == []
    finally:
        context.close()


def _complain(message: ConsoleMessage, address: str, complaints: list[str]) -> None:
    """Not of the status of the page itself: some are errors."""
    if message.location.get("url") != address:
        complaints.append(message.text)


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    found = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in Axe().run(page).response["violations"]
        for node in fault["nodes"]
    ]
    wider = page.evaluate(_WIDER)
    return found + ([f"the page is {wider} px wider than its window"] if wider > 0 else [])
